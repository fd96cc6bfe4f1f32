package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.bellwether.api.RouteMatch.Found;
import org.bellwether.api.RouteMatch.OtherVerbs;
import org.bellwether.api.RouteMatch.Unknown;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.DataCenter;
import org.bellwether.api.types.Disk;
import org.bellwether.api.types.DiskAttachment;
import org.bellwether.api.types.DiskFormat;
import org.bellwether.api.types.GlusterBrick;
import org.bellwether.api.types.Host;
import org.bellwether.api.types.Network;
import org.bellwether.api.types.Nic;
import org.bellwether.api.types.Permission;
import org.bellwether.api.types.Role;
import org.bellwether.api.types.Snapshot;
import org.bellwether.api.types.User;
import org.bellwether.api.types.Vm;
import org.bellwether.api.types.VnicProfile;
import org.junit.jupiter.api.Test;

final class RoutesTest {
    private static Found found(String verb, String path) {
        return (Found) Routes.match(verb, path);
    }

    private static ServiceMethod method(String service, String method) {
        return Objects.requireNonNull(Routes.service(service).method(method));
    }

    /** The digest is that of the reference's list of routes, sorted: "VERB path  [service.method]" and a line feed each. */
    @Test
    void the_routes_are_those_of_the_reference() throws NoSuchAlgorithmException {
        var routes = Routes.all();
        assertThat(routes).hasSize(894);
        var text = routes.stream().map(each -> each + "\n").sorted().collect(Collectors.joining());
        var digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        assertThat(HexFormat.of().formatHex(digest))
                .isEqualTo("2db5016b52f3666523786abc8877b0b8bbaef0c09a08b209905635c09c043d40");
    }

    @Test
    void every_route_is_found_by_its_path() {
        for (var route : Routes.all()) {
            var match = Routes.match(route.verb(), route.path().replaceAll("\\{[a-z_]+}", "some-id"));
            assertThat(match).as(route.toString()).isInstanceOf(Found.class);
            assertThat(((Found) match).service()).as(route.toString()).isSameAs(route.service());
            assertThat(((Found) match).method()).as(route.toString()).isSameAs(route.method());
        }
    }

    @Test
    void ids_come_from_left_to_right() {
        var found = found("POST", "/vms/1/nics/2/activate/");
        assertThat(found.ids()).containsExactly("1", "2");
        assertThat(found.method()).hasToString("vm_nic.activate");
        assertThat(found.method().body()).isSameAs(Action.TYPE);
        assertThat(found("GET", "").method()).hasToString("system.get");
        assertThat(found("GET", "/").method()).hasToString("system.get");
    }

    @Test
    void what_is_not_there_is_unknown() {
        for (var path :
                List.of("/nosuch", "/vms/1/nosuch", "/vms/1/start/2", "/VMS", "/vms//nics", "//", "/vms/1/nics/2/3")) {
            assertThat(Routes.match("GET", path)).as(path).isEqualTo(new Unknown());
        }
    }

    @Test
    void another_verb_is_told_which_there_are() {
        assertThat(Routes.match("PUT", "/vms")).isEqualTo(new OtherVerbs(Set.of("GET", "POST")));
        assertThat(Routes.match("GET", "/vms/1/start")).isEqualTo(new OtherVerbs(Set.of("POST")));
        assertThat(Routes.match("BREW", "/vms/1")).isEqualTo(new OtherVerbs(Set.of("GET", "PUT", "DELETE")));
    }

    @Test
    void bodies_and_results_have_their_types() {
        assertThat(method("vms", "add").body()).isSameAs(Vm.TYPE);
        assertThat(method("vms", "list").body()).isNull();
        assertThat(method("vms", "list").result()).isSameAs(Vm.TYPE);
        assertThat(method("vm", "update").body()).isSameAs(Vm.TYPE);
        assertThat(method("vm", "remove").body()).isNull();
        assertThat(method("vm", "start").result()).isNull();
        assertThat(method("gluster_bricks", "add").body()).isSameAs(GlusterBrick.TYPE);
        assertThat(method("gluster_bricks", "add").isBodyList()).isTrue();
        for (var route : Routes.all()) {
            var name = route.method().name();
            if (name.equals("add") || name.equals("update") || route.method().isAction()) {
                assertThat(route.method().body()).as(route.toString()).isNotNull();
            }
            if (name.equals("get") || name.equals("list")) {
                assertThat(route.method().result()).as(route.toString()).isNotNull();
            }
        }
    }

    @Test
    void parameters_have_their_kinds() {
        assertThat(method("vms", "list").parameter("case_sensitive"))
                .isEqualTo(new Parameter("case_sensitive", "boolean", false, true, false, false));
        assertThat(method("vms", "list").parameter("nosuch")).isNull();
        assertThat(method("host", "fence").parameter("fence_type"))
                .isEqualTo(new Parameter("fence_type", "string", false, true, false, true));
        assertThat(method("template", "export").parameter("directory")).isNotNull();
    }

    @Test
    void what_an_add_lacks_is_named() {
        var add = method("vms", "add");
        var cluster = Cluster.builder().name("Default").build();
        assertThat(add.missing(Vm.builder().build())).contains("Vm [name, cluster.id|name] required for add");
        assertThat(add.missing(Vm.builder().cluster(cluster).build())).contains("Vm [name] required for add");
        assertThat(add.missing(Vm.builder().name("a").cluster(cluster).build())).isEmpty();
        assertThat(method("data_centers", "add").missing(DataCenter.builder().build()))
                .contains("DataCenter [name] required for add");
        assertThat(method("hosts", "add").missing(Host.builder().name("h").build()))
                .contains("Host [address] required for add");
        assertThat(method("vm", "update").missing(Vm.builder().build())).isEmpty();
    }

    @Test
    void one_of_several_ways_is_enough() {
        var attach = method("disk_attachments", "add");
        var disk = Disk.builder().id("1").build();
        assertThat(attach.missing(DiskAttachment.builder().disk(disk).build())).isEmpty();
        assertThat(attach.missing(DiskAttachment.builder().build())).isPresent();
        var permit = method("assigned_permissions", "add");
        var role = Role.builder().name("UserRole").build();
        assertThat(permit.missing(Permission.builder().role(role).build())).isPresent();
        assertThat(permit.missing(Permission.builder()
                        .role(role)
                        .user(User.builder().id("1").build())
                        .build()))
                .isEmpty();
    }

    /** Seen in clients: each of these is sent as it stands. */
    @Test
    void what_clients_send_is_enough() {
        assertThat(method("clusters", "add").missing(Cluster.builder().name("c").build()))
                .isEmpty();
        assertThat(method("users", "add")
                        .missing(User.builder().userName("a@internal-authz").build()))
                .isEmpty();
        assertThat(method("vnic_profiles", "add")
                        .missing(VnicProfile.builder()
                                .name("p")
                                .network(Network.builder().name("ovirtmgmt").build())
                                .build()))
                .isEmpty();
        assertThat(method("disks", "add")
                        .missing(Disk.builder()
                                .provisionedSize(1L)
                                .format(DiskFormat.COW)
                                .build()))
                .isEmpty();
        assertThat(method("disks", "add").missing(Disk.builder().build())).isPresent();
    }

    @Test
    void what_an_action_lacks_is_named() {
        var move = method("disk", "move");
        assertThat(move.missing(Action.builder().build()))
                .contains("Action [storage_domain.id|name] required for move");
        assertThat(method("host", "fence").missing(Action.builder().build()))
                .contains("Action [fence_type] required for fence");
        assertThat(method("vm", "start").missing(Action.builder().build())).isEmpty();
    }

    @Test
    void a_type_knows_its_home() {
        assertThat(Routes.home(Cluster.TYPE, "1")).isEqualTo("/clusters/1");
        assertThat(Routes.home(Cluster.TYPE, "a b/c")).isEqualTo("/clusters/a%20b%2Fc");
        assertThat(Routes.home(Nic.TYPE, "1")).isNull();
        assertThat(Routes.home(Snapshot.TYPE, "1")).isNull();
    }

    @Test
    void an_unknown_service_is_refused() {
        assertThatThrownBy(() -> Routes.service("nosuch")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Routes.services()).hasSize(290).contains("vms", "vm", "system");
    }
}
