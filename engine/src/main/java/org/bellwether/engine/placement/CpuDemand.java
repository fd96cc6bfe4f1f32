package org.bellwether.engine.placement;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What a machine wants of a host's hardware threads.
 *
 * @param threadsPerCore of the guest's cores: these stay on one core of the host
 * @param pins by processor of the guest, where a person put it
 * @param licence what binds it to declared cores
 */
public record CpuDemand(Kind kind, int threadsPerCore, Map<Integer, String> pins, Optional<Licence> licence) {

    /** It shares all threads with other machines. */
    public static final CpuDemand SHARED = new CpuDemand(Kind.SHARED, 1, Map.of(), Optional.empty());

    /** How a machine is bound to threads. */
    public enum Kind {
        /** To none. */
        SHARED,
        /** To those that a person named. */
        PINNED,
        /** To threads that no other machine may use. */
        DEDICATED,
        /** To one thread of a core each, of which no other machine may use any thread. */
        ISOLATED;

        boolean exclusive() {
            return this == DEDICATED || this == ISOLATED;
        }
    }

    /**
     * The cores that a licence allows.
     *
     * @param zone the name of the licence zone
     * @param vcpus how many processors the machine may have
     */
    public record Licence(String zone, int vcpus, Map<UUID, Declared> hosts) {}

    /**
     * A host as it was declared for a licence.
     *
     * @param cpus the threads that may be used
     * @param threads all that the host had then
     */
    public record Declared(Set<Integer> cpus, List<HostThread> threads) {}

    boolean free() {
        return kind == Kind.SHARED && licence.isEmpty();
    }
}
