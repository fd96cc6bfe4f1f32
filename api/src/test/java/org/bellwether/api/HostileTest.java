package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SplittableRandom;
import org.bellwether.api.BadDocument.Cause;
import org.bellwether.api.types.Vm;
import org.junit.jupiter.api.Test;

/** Whatever is sent, the answer is an object or a {@link BadDocument} that says what is wrong, soon. */
final class HostileTest {
    private static BadDocument refused(Format format, byte[] document, Limits limits) {
        var thrown = catchThrowableOfType(BadDocument.class, () -> Codec.read(format, document, Vm.TYPE, limits));
        assertThat(thrown)
                .as(new String(document, 0, Math.min(200, document.length), StandardCharsets.UTF_8))
                .isNotNull();
        assertThat(thrown.detail()).isNotBlank().doesNotContain("\n").doesNotContain("Exception");
        return thrown;
    }

    private static BadDocument json(String document) {
        return refused(Format.JSON, document.getBytes(StandardCharsets.UTF_8), Limits.USUAL);
    }

    private static BadDocument xml(String document) {
        return refused(Format.XML, document.getBytes(StandardCharsets.UTF_8), Limits.USUAL);
    }

    @Test
    void broken_documents_are_refused_as_syntax() {
        for (var document : List.of(
                "",
                " ",
                "{",
                "{\"name\"",
                "{\"name\":}",
                "{\"name\":\"a\"} x",
                "{}{}",
                "[]",
                "\"vm\"",
                "null",
                "nul",
                "{'name':'a'}",
                "{\"name\":\"a\",}",
                "{\"nics\":3}",
                "{\"cluster\":\"Default\"}",
                "{\"cluster\":[]}",
                "{\"nics\":[3]}",
                "<vm/>")) {
            assertThat(json(document).what()).as(document).isEqualTo(Cause.SYNTAX);
        }
        for (var document : List.of(
                "",
                " ",
                "<",
                "<vm",
                "<vm>",
                "<vm></v>",
                "<vm/><vm/>",
                "<vm/>x",
                "x<vm/>",
                "<nosuch/>",
                "<vms/>",
                "{}",
                "<vm><name>a</vm>",
                "<vm>text</vm>",
                "<vm><nics>text</nics></vm>",
                "<vm><cluster>Default</cluster></vm>",
                "<vm a='1' a='2'/>",
                "<vm>&nosuch;</vm>",
                "<vm><name>&nosuch;</name></vm>",
                "<vm><name>\0</name></vm>",
                "<?xml version='1.0' encoding='nosuch'?><vm/>",
                "<vm>]]></vm>")) {
            assertThat(xml(document).what()).as(document).isEqualTo(Cause.SYNTAX);
        }
    }

    @Test
    void bytes_that_are_no_characters_are_refused_in_silence() {
        var before = System.err;
        var printed = new ByteArrayOutputStream();
        System.setErr(new PrintStream(printed, true, StandardCharsets.UTF_8));
        try {
            for (var broken : List.of("\u00ff", "\u00c3(", "\u00ed\u00a0\u0080")) {
                var json = ("{\"name\":\"" + broken + "\"}").getBytes(StandardCharsets.ISO_8859_1);
                assertThat(refused(Format.JSON, json, Limits.USUAL).what()).isEqualTo(Cause.SYNTAX);
                var xml = ("<vm><name>" + broken + "</name></vm>").getBytes(StandardCharsets.ISO_8859_1);
                assertThat(refused(Format.XML, xml, Limits.USUAL).what()).isEqualTo(Cause.SYNTAX);
            }
        } finally {
            System.setErr(before);
        }
        assertThat(printed.toString(StandardCharsets.UTF_8)).isEmpty();
    }

    @Test
    void faults_have_the_texts_of_the_api() {
        assertThat(json("{").reason()).isEqualTo("Request syntactically incorrect.");
        assertThat(json("{\"memory\":\"much\"}").reason()).isEqualTo("Invalid value");
        assertThat(json("{\"memory\":\"much\"}").detail())
                .isEqualTo("Invalid value 'much' for 'vm.memory': a whole number is expected.");
        assertThat(xml("<vm><type>fast</type></vm>").detail())
                .isEqualTo("Invalid value 'fast' for 'vm.type': one of desktop, server, high_performance is expected.");
    }

    @Test
    void values_of_a_wrong_kind_are_refused() {
        for (var value : List.of(
                "\"memory\":\"\"",
                "\"memory\":1.5",
                "\"memory\":true",
                "\"memory\":{}",
                "\"memory\":[1]",
                "\"memory\":9223372036854775808",
                "\"memory\":\"0x10\"",
                "\"stateless\":1",
                "\"stateless\":\"maybe\"",
                "\"type\":1",
                "\"type\":\"fast\"",
                "\"creation_time\":\"yesterday\"",
                "\"creation_time\":1e3",
                "\"creation_time\":9223372036854775807",
                "\"name\":{}",
                "\"name\":[]",
                "\"cpu\":{\"topology\":{\"cores\":\"x\"}}")) {
            assertThat(json("{" + value + "}").what()).as(value).isEqualTo(Cause.VALUE);
        }
        for (var value : List.of(
                "<memory/>",
                "<memory>x</memory>",
                "<memory><a/></memory>",
                "<stateless>yes</stateless>",
                "<type>fast</type>",
                "<creation_time>1700000000000</creation_time>",
                "<name><b/></name>",
                "<creation_time>+999999999-01-01T00:00:00Z</creation_time>",
                "<cpu><topology><cores/></topology></cpu>")) {
            assertThat(xml("<vm>" + value + "</vm>").what()).as(value).isEqualTo(Cause.VALUE);
        }
    }

    @Test
    void document_types_and_entities_are_refused() {
        assertThat(xml("<!DOCTYPE vm SYSTEM 'file:///etc/passwd'><vm/>").what()).isEqualTo(Cause.SYNTAX);
        assertThat(xml("<!DOCTYPE vm [<!ENTITY a 'b'>]><vm><name>&a;</name></vm>")
                        .what())
                .isEqualTo(Cause.SYNTAX);
        assertThat(xml("<!DOCTYPE vm [<!ENTITY a SYSTEM 'file:///etc/hostname'>]><vm><name>&a;</name></vm>")
                        .detail())
                .contains("Document types");
        var laughs = new StringBuilder("<!DOCTYPE vm [<!ENTITY l0 'lol'>");
        for (int i = 1; i < 20; i++) {
            laughs.append("<!ENTITY l")
                    .append(i)
                    .append(" '")
                    .append(("&l" + (i - 1) + ";").repeat(10))
                    .append("'>");
        }
        assertThat(xml(laughs + "]><vm><name>&l19;</name></vm>").what()).isEqualTo(Cause.SYNTAX);
    }

    @Test
    void deep_documents_are_refused() {
        int deep = 100_000;
        assertThat(json("{\"x\":".repeat(deep) + "1" + "}".repeat(deep)).what()).isEqualTo(Cause.LIMIT);
        assertThat(json("{\"x\":" + "[".repeat(deep)).what()).isEqualTo(Cause.LIMIT);
        assertThat(json("{\"template\":{\"vm\":".repeat(deep)).what()).isEqualTo(Cause.LIMIT);
        assertThat(xml("<vm>" + "<x>".repeat(deep)).what()).isEqualTo(Cause.LIMIT);
        assertThat(xml("<vm>" + "<template><vm>".repeat(deep)).what()).isEqualTo(Cause.LIMIT);
    }

    @Test
    void large_documents_are_refused() {
        var small = new Limits(1000, 10, 100);
        assertThat(refused(
                                Format.JSON,
                                ("{\"name\":\"" + "a".repeat(1000) + "\"}").getBytes(StandardCharsets.UTF_8),
                                small)
                        .what())
                .isEqualTo(Cause.LIMIT);
        assertThat(refused(
                                Format.XML,
                                ("<vm><name>" + "a".repeat(1000) + "</name></vm>").getBytes(StandardCharsets.UTF_8),
                                small)
                        .detail())
                .contains("1000");
        assertThat(json("{\"nics\":[" + "{},".repeat(200_000) + "{}]}").what()).isEqualTo(Cause.LIMIT);
        assertThat(json("{\"nosuch\":[" + "0,".repeat(200_000) + "0]}").what()).isEqualTo(Cause.LIMIT);
        assertThat(xml("<vm><nics>" + "<nic/>".repeat(200_000) + "</nics></vm>").what())
                .isEqualTo(Cause.LIMIT);
        assertThat(xml("<vm>" + "<x/>".repeat(200_000) + "</vm>").what()).isEqualTo(Cause.LIMIT);
    }

    @Test
    void long_numbers_are_refused_quickly() {
        var digits = "9".repeat(1_000_000);
        assertThat(json("{\"memory\":" + digits + "}").what()).isEqualTo(Cause.LIMIT);
        assertThat(json("{\"memory\":\"" + digits + "\"}").what()).isEqualTo(Cause.VALUE);
        assertThat(json("{\"nosuch\":" + digits + "}").what()).isEqualTo(Cause.LIMIT);
        assertThat(xml("<vm><memory>" + digits + "</memory></vm>").what()).isEqualTo(Cause.VALUE);
        assertThat(xml("<vm><memory>" + digits + "</memory></vm>").detail()).hasSizeLessThan(200);
    }

    @Test
    void what_is_shown_of_a_strangers_text_is_harmless() {
        assertThat(json("{\"memory\":\"a\\u001b[31m\\n\\u0000b\"}").detail()).contains("'a?[31m??b'");
    }

    /** Documents broken at random places never end in anything but an object or a refusal. */
    @Test
    void mutilated_documents_never_break_the_reader() {
        long seed = 44;
        var random = new SplittableRandom(seed);
        var samples = new Samples(seed, "abc<>&\"{}[]:,'é");
        for (var format : Format.values()) {
            for (int i = 0; i < 1000; i++) {
                var document = Codec.write(format, samples.struct(Vm.TYPE), Hrefs.at("/ovirt-engine/api", "/vms/1"));
                for (int n = random.nextInt(1, 4); n > 0; n--) {
                    document[random.nextInt(document.length)] = (byte) random.nextInt(256);
                }
                try {
                    var read = Codec.read(format, document, Vm.TYPE);
                    assertThat(read.structType()).isSameAs(Vm.TYPE);
                    assertThat(Codec.write(Format.XML, read, Hrefs.none())).isNotEmpty();
                } catch (BadDocument e) {
                    assertThat(e.detail()).as("seed %d, round %d", seed, i).isNotBlank();
                }
            }
        }
    }
}
