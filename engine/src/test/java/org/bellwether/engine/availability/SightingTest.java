package org.bellwether.engine.availability;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class SightingTest {

    @Test
    void what_is_paused_of_an_older_run_is_never_adopted_and_no_second_run() {
        assertThat(Sighting.of(false, true, true, false, false, false)).isEqualTo(Sighting.ADOPT);
        assertThat(Sighting.of(false, true, true, true, false, false)).isEqualTo(Sighting.TWICE);
        for (boolean elsewhere : new boolean[] {false, true}) {
            assertThat(Sighting.of(false, true, true, elsewhere, true, false)).isEqualTo(Sighting.STALE);
        }
        assertThat(Sighting.of(true, true, true, false, true, false))
                .as("it was given back to the host that it was to be taken from")
                .isEqualTo(Sighting.NOTHING);
    }

    @Test
    void a_machine_that_is_off_where_it_was_written_down_is_off_or_has_left() {
        assertThat(Sighting.of(true, false, false, false, false, false)).isEqualTo(Sighting.OFF);
        assertThat(Sighting.of(true, false, false, false, false, true)).isEqualTo(Sighting.LEFT);
        assertThat(Sighting.of(false, false, false, false, false, true)).isEqualTo(Sighting.NOTHING);
    }
}
