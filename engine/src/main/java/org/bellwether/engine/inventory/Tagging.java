package org.bellwether.engine.inventory;

import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/** A tag on an object. */
record Tagging(Id<Tagging> id, Id<Tag> tag, UUID object) implements Stored<Tagging> {
    @Override
    public String name() {
        return id.toString();
    }
}
