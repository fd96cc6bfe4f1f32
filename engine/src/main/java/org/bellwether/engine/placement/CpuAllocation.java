package org.bellwether.engine.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the hardware threads of a host for a machine. Pure, and the same for the same host, so that whoever asks whether a
 * machine fits and whoever puts it there get the same answer.
 */
public final class CpuAllocation {

    /**
     * What was found.
     *
     * @param refusal why there are none; null: there are
     */
    record Outcome(CpuPlan plan, Filter.@Nullable Why refusal) {}

    private static final Outcome ANYWHERE = new Outcome(CpuPlan.ANYWHERE, null);

    private final Demand demand;
    private final CpuDemand wanted;
    private final Processors host;
    private final Set<Integer> numbers;
    private final Set<Integer> taken;

    private CpuAllocation(Demand demand, Processors host) {
        this.demand = demand;
        this.wanted = demand.cpu();
        this.host = host;
        this.numbers = host.numbers();
        this.taken = host.takenFrom(demand.id());
    }

    /** Where on a host that fits the machine's threads run. */
    public static CpuPlan on(Demand demand, Candidate host) {
        return of(demand, host).plan();
    }

    static Outcome of(Demand demand, Candidate host) {
        if (demand.cpu().free() && host.processors().exclusive().isEmpty()) {
            return ANYWHERE; // nearly all machines, and asked thousands of times
        }
        return new CpuAllocation(demand, host.processors()).found(host);
    }

    private Outcome found(Candidate candidate) {
        var missing = missingNodes();
        if (!missing.isEmpty()) {
            return refused(
                    "it has no NUMA node " + CpuSet.text(missing) + ", from which memory of the machine is to come",
                    "pin the machine's NUMA nodes to nodes that it has");
        }
        if (wanted.kind() == CpuDemand.Kind.SHARED && wanted.licence().isEmpty()) {
            int left = numbers.size() - taken.size();
            return left < demand.vcpus()
                    ? refused(
                            "other machines have " + taken.size() + " of its CPUs for themselves, " + left
                                    + " are left, the machine has " + demand.vcpus(),
                            "take machines off it that have CPUs for themselves")
                    : ANYWHERE;
        }
        var licence = wanted.licence().orElse(null);
        Set<Integer> allowed = numbers;
        if (licence != null) {
            var declared = licence.hosts().get(candidate.id());
            var why = unlicensed(licence, declared);
            if (declared == null || why != null) {
                return new Outcome(CpuPlan.ANYWHERE, why);
            }
            allowed = declared.cpus();
        }
        return switch (wanted.kind()) {
            case SHARED -> shared(allowed);
            case PINNED -> pinned(allowed, licence);
            case DEDICATED, ISOLATED -> exclusive(allowed, licence);
            case RESIZED -> resized(licence);
        };
    }

    /** Of a host that does not tell its processors it is not known, and libvirt refuses what is not there. */
    private Set<Integer> missingNodes() {
        return host.threads().isEmpty()
                ? Set.of()
                : without(
                        wanted.nodes(),
                        host.threads().stream().map(HostThread::node).collect(Collectors.toSet()));
    }

    /** Why the licence keeps the machine from the host. */
    private Filter.@Nullable Why unlicensed(CpuDemand.Licence licence, CpuDemand.@Nullable Declared declared) {
        if (declared == null) {
            return new Filter.Why(
                    "the licence zone " + licence.zone() + " has no core of it", "declare its cores for that zone");
        }
        if (!declared.threads().equals(host.threads())) {
            return new Filter.Why(
                    "its processors are not those that were declared for the licence zone " + licence.zone() + ": "
                            + HostThread.Extent.of(declared.threads()) + " were, and it has "
                            + (host.threads().isEmpty()
                                    ? "told none yet"
                                    : HostThread.Extent.of(host.threads())
                                            + (sameExtent(declared) ? ", numbered otherwise" : "")),
                    "declare its cores for that zone anew");
        }
        if (demand.vcpus() > licence.vcpus()) {
            return new Filter.Why(
                    "the licence zone " + licence.zone() + " allows the machine " + licence.vcpus()
                            + " CPUs and it has " + demand.vcpus(),
                    "allow it that many in that zone, or give it fewer");
        }
        return null;
    }

    private boolean sameExtent(CpuDemand.Declared declared) {
        return HostThread.Extent.of(declared.threads()).equals(HostThread.Extent.of(host.threads()));
    }

    private Outcome shared(Set<Integer> allowed) {
        var left = without(allowed, taken);
        return left.isEmpty()
                ? refused(
                        "other machines have all of its declared CPUs for themselves",
                        "take machines off it that have CPUs for themselves")
                : planned(CpuSet.text(left), Map.of(), Set.of());
    }

    private Outcome pinned(Set<Integer> allowed, CpuDemand.@Nullable Licence licence) {
        // What a person named and what no CPU was named for: the rest runs where the licence lets it.
        for (var pin : new TreeMap<>(wanted.pins()).entrySet()) {
            var named = CpuSet.parse(pin.getValue());
            if (host.threads().isEmpty()) {
                continue; // an agent that does not tell yet: libvirt refuses what is not there
            }
            var missing = without(named, numbers);
            if (!missing.isEmpty()) {
                return refused(
                        "it has no CPU " + CpuSet.text(missing) + ", to which CPU " + pin.getKey()
                                + " of the machine is pinned",
                        "pin the machine to CPUs that it has");
            }
            var beyond = without(named, allowed);
            if (licence != null && !beyond.isEmpty()) {
                return refused(
                        "CPU " + pin.getKey() + " of the machine is pinned to CPU " + CpuSet.text(beyond)
                                + " of it, which the licence zone " + licence.zone() + " does not have",
                        "pin the machine to declared CPUs");
            }
            var others = new TreeSet<>(named);
            others.retainAll(taken);
            if (!others.isEmpty()) {
                return refused(
                        "another machine has its CPU " + CpuSet.text(others) + " for itself",
                        "pin the machine elsewhere, or take that machine off it");
            }
        }
        return planned(licence == null ? null : CpuSet.text(without(allowed, taken)), wanted.pins(), Set.of());
    }

    private Outcome exclusive(Set<Integer> allowed, CpuDemand.@Nullable Licence licence) {
        if (host.threads().isEmpty()) {
            return refused("it does not tell how its CPUs lie together", "bring its agent up to date");
        }
        var free = without(without(allowed, taken), host.pinned());
        var chosen = bySocket().stream()
                .flatMap(socket -> chosen(socket, free).stream())
                .findFirst()
                .or(() -> chosen(host.threads(), free));
        if (chosen.isEmpty()) {
            return refused(
                    "it has not enough CPUs left that a machine could have for itself: " + demand.vcpus()
                            + (wanted.kind() == CpuDemand.Kind.ISOLATED ? " whole cores" : "") + " are needed, "
                            + free.size() + " CPUs are free" + (licence == null ? "" : " and declared"),
                    "take machines off it that have CPUs for themselves");
        }
        var mine = new TreeSet<>(chosen.get());
        Set<Integer> exclusive = wanted.kind() == CpuDemand.Kind.ISOLATED ? siblings(mine) : mine;
        if (without(without(numbers, taken), exclusive).isEmpty()) {
            return refused(
                    "no CPU would be left to it and to machines that share its CPUs",
                    "give the machine fewer CPUs, or take others off the host");
        }
        Map<Integer, String> pins = new HashMap<>();
        for (int vcpu = 0; vcpu < demand.vcpus(); vcpu++) {
            pins.put(vcpu, String.valueOf(chosen.get().get(vcpu)));
        }
        return planned(CpuSet.text(mine), pins, exclusive);
    }

    private Outcome resized(CpuDemand.@Nullable Licence licence) {
        if (licence != null) {
            return refused(
                    "the machine takes as many CPUs as a host has, and the licence zone " + licence.zone()
                            + " counts them",
                    "give the machine another CPU pinning policy");
        }
        var found = HostShape.of(host.threads());
        if (found.isEmpty()) {
            return refused(
                    host.threads().isEmpty()
                            ? "it does not tell how its CPUs lie together"
                            : "one core of each socket is left to the host, and it has sockets with no other",
                    host.threads().isEmpty() ? "bring its agent up to date" : "run the machine on a larger host");
        }
        var shape = found.get().shape();
        if (wanted.shape().filter(had -> !had.equals(shape)).isPresent()) {
            return refused(
                    "the machine has the CPUs and NUMA nodes of the host on which it was started, and this one's are others",
                    "shut the machine down and start it there");
        }
        var others = new TreeSet<>(found.get().threads());
        others.retainAll(taken);
        return others.isEmpty()
                ? new Outcome(new CpuPlan(null, found.get().pins(), Set.of(), null, shape), null)
                : refused(
                        "another machine has its CPU " + CpuSet.text(others) + " for itself",
                        "take that machine off it");
    }

    /** One socket after the other: a machine is faster when its processors are near to each other. */
    private Collection<List<HostThread>> bySocket() {
        return host.threads().stream()
                .collect(Collectors.groupingBy(HostThread::socket, TreeMap::new, Collectors.toList()))
                .values();
    }

    /** Of some threads, one for each processor of the guest, in their order. */
    private Optional<List<Integer>> chosen(List<HostThread> from, Set<Integer> free) {
        boolean isolated = wanted.kind() == CpuDemand.Kind.ISOLATED;
        int together = isolated ? 1 : Math.max(1, wanted.threadsPerCore());
        List<Integer> chosen = new ArrayList<>();
        var cores = from.stream()
                .collect(Collectors.groupingBy(HostThread::core, TreeMap::new, Collectors.toList()))
                .values();
        for (var core : cores) {
            var usable =
                    core.stream().map(HostThread::number).filter(free::contains).toList();
            if (isolated
                    && core.stream()
                            .map(HostThread::number)
                            .anyMatch(number ->
                                    taken.contains(number) || host.pinned().contains(number))) {
                continue;
            }
            int groups = isolated ? Math.min(1, usable.size()) : usable.size() / together;
            for (int at = 0; at < groups * together && chosen.size() < demand.vcpus(); at++) {
                chosen.add(usable.get(at));
            }
        }
        return chosen.size() == demand.vcpus() ? Optional.of(chosen) : Optional.empty();
    }

    /** All threads of the cores that these are of. */
    private Set<Integer> siblings(Set<Integer> some) {
        var cores = host.threads().stream()
                .filter(thread -> some.contains(thread.number()))
                .map(HostThread::core)
                .collect(Collectors.toSet());
        return host.threads().stream()
                .filter(thread -> cores.contains(thread.core()))
                .map(HostThread::number)
                .collect(Collectors.toSet());
    }

    private Outcome planned(@Nullable String allowed, Map<Integer, String> pins, Set<Integer> exclusive) {
        return new Outcome(
                new CpuPlan(
                        allowed,
                        pins,
                        exclusive,
                        wanted.licence().map(CpuDemand.Licence::zone).orElse(null)),
                null);
    }

    private static Outcome refused(String reason, String remedy) {
        return new Outcome(CpuPlan.ANYWHERE, new Filter.Why(reason, remedy));
    }

    private static Set<Integer> without(Set<Integer> some, Set<Integer> others) {
        var left = new HashSet<>(some);
        left.removeAll(others);
        return left;
    }
}
