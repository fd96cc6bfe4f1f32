package org.bellwether.engine.platform.trace;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The span of what this thread is doing. Nobody has to be given it, and where nobody collects spans there is none, which costs the
 * look whether there is.
 */
public final class CurrentSpan {
    static final ScopedValue<Span> CURRENT = ScopedValue.newInstance();

    private CurrentSpan() {}

    public static Optional<Span> get() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Does a part of what is under way as a span of its own. */
    public static <T> T part(String name, Supplier<T> work) {
        return CURRENT.isBound() ? CURRENT.get().part(name).during(work) : work.get();
    }
}
