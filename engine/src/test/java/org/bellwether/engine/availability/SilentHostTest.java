package org.bellwether.engine.availability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import org.bellwether.engine.availability.SilentHost.Act;
import org.bellwether.engine.availability.SilentHost.Fence;
import org.bellwether.engine.availability.SilentHost.Past;
import org.bellwether.engine.availability.SilentHost.Power;
import org.bellwether.engine.availability.SilentHost.RestartAgent;
import org.bellwether.engine.availability.SilentHost.Rules;
import org.bellwether.engine.availability.SilentHost.Seen;
import org.bellwether.engine.availability.SilentHost.Spare;
import org.bellwether.engine.availability.SilentHost.Wait;
import org.bellwether.engine.availability.SilentHost.Why;
import org.junit.jupiter.api.Test;

final class SilentHostTest {
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
    private static final Rules USUAL = new Rules(true, false, OptionalInt.empty());

    /** A managed host of four that is lost and says nothing of its power; each test changes one thing. */
    private record Case(
            Duration silence,
            boolean lost,
            boolean quiet,
            boolean managed,
            boolean proxy,
            boolean shell,
            boolean dumping,
            int silent,
            Optional<Instant> fenced,
            Power power,
            boolean renews) {
        static final Case LOST = new Case(
                Duration.ofSeconds(70), true, false, true, true, false, false, 1, Optional.empty(), Power.ON, false);

        Case connecting(Power says) {
            return new Case(
                    Duration.ofSeconds(6), false, quiet, managed, proxy, shell, dumping, silent, fenced, says, renews);
        }

        Case quietly(Power says) {
            return new Case(silence, lost, true, managed, proxy, shell, dumping, silent, fenced, says, renews);
        }

        Case withShell() {
            return new Case(silence, lost, quiet, managed, proxy, true, dumping, silent, fenced, power, renews);
        }

        Case whileDumping() {
            return new Case(silence, lost, quiet, managed, proxy, true, true, silent, fenced, power, renews);
        }

        Case amongSilent(int many) {
            return new Case(silence, lost, quiet, managed, proxy, shell, dumping, many, fenced, power, renews);
        }

        Case renewing() {
            return new Case(silence, lost, quiet, managed, proxy, shell, dumping, silent, fenced, power, true);
        }

        Case fencedAt(Instant then) {
            return new Case(
                    silence, lost, quiet, managed, proxy, shell, dumping, silent, Optional.of(then), power, renews);
        }

        Case unmanaged() {
            return new Case(silence, lost, quiet, false, proxy, shell, dumping, silent, fenced, power, renews);
        }

        Act act(Rules rules) {
            return decide(rules, Past.NOTHING, NOW).act();
        }

        SilentHost.Decision decide(Rules rules, Past past, Instant now) {
            return SilentHost.decide(
                    rules,
                    new Seen(
                            silence,
                            lost,
                            quiet,
                            managed,
                            proxy,
                            shell,
                            dumping,
                            silent,
                            4,
                            fenced,
                            () -> power,
                            () -> renews),
                    past,
                    now);
        }
    }

    @Test
    void a_host_that_is_off_is_lost_at_once_and_one_that_is_on_when_it_was_silent_for_long_enough() {
        assertThat(Case.LOST.connecting(Power.OFF).act(USUAL)).isEqualTo(new Fence(true));
        assertThat(Case.LOST.connecting(Power.ON).act(USUAL)).isEqualTo(new Wait());
        assertThat(Case.LOST.connecting(Power.UNKNOWN).act(USUAL)).isEqualTo(new Wait());
        assertThat(Case.LOST.act(USUAL)).isEqualTo(new Fence(false));
        assertThat(Case.LOST.unmanaged().act(USUAL)).isEqualTo(new Wait());
    }

    @Test
    void shortly_after_the_engines_start_nobody_is_fenced_for_being_late() {
        assertThat(Case.LOST.quietly(Power.ON).act(USUAL)).isEqualTo(new Wait());
        assertThat(Case.LOST.quietly(Power.OFF).act(USUAL)).isEqualTo(new Fence(true));
    }

    @Test
    void the_agent_is_started_again_once_before_the_power_is_touched() {
        var first = Case.LOST.withShell().decide(USUAL, Past.NOTHING, NOW);
        assertThat(first.act()).isEqualTo(new RestartAgent());
        assertThat(Case.LOST
                        .withShell()
                        .decide(USUAL, first.past(), NOW.plusSeconds(29))
                        .act())
                .isEqualTo(new Wait());
        assertThat(Case.LOST
                        .withShell()
                        .decide(USUAL, first.past(), NOW.plusSeconds(31))
                        .act())
                .isEqualTo(new Fence(false));
        assertThat(Case.LOST.unmanaged().withShell().act(USUAL)).isEqualTo(new RestartAgent());
    }

    @Test
    void a_crashed_kernel_may_write_its_memory_away() {
        assertThat(Case.LOST.whileDumping().act(USUAL))
                .isInstanceOfSatisfying(
                        Spare.class, spare -> assertThat(spare.why()).isEqualTo(Why.DUMPING));
    }

    @Test
    void the_clusters_policy_spares_hosts() {
        var off = new Rules(false, false, OptionalInt.empty());
        assertThat(Case.LOST.act(off)).isEqualTo(new Spare(Why.DECIDED, "fencing is switched off in its cluster"));
        assertThat(Case.LOST.connecting(Power.OFF).act(off)).isEqualTo(new Wait());

        var broken = new Rules(true, false, OptionalInt.of(50));
        assertThat(Case.LOST.amongSilent(1).act(broken)).isEqualTo(new Fence(false));
        assertThat(Case.LOST.amongSilent(2).act(broken))
                .isInstanceOfSatisfying(
                        Spare.class, spare -> assertThat(spare.why()).isEqualTo(Why.NETWORK));

        var alive = new Rules(true, true, OptionalInt.empty());
        assertThat(Case.LOST.act(alive)).isEqualTo(new Fence(false));
        assertThat(Case.LOST.renewing().act(alive)).isInstanceOf(Spare.class);
        assertThat(Case.LOST.renewing().act(USUAL)).isEqualTo(new Fence(false));
    }

    @Test
    void what_failed_is_tried_again_less_and_less_often_and_a_host_that_was_fenced_is_given_time() {
        var past = Past.NOTHING;
        var now = NOW;
        for (long pause : new long[] {60, 120, 240, 480, 600, 600}) {
            var decision = Case.LOST.decide(USUAL, past, now);
            assertThat(decision.act()).isEqualTo(new Fence(false));
            past = decision.past();
            assertThat(Case.LOST.decide(USUAL, past, now.plusSeconds(pause - 1)).act())
                    .isEqualTo(new Wait());
            now = now.plusSeconds(pause);
        }
        assertThat(Case.LOST.fencedAt(NOW.minusSeconds(590)).act(USUAL)).isEqualTo(new Wait());
        assertThat(Case.LOST.fencedAt(NOW.minusSeconds(601)).act(USUAL)).isEqualTo(new Fence(false));
    }
}
