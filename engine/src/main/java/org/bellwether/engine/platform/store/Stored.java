package org.bellwether.engine.platform.store;

import org.bellwether.engine.platform.Id;

/** A record with an identity and a name, kept in the database and in the read model. */
public interface Stored<T extends Stored<T>> {
    Id<T> id();

    String name();
}
