package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.Disk;
import org.bellwether.api.types.DiskAttachment;
import org.bellwether.api.types.GlusterBrick;
import org.bellwether.api.types.Host;
import org.bellwether.api.types.Job;
import org.bellwether.api.types.Network;
import org.bellwether.api.types.Permission;
import org.bellwether.api.types.Quota;
import org.bellwether.api.types.Tag;
import org.bellwether.api.types.Vm;
import org.bellwether.api.types.VmStatus;
import org.junit.jupiter.api.Test;

final class HrefsTest {
    private static final String PREFIX = "/ovirt-engine/api";

    private static Map<String, Object> json(Struct object, Hrefs hrefs) {
        return Trees.map(Trees.read(Codec.write(Format.JSON, object, hrefs)));
    }

    private static Map<String, Object> inside(Map<String, Object> tree, String... keys) {
        var at = tree;
        for (var key : keys) {
            Object value = Objects.requireNonNull(at.get(key), key);
            at = Trees.map(value instanceof List<?> list ? list.getFirst() : value);
        }
        return at;
    }

    private static Map<String, String> link(String href, String rel) {
        return Map.of("href", href, "rel", rel);
    }

    @Test
    void an_object_has_the_links_and_actions_of_its_service() {
        for (var prefix : List.of(PREFIX, PREFIX + "/v4")) {
            var vm = json(Vm.builder().id("1").build(), Hrefs.at(prefix, "/vms/1"));
            assertThat(vm).containsEntry("href", prefix + "/vms/1");
            assertThat(Trees.list(Objects.requireNonNull(vm.get("link"))))
                    .hasSize(19)
                    .contains(link(prefix + "/vms/1/diskattachments", "diskattachments"));
            assertThat(Trees.list(Objects.requireNonNull(inside(vm, "actions").get("link"))))
                    .contains(link(prefix + "/vms/1/reordermacaddresses", "reordermacaddresses"));
        }
    }

    @Test
    void items_of_a_collection_are_at_their_ids() {
        var page = Trees.map(Trees.read(Codec.write(
                Format.JSON, Tag.TYPE, List.of(Tag.builder().id("a b").build()), Hrefs.at(PREFIX, "/vms/1/tags"))));
        assertThat(inside(page, "tag")).containsEntry("href", PREFIX + "/vms/1/tags/a%20b");
    }

    @Test
    void a_reference_has_the_href_of_its_home_and_no_links() {
        var vm = Vm.builder()
                .id("1")
                .cluster(Cluster.builder().id("2").name("Default").build())
                .quota(Quota.builder().id("3").build())
                .build();
        var tree = json(vm, Hrefs.at(PREFIX, "/vms/1"));
        assertThat(inside(tree, "cluster"))
                .isEqualTo(Map.of("id", "2", "name", "Default", "href", PREFIX + "/clusters/2"));
        assertThat(inside(tree, "quota")).isEqualTo(Map.of("id", "3"));
    }

    @Test
    void a_followed_list_lies_below_its_owner() {
        var attachment = DiskAttachment.builder()
                .id("5")
                .active(true)
                .disk(Disk.builder().id("5").alias("root").build())
                .build();
        var permission = Permission.builder().id("6").build();
        var vm = Vm.builder()
                .id("1")
                .diskAttachments(List.of(attachment))
                .permissions(List.of(permission))
                .build();
        var tree = json(vm, Hrefs.at(PREFIX, "/vms/1"));
        assertThat(inside(tree, "disk_attachments", "disk_attachment"))
                .containsEntry("href", PREFIX + "/vms/1/diskattachments/5");
        assertThat(inside(tree, "disk_attachments", "disk_attachment", "disk"))
                .containsEntry("href", PREFIX + "/disks/5")
                .containsKey("actions");
        assertThat(inside(tree, "permissions", "permission")).containsEntry("href", PREFIX + "/permissions/6");
    }

    @Test
    void an_href_of_ones_own_wins() {
        var vm = Vm.builder()
                .id("1")
                .host(Host.builder().id("2").href("/hosts/two").build())
                .href("/vmpools/9")
                .build();
        var tree = json(vm, Hrefs.at(PREFIX, "/vms/1"));
        assertThat(tree).containsEntry("href", PREFIX + "/vmpools/9");
        assertThat(inside(tree, "host")).containsEntry("href", PREFIX + "/hosts/two");
        assertThat(inside(tree, "actions", "link")).containsEntry("rel", "allocatevm");
    }

    @Test
    void a_result_is_nowhere_itself() {
        var action = Action.builder()
                .status("complete")
                .job(Job.builder().id("7").build())
                .vm(Vm.builder().id("1").status(VmStatus.UP).build())
                .build();
        var tree = json(action, Hrefs.under(PREFIX));
        assertThat(tree).containsOnlyKeys("status", "job", "vm");
        assertThat(inside(tree, "job")).isEqualTo(Map.of("id", "7", "href", PREFIX + "/jobs/7"));
        assertThat(inside(tree, "vm", "actions")).isNotEmpty();
    }

    /** The real engine writes none, and the SDK would take them for an object of the collection. */
    @Test
    void a_collection_shows_none_of_its_actions() {
        var place = Hrefs.at(PREFIX, "/clusters/1/glustervolumes/2/glusterbricks");
        assertThat(Trees.map(Trees.read(Codec.write(Format.JSON, GlusterBrick.TYPE, List.of(), place))))
                .isEmpty();
        assertThat(new String(Codec.write(Format.XML, GlusterBrick.TYPE, List.of(), place), StandardCharsets.UTF_8))
                .doesNotContain("actions");
    }

    @Test
    void nothing_is_added_without_hrefs() {
        var vm = Vm.builder()
                .id("1")
                .href("/vms/1")
                .cluster(Cluster.builder().id("2").build())
                .build();
        assertThat(json(vm, Hrefs.none())).isEqualTo(Map.of("id", "1", "href", "/vms/1", "cluster", Map.of("id", "2")));
        assertThat(new String(Codec.write(Format.XML, vm, Hrefs.none()), StandardCharsets.UTF_8))
                .endsWith("\n<vm href=\"/vms/1\" id=\"1\"><cluster id=\"2\"/></vm>");
    }

    @Test
    void an_empty_collection_is_an_empty_document() {
        assertThat(Codec.write(Format.JSON, Network.TYPE, List.of(), Hrefs.at(PREFIX, "/networks")))
                .asString(StandardCharsets.UTF_8)
                .isEqualTo("{}");
        assertThat(Codec.write(Format.XML, Network.TYPE, List.of(), Hrefs.at(PREFIX, "/networks")))
                .asString(StandardCharsets.UTF_8)
                .endsWith("\n<networks/>");
    }

    @Test
    void an_id_cannot_break_out_of_its_href() {
        var vm = Vm.builder().id("\"><x/>/../1").build();
        for (var format : Format.values()) {
            var written = Codec.write(format, Vm.TYPE, List.of(vm), Hrefs.at(PREFIX, "/vms"));
            assertThat(Codec.readList(format, written, Vm.TYPE, Limits.USUAL)
                            .getFirst()
                            .href())
                    .isEqualTo("/vms/%22%3E%3Cx%2F%3E%2F..%2F1");
        }
    }
}
