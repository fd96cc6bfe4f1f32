package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class TextTest {

    @Test
    void sizes_are_read_in_powers_of_1024() {
        assertThat(Text.bytes("512M", "size")).isEqualTo(512L << 20);
        assertThat(Text.bytes("2g", "size")).isEqualTo(2L << 30);
        assertThat(Text.bytes("1 TiB", "size")).isEqualTo(1L << 40);
        assertThat(Text.bytes("4096", "size")).isEqualTo(4096);
    }

    @Test
    void what_is_no_size_is_refused_by_name() {
        for (String odd : new String[] {"", "M", "-1G", "1.5G", "1X", "999999999999999P"}) {
            assertThatThrownBy(() -> Text.bytes(odd, "memory"))
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("memory");
        }
    }

    @Test
    void sizes_are_written_so_that_they_are_read_at_a_glance() {
        assertThat(Text.size(OptionalLong.of(0))).isEqualTo("0");
        assertThat(Text.size(OptionalLong.of(512L << 20))).isEqualTo("512M");
        assertThat(Text.size(OptionalLong.of(3L << 29))).isEqualTo("1.5G");
        assertThat(Text.size(OptionalLong.of(1L << 40))).isEqualTo("1T");
        assertThat(Text.size(OptionalLong.empty())).isEmpty();
    }

    @Test
    void every_sentence_ends_once() {
        assertThat(Text.sentence("It broke")).isEqualTo("It broke.");
        assertThat(Text.sentence("It broke. ")).isEqualTo("It broke.");
    }
}
