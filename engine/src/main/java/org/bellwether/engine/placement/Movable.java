package org.bellwether.engine.placement;

import java.util.Set;
import java.util.UUID;

/**
 * A running machine that may be moved.
 *
 * @param busy how many hardware threads of its host it keeps busy
 */
public record Movable(Demand demand, UUID host, double busy) {

    UUID id() {
        return demand.id();
    }

    /** What it needs of another host. */
    Demand leaving() {
        var bounds = demand.bounds();
        return demand.bound(new Demand.Bounds(bounds.allowed(), bounds.preferred(), Set.of(host), false));
    }
}
