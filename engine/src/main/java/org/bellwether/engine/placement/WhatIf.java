package org.bellwether.engine.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * What follows when hosts or storage domains of a cluster fail now: asked of the code that decides when they do. Machines are
 * taken one after the other, the most important first, and each finds the hosts as those before it leave them.
 */
public final class WhatIf {

    /** The order in which machines are restarted. */
    static final Comparator<Resident> ORDER = Comparator.<Resident>comparingInt(
                    each -> -each.demand().priority())
            .thenComparing(each -> each.demand().machine());

    /** What fails at once. */
    public record Loss(Set<UUID> hosts, Set<UUID> domains) {}

    public enum Outcome {
        /** Is started on another host. */
        RESTARTS,
        /** Is highly available, and no host could run it. */
        STRANDED,
        /** Stays down with its host: nobody asked for more. */
        STAYS_DOWN,
        /** Stands still where it is until the storage is back. */
        PAUSES,
        /** Is ended where it is, with the lease that it loses. */
        ENDS
    }

    /**
     * What becomes of one machine.
     *
     * @param decision where it is restarted or why nowhere; empty when that is not even asked
     */
    public record Fate(Resident machine, Outcome outcome, Optional<Decision> decision) {}

    /**
     * A host whose loss leaves machines without a place.
     *
     * @param available how many highly available machines it has
     */
    public record Risk(UUID host, String hostName, int available, List<Fate> stranded) {}

    private WhatIf() {}

    /** Of every machine that the loss concerns, what becomes of it; the most important first. */
    public static List<Fate> follows(Loss loss, List<Resident> machines, Situation now) {
        List<Fate> fates = new ArrayList<>();
        var left = after(loss, now);
        for (var machine : machines.stream()
                .filter(concerned(loss))
                .sorted(Comparator.<Resident, Boolean>comparing(
                                each -> !loss.hosts().contains(each.host()))
                        .thenComparing(each -> !each.demand().highlyAvailable())
                        .thenComparing(ORDER))
                .toList()) {
            if (!loss.hosts().contains(machine.host())) {
                fates.add(new Fate(
                        machine,
                        needsAny(machine.demand().reach().leases(), loss) ? Outcome.ENDS : Outcome.PAUSES,
                        Optional.empty()));
            } else if (!machine.demand().highlyAvailable()) {
                fates.add(new Fate(machine, Outcome.STAYS_DOWN, Optional.empty()));
            } else {
                var demand = machine.demand().leaving(loss.hosts());
                var decision = Placement.choose(demand, left);
                fates.add(new Fate(
                        machine,
                        decision.host().isPresent() ? Outcome.RESTARTS : Outcome.STRANDED,
                        Optional.of(decision)));
                left = decision.host().isPresent()
                        ? left.with(demand, decision.host().get())
                        : left;
            }
        }
        return fates;
    }

    /**
     * For each host that has highly available machines, which of them would be left without a place if it failed alone. The
     * cluster can spare any one of its hosts when none would. Only what finds no place is explained: with thousands of
     * machines, explaining everything would cost most of the time.
     */
    public static List<Risk> ofEachHost(List<Resident> machines, Situation now) {
        List<Risk> risks = new ArrayList<>();
        for (var host : now.hosts().stream()
                .sorted(Comparator.comparing(Candidate::name))
                .toList()) {
            var concerned = machines.stream()
                    .filter(each ->
                            each.host().equals(host.id()) && each.demand().highlyAvailable())
                    .sorted(ORDER)
                    .toList();
            if (!concerned.isEmpty()) {
                risks.add(new Risk(host.id(), host.name(), concerned.size(), stranded(host.id(), concerned, now)));
            }
        }
        return risks;
    }

    private static List<Fate> stranded(UUID host, List<Resident> concerned, Situation now) {
        List<Fate> stranded = new ArrayList<>();
        var loss = new Loss(Set.of(host), Set.of());
        var left = after(loss, now);
        for (var machine : concerned) {
            var demand = machine.demand().leaving(loss.hosts());
            var place = Placement.best(demand, left);
            if (place.isPresent()) {
                left = left.with(demand, place.get());
            } else {
                stranded.add(new Fate(machine, Outcome.STRANDED, Optional.of(Placement.choose(demand, left))));
            }
        }
        return stranded;
    }

    private static Predicate<Resident> concerned(Loss loss) {
        return machine -> loss.hosts().contains(machine.host())
                || needsAny(machine.demand().reach().domains(), loss)
                || needsAny(machine.demand().reach().leases(), loss);
    }

    private static boolean needsAny(Set<UUID> needed, Loss loss) {
        return needed.stream().anyMatch(loss.domains()::contains);
    }

    private static Situation after(Loss loss, Situation now) {
        return now.on(now.hosts().stream()
                .filter(host -> !loss.hosts().contains(host.id()))
                .map(host -> loss.domains().isEmpty() ? host : host.reaching(without(host.reach(), loss.domains())))
                .toList());
    }

    private static Reach without(Reach reach, Set<UUID> domains) {
        var reached = new HashSet<>(reach.domains());
        reached.removeAll(domains);
        var leased = new HashSet<>(reach.leases());
        leased.removeAll(domains);
        return new Reach(reached, leased, reach.networks());
    }
}
