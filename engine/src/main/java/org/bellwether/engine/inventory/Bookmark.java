package org.bellwether.engine.inventory;

import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/** A search that people want to find again. */
record Bookmark(Id<Bookmark> id, String name, String value) implements Stored<Bookmark> {}
