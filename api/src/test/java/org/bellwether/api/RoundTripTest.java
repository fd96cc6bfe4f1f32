package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.bellwether.api.types.Disk;
import org.junit.jupiter.api.Test;

/** Whatever an object holds, it comes back. */
final class RoundTripTest {
    private static final long SEED = 7_041_776;
    private static final int ROUNDS = 20;

    private static <T extends Struct> void comesBack(Format format, StructType<T> type, Samples samples) {
        var object = samples.struct(type);
        var document = Codec.write(format, object, Hrefs.none());
        var read = Codec.read(format, document, type);
        assertThat(read)
                .as("seed %d, %s", SEED, new String(document, StandardCharsets.UTF_8))
                .isEqualTo(object);
        assertThat(read.hashCode()).isEqualTo(object.hashCode());
        assertThat(object.edit().build()).isEqualTo(object);
        assertThat(type.merge(type.newBuilder().build(), object)).isEqualTo(object);
        assertThat(type.merge(object, type.newBuilder().build())).isEqualTo(object);
    }

    @Test
    void every_type_comes_back_from_json() {
        var samples =
                new Samples(SEED, "aZ09 \"\\/<>&'\n\r\t\0\u0001\u001f\u007fäß\u20ac\ud83d\ude00\ud800\udfff\ufffe");
        for (var type : Samples.types()) {
            for (int i = 0; i < ROUNDS; i++) {
                comesBack(Format.JSON, type, samples);
            }
        }
    }

    @Test
    void every_type_comes_back_from_xml() {
        var samples = new Samples(SEED, "aZ09 \"\\/<>&'\n\r\t]]>\u007f\u0085äß\u20ac\u2028\ufffd");
        for (var type : Samples.types()) {
            for (int i = 0; i < ROUNDS; i++) {
                comesBack(Format.XML, type, samples);
            }
        }
    }

    @Test
    void characters_beyond_the_first_plane_come_back() {
        var disk = Disk.builder().name("\ud83d\ude00 x \ud834\udd1e").build();
        for (var format : Format.values()) {
            assertThat(Codec.read(format, Codec.write(format, disk, Hrefs.none()), Disk.TYPE))
                    .isEqualTo(disk);
        }
    }

    @Test
    void what_xml_cannot_carry_is_replaced() {
        var disk = Disk.builder().name("a\0b\u0001c\ud800d\ufffee").build();
        var read = Codec.read(Format.XML, Codec.write(Format.XML, disk, Hrefs.none()), Disk.TYPE);
        assertThat(read.name()).isEqualTo("a\ufffdb\ufffdc\ufffdd\ufffde");
    }

    /** With hrefs a document says more, but not less. */
    @Test
    void decorated_documents_hold_the_same() {
        var samples = new Samples(SEED, "abc");
        for (var route : Routes.all()) {
            var type = route.method().result();
            if (route.method().name().equals("get") && type != null) {
                decorated(type, route.path().replaceAll("\\{[a-z_]+}", "1"), samples);
            }
        }
    }

    private static <T extends Struct> void decorated(StructType<T> type, String path, Samples samples) {
        var object = samples.struct(type);
        var json = Codec.write(Format.JSON, object, Hrefs.at("/ovirt-engine/api", path));
        var xml = Codec.write(Format.XML, object, Hrefs.at("/ovirt-engine/api", path));
        var read = Codec.read(Format.JSON, json, type);
        assertThat(Codec.read(Format.XML, xml, type)).as(path).isEqualTo(read);
        covers(read, object, path);
    }

    private static void covers(Struct read, Struct object, String path) {
        for (var attribute : object.structType().attributes()) {
            var expected = object.value(attribute);
            if (expected != null) {
                var inside = path + "." + attribute;
                covers(Objects.requireNonNull(read.value(attribute), inside), expected, inside);
            }
        }
    }

    private static void covers(Object read, Object expected, String path) {
        switch (expected) {
            case Struct struct -> covers((Struct) read, struct, path);
            case List<?> list -> {
                assertThat((List<?>) read).as(path).hasSameSizeAs(list);
                for (int i = 0; i < list.size(); i++) {
                    covers(((List<?>) read).get(i), list.get(i), path + "[" + i + "]");
                }
            }
            default -> assertThat(read).as(path).isEqualTo(expected);
        }
    }
}
