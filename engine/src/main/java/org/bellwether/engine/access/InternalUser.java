package org.bellwether.engine.access;

import java.time.Instant;
import java.util.UUID;

/**
 * A user whose password the engine itself keeps.
 *
 * @param name the name without the profile, for instance {@code admin}
 */
record InternalUser(UUID id, String name, String passwordHash, Instant passwordSet) {
    static final String PROFILE = "internal";

    /** The directory behind the profile, as the API names it. */
    static final String DIRECTORY = "internal-authz";

    /** As the user signs on. */
    String signOnName() {
        return name + "@" + PROFILE;
    }

    /** Without the hash: even that is nothing for a log. */
    @Override
    public String toString() {
        return "InternalUser[" + name + "]";
    }
}
