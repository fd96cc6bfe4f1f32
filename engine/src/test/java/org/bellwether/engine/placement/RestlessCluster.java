package org.bellwether.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.placement.Scenes.GIB;
import static org.bellwether.engine.placement.Scenes.STORE;
import static org.bellwether.engine.placement.Scenes.id;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;

/**
 * A pretended cluster whose machines are busy now more, now less, and that is balanced as the engine does it, in virtual
 * time. Refuses plans that no engine should carry out. Everything follows from a seed, which is told with whatever is wrong.
 */
final class RestlessCluster {

    private static final Duration TICK = Duration.ofSeconds(10);
    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final int AT_ONCE = 2;
    private static final int CPUS = 32;
    private static final long MEMORY = 128 * GIB;

    private static final class Machine {
        final Demand demand;
        UUID host;
        double busy;
        Optional<UUID> target = Optional.empty();
        Instant arrival = Instant.MAX;
        Optional<UUID> before = Optional.empty();
        Instant left = Instant.MIN;

        Machine(Demand demand, UUID host, double busy) {
            this.demand = demand;
            this.host = host;
            this.busy = busy;
        }
    }

    private record Sample(Instant at, double load) {}

    private final List<Machine> machines = new ArrayList<>();
    private final List<UUID> hosts = new ArrayList<>();
    private final Map<UUID, Deque<Sample>> samples = new HashMap<>();
    private final List<Affinity> groups = new ArrayList<>();
    private final Calm calm = new Calm();
    private final Policy policy;
    private final Random chance;
    private final String told;
    private Instant now = Instant.EPOCH;
    private Instant lastMove = Instant.EPOCH;

    RestlessCluster(long seed, Policy policy) {
        this.policy = policy;
        this.chance = new Random(seed);
        this.told = policy.name() + ", seed " + seed;
        int many = 3 + chance.nextInt(8);
        for (int i = 0; i < many; i++) {
            hosts.add(id("host" + i));
            samples.put(id("host" + i), new ArrayDeque<>());
        }
        // Small machines, and altogether less than what the hosts carry: so it can be balanced.
        for (int i = 0; i < many * (4 + chance.nextInt(12)); i++) {
            machines.add(new Machine(
                    Scenes.demand("vm" + i, (1 + chance.nextInt(3)) * GIB),
                    hosts.get((int) Math.min(many - 1L, Math.round(Math.abs(chance.nextGaussian()) * many / 3))),
                    load()));
        }
        for (int i = 0; i < chance.nextInt(4); i++) {
            var members = new ArrayList<String>();
            for (int j = 0; j <= 1 + chance.nextInt(Math.min(many - 1, 3)); j++) {
                members.add("vm" + (i * 4 + j));
            }
            groups.add(Scenes.machines("group" + i, i % 2 == 0, true, members.toArray(String[]::new)));
        }
    }

    String told() {
        return told;
    }

    Instant now() {
        return now;
    }

    /** When a move was begun last. */
    Instant lastMove() {
        return lastMove;
    }

    private double load() {
        return 0.05 + chance.nextDouble() * 2.2;
    }

    /** @param unrest whether the loads of machines change meanwhile, beside what is never quite the same */
    void live(Duration time, boolean unrest) {
        var end = now.plus(time);
        while (now.isBefore(end)) {
            now = now.plus(TICK);
            if (unrest && chance.nextInt(20) == 0) {
                machines.get(chance.nextInt(machines.size())).busy = load();
            }
            arrive();
            measure();
            if (now.getEpochSecond() % LOOK.toSeconds() == 0) {
                look();
            }
        }
    }

    private void arrive() {
        machines.stream()
                .filter(each -> leaving(each) && !now.isBefore(each.arrival))
                .forEach(each -> {
                    each.before = Optional.of(each.host);
                    each.left = now;
                    each.host = each.target.orElseThrow();
                    each.target = Optional.empty();
                });
    }

    /** With what is never quite the same: two percent to and fro. */
    private void measure() {
        for (var host : hosts) {
            var seen = seen(host);
            double busy = machines.stream()
                    .filter(each -> each.host.equals(host))
                    .mapToDouble(each -> each.busy)
                    .sum();
            seen.addLast(new Sample(now, Math.clamp(100 * busy / CPUS + chance.nextDouble(-2, 2), 0, 100)));
            while (seen.getFirst().at().isBefore(now.minusSeconds(120))) {
                seen.removeFirst();
            }
        }
    }

    private Deque<Sample> seen(UUID host) {
        return Objects.requireNonNull(samples.get(host));
    }

    private boolean leaving(Machine machine) {
        return machine.target.isPresent();
    }

    private Situation situation() {
        Map<UUID, UUID> where = new HashMap<>();
        machines.forEach(each -> where.put(each.demand.id(), each.target.orElse(each.host)));
        return new Situation(policy, hosts.stream().map(host -> candidate(host)).toList(), groups, where);
    }

    private Candidate candidate(UUID host) {
        var mine = machines.stream()
                .filter(each -> each.host.equals(host) || each.target.equals(Optional.of(host)))
                .toList();
        long taken = mine.stream().mapToLong(each -> each.demand.memoryBytes()).sum();
        var seen = seen(host);
        return new Candidate(
                host,
                "host" + hosts.indexOf(host),
                true,
                "up",
                new Room(
                        MEMORY,
                        MEMORY - taken,
                        taken,
                        CPUS,
                        seen.getLast().load(),
                        seen.stream().mapToDouble(Sample::load).min().orElse(0),
                        seen.stream().mapToDouble(Sample::load).max().orElse(100),
                        0),
                new Reach(Set.of(STORE), Set.of(), Set.of("ovirtmgmt")),
                mine.size(),
                0);
    }

    private void look() {
        Map<UUID, Integer> migrating = new HashMap<>();
        machines.stream().filter(this::leaving).forEach(each -> {
            migrating.merge(each.host, 1, Integer::sum);
            migrating.merge(each.target.orElseThrow(), 1, Integer::sum);
        });
        var moves = Balance.plan(
                machines.stream()
                        .filter(each -> !leaving(each))
                        .map(each -> new Movable(each.demand, each.host, each.busy))
                        .toList(),
                situation(),
                new Restraint(migrating, calm.resting(now), AT_ONCE));
        for (var move : moves) {
            calm.moved(move, now);
            begin(move);
            migrating.merge(move.from(), 1, Integer::sum);
            migrating.merge(move.to(), 1, Integer::sum);
        }
        assertThat(migrating.values())
                .as(told + ": migrations of a host at once")
                .allMatch(many -> many <= AT_ONCE);
    }

    private void begin(Move move) {
        var machine = machines.stream()
                .filter(each -> each.demand.id().equals(move.machine()))
                .findFirst()
                .orElseThrow();
        assertThat(move.from()).as(told).isEqualTo(machine.host).isNotEqualTo(move.to());
        assertThat(move.reason()).as(told).isNotBlank();
        boolean back = machine.before.equals(Optional.of(move.to())) && now.isBefore(machine.left.plusSeconds(900));
        assertThat(back)
                .as(told + ": " + machine.demand.machine() + " goes to and fro")
                .isFalse();
        machine.target = Optional.of(move.to());
        machine.arrival = now.plusSeconds(20 + chance.nextInt(200));
        lastMove = now;
    }

    /** That nothing moves any more is worth something only where it is as it should be. */
    void requireBalanced() {
        var situation = situation();
        var counts = situation.hosts().stream()
                .map(Candidate::machines)
                .sorted(Comparator.naturalOrder())
                .toList();
        switch (policy.balance()) {
            case "OptimalForEvenDistribution", "OptimalForPowerSaving" ->
                assertThat(situation.hosts())
                        .as(told + ": busy hosts")
                        .allMatch(host -> host.room().sustainedPercent() <= 70);
            case "OptimalForEvenGuestDistribution" ->
                assertThat(counts.getLast() < 6 || counts.getLast() - counts.getFirst() <= 2)
                        .as(told + ": machines on each host " + counts)
                        .isTrue();
            default -> assertThat(policy.balance()).isEqualTo("None");
        }
        assertThat(groups.stream().filter(group -> group.broken(situation.where())))
                .as(told + ": groups that do not hold")
                .isEmpty();
    }
}
