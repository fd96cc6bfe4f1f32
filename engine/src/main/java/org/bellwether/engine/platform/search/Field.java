package org.bellwether.engine.platform.search;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What can be asked about an object: one kind for each kind of value, because each compares in its own way. */
sealed interface Field<T> {
    /** Text, compared as a whole, with wildcards. */
    record Text<T>(Function<T, @Nullable String> value) implements Field<T> {}

    /** Several texts; one that matches is enough. */
    record Texts<T>(Function<T, ? extends Collection<String>> values) implements Field<T> {}

    /** One of a few words, compared without regard to case and underscores. An empty set of known words means any. */
    record Choice<T>(Set<String> known, Function<T, @Nullable String> value) implements Field<T> {}

    /** A number; whole ones up to 2^53 keep their exact value. */
    record Quantity<T>(Function<T, ? extends @Nullable Number> value) implements Field<T> {}

    /** Yes or no. */
    record Flag<T>(Function<T, @Nullable Boolean> value) implements Field<T> {}

    /** A point in time. */
    record Date<T>(Function<T, @Nullable Instant> value) implements Field<T> {}

    /** A length of time. */
    record Span<T>(Function<T, @Nullable Duration> value) implements Field<T> {}

    /** What other installations know and no object here can have: asking for it is answered with why. */
    record Absent<T>(String because) implements Field<T> {}
}
