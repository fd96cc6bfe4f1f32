package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.Disk;
import org.bellwether.api.types.DiskAttachment;
import org.bellwether.api.types.Nic;
import org.bellwether.api.types.User;
import org.bellwether.api.types.Vm;
import org.junit.jupiter.api.Test;

final class StructTypeTest {
    @Test
    void a_patch_goes_over_its_base() {
        var base = Vm.builder()
                .id("1")
                .name("a")
                .comment("kept")
                .memory(1L)
                .cpu(Cpu.builder()
                        .type("x")
                        .topology(CpuTopology.builder().cores(1L).sockets(2L).build())
                        .build())
                .nics(List.of(
                        Nic.builder().name("n1").build(),
                        Nic.builder().name("n2").build()))
                .build();
        var patch = Vm.builder()
                .name("b")
                .cpu(Cpu.builder()
                        .topology(CpuTopology.builder().cores(4L).build())
                        .build())
                .nics(List.of())
                .build();
        assertThat(Vm.TYPE.merge(base, patch))
                .isEqualTo(base.toBuilder()
                        .name("b")
                        .cpu(Cpu.builder()
                                .type("x")
                                .topology(CpuTopology.builder()
                                        .cores(4L)
                                        .sockets(2L)
                                        .build())
                                .build())
                        .nics(List.of())
                        .build());
    }

    @Test
    void another_reference_replaces_the_one_before() {
        var base = Vm.builder()
                .cluster(Cluster.builder().id("1").name("a").build())
                .build();
        for (var cluster : List.of(
                Cluster.builder().id("2").build(), Cluster.builder().name("b").build())) {
            assertThat(Vm.TYPE
                            .merge(base, Vm.builder().cluster(cluster).build())
                            .cluster())
                    .isEqualTo(cluster);
        }
        var attachment = DiskAttachment.builder()
                .disk(Disk.builder().id("1").provisionedSize(1L).alias("a").build())
                .build();
        var larger = DiskAttachment.builder()
                .disk(Disk.builder().provisionedSize(2L).build())
                .build();
        assertThat(DiskAttachment.TYPE.merge(attachment, larger).disk())
                .isEqualTo(Disk.builder().id("1").provisionedSize(2L).alias("a").build());
    }

    @Test
    void attributes_are_found_by_every_spelling() {
        var attachments = Vm.TYPE.require("disk_attachments");
        for (var name : List.of("disk_attachments", "diskattachments", "DiskAttachments", "DISK_ATTACHMENTS")) {
            assertThat(Vm.TYPE.followed(name)).isSameAs(attachments);
        }
        assertThat(attachments.isLink()).isTrue();
        assertThat(attachments.isList()).isTrue();
        assertThat(attachments.struct()).isSameAs(DiskAttachment.TYPE);
        assertThat(Vm.TYPE.followed("nosuch")).isNull();
        assertThat(Vm.TYPE.followed("")).isNull();
        assertThat(Vm.TYPE.attribute("host_numa_nodes")).isSameAs(Vm.TYPE.attribute("numa_nodes"));
        assertThat(Vm.TYPE.require("memory").isLink()).isFalse();
        assertThat(StructType.named("vm")).isSameAs(Vm.TYPE);
        assertThat(StructType.named("nosuch")).isNull();
    }

    @Test
    void a_builder_takes_only_what_fits() {
        assertThatThrownBy(() -> Vm.TYPE.newBuilder().set("memory", 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Vm.TYPE.newBuilder().set("nosuch", 1L)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Vm.TYPE.newBuilder().set("nics", List.of("x")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> Vm.TYPE.newBuilder().set("cluster", Disk.builder().build()))
                .isInstanceOf(IllegalArgumentException.class);
        var nics = new ArrayList<>(List.of(Nic.builder().build()));
        var vm = Vm.builder().nics(nics).build();
        nics.clear();
        assertThat(vm.nics()).hasSize(1);
        assertThat(Vm.TYPE.newBuilder().set("memory", 1L).set("memory", null).build())
                .isEqualTo(Vm.builder().build());
    }

    @Test
    void secrets_are_not_printed() {
        assertThat(User.builder().id("1").name("n").password("secret").build()).hasToString("user[id=1, name=n]");
    }

    @Test
    void every_type_is_whole() {
        for (var type : Samples.types()) {
            assertThat(StructType.named(type.name())).isSameAs(type);
            assertThat(type.newBuilder().build().structType()).isSameAs(type);
            for (var attribute : type.attributes()) {
                assertThat(type.attribute(attribute.name())).isSameAs(attribute);
                assertThat(type.attribute(attribute.wire())).isSameAs(attribute);
                assertThat(type.followed(attribute.linkName())).isSameAs(attribute);
                if (attribute.kind() == Kind.ENUM) {
                    for (var value : attribute.enumeration().values()) {
                        assertThat(attribute.enumeration().find(value.wire())).isSameAs(value);
                    }
                }
            }
        }
    }

    /** The engine must start quickly: a type that is used must not bring the others with it. */
    @Test
    void the_first_use_of_a_type_loads_that_type_only() throws IOException, ReflectiveOperationException {
        var loaded = new ArrayList<String>();
        URL[] path = {location(StructType.class)};
        try (var loader = new URLClassLoader(path, getClass().getClassLoader()) {
            @Override
            protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                if (!name.startsWith("org.bellwether.api.")) {
                    return super.loadClass(name, resolve);
                }
                var known = findLoadedClass(name);
                if (known != null) {
                    return known;
                }
                if (name.startsWith("org.bellwether.api.types.")) {
                    loaded.add(name.substring(name.lastIndexOf('.') + 1));
                }
                return findClass(name);
            }
        }) {
            var vm = Class.forName("org.bellwether.api.types.Vm", true, loader);
            var type = Objects.requireNonNull(vm.getField("TYPE").get(null));
            assertThat(loaded).containsExactly("Vm");
            var builder = type.getClass().getMethod("newBuilder").invoke(type);
            Objects.requireNonNull(builder).getClass().getMethod("build").invoke(builder);
            assertThat(loaded).containsExactly("Vm", "Structs");
        }
    }

    private static URL location(Class<?> of) {
        return of.getProtectionDomain().getCodeSource().getLocation();
    }
}
