package org.bellwether.engine.platform;

import java.util.UUID;

/**
 * Who asks.
 *
 * @param id the user's id in the API
 * @param name the name with its profile, for instance {@code admin@internal}
 * @param administrator whether the user holds a role of the administrator kind anywhere; others see only what their
 *     permissions show them, unless they ask for it with {@code Filter: false} and are refused
 */
public record Principal(UUID id, String name, boolean administrator) {
    /** The engine itself: what it does on its own account, for instance after a restart. */
    public static final Principal ENGINE = new Principal(new UUID(0, 0), "bellwether@engine", true);
}
