package org.bellwether.engine.platform.store;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.bellwether.engine.platform.Id;
import org.jspecify.annotations.Nullable;

/** A look-up kept beside a {@link ReadModel}; written under the commit order, read by all. */
final class Index<T extends Stored<T>, K> implements Lookup<K, T> {

    private final Function<T, Optional<K>> key;
    private final Map<K, Map<Id<T>, T>> records = new ConcurrentHashMap<>();

    Index(Function<T, Optional<K>> key) {
        this.key = key;
    }

    @Override
    public Collection<T> of(K wanted) {
        var found = records.get(wanted);
        return found == null ? List.of() : found.values();
    }

    void replace(@Nullable T before, T now) {
        var newKey = key.apply(now);
        if (before != null && !key.apply(before).equals(newKey)) {
            remove(before);
        }
        newKey.ifPresent(k ->
                records.computeIfAbsent(k, any -> new ConcurrentHashMap<>()).put(now.id(), now));
    }

    void remove(T before) {
        key.apply(before)
                .ifPresent(k -> records.computeIfPresent(k, (any, group) -> {
                    group.remove(before.id());
                    return group.isEmpty() ? null : group;
                }));
    }
}
