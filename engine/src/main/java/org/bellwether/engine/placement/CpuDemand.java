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
 * @param nodes of the host, from which memory of it is to come
 * @param shape what it has been given already, since it runs or was saved: then only a host that would give it the same will do
 */
public record CpuDemand(
        Kind kind,
        int threadsPerCore,
        Map<Integer, String> pins,
        Optional<Licence> licence,
        Set<Integer> nodes,
        Optional<CpuPlan.Shape> shape) {

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
        ISOLATED,
        /** To all cores but one of each socket: it has as many as the host has then. */
        RESIZED;

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

    public CpuDemand(Kind kind, int threadsPerCore, Map<Integer, String> pins, Optional<Licence> licence) {
        this(kind, threadsPerCore, pins, licence, Set.of(), Optional.empty());
    }

    /** The same machine that is started anew. */
    CpuDemand anew() {
        return new CpuDemand(kind, threadsPerCore, pins, licence, nodes, Optional.empty());
    }

    boolean free() {
        return kind == Kind.SHARED && licence.isEmpty() && nodes.isEmpty();
    }
}
