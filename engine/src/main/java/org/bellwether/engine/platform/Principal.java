package org.bellwether.engine.platform;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;

/**
 * Who asks.
 *
 * @param id the user's id in the API
 * @param name the name with its profile, for instance {@code admin@internal}
 * @param administrator whether the user holds a role of the administrator kind anywhere; others see only what their
 *     permissions show them, unless they ask for it with {@code Filter: false} and are refused
 * @param readOnly whether they came with a token that changes nothing
 */
public record Principal(UUID id, String name, boolean administrator, boolean readOnly) {
    private static final ScopedValue<Principal> CURRENT = ScopedValue.newInstance();

    public Principal(UUID id, String name, boolean administrator) {
        this(id, name, administrator, false);
    }

    /** The engine itself: what it does on its own account, for instance after a restart. */
    public static final Principal ENGINE = new Principal(new UUID(0, 0), "bellwether@engine", true);

    /** Does something at this one's wish: what is made meanwhile, on this thread, is theirs. */
    public <T> T doing(Supplier<T> work) {
        return ScopedValue.where(CURRENT, this).call(work::get);
    }

    /** At whose wish this thread works now; nobody's when the engine does something of its own accord. */
    public static Optional<Principal> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }
}
