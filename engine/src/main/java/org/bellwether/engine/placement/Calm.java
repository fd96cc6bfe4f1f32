package org.bellwether.engine.placement;

import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Remembers what was moved, so that it is left in peace for a while: the same machine is not moved to and fro. */
public final class Calm {

    /** A machine that was moved, or could not be, is not moved again before that. */
    private static final Duration MACHINE = Duration.ofMinutes(15);

    /** For so long the load of a host that lost or got a machine tells of before as well as of after. */
    private static final Duration HOST = Duration.ofMinutes(3);

    private final Map<UUID, Instant> machines = new ConcurrentHashMap<>();
    private final Map<UUID, Instant> hosts = new ConcurrentHashMap<>();

    public void moved(Move move, Instant now) {
        machines.put(move.machine(), now.plus(MACHINE));
        hosts.put(move.from(), now.plus(HOST));
        hosts.put(move.to(), now.plus(HOST));
    }

    public Set<UUID> resting(Instant now) {
        machines.values().removeIf(until -> !until.isAfter(now));
        hosts.values().removeIf(until -> !until.isAfter(now));
        var resting = new HashSet<>(machines.keySet());
        resting.addAll(hosts.keySet());
        return resting;
    }
}
