package org.bellwether.engine.placement;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/**
 * A cluster at one moment.
 *
 * @param groups its affinity groups
 * @param where the host of each machine that runs and is in a group
 */
public record Situation(Policy policy, List<Candidate> hosts, List<Affinity> groups, Map<UUID, UUID> where) {

    /** As it would be with a machine on a host. */
    public Situation with(Demand machine, UUID host) {
        Map<UUID, UUID> there = new HashMap<>(where);
        there.put(machine.id(), host);
        return new Situation(policy, changed(host, each -> each.with(machine)), groups, there);
    }

    /** As it would be without a machine that a host runs. */
    public Situation without(Demand machine, UUID host) {
        Map<UUID, UUID> there = new HashMap<>(where);
        there.remove(machine.id());
        return new Situation(policy, changed(host, each -> each.without(machine)), groups, there);
    }

    /** As it would be when a machine has gone to another host, with its load. */
    Situation moved(Movable machine, UUID host) {
        var moved = without(machine.demand(), machine.host()).with(machine.demand(), host);
        return moved.on(moved.hosts().stream()
                .map(each -> each.id().equals(machine.host())
                        ? each.busier(-machine.busy())
                        : each.id().equals(host) ? each.busier(machine.busy()) : each)
                .toList());
    }

    /** The same for one machine: with the groups that it is in. */
    Situation about(Demand machine) {
        return groups.isEmpty()
                ? this
                : new Situation(
                        policy,
                        hosts,
                        groups.stream()
                                .filter(group -> group.machines().containsKey(machine.id()))
                                .toList(),
                        where);
    }

    Situation on(List<Candidate> others) {
        return new Situation(policy, others, groups, where);
    }

    private List<Candidate> changed(UUID host, Function<Candidate, Candidate> change) {
        return hosts.stream()
                .map(each -> each.id().equals(host) ? change.apply(each) : each)
                .toList();
    }
}
