package org.bellwether.agent.keeper;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bellwether.agent.keeper.Choice.Alive;
import org.bellwether.agent.keeper.Choice.Peer;
import org.bellwether.agent.keeper.Choice.Seen;
import org.bellwether.agent.keeper.Slot.Engine;
import org.junit.jupiter.api.Test;

class ChoiceTest {
    private static final Duration STEADY = Duration.ofSeconds(30);

    private static Peer peer(int id, Alive alive, int score, Engine engine) {
        return new Peer(id, "host" + id, alive, score, engine, false);
    }

    private static Seen down(int score, Peer... peers) {
        return new Seen(1, score, false, false, Engine.DOWN, Duration.ZERO, false, Duration.ZERO, List.of(peers));
    }

    private static Seen running(Engine engine, Duration sick, boolean answered, Duration betterFor, Peer... peers) {
        return new Seen(1, 3400, false, false, engine, sick, answered, betterFor, List.of(peers));
    }

    @Test
    void the_best_host_starts_it_and_of_equals_the_first() {
        assertThat(Choice.of(down(3400), STEADY)).isInstanceOf(Choice.Start.class);
        assertThat(Choice.of(down(3400, peer(2, Alive.YES, 3400, Engine.DOWN)), STEADY))
                .isInstanceOf(Choice.Start.class);
        assertThat(Choice.of(down(3000, peer(2, Alive.YES, 3400, Engine.DOWN)), STEADY))
                .isInstanceOf(Choice.Wait.class);
        assertThat(Choice.of(down(3000, peer(2, Alive.NO, 3400, Engine.UP)), STEADY))
                .isInstanceOf(Choice.Start.class);
        assertThat(Choice.of(down(0), STEADY)).isInstanceOf(Choice.Wait.class);
    }

    @Test
    void nobody_starts_what_runs_or_may_run_elsewhere() {
        for (Engine engine : Engine.values()) {
            var act = Choice.of(down(3400, peer(2, Alive.YES, 2000, engine)), STEADY);
            assertThat(act).as(engine.name()).isInstanceOf(engine.here() ? Choice.Wait.class : Choice.Start.class);
        }
        assertThat(Choice.of(down(3400, peer(2, Alive.UNKNOWN, 2000, Engine.DOWN)), STEADY))
                .as("it was not watched for long enough")
                .isInstanceOf(Choice.Wait.class);
        var global = new Seen(1, 3400, true, false, Engine.DOWN, Duration.ZERO, false, Duration.ZERO, List.of());
        assertThat(Choice.of(global, STEADY)).isInstanceOf(Choice.Wait.class);
    }

    @Test
    void it_moves_to_a_host_that_stays_much_better() {
        var better = peer(2, Alive.YES, 3400 + Score.BETTER, Engine.DOWN);
        assertThat(Choice.of(running(Engine.UP, Duration.ZERO, true, STEADY, better), STEADY))
                .isInstanceOf(Choice.Move.class);
        assertThat(Choice.of(running(Engine.UP, Duration.ZERO, true, STEADY.minusSeconds(1), better), STEADY))
                .isInstanceOf(Choice.Wait.class);
        assertThat(Choice.of(
                        running(
                                Engine.UP,
                                Duration.ZERO,
                                true,
                                STEADY,
                                peer(2, Alive.YES, 3400 + Score.BETTER - 1, Engine.DOWN)),
                        STEADY))
                .isInstanceOf(Choice.Wait.class);
    }

    @Test
    void it_leaves_a_host_in_maintenance_if_another_can_take_it() {
        var seen = new Seen(
                1,
                0,
                false,
                true,
                Engine.UP,
                Duration.ZERO,
                true,
                Duration.ZERO,
                List.of(peer(2, Alive.YES, 1, Engine.DOWN)));
        assertThat(Choice.of(seen, STEADY)).isInstanceOf(Choice.Move.class);
        var alone = new Seen(
                1,
                0,
                false,
                true,
                Engine.UP,
                Duration.ZERO,
                true,
                Duration.ZERO,
                List.of(new Peer(2, "host2", Alive.YES, 3400, Engine.DOWN, true)));
        assertThat(Choice.of(alone, STEADY)).isInstanceOf(Choice.Wait.class);
    }

    @Test
    void an_engine_that_does_not_answer_is_waited_for_and_then_ended() {
        assertThat(Choice.of(running(Engine.SICK, Choice.SICK.plusSeconds(1), true, Duration.ZERO), STEADY))
                .isInstanceOf(Choice.End.class);
        assertThat(Choice.of(running(Engine.SICK, Choice.SICK.plusSeconds(1), false, Duration.ZERO), STEADY))
                .as("it may still be booting")
                .isInstanceOf(Choice.Wait.class);
        assertThat(Choice.of(running(Engine.SICK, Choice.BOOTING.plusSeconds(1), false, Duration.ZERO), STEADY))
                .isInstanceOf(Choice.End.class);
    }

    /** Whatever the board says, as long as all read the same, at most one host starts it, and one does if any can. */
    @Test
    void hosts_that_read_the_same_board_agree() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            int hosts = 1 + random.nextInt(5);
            int[] scores = random.ints(hosts, 0, 4).map(each -> each * 1000).toArray();
            int starts = 0;
            for (int self = 1; self <= hosts; self++) {
                var peers = new java.util.ArrayList<Peer>();
                for (int other = 1; other <= hosts; other++) {
                    if (other != self) {
                        peers.add(peer(other, Alive.YES, scores[other - 1], Engine.DOWN));
                    }
                }
                var seen = new Seen(
                        self, scores[self - 1], false, false, Engine.DOWN, Duration.ZERO, false, Duration.ZERO, peers);
                starts += Choice.of(seen, STEADY) instanceof Choice.Start ? 1 : 0;
            }
            boolean able = java.util.Arrays.stream(scores).anyMatch(score -> score > 0);
            assertThat(starts).as("seed %d round %d", seed, round).isEqualTo(able ? 1 : 0);
        }
    }

    @Test
    void who_writes_is_alive() {
        var watch = new Watch(Duration.ofSeconds(60));
        long second = 1_000_000_000L;
        var first = new Slot(5, 2, 1, Engine.DOWN, "h", false, false, Map.of());
        var next = new Slot(6, 2, 1, Engine.DOWN, "h", false, false, Map.of());
        assertThat(watch.alive(first, 0)).isEqualTo(Alive.UNKNOWN);
        assertThat(watch.alive(first, 59 * second)).isEqualTo(Alive.UNKNOWN);
        assertThat(watch.alive(first, 61 * second)).isEqualTo(Alive.NO);
        assertThat(watch.alive(next, 62 * second)).isEqualTo(Alive.YES);
        assertThat(watch.alive(next, 121 * second)).isEqualTo(Alive.YES);
        assertThat(watch.alive(next, 123 * second)).isEqualTo(Alive.NO);
    }

    @Test
    void a_host_loses_points_for_what_it_lacks() {
        assertThat(score(true, 0.2, true, true)).isEqualTo(3400);
        assertThat(score(false, 0.2, true, true)).isEqualTo(1800);
        assertThat(score(true, 1, true, true)).isEqualTo(2400);
        assertThat(score(true, 0.75, true, true)).isEqualTo(2900);
        assertThat(score(true, 0.2, false, true)).isEqualTo(2800);
        assertThat(score(true, 0.2, true, false)).isEqualTo(3000);
        assertThat(Score.of(new Score.Facts(true, 0, true, true, false, false, false))
                        .points())
                .isZero();
        assertThat(Score.of(new Score.Facts(true, 0, true, true, true, true, false))
                        .points())
                .isZero();
        assertThat(Score.of(new Score.Facts(true, 0, true, true, true, false, true))
                        .points())
                .isZero();
    }

    private static int score(boolean gateway, double load, boolean bridges, boolean memory) {
        return Score.of(new Score.Facts(gateway, load, bridges, memory, true, false, false))
                .points();
    }
}
