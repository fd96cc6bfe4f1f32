package org.bellwether.engine.placement;

import java.util.Set;
import java.util.UUID;

/**
 * What a machine needs of a host.
 *
 * @param memoryBytes guaranteed memory and what QEMU needs beside it
 * @param reach what its disks, its lease and its interfaces need
 * @param cpu where its processors may run
 * @param priority which of two highly available machines is restarted first: the greater
 */
public record Demand(
        UUID id,
        String machine,
        long memoryBytes,
        int vcpus,
        Reach reach,
        Bounds bounds,
        CpuDemand cpu,
        boolean highlyAvailable,
        int priority) {

    /** A machine that may use any of a host's processors. */
    public Demand(
            UUID id,
            String machine,
            long memoryBytes,
            int vcpus,
            Reach reach,
            Bounds bounds,
            boolean highlyAvailable,
            int priority) {
        this(id, machine, memoryBytes, vcpus, reach, bounds, CpuDemand.SHARED, highlyAvailable, priority);
    }

    /**
     * Where it may go.
     *
     * @param allowed the only hosts it may run on; empty: any
     * @param preferred hosts on which it is better off than on others; empty: none is better
     * @param excluded hosts it may not run on, such as the one it leaves
     * @param emptied whether the excluded hosts lose all of their machines, so that what still is there binds nobody
     */
    public record Bounds(Set<UUID> allowed, Set<UUID> preferred, Set<UUID> excluded, boolean emptied) {
        public static final Bounds NONE = new Bounds(Set.of(), Set.of(), Set.of(), false);
    }

    /** The same machine leaving a host that loses all of its machines. */
    Demand leaving(Set<UUID> hosts) {
        return bound(new Bounds(bounds.allowed(), bounds.preferred(), hosts, true));
    }

    /** The same machine, when it is not moved but started anew, so that it need not stay as it is. */
    public Demand anew() {
        return cpu.shape().isEmpty()
                ? this
                : new Demand(id, machine, memoryBytes, vcpus, reach, bounds, cpu.anew(), highlyAvailable, priority);
    }

    /** The same machine, which may go elsewhere. */
    Demand bound(Bounds others) {
        return new Demand(id, machine, memoryBytes, vcpus, reach, others, cpu, highlyAvailable, priority);
    }
}
