package org.bellwether.engine.platform;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;
import java.util.UUID;

/**
 * The identity of one {@code T}: a UUID that cannot be taken for the identity of something else.
 *
 * @param <T> what it identifies
 */
public record Id<T>(UUID value) implements Comparable<Id<T>> {

    public static <T> Id<T> random() {
        return new Id<>(UUID.randomUUID());
    }

    public static <T> Id<T> of(UUID value) {
        return new Id<>(value);
    }

    /** Reads the usual form of a UUID; anything else is an {@link IllegalArgumentException}. */
    @JsonCreator
    public static <T> Id<T> of(String text) {
        var id = UUID.fromString(text);
        // UUID.fromString takes shortened groups too ("1-1-1-1-1"); nobody who wrote that meant it.
        if (!id.toString().equals(text.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("'" + text + "' is not a UUID");
        }
        return new Id<>(id);
    }

    @Override
    public int compareTo(Id<T> other) {
        return value.compareTo(other.value);
    }

    @JsonValue
    @Override
    public String toString() {
        return value.toString();
    }
}
