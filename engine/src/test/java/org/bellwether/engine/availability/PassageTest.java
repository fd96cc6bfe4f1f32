package org.bellwether.engine.availability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.bellwether.engine.availability.Passage.End;
import org.junit.jupiter.api.Test;

final class PassageTest {
    private static final Duration JUST_NOW = Duration.ZERO;
    private static final Duration LONG_AGO = Passage.GIVES_UP.plusSeconds(1);
    private static final End NOT_THERE = new End(true, false, false);
    private static final End RUNS = new End(true, true, true);
    private static final End PAUSED = new End(true, true, false);
    private static final End SILENT = new End(false, false, false);
    private static final End SILENT_AND_RAN = new End(false, true, true);

    @Test
    void it_has_arrived_when_only_the_destination_has_it() {
        assertThat(Passage.of(NOT_THERE, RUNS, true, JUST_NOW, false)).isEqualTo(Passage.ARRIVED);
        assertThat(Passage.of(PAUSED, PAUSED, false, JUST_NOW, false)).isEqualTo(Passage.UNDERWAY);
        assertThat(Passage.of(SILENT_AND_RAN, RUNS, false, JUST_NOW, false))
                .as("it runs there only after it has stopped here")
                .isEqualTo(Passage.ARRIVED);
        assertThat(Passage.of(SILENT_AND_RAN, PAUSED, false, JUST_NOW, false)).isEqualTo(Passage.UNDERWAY);
    }

    @Test
    void the_silence_of_a_destination_is_no_answer() {
        assertThat(Passage.of(NOT_THERE, SILENT, true, Passage.SETTLES, false)).isEqualTo(Passage.UNDERWAY);
        assertThat(Passage.of(NOT_THERE, SILENT, true, LONG_AGO, false)).isEqualTo(Passage.LEFT);
        assertThat(Passage.of(NOT_THERE, NOT_THERE, true, LONG_AGO, false)).isEqualTo(Passage.VANISHED);
        assertThat(Passage.of(RUNS, SILENT, true, JUST_NOW, false)).isEqualTo(Passage.STAYED);
    }

    @Test
    void a_silent_source_is_waited_for_but_not_for_ever() {
        assertThat(Passage.of(SILENT_AND_RAN, NOT_THERE, false, Passage.GIVES_UP, false))
                .isEqualTo(Passage.UNDERWAY);
        assertThat(Passage.of(SILENT_AND_RAN, NOT_THERE, false, LONG_AGO, false))
                .isEqualTo(Passage.LOST);
        assertThat(Passage.of(SILENT_AND_RAN, SILENT, false, LONG_AGO, false))
                .as("it may be on either")
                .isEqualTo(Passage.UNDERWAY);
        assertThat(Passage.of(SILENT_AND_RAN, SILENT, false, LONG_AGO, true))
                .as("its lease tells")
                .isEqualTo(Passage.LOST);
    }
}
