package org.bellwether.engine.scheduling;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * By what a cluster's machines are placed and moved.
 *
 * @param locked whether it is one of those that are always there
 * @param filters units that hosts must pass
 * @param weights units that rank those that do, each with its factor
 * @param balance the unit that moves machines; null: none does
 */
public record SchedulingPolicy(
        Id<SchedulingPolicy> id,
        String name,
        String description,
        boolean locked,
        List<UUID> filters,
        Map<UUID, Integer> weights,
        @Nullable UUID balance,
        Map<String, String> properties)
        implements Stored<SchedulingPolicy> {

    SchedulingPolicy filtering(UUID unit, boolean wanted) {
        List<UUID> all = new ArrayList<>(filters);
        all.remove(unit);
        if (wanted) {
            all.add(unit);
        }
        return new SchedulingPolicy(id, name, description, locked, all, weights, balance, properties);
    }

    /** @param factor 0 takes it away */
    SchedulingPolicy weighing(UUID unit, int factor) {
        Map<UUID, Integer> all = new LinkedHashMap<>(weights);
        all.remove(unit);
        if (factor > 0) {
            all.put(unit, factor);
        }
        return new SchedulingPolicy(id, name, description, locked, filters, all, balance, properties);
    }

    SchedulingPolicy balancing(@Nullable UUID unit) {
        return new SchedulingPolicy(id, name, description, locked, filters, weights, unit, properties);
    }
}
