package org.bellwether.engine.platform.store;

import java.util.Collection;

/** Finds the records of a {@link ReadModel} that share something. */
public sealed interface Lookup<K, T> permits Index {
    Collection<T> of(K key);
}
