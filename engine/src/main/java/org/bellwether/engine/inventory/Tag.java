package org.bellwether.engine.inventory;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A word that people put on machines, hosts, templates, users and groups. Tags form a tree.
 *
 * @param parent null for the root alone
 */
public record Tag(
        Id<Tag> id,
        String name,
        String description,
        @Nullable Id<Tag> parent) implements Stored<Tag> {

    /** The root, under the id that clients know; it is stored nowhere. */
    static final Tag ROOT = new Tag(Id.of(new UUID(0, 0)), "root", "root", null);

    Optional<Id<Tag>> parentId() {
        return Optional.ofNullable(parent);
    }
}
