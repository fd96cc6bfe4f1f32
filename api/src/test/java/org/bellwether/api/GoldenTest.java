package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import org.bellwether.api.types.AffinityLabel;
import org.bellwether.api.types.Api;
import org.bellwether.api.types.Cdrom;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.Disk;
import org.bellwether.api.types.Event;
import org.bellwether.api.types.Fault;
import org.bellwether.api.types.Job;
import org.bellwether.api.types.SystemOption;
import org.bellwether.api.types.User;
import org.bellwether.api.types.Vm;
import org.junit.jupiter.api.Test;

/** Answers of a real engine, read and written again. */
final class GoldenTest {
    private static final String PREFIX = "/ovirt-engine/api";

    private static byte[] golden(String name, Format format) {
        var file = "golden/" + name + (format == Format.JSON ? ".json" : ".xml");
        try (var in = GoldenTest.class.getResourceAsStream(file)) {
            assertThat(in).as(file).isNotNull();
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static <T extends Struct> void objectIsKept(String name, StructType<T> type, Hrefs hrefs) {
        var json = Codec.read(Format.JSON, golden(name, Format.JSON), type);
        assertThat(Codec.read(Format.XML, golden(name, Format.XML), type)).isEqualTo(json);
        compare(Codec.write(Format.JSON, json, hrefs), name);
        for (var format : Format.values()) {
            assertThat(Codec.read(format, Codec.write(format, json, hrefs), type))
                    .isEqualTo(json);
        }
    }

    private static <T extends Struct> void listIsKept(String name, StructType<T> type, String path) {
        var json = Codec.readList(Format.JSON, golden(name, Format.JSON), type, Limits.USUAL);
        assertThat(Codec.readList(Format.XML, golden(name, Format.XML), type, Limits.USUAL))
                .isEqualTo(json);
        compare(Codec.write(Format.JSON, type, json, Hrefs.at(PREFIX, path)), name);
        for (var format : Format.values()) {
            var written = Codec.write(format, type, json, Hrefs.at(PREFIX, path));
            assertThat(Codec.readList(format, written, type, Limits.USUAL)).isEqualTo(json);
        }
    }

    /** Everything the engine says is said; links and actions may be more, and in another order. */
    private static void compare(byte[] written, String name) {
        var expected = Trees.read(golden(name, Format.JSON));
        contains(Trees.read(written), expected, name);
    }

    private static void contains(Object actual, Object expected, String path) {
        switch (expected) {
            case Map<?, ?> wanted -> {
                var found = Trees.map(actual);
                for (var entry : wanted.entrySet()) {
                    var inside = path + "." + entry.getKey();
                    assertThat(found).as(inside).containsKey(entry.getKey().toString());
                    var value = Objects.requireNonNull(found.get(entry.getKey().toString()));
                    if (entry.getKey().equals("link")) {
                        assertThat(Trees.list(value)).as(inside).containsAll(Trees.list(entry.getValue()));
                    } else {
                        contains(value, entry.getValue(), inside);
                    }
                }
                var more = new TreeSet<>(found.keySet());
                more.removeAll(new TreeMap<>(wanted).keySet());
                assertThat(more).as("Keys of " + path).isSubsetOf("link", "actions");
            }
            case List<?> wanted -> {
                var found = Trees.list(actual);
                assertThat(found).as(path).hasSameSizeAs(wanted);
                for (int i = 0; i < wanted.size(); i++) {
                    contains(found.get(i), wanted.get(i), path + "[" + i + "]");
                }
            }
            default -> assertThat(actual).as(path).isEqualTo(expected);
        }
    }

    @Test
    void a_machine_with_followed_lists_is_kept() {
        objectIsKept("vm-follow", Vm.TYPE, Hrefs.at(PREFIX, "/vms/6bf50666-03f4-46c1-aed9-55a4e425c4db"));
    }

    @Test
    void a_cluster_is_kept() {
        objectIsKept("cluster", Cluster.TYPE, Hrefs.at(PREFIX, "/clusters/bed810b8-e698-11f1-896a-02fc00000001"));
    }

    @Test
    void an_option_is_kept() {
        objectIsKept("option", SystemOption.TYPE, Hrefs.at(PREFIX, "/options/MaxNumOfVmSockets"));
    }

    @Test
    void a_fault_is_kept() {
        objectIsKept("fault", Fault.TYPE, Hrefs.under(PREFIX));
    }

    @Test
    void lists_are_kept() {
        listIsKept("disks", Disk.TYPE, "/disks");
        listIsKept("events", Event.TYPE, "/events");
        listIsKept("jobs", Job.TYPE, "/jobs");
        listIsKept("users", User.TYPE, "/users");
        listIsKept("cdroms", Cdrom.TYPE, "/vms/6bf50666-03f4-46c1-aed9-55a4e425c4db/cdroms");
    }

    @Test
    void an_empty_list_is_an_empty_object() {
        listIsKept("affinity-labels", AffinityLabel.TYPE, "/affinitylabels");
    }

    @Test
    void the_root_has_its_links_in_their_order() {
        var api = Codec.read(Format.JSON, golden("root", Format.JSON), Api.TYPE);
        var written = Trees.read(Codec.write(Format.JSON, api, Hrefs.at(PREFIX, "/")));
        assertThat(written).isEqualTo(Trees.read(golden("root", Format.JSON)));
        var xml = Codec.write(Format.XML, api, Hrefs.at(PREFIX, ""));
        assertThat(Codec.read(Format.XML, xml, Api.TYPE)).isEqualTo(api);
        assertThat(new String(xml, StandardCharsets.UTF_8))
                .contains("<link href=\"/ovirt-engine/api/vms?search={query}\" rel=\"vms/search\"/>");
    }
}
