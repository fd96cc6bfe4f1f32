package org.bellwether.engine.placement;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where on a host a machine's threads run, as it was decided when it was placed there.
 *
 * @param allowed the only hardware threads that any thread of it may use, those of its emulator and its I/O among them; null: any
 * @param pins by processor of the guest, where it runs
 * @param exclusive those that no other machine may use
 * @param zone the licence zone that it is bound to
 */
public record CpuPlan(
        @Nullable String allowed,
        Map<Integer, String> pins,
        Set<Integer> exclusive,
        @Nullable String zone) {

    public static final CpuPlan ANYWHERE = new CpuPlan(null, Map.of(), Set.of(), null);

    public CpuPlan {
        pins = Map.copyOf(pins);
        exclusive = Set.copyOf(exclusive);
    }

    /** Whether a machine could be said to run nowhere in particular. */
    public boolean anywhere() {
        return equals(ANYWHERE);
    }
}
