package org.bellwether.engine.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Moves that make affinity groups hold again that must. Each lessens the number of pairs of machines that stand against a
 * group, and of machines on hosts that they must not be on; so there is an end to them.
 */
final class AffinityMoves {

    private AffinityMoves() {}

    /** At most one for each group: the next is thought of when that one has arrived. */
    static void add(Plan plan) {
        var groups = plan.now().groups().stream()
                .filter(AffinityMoves::enforced)
                .sorted(Comparator.comparing(Affinity::name))
                .toList();
        if (groups.isEmpty()) {
            return;
        }
        Map<UUID, Movable> machines = new HashMap<>();
        plan.movable().forEach(machine -> machines.put(machine.id(), machine));
        for (var group : groups) {
            var suffering = new ArrayList<Movable>();
            group.machines()
                    .keySet()
                    .forEach(id -> Optional.ofNullable(machines.get(id))
                            .filter(machine -> why(group, machine, plan.now()).isPresent())
                            .ifPresent(suffering::add));
            suffering.sort(Comparator.<Movable>comparingLong(
                            machine -> machine.demand().memoryBytes())
                    .thenComparing(machine -> machine.demand().machine()));
            for (var machine : suffering) {
                if (mend(plan, group, machine)) {
                    break;
                }
            }
        }
    }

    private static boolean mend(Plan plan, Affinity group, Movable machine) {
        var wrongs = wrongs(machine, plan.now());
        var reason = why(group, machine, plan.now()).orElse("the affinity group " + group.name() + " does not hold");
        return plan.move(machine, target -> wrongs.on(target.id()) < wrongs.now(), _ -> reason);
    }

    /** How much would stand against the groups of a machine that must hold, were it on a host. */
    record Wrongs(List<Affinity> groups, Movable machine, Map<UUID, UUID> where, long now) {

        long on(UUID host) {
            if (groups.isEmpty()) {
                return 0;
            }
            Map<UUID, UUID> there = new HashMap<>(where);
            there.put(machine.id(), host);
            return all(groups, there);
        }
    }

    static Wrongs wrongs(Movable machine, Situation now) {
        var groups = now.groups().stream()
                .filter(group -> group.machines().containsKey(machine.id()))
                .filter(AffinityMoves::enforced)
                .toList();
        return new Wrongs(groups, machine, now.where(), all(groups, now.where()));
    }

    static boolean enforced(Affinity group) {
        return enforces(group.machineRule()) || enforces(group.hostRule());
    }

    private static boolean enforces(Affinity.Rule rule) {
        return rule.enabled() && rule.enforcing();
    }

    /** Why a machine is wrong where it is. */
    private static Optional<String> why(Affinity group, Movable machine, Situation now) {
        Optional<String> byHost =
                enforces(group.hostRule()) ? group.brokenByHost(machine.id(), machine.host()) : Optional.empty();
        return byHost.isPresent() || !enforces(group.machineRule())
                ? byHost
                : apartOrTogether(group, machine, now.where());
    }

    /** Other than for a start, one that stands with some of its group must move when the others are elsewhere. */
    private static Optional<String> apartOrTogether(Affinity group, Movable machine, Map<UUID, UUID> where) {
        boolean together = group.machineRule().positive();
        return group.machines().entrySet().stream()
                .filter(other -> !other.getKey().equals(machine.id()))
                .filter(other -> where.containsKey(other.getKey())
                        && where.get(other.getKey()).equals(machine.host()) != together)
                .map(Map.Entry::getValue)
                .min(Comparator.naturalOrder())
                .map(other -> "the affinity group " + group.name() + " wants it "
                        + (together ? "together with " : "away from ") + other);
    }

    private static long all(List<Affinity> groups, Map<UUID, UUID> where) {
        return groups.stream().mapToLong(group -> of(group, where)).sum();
    }

    private static long of(Affinity group, Map<UUID, UUID> where) {
        Map<UUID, Long> byHost = new HashMap<>();
        long wrongHosts = 0;
        long all = 0;
        for (var id : group.machines().keySet()) {
            var host = where.get(id);
            if (host != null) {
                all++;
                byHost.merge(host, 1L, Long::sum);
                wrongHosts += enforces(group.hostRule())
                                && group.brokenByHost(id, host).isPresent()
                        ? 1
                        : 0;
            }
        }
        if (!enforces(group.machineRule())) {
            return wrongHosts;
        }
        long together = byHost.values().stream().mapToLong(AffinityMoves::pairs).sum();
        return wrongHosts + (group.machineRule().positive() ? pairs(all) - together : together);
    }

    private static long pairs(long machines) {
        return machines * (machines - 1) / 2;
    }
}
