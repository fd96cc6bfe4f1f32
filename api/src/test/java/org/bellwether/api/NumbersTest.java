package org.bellwether.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

final class NumbersTest {
    private static String written(long number) {
        var out = new Bytes(1);
        out.number(number);
        return new String(out.toArray(), StandardCharsets.US_ASCII);
    }

    @Test
    void whole_numbers_are_written_in_digits() {
        for (long number = 1; number > 0 && number < Long.MAX_VALUE / 10; number *= 10) {
            for (long each : new long[] {number - 1, number, number + 1, -number}) {
                assertThat(written(each)).isEqualTo(Long.toString(each));
            }
        }
        assertThat(written(Long.MIN_VALUE)).isEqualTo(Long.toString(Long.MIN_VALUE));
        assertThat(written(Long.MAX_VALUE)).isEqualTo(Long.toString(Long.MAX_VALUE));
    }

    @Test
    void decimals_have_no_exponent() {
        assertThat(Numbers.plain(0)).isEqualTo("0");
        assertThat(Numbers.plain(-3)).isEqualTo("-3");
        assertThat(Numbers.plain(12.5)).isEqualTo("12.5");
        assertThat(Numbers.plain(1e-7)).isEqualTo("0.0000001");
        assertThat(Numbers.plain(1e22)).isEqualTo("10000000000000000000000");
        for (double number : new double[] {1e15, 1e300, Double.MIN_VALUE, Double.MAX_VALUE, Math.PI, 0.1 + 0.2}) {
            assertThat(Double.parseDouble(Numbers.plain(number))).isEqualTo(number);
        }
    }

    @Test
    void dates_have_milliseconds_and_a_zone() {
        assertThat(Numbers.dateTime(Instant.parse("2023-11-14T22:13:20Z"))).isEqualTo("2023-11-14T22:13:20.000Z");
        for (var text : List.of("0001-01-01T00:00:00.001Z", "1969-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z")) {
            assertThat(Numbers.dateTime(Instant.parse(text))).isEqualTo(text);
            assertThat(Numbers.instant(text)).isEqualTo(Instant.parse(text));
        }
        assertThat(Numbers.instant("2023-11-14T23:13:20.000+01:00")).isEqualTo(Instant.parse("2023-11-14T22:13:20Z"));
        assertThat(Numbers.instant("2023-11-14T22:13:20")).isEqualTo(Instant.parse("2023-11-14T22:13:20Z"));
        assertThat(Numbers.instant("2023-11-14T22:13:20.123456Z")).isEqualTo(Instant.parse("2023-11-14T22:13:20.123Z"));
    }

    @Test
    void what_is_no_number_is_none() {
        for (var text : List.of("", " ", "x", "1.0", "0x1", "1_000", "9223372036854775808", "--1")) {
            assertThat(Numbers.integer(text)).as(text).isNull();
        }
        for (var text : List.of("", "NaN", "Infinity", "1e999", "0x1p3", "1f", "1d", ".", "e")) {
            assertThat(Numbers.decimal(text)).as(text).isNull();
        }
        for (var text : List.of("", "yes", "2", "tru")) {
            assertThat(Numbers.bool(text)).as(text).isNull();
        }
        for (var text :
                List.of("", "2023-11-14", "2023-13-14T00:00:00Z", "-0001-01-01T00:00:00Z", "+10000-01-01T00:00:00Z")) {
            assertThat(Numbers.instant(text)).as(text).isNull();
        }
        assertThat(Numbers.instant(Long.MAX_VALUE)).isNull();
        assertThat(Numbers.instant(Long.MIN_VALUE)).isNull();
    }
}
