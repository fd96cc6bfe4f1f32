package org.bellwether.engine.placement;

import java.util.Set;
import java.util.UUID;

/**
 * A host as placement sees it: a snapshot, no more.
 *
 * @param up whether it serves machines now
 * @param status its state, for the explanation
 * @param freeMemoryBytes what it has available, less what machines placed there a moment ago will take
 * @param cpus its hardware threads
 * @param cpuLoadPercent use of all of them, 0 to 100
 * @param domains storage domains it reaches
 * @param leases storage domains on which it can take leases
 * @param networks bridges it has
 * @param machines how many machines it runs
 */
public record Candidate(
        UUID id,
        String name,
        boolean up,
        String status,
        long freeMemoryBytes,
        int cpus,
        double cpuLoadPercent,
        Set<UUID> domains,
        Set<UUID> leases,
        Set<String> networks,
        int machines) {

    /** As it would be with one machine more. */
    public Candidate with(Demand machine) {
        return new Candidate(
                id,
                name,
                up,
                status,
                freeMemoryBytes - machine.memoryBytes(),
                cpus,
                cpuLoadPercent,
                domains,
                leases,
                networks,
                machines + 1);
    }

    /** As it would be without a machine that it runs. */
    public Candidate without(Demand machine) {
        return new Candidate(
                id,
                name,
                up,
                status,
                freeMemoryBytes + machine.memoryBytes(),
                cpus,
                cpuLoadPercent,
                domains,
                leases,
                networks,
                machines - 1);
    }
}
