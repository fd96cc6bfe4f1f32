package org.bellwether.engine.access;

import java.time.Instant;
import java.util.UUID;
import org.bellwether.engine.platform.Principal;

/**
 * A user whose password the engine itself keeps.
 *
 * @param name the name without the profile, for instance {@code admin}
 */
record InternalUser(UUID id, String name, String passwordHash, Instant passwordSet) {
    static final String PROFILE = "internal";

    Principal principal() {
        // Until roles are stored, the one internal user is the administrator.
        return new Principal(id, name + "@" + PROFILE, true);
    }

    /** Without the hash: even that is nothing for a log. */
    @Override
    public String toString() {
        return "InternalUser[" + name + "]";
    }
}
