package org.bellwether.engine.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;

/** Chooses a host for a machine: filters first, then the one with the least load. Pure: no clock, no input, no output. */
public final class Placement {

    private Placement() {}

    public static Decision choose(Demand demand, Collection<Candidate> candidates) {
        var refusals = new ArrayList<Decision.Refusal>();
        var scores = new ArrayList<Decision.Score>();
        for (var host : candidates) {
            var refusal = refuse(demand, host);
            if (refusal.isPresent()) {
                refusals.add(refusal.get());
            } else {
                scores.add(new Decision.Score(host.id(), host.name(), cost(demand, host)));
            }
        }
        // Equal costs are decided by name, so that the same snapshot always gives the same answer.
        scores.sort(Comparator.comparingDouble(Decision.Score::cost).thenComparing(Decision.Score::hostName));
        Optional<UUID> chosen = scores.stream().findFirst().map(Decision.Score::host);
        return new Decision(chosen, refusals, scores);
    }

    private static Optional<Decision.Refusal> refuse(Demand demand, Candidate host) {
        if (!demand.allowed().isEmpty() && !demand.allowed().contains(host.id())) {
            return refusal(host, "PinToHost", "the machine may not run on it");
        }
        if (demand.excluded().contains(host.id())) {
            return refusal(host, "Migration", "the machine runs there already");
        }
        if (!host.up()) {
            return refusal(host, "Status", "it is " + host.status());
        }
        if (host.freeMemoryBytes() < demand.memoryBytes()) {
            return refusal(
                    host,
                    "Memory",
                    "it has " + mebibytes(host.freeMemoryBytes()) + " MiB of memory left, "
                            + mebibytes(demand.memoryBytes()) + " MiB are needed");
        }
        if (host.cpus() < demand.vcpus()) {
            return refusal(host, "CPU", "it has " + host.cpus() + " CPUs, the machine has " + demand.vcpus());
        }
        var domains = new HashSet<>(demand.domains());
        domains.removeAll(host.domains());
        if (!domains.isEmpty()) {
            return refusal(
                    host,
                    "Storage",
                    "it does not reach the storage domain " + domains.iterator().next());
        }
        var leases = new HashSet<>(demand.leases());
        leases.removeAll(host.leases());
        if (!leases.isEmpty()) {
            return refusal(
                    host,
                    "VM leases ready",
                    "it cannot take leases on the storage domain "
                            + leases.iterator().next());
        }
        var networks = new TreeSet<>(demand.networks());
        networks.removeAll(host.networks());
        if (!networks.isEmpty()) {
            return refusal(host, "Network", "it lacks the network " + networks.first());
        }
        return Optional.empty();
    }

    private static Optional<Decision.Refusal> refusal(Candidate host, String filter, String reason) {
        return Optional.of(new Decision.Refusal(host.id(), host.name(), filter, reason));
    }

    /** Processor load, then memory already promised, then the number of machines. */
    private static double cost(Demand demand, Candidate host) {
        double memory = 1.0 - (double) (host.freeMemoryBytes() - demand.memoryBytes()) / (host.freeMemoryBytes() + 1.0);
        return host.cpuLoadPercent() + 10.0 * memory + host.machines();
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }
}
