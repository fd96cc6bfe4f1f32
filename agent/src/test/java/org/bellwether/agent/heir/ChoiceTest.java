package org.bellwether.agent.heir;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.bellwether.protocol.LeaseDescription;
import org.bellwether.protocol.LeaseDescription.Holder;
import org.junit.jupiter.api.Test;

final class ChoiceTest {
    private static final Duration LONG = Duration.ofMinutes(10);
    private static final LeaseDescription DEAD = lease(Holder.GONE, true);

    private static LeaseDescription lease(Holder holder, boolean abandoned) {
        return LeaseDescription.newBuilder()
                .setHolder(holder)
                .setAbandoned(abandoned)
                .setWords(holder.name())
                .build();
    }

    private static Choice.Seen seen(LeaseDescription lease) {
        return new Choice.Seen(LONG, false, lease, LONG, 0, 0, LONG, true);
    }

    @Test
    void a_machine_of_a_dead_host_is_started_when_the_engine_is_away() {
        assertThat(Choice.of(seen(DEAD))).isInstanceOf(Choice.Start.class);
        assertThat(Choice.of(seen(lease(Holder.NOBODY, true))))
                .as("its host is back, and has lost it")
                .isInstanceOf(Choice.Start.class);
    }

    @Test
    void while_the_engine_speaks_or_the_holder_may_live_nothing_is_started() {
        assertThat(Choice.of(new Choice.Seen(Duration.ofSeconds(59), false, DEAD, LONG, 0, 0, LONG, true)))
                .isEqualTo(new Choice.Wait("the engine is there"));
        for (Holder holder : new Holder[] {Holder.ALIVE, Holder.SILENT, Holder.NOT_KNOWN, Holder.UNRECOGNIZED}) {
            if (holder != Holder.UNRECOGNIZED) {
                assertThat(Choice.of(seen(lease(holder, true))))
                        .as(holder.name())
                        .isInstanceOf(Choice.Wait.class);
            }
        }
    }

    @Test
    void what_was_stopped_stays_down() {
        assertThat(Choice.of(seen(lease(Holder.NOBODY, false))))
                .as("its lease was given back")
                .isInstanceOf(Choice.Wait.class);
    }

    @Test
    void hosts_take_turns_and_whoever_has_no_room_lets_the_next_one() {
        assertThat(Choice.of(new Choice.Seen(LONG, false, DEAD, Duration.ofSeconds(44), 1, 0, LONG, true)))
                .isInstanceOf(Choice.Wait.class);
        assertThat(Choice.of(new Choice.Seen(LONG, false, DEAD, Duration.ofSeconds(45), 1, 0, LONG, true)))
                .isInstanceOf(Choice.Start.class);
        assertThat(Choice.of(new Choice.Seen(LONG, false, DEAD, LONG, 0, 0, LONG, false)))
                .isInstanceOf(Choice.Wait.class);
    }

    @Test
    void a_start_that_failed_is_tried_less_and_less_often_and_not_forever() {
        assertThat(Choice.of(new Choice.Seen(LONG, false, DEAD, LONG, 0, 1, Duration.ofSeconds(14), true)))
                .isInstanceOf(Choice.Wait.class);
        assertThat(Choice.of(new Choice.Seen(LONG, false, DEAD, LONG, 0, 1, Duration.ofSeconds(15), true)))
                .isInstanceOf(Choice.Start.class);
        assertThat(Choice.of(new Choice.Seen(LONG, false, DEAD, LONG, 0, 4, Duration.ofSeconds(100), true)))
                .isInstanceOf(Choice.Wait.class);
        assertThat(Choice.of(new Choice.Seen(LONG, false, DEAD, LONG, 0, Choice.MOST_ATTEMPTS, LONG, true)))
                .isInstanceOf(Choice.Wait.class);
    }

    @Test
    void what_is_here_is_left_alone() {
        assertThat(Choice.of(new Choice.Seen(LONG, true, DEAD, LONG, 0, 0, LONG, true)))
                .isEqualTo(new Choice.Wait("it is here"));
    }
}
