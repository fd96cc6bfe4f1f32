package org.bellwether.engine.access;

import java.util.EnumSet;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.platform.Permit;

/**
 * A named set of permits.
 *
 * @param administrative whether it makes its holder an administrator
 */
record Role(UUID id, String name, boolean administrative, Set<Permit> permits) {
    /** Everything; the id is one that clients know. */
    static final Role SUPER_USER = new Role(
            UUID.fromString("00000000-0000-0000-0000-000000000001"), "SuperUser", true, EnumSet.allOf(Permit.class));

    Role {
        permits = Set.copyOf(permits);
    }
}
