package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Hosts, network, storage, controllers and the engine itself fail at random in virtual time: no machine ever runs twice, and in
 * the end every highly available machine runs that can; none goes on where it stood still while it ran elsewhere. Whoever sees a failure here sees its seed, and what happened;
 * {@code -Dseed=N} runs that one alone, {@code -Dseeds=N} more of them.
 */
final class HostLossSimulationTest {
    private static final int SEEDS = Integer.getInteger("seeds", 2500);
    private static final int TROUBLE = 900;
    private static final int PEACE = 5400;

    @Test
    void no_machine_ever_runs_twice_and_every_one_that_can_run_runs_in_the_end() {
        var only = Long.getLong("seed");
        if (only != null) {
            new Flock(only).live();
            return;
        }
        for (long seed = 1; seed <= SEEDS; seed++) {
            new Flock(seed).live();
        }
    }

    private static final class Flock {
        private final long seed;
        private final Random random;
        private final FaultyHosts hosts;
        private final ForgetfulEngine engine;
        private final WillingHosts heirs;
        /** Whether the cluster lets its hosts act without the engine. */
        private final boolean willing;

        private final boolean[] available;
        private final boolean[] leased;
        private final List<End> ends = new ArrayList<>();
        private long now;

        /** When trouble is over by itself. */
        private record End(long when, Runnable what) {}

        Flock(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
            int count = 3 + random.nextInt(3);
            int machines = 4 + random.nextInt(5);
            available = new boolean[machines];
            leased = new boolean[machines];
            for (int vm = 0; vm < machines; vm++) {
                available[vm] = random.nextInt(3) > 0;
                leased[vm] = random.nextBoolean();
            }
            hosts = new FaultyHosts(count, leased, seed % 3 == 0);
            engine = new ForgetfulEngine(hosts, available, leased, random);
            heirs = new WillingHosts(hosts, available, leased);
            willing = seed % 2 == 0;
        }

        void live() {
            run(60);
            for (int vm = 0; vm < available.length; vm++) {
                if (available[vm]) {
                    engine.restart(vm);
                }
            }
            run(60);
            for (long until = now + TROUBLE; now < until; ) {
                trouble();
                run(1);
            }
            ends.forEach(end -> end.what().run());
            engine.crashes = 0;
            for (long until = now + PEACE; now < until && !(now % 60 == 0 && well() && engine.idle()); ) {
                run(1);
            }
            for (int vm = 0; vm < available.length; vm++) {
                if (available[vm]) {
                    assertThat(hosts.running(vm) == 1 || !provable(vm))
                            .as(told("m" + vm + " can run and does not"))
                            .isTrue();
                }
            }
        }

        private boolean well() {
            for (int vm = 0; vm < available.length; vm++) {
                if (available[vm] && hosts.running(vm) != 1) {
                    return false;
                }
            }
            return true;
        }

        /** Whether a host is left, and anything can prove that it does not run where it was. */
        private boolean provable(int vm) {
            if (engine.up().isEmpty()) {
                return false;
            }
            var claim = engine.claims.get(vm);
            return claim == null
                    || leased[vm]
                    || hosts.nodes.get(claim).controller
                    || (hosts.nodes.get(claim).power && hosts.speaks(claim));
        }

        private void run(int seconds) {
            for (int i = 0; i < seconds; i++) {
                now++;
                ends.removeIf(end -> {
                    if (end.when() <= now) {
                        end.what().run();
                    }
                    return end.when() <= now;
                });
                hosts.tick(now);
                if (willing && heirs.tick(now, engine.serves()) > 0) {
                    engine.say("hosts restart machines by themselves:" + hosts);
                }
                engine.tick(now);
                for (int vm = 0; vm < available.length; vm++) {
                    if (hosts.running(vm) > 1) {
                        throw new AssertionError(told("m" + vm + " runs twice"));
                    }
                }
            }
        }

        private void trouble() {
            if (random.nextInt(8) == 0) {
                engine.startAny();
            }
            if (random.nextInt(30) == 0) {
                engine.migrateAny();
            }
            if (random.nextInt(40) > 0) {
                return;
            }
            int number = random.nextInt(hosts.nodes.size());
            // One host at least stays whole: without it nothing could run.
            boolean last = number == 0;
            var node = hosts.nodes.get(number);
            int long_ = 5 + random.nextInt(200);
            switch (random.nextInt(10)) {
                case 0 -> begin("h" + number + " loses its power", node::switchOff, () -> node.switchOn(now), 600);
                case 1 -> {
                    var other = hosts.nodes.get(random.nextInt(hosts.nodes.size()));
                    begin(
                            "h" + number + " and another lose their power",
                            () -> {
                                node.switchOff();
                                other.switchOff();
                            },
                            () -> {
                                node.switchOn(now);
                                other.switchOn(now);
                            },
                            600);
                }
                case 2, 3 -> begin("h" + number + " is cut off", () -> node.cut = true, () -> node.cut = false, long_);
                case 4, 5 ->
                    begin(
                            "the agent of h" + number + " hangs",
                            () -> node.frozen = true,
                            () -> node.frozen = false,
                            long_);
                case 6 ->
                    begin(
                            "h" + number + " loses its storage",
                            () -> node.storage = false,
                            () -> node.storage = true,
                            long_);
                case 7 ->
                    begin(
                            "the controller of h" + number + " dies",
                            () -> node.controller = false,
                            () -> node.controller = last || random.nextInt(4) > 0,
                            2L * long_);
                case 8 -> engine.kill(now + 1 + random.nextInt(400));
                default -> {
                    if (!last) {
                        engine.say("h" + number + " would not boot again");
                        node.broken = true;
                    }
                }
            }
        }

        private void begin(String what, Runnable trouble, Runnable end, long seconds) {
            engine.say(what);
            trouble.run();
            ends.add(new End(now + seconds, end));
        }

        private String told(String what) {
            return what + " at " + now + " with seed " + seed + ":" + hosts + ", written down " + engine.claims + "\n"
                    + String.join("\n", engine.diary());
        }
    }
}
