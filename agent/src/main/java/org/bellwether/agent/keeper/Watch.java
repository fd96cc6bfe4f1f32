package org.bellwether.agent.keeper;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/** Who is alive: whose time on the board moves on, by this host's own clock. */
final class Watch {
    private final Duration dead;
    private final Map<Integer, Look> looks = new HashMap<>();

    private record Look(long timestamp, long since, boolean moved) {}

    /** @param dead a host whose place has not changed for so long */
    Watch(Duration dead) {
        this.dead = dead;
    }

    /** @param now nanoseconds of this host's clock, as {@link System#nanoTime} */
    Choice.Alive alive(Slot slot, long now) {
        Look look = looks.get(slot.hostId());
        if (look == null || look.timestamp() != slot.timestamp()) {
            look = new Look(slot.timestamp(), now, look != null);
            looks.put(slot.hostId(), look);
        }
        if (slot.stopped()) {
            return Choice.Alive.NO;
        }
        if (now - look.since() > dead.toNanos()) {
            return Choice.Alive.NO;
        }
        return look.moved() ? Choice.Alive.YES : Choice.Alive.UNKNOWN;
    }
}
