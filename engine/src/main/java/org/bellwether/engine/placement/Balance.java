package org.bellwether.engine.placement;

import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * Which machines should move: where an affinity group that must hold does not, and as the cluster's policy says. Pure, like
 * {@link Placement}, whose filters and weights also decide here where a machine goes.
 *
 * <p>Nothing moves to and fro, because each kind of move makes something strictly better and leaves room before the next
 * would be made: a host is relieved when it has been above the policy's mark for long, and whatever takes its machine stays
 * clearly below; a host is emptied only onto hosts that stay clearly below it; counts of machines differ by more than the
 * threshold before a move and by two less after it; and fewer pairs of machines stand against their groups.
 */
public final class Balance {

    /** How far below the mark a host stays that takes a machine, so that it is not the next to be relieved. */
    private static final double MARGIN = 10;

    /** What relieves a host by less than that is not worth a migration. */
    private static final double LEAST_RELIEF = 1;

    private static final String EVEN = "OptimalForEvenDistribution";
    private static final String SAVING = "OptimalForPowerSaving";
    private static final String GUESTS = "OptimalForEvenGuestDistribution";

    private final Policy policy;
    private final Plan plan;

    private Balance(Policy policy, Plan plan) {
        this.policy = policy;
        this.plan = plan;
    }

    /** Whether anything would ever move in such a cluster; looking is not worth while otherwise. */
    public static boolean moves(Situation now) {
        return Set.of(EVEN, SAVING, GUESTS).contains(now.policy().balance())
                || now.groups().stream().anyMatch(AffinityMoves::enforced);
    }

    /** The moves that should be begun now; none when all is well, or has to be waited for. */
    public static List<Move> plan(List<Movable> machines, Situation now, Restraint restraint) {
        var policy = now.policy();
        if (policy.filters().contains(Filter.CLUSTER_IN_MAINTENANCE.wire())) {
            return List.of();
        }
        var plan = new Plan(machines, now, restraint);
        AffinityMoves.add(plan);
        var balance = new Balance(policy, plan);
        switch (policy.balance()) {
            case EVEN -> balance.relieve();
            case SAVING -> {
                if (!balance.relieve()) {
                    balance.gather();
                }
            }
            case GUESTS -> balance.evenGuests();
            default -> {
                // Of the other units none moves machines.
            }
        }
        return plan.moves();
    }

    private double high() {
        return policy.number("HighUtilization", Filter.DEFAULT_HIGH_UTILIZATION);
    }

    /** Free memory below which a host is said to be too full; 0: memory does not count. */
    private long fullBytes() {
        return (long) policy.number("MaxFreeMemoryForOverUtilized", 0) << 20;
    }

    /** Takes a machine off each host that is too busy or too full. Whether there is any such host. */
    private boolean relieve() {
        var busy = plan.hosts().stream()
                .filter(host -> host.up() && host.machines() > 1 && (overloaded(host) || full(host)))
                .sorted(Comparator.<Candidate>comparingDouble(
                                host -> -host.room().sustainedPercent())
                        .thenComparing(Candidate::name))
                .toList();
        busy.stream().filter(host -> plan.settled(host.id())).forEach(host -> {
            if (overloaded(host)) {
                relieve(host);
            } else {
                makeRoom(host);
            }
        });
        return !busy.isEmpty();
    }

    private boolean overloaded(Candidate host) {
        return host.room().sustainedPercent() > high();
    }

    private boolean full(Candidate host) {
        return host.room().freeBytes() < fullBytes();
    }

    /** By the smallest machine that is enough; when none is, by the busiest. */
    private void relieve(Candidate host) {
        double most = host.room().loadPercent() - high();
        var machines = plan.movable(host.id()).stream()
                .filter(machine -> share(machine, host) >= LEAST_RELIEF)
                .sorted(Comparator.<Movable, Boolean>comparing(machine -> share(machine, host) < most)
                        .thenComparingDouble(machine -> share(machine, host) < most
                                ? -machine.busy()
                                : machine.demand().memoryBytes())
                        .thenComparing(Movable::id))
                .toList();
        for (var machine : machines) {
            if (plan.move(
                    machine,
                    target -> plan.settled(target.id()) && takes(machine, target),
                    target -> "the processors of host " + host.name() + " have been in use by more than "
                            + Math.round(high()) + " % for a while, those of " + target.name() + " are by "
                            + Math.round(target.room().loadPercent()) + " %")) {
                return;
            }
        }
    }

    /** By the smallest machine that is enough, or else the largest. */
    private void makeRoom(Candidate host) {
        long lacking = fullBytes() - host.room().freeBytes();
        var machines = plan.movable(host.id()).stream()
                .sorted(Comparator.<Movable, Boolean>comparing(
                                machine -> machine.demand().memoryBytes() < lacking)
                        .thenComparingLong(machine -> machine.demand().memoryBytes() < lacking
                                ? -machine.demand().memoryBytes()
                                : machine.demand().memoryBytes())
                        .thenComparing(Movable::id))
                .toList();
        for (var machine : machines) {
            if (plan.move(
                    machine,
                    target -> plan.settled(target.id()) && takes(machine, target),
                    target ->
                            "host " + host.name() + " has only " + (host.room().freeBytes() >> 20)
                                    + " MiB of memory free, host " + target.name() + " has "
                                    + (target.room().freeBytes() >> 20) + " MiB")) {
                return;
            }
        }
    }

    private static double share(Movable machine, Candidate host) {
        return 100 * machine.busy() / Math.max(1, host.room().cpus());
    }

    /** Whether the host is not too busy and not too full with the machine, and clearly so. */
    private boolean takes(Movable machine, Candidate host) {
        double load = Math.max(host.room().loadPercent(), host.room().sustainedPercent());
        long left = host.room().freeBytes() - machine.demand().memoryBytes();
        return load + share(machine, host) <= high() - MARGIN && left >= fullBytes() + fullBytes() / 4;
    }

    /** Empties the least used host, when all of its machines fit on others that are in use. */
    private void gather() {
        double low = policy.number("LowUtilization", 20);
        long empty = (long) policy.number("MinFreeMemoryForUnderUtilized", 0) << 20;
        plan.hosts().stream()
                .filter(host -> host.up()
                        && host.machines() > 0
                        && host.room().peakPercent() < low
                        && host.room().freeBytes() >= empty)
                .sorted(Comparator.comparingInt(Candidate::machines).thenComparing(Candidate::name))
                .filter(this::canBeEmptied)
                .findFirst()
                .ifPresent(host -> plan.movable(host.id())
                        .forEach(machine -> plan.move(
                                machine,
                                target -> gathers(machine, target),
                                target -> "host " + host.name() + " is hardly used, and host " + target.name()
                                        + " has room for its machines")));
    }

    private boolean gathers(Movable machine, Candidate target) {
        return target.machines() > 0 && plan.settled(target.id()) && takes(machine, target);
    }

    private boolean canBeEmptied(Candidate host) {
        var machines = plan.movable(host.id());
        if (machines.size() < host.machines() || !plan.settled(host.id())) {
            return false;
        }
        var trial = plan.trial();
        return machines.stream()
                .allMatch(machine -> trial.move(
                        machine,
                        target -> target.machines() > 0 && trial.settled(target.id()) && takes(machine, target),
                        _ -> ""));
    }

    /** From the fullest hosts to the emptiest, while they differ by more than the threshold. */
    private void evenGuests() {
        int many = (int) policy.number("HighVmCount", 10);
        int threshold = Math.max(1, (int) policy.number("MigrationThreshold", 5));
        boolean moved = true;
        while (moved) {
            moved = plan.hosts().stream()
                    .filter(host -> host.up() && host.machines() >= many)
                    .sorted(Comparator.<Candidate>comparingInt(host -> -host.machines())
                            .thenComparing(Candidate::name))
                    .anyMatch(host -> evenGuests(host, threshold));
        }
    }

    private boolean evenGuests(Candidate host, int threshold) {
        int least = plan.hosts().stream()
                .filter(Candidate::up)
                .mapToInt(Candidate::machines)
                .min()
                .orElse(0);
        return plan.movable(host.id()).stream()
                .sorted(Comparator.<Movable>comparingLong(
                                machine -> machine.demand().memoryBytes())
                        .thenComparing(Movable::id))
                .anyMatch(machine -> plan.move(
                        machine,
                        target -> host.machines() - target.machines() > threshold,
                        Comparator.comparingInt(Candidate::machines),
                        target -> "host " + host.name() + " has " + host.machines() + " machines, host "
                                + target.name() + " has " + target.machines()
                                + (target.machines() > least ? ", the fewest that it can go to" : "")));
    }
}
