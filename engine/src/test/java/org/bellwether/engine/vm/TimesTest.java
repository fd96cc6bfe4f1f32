package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import org.bellwether.engine.platform.Failure;
import org.junit.jupiter.api.Test;

final class TimesTest {

    private static Instant at(String text) {
        return Instant.parse(text);
    }

    @Test
    void the_next_of_several_times_of_the_day_comes_first_and_then_the_next_day() {
        var times = Times.parse("UTC", "", "", "19:30, 07:30");
        assertThat(times.after(at("2026-11-28T06:00:00Z"))).contains(at("2026-11-28T07:30:00Z"));
        assertThat(times.after(at("2026-11-28T07:30:00Z"))).contains(at("2026-11-28T19:30:00Z"));
        assertThat(times.after(at("2026-11-28T20:00:00Z"))).contains(at("2026-11-29T07:30:00Z"));
    }

    @Test
    void days_of_the_week_are_those_of_the_place() {
        // Friday 23:30 in Tokyo is Friday 14:30 in UTC.
        var times = Times.parse("Asia/Tokyo", "", "fri", "23:30");
        assertThat(times.after(at("2026-11-28T00:00:00Z"))).contains(at("2026-12-04T14:30:00Z"));
        // One minute later it is a whole week.
        assertThat(times.after(at("2026-12-04T14:30:00Z"))).contains(at("2026-12-11T14:30:00Z"));
    }

    @Test
    void clocks_that_are_set_forward_and_back_lose_and_double_nothing() {
        var times = Times.parse("Europe/Berlin", "", "", "02:30");
        // 2027-03-28: 02:00 becomes 03:00, so 02:30 is taken for 03:30 of the summer's time.
        assertThat(times.after(at("2027-03-27T12:00:00Z"))).contains(at("2027-03-28T01:30:00Z"));
        // 2027-10-31: 03:00 becomes 02:00; 02:30 is there twice and counts once.
        assertThat(times.after(at("2027-10-30T12:00:00Z"))).contains(at("2027-10-31T00:30:00Z"));
        assertThat(times.after(at("2027-10-31T00:30:00Z"))).contains(at("2027-11-01T01:30:00Z"));
    }

    @Test
    void one_date_has_an_end() {
        var times = Times.parse("UTC", "2026-12-24", "", "18:00");
        assertThat(times.after(at("2026-11-28T00:00:00Z"))).contains(at("2026-12-24T18:00:00Z"));
        assertThat(times.after(at("2026-12-24T18:00:00Z"))).isEmpty();
    }

    @Test
    void what_is_no_time_is_refused_with_an_example() {
        assertThatThrownBy(() -> Times.parse("Europe/Atlantis", "", "", "07:30"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("Atlantis");
        assertThatThrownBy(() -> Times.parse("UTC", "", "someday", "07:30")).hasMessageContaining("someday");
        assertThatThrownBy(() -> Times.parse("UTC", "", "", "25:30")).hasMessageContaining("25:30");
        assertThatThrownBy(() -> Times.parse("UTC", "", "", "")).hasMessageContaining("1 to 24");
        assertThatThrownBy(() -> Times.parse("UTC", "2026-12-24", "mon", "07:30"))
                .hasMessageContaining("not for both");
    }
}
