package org.bellwether.engine.platform.store;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.bellwether.engine.platform.Id;

/**
 * Every object of one kind in memory, as immutable records: what answers each GET and each look-up.
 *
 * <p>Written only by the commits of transactions (one at a time), read by everybody without waiting.
 */
public final class ReadModel<T extends Stored<T>> {

    private record Key(String name, Id<?> id) implements Comparable<Key> {
        @Override
        public int compareTo(Key other) {
            int byName = name.compareTo(other.name);
            return byName != 0 ? byName : id.value().compareTo(other.id.value());
        }
    }

    private final Map<Id<T>, T> byId = new ConcurrentHashMap<>();
    private final ConcurrentSkipListMap<Key, T> byName = new ConcurrentSkipListMap<>();
    private final List<Index<T, ?>> indexes = new ArrayList<>();

    /** Adds a look-up by something else that each record has; call before the first record is put. */
    public <K> Lookup<K, T> indexedBy(Function<T, Optional<K>> key) {
        var index = new Index<T, K>(key);
        indexes.add(index);
        return index;
    }

    public Optional<T> find(Id<T> id) {
        return Optional.ofNullable(byId.get(id));
    }

    /** All of that exact name; names of some kinds are not unique. */
    public List<T> named(String name) {
        var sortable = sortable(name);
        var found = new ArrayList<T>(1);
        for (var entry : byName.tailMap(new Key(sortable, LOWEST), true).entrySet()) {
            if (!entry.getKey().name().equals(sortable)) {
                break;
            }
            if (entry.getValue().name().equals(name)) {
                found.add(entry.getValue());
            }
        }
        return found;
    }

    /** UUIDs are compared as signed numbers. */
    private static final Id<?> LOWEST = new Id<>(new java.util.UUID(Long.MIN_VALUE, Long.MIN_VALUE));

    /** All of them, in the order of their names. */
    public Collection<T> all() {
        return byName.values();
    }

    public int size() {
        return byId.size();
    }

    void put(T record) {
        var before = byId.put(record.id(), record);
        if (before != null && !before.name().equals(record.name())) {
            byName.remove(key(before));
        }
        byName.put(key(record), record);
        for (var index : indexes) {
            index.replace(before, record);
        }
    }

    void remove(Id<T> id) {
        var before = byId.remove(id);
        if (before != null) {
            byName.remove(key(before));
            for (var index : indexes) {
                index.remove(before);
            }
        }
    }

    private Key key(T record) {
        return new Key(sortable(record.name()), record.id());
    }

    private static String sortable(String name) {
        return name.toLowerCase(Locale.ROOT);
    }
}
