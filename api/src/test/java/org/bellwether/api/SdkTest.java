package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.Disk;
import org.bellwether.api.types.DiskAttachment;
import org.bellwether.api.types.Nic;
import org.bellwether.api.types.Vm;
import org.bellwether.api.types.VmStatus;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.ovirt.api.metamodel.runtime.xml.XmlReader;
import org.ovirt.api.metamodel.runtime.xml.XmlWriter;
import org.ovirt.engine.sdk4.internal.xml.XmlVmReader;
import org.ovirt.engine.sdk4.internal.xml.XmlVmWriter;

/** The published Java SDK reads what we write, and we read what it writes. */
final class SdkTest {
    private static final String SDK = "org.ovirt.engine.sdk4.";
    private static final long SEED = 20_261_122;

    /** Types that never stand in a list of their own, whose plural in the SDK is made by rule from another name. */
    private static final Set<String> NAMED_BY_ACCIDENT =
            Set.of("gluster_brick_memory_info", "migration_options", "transparent_huge_pages");

    private static final Map<String, Optional<Class<?>>> CLASSES = new ConcurrentHashMap<>();

    private static org.ovirt.engine.sdk4.types.Vm read(byte[] document) {
        try (var reader = new XmlReader(new ByteArrayInputStream(document))) {
            return XmlVmReader.readOne(reader);
        }
    }

    @Test
    void the_sdk_reads_a_machine() {
        var vm = Vm.builder()
                .id("123")
                .name("dömo <1>")
                .status(VmStatus.UP)
                .memory(1L << 32)
                .stateless(false)
                .creationTime(Instant.parse("2023-11-14T22:13:20.123Z"))
                .cluster(Cluster.builder().id("9").build())
                .build();
        var read = read(Codec.write(Format.XML, vm, Hrefs.at("/ovirt-engine/api", "/vms/123")));
        assertThat(read.href()).isEqualTo("/ovirt-engine/api/vms/123");
        assertThat(read.id()).isEqualTo("123");
        assertThat(read.name()).isEqualTo("dömo <1>");
        assertThat(read.status()).isEqualTo(org.ovirt.engine.sdk4.types.VmStatus.UP);
        assertThat(read.memoryAsLong()).isEqualTo(1L << 32);
        assertThat(read.stateless()).isFalse();
        assertThat(read.creationTime().toInstant()).isEqualTo(vm.creationTime());
        assertThat(read.cluster().href()).isEqualTo("/ovirt-engine/api/clusters/9");
        assertThat(((org.ovirt.api.metamodel.runtime.util.ListWithHref<?>) read.nics()).href())
                .isEqualTo("/ovirt-engine/api/vms/123/nics");
    }

    @Test
    void the_sdk_reads_what_was_followed() {
        var vm = Vm.builder()
                .id("123")
                .nics(List.of(Nic.builder().id("4").name("nic1").build()))
                .diskAttachments(List.of(DiskAttachment.builder()
                        .id("5")
                        .disk(Disk.builder().id("5").name("root").build())
                        .build()))
                .build();
        var read = read(Codec.write(Format.XML, vm, Hrefs.at("/ovirt-engine/api/v4", "/vms/123")));
        assertThat(read.nics()).hasSize(1);
        assertThat(read.nics().getFirst().href()).isEqualTo("/ovirt-engine/api/v4/vms/123/nics/4");
        assertThat(read.diskAttachments().getFirst().disk().name()).isEqualTo("root");
        assertThat(read.diskAttachments().getFirst().disk().href()).isEqualTo("/ovirt-engine/api/v4/disks/5");
    }

    @Test
    void what_the_sdk_writes_is_read() {
        var vm = org.ovirt.engine.sdk4.builders.Builders.vm()
                .name("demo")
                .memory(1L << 30)
                .cluster(org.ovirt.engine.sdk4.builders.Builders.cluster().name("Default"))
                .template(org.ovirt.engine.sdk4.builders.Builders.template().name("Blank"))
                .type(org.ovirt.engine.sdk4.types.VmType.SERVER)
                .build();
        var out = new ByteArrayOutputStream();
        try (var writer = new XmlWriter(out, false)) {
            XmlVmWriter.writeOne(vm, writer);
        }
        var read = Codec.read(Format.XML, out.toByteArray(), Vm.TYPE);
        assertThat(read.name()).isEqualTo("demo");
        assertThat(read.memory()).isEqualTo(1L << 30);
        assertThat(read.cluster()).isEqualTo(Cluster.builder().name("Default").build());
        assertThat(read.type()).isEqualTo(org.bellwether.api.types.VmType.SERVER);
    }

    /** Every type that the SDK has too goes through it and comes back as it was, but for what the SDK does not know. */
    @TestFactory
    Stream<DynamicTest> every_type_goes_through_the_sdk() {
        return Samples.types().stream()
                .filter(SdkTest::isInSdk)
                .map(type -> DynamicTest.dynamicTest(type.name(), () -> goesThrough(type)));
    }

    /** The SDK names a list as we do: neither would read the other's otherwise. */
    @Test
    void lists_are_named_as_the_sdk_names_them() throws ReflectiveOperationException {
        for (var type : Samples.types()) {
            if (isInSdk(type) && !NAMED_BY_ACCIDENT.contains(type.name())) {
                var out = new ByteArrayOutputStream();
                try (var writer = new XmlWriter(out, false)) {
                    Objects.requireNonNull(writer(type))
                            .getMethod("writeMany", Iterator.class, XmlWriter.class)
                            .invoke(null, List.of().iterator(), writer);
                }
                assertThat(Codec.readList(Format.XML, out.toByteArray(), type, Limits.USUAL))
                        .as(type.name())
                        .isEmpty();
            }
        }
    }

    private static boolean isInSdk(StructType<?> type) {
        return reader(type) != null && writer(type) != null;
    }

    private static @Nullable Class<?> reader(StructType<?> type) {
        return find("internal.xml.Xml" + type.javaType().getSimpleName() + "Reader");
    }

    private static @Nullable Class<?> writer(StructType<?> type) {
        return find("internal.xml.Xml" + type.javaType().getSimpleName() + "Writer");
    }

    private static @Nullable Class<?> find(String name) {
        return CLASSES.computeIfAbsent(name, SdkTest::load).orElse(null);
    }

    private static Optional<Class<?>> load(String name) {
        try {
            return Optional.of(Class.forName(SDK + name));
        } catch (ClassNotFoundException e) {
            return Optional.empty();
        }
    }

    private static <T extends Struct> void goesThrough(StructType<T> type) throws ReflectiveOperationException {
        var samples = new Samples(SEED, "abc xyz-ä<&>\"'");
        for (int i = 0; i < 8; i++) {
            var sample = known(samples.struct(type));
            var written = Codec.write(Format.XML, sample, Hrefs.none());
            var back = throughSdk(type, written);
            var read = Codec.read(Format.XML, back, type);
            assertThat(Codec.write(Format.JSON, known(read), Hrefs.none()))
                    .as("seed %d, %s", SEED, new String(written, StandardCharsets.UTF_8))
                    .asString(StandardCharsets.UTF_8)
                    .isEqualTo(new String(Codec.write(Format.JSON, sample, Hrefs.none()), StandardCharsets.UTF_8));
        }
    }

    private static byte[] throughSdk(StructType<?> type, byte[] document) throws ReflectiveOperationException {
        var out = new ByteArrayOutputStream();
        try (var reader = new XmlReader(new ByteArrayInputStream(document));
                var writer = new XmlWriter(out, false)) {
            var object = Objects.requireNonNull(reader(type))
                    .getMethod("readOne", XmlReader.class)
                    .invoke(null, reader);
            var one = Class.forName(SDK + "types." + type.javaType().getSimpleName());
            Objects.requireNonNull(writer(type))
                    .getMethod("writeOne", one, XmlWriter.class)
                    .invoke(null, object, writer);
        } catch (InvocationTargetException e) {
            throw new AssertionError("The SDK cannot read " + new String(document, StandardCharsets.UTF_8), e);
        }
        return out.toByteArray();
    }

    /** The object with only those attributes that the SDK knows; an empty list is to it as none. */
    private static <T extends Struct> T known(T struct) {
        @SuppressWarnings("unchecked")
        var type = (StructType<T>) struct.structType();
        var builder = type.newBuilder();
        for (var attribute : type.attributes()) {
            var value = struct.value(attribute);
            if (value != null && sdkHas(type, attribute)) {
                var kept = keep(value);
                if (kept != null) {
                    builder.set(attribute, kept);
                }
            }
        }
        return builder.build();
    }

    private static @Nullable Object keep(Object value) {
        return switch (value) {
            case Struct inner -> known(inner);
            case List<?> list -> {
                var kept = new ArrayList<Object>();
                for (var each : list) {
                    var one = keep(each);
                    if (one == null) {
                        yield null;
                    }
                    kept.add(one);
                }
                yield kept.isEmpty() ? null : kept;
            }
            case WireEnum each -> sdkHas(each) ? each : null;
            default -> value;
        };
    }

    private static boolean sdkHas(WireEnum value) {
        var type = find("types." + value.getClass().getSimpleName());
        return type != null
                && Stream.of(type.getEnumConstants())
                        .anyMatch(each -> each.toString().equals(value.wire()));
    }

    private static boolean sdkHas(StructType<?> type, Attribute attribute) {
        var sdk = find("types." + type.javaType().getSimpleName());
        if (sdk == null) {
            return false;
        }
        var name = new StringBuilder();
        for (var word : attribute.name().split("_")) {
            name.append(name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
        }
        return Stream.of(sdk.getMethods())
                .anyMatch(each -> each.getName().equals(name + "Present")
                        || each.getName().equals(name + "_Present")
                        || (attribute.isHref() && each.getName().equals("href")));
    }
}
