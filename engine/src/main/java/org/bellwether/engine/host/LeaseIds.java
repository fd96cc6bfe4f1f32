package org.bellwether.engine.host;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;

/**
 * Gives hosts their numbers in the lockspaces of storage domains, one number to one host of a cluster for good. A storage
 * domain belongs to one cluster, so that no two hosts of one lockspace have the same.
 */
final class LeaseIds {
    /** The most that fit into a lockspace of 512-byte sectors. */
    static final int MOST = 2000;

    /** oVirt keeps it for hosts that have none and must change a domain all the same. */
    private static final int RESERVED = 250;

    private final Map<Id<Cluster>, Integer> lastGiven = new HashMap<>();

    /**
     * A number that no host of the cluster has. Not the one that a removed host left last: on storage that may still be
     * its own until its last renewal has expired.
     */
    synchronized int next(Id<Cluster> cluster, Collection<Host> hosts) {
        Set<Integer> taken =
                hosts.stream().map(Host::leaseId).filter(Objects::nonNull).collect(Collectors.toSet());
        int last = Math.max(
                lastGiven.getOrDefault(cluster, 0),
                taken.stream().mapToInt(Integer::intValue).max().orElse(0));
        for (int step = 0; step < MOST; step++) {
            int candidate = (last + step) % MOST + 1;
            if (candidate != RESERVED && !taken.contains(candidate)) {
                lastGiven.put(cluster, candidate);
                return candidate;
            }
        }
        throw Failure.conflict("The cluster takes no more hosts")
                .because("its storage domains have room for the leases of " + (MOST - 1) + " hosts")
                .next("Remove hosts that are no more, or make another cluster");
    }
}
