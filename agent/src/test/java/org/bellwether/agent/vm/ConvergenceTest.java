package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bellwether.protocol.MigrationStep;
import org.junit.jupiter.api.Test;

final class ConvergenceTest {
    private static final MigrationStep LONGER =
            MigrationStep.newBuilder().setStalled(1).setDowntimeMs(200).build();
    private static final MigrationStep OVER =
            MigrationStep.newBuilder().setStalled(2).setPostCopy(true).build();
    private static final MigrationStep END =
            MigrationStep.newBuilder().setStalled(2).setGiveUp(true).build();

    @Test
    void a_migration_that_gains_with_each_pass_is_left_alone() {
        Convergence convergence = new Convergence(List.of(LONGER, END));
        for (int pass = 1; pass < 50; pass++) {
            assertThat(convergence.look(pass, 1000 - pass)).isEmpty();
        }
    }

    @Test
    void each_pass_that_gains_nothing_is_answered_once_and_the_next_step_waits_for_another() {
        Convergence convergence = new Convergence(List.of(LONGER, OVER, END));
        assertThat(convergence.look(1, 1000)).isEmpty();
        assertThat(convergence.look(2, 600)).isEmpty();
        assertThat(convergence.look(2, 900)).as("the same pass").isEmpty();
        assertThat(convergence.look(3, 600)).contains(LONGER);
        assertThat(convergence.look(3, 600)).isEmpty();
        assertThat(convergence.look(4, 500)).as("it gained").isEmpty();
        assertThat(convergence.look(5, 700)).contains(OVER);
        assertThat(convergence.look(6, 700)).contains(END);
        assertThat(convergence.look(7, 700)).isEmpty();
    }

    @Test
    void a_pass_before_anything_is_known_is_not_a_stalled_one() {
        Convergence convergence = new Convergence(List.of(LONGER));
        assertThat(convergence.look(0, Long.MAX_VALUE)).isEmpty();
        assertThat(convergence.look(1, Long.MAX_VALUE)).isEmpty();
        assertThat(convergence.look(2, 10)).isEmpty();
        assertThat(convergence.stalled()).isZero();
    }
}
