package org.bellwether.api;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An immutable object of the API. Two objects of the same type with equal attributes are equal. Every attribute may be
 * absent, which is null; {@link StructType} tells which attributes there are.
 */
public abstract class Struct {
    private final @Nullable Object[] values;

    /** The generated types hand over an array that nobody else keeps. */
    protected Struct(@Nullable Object[] values) {
        this.values = values;
    }

    public abstract StructType<? extends Struct> structType();

    /** A generic builder that begins with the attributes of this object; {@code toBuilder} gives the typed one. */
    public final StructBuilder<? extends Struct> edit() {
        return structType().builder(copy());
    }

    /** The value of the attribute with that {@link Attribute#index index}, null when absent. */
    public final @Nullable Object value(int index) {
        return values[index];
    }

    /** The value of an attribute of this type, null when absent. */
    public final @Nullable Object value(Attribute attribute) {
        return values[attribute.index()];
    }

    /**
     * The value of the attribute of that name, null when absent.
     *
     * @throws IllegalArgumentException when the type has no such attribute
     */
    public final @Nullable Object value(String name) {
        return values[structType().require(name).index()];
    }

    /** Whether it says no more than which object is meant: nothing but id, href and name. */
    public final boolean isReference() {
        var type = structType();
        for (int i = values.length - 1; i >= 0; i--) {
            if (values[i] != null && !type.identifies(i)) {
                return false;
            }
        }
        return true;
    }

    @SuppressWarnings("unchecked")
    protected final <E> @Nullable List<E> list(int index) {
        return (List<E>) values[index];
    }

    protected final @Nullable Object[] copy() {
        return values.clone();
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof Struct that && that.structType() == structType() && Arrays.equals(values, that.values);
    }

    @Override
    public final int hashCode() {
        return Arrays.hashCode(values);
    }

    /** The type and what identifies the object; nothing else, because attributes may be secrets. */
    @Override
    public final String toString() {
        var text = new StringBuilder(structType().name()).append('[');
        for (var name : List.of("id", "name")) {
            var attribute = structType().attribute(name);
            var value = attribute == null ? null : values[attribute.index()];
            if (value != null) {
                text.append(text.charAt(text.length() - 1) == '[' ? "" : ", ")
                        .append(name)
                        .append('=')
                        .append(value);
            }
        }
        return text.append(']').toString();
    }
}
