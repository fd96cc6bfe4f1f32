package org.bellwether.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Builds an object of the API, generically by attribute; the generated builders add a method for each. A builder may be
 * used on after {@link #build}; it belongs to one thread.
 */
public class StructBuilder<T extends Struct> {
    private final StructType<T> type;
    private final @Nullable Object[] values;

    protected StructBuilder(StructType<T> type, @Nullable Object[] values) {
        this.type = type;
        this.values = values;
    }

    /**
     * Sets an attribute; null takes it away.
     *
     * @throws IllegalArgumentException when the value is not of the attribute's kind
     */
    public final StructBuilder<T> set(Attribute attribute, @Nullable Object value) {
        if (value != null && !attribute.accepts(value)) {
            throw new IllegalArgumentException("The attribute " + attribute + " of " + type + " cannot hold a "
                    + value.getClass().getSimpleName() + ".");
        }
        values[attribute.index()] = value instanceof List<?> list ? List.copyOf(list) : value;
        return this;
    }

    /**
     * Sets the attribute of that name; null takes it away.
     *
     * @throws IllegalArgumentException when there is no such attribute or the value is not of its kind
     */
    public final StructBuilder<T> set(String name, @Nullable Object value) {
        return set(type.require(name), value);
    }

    /** What the attribute holds now. */
    public final @Nullable Object current(Attribute attribute) {
        return values[attribute.index()];
    }

    public final T build() {
        return type.create(values.clone());
    }

    protected final void put(int index, @Nullable Object value) {
        values[index] = value;
    }

    protected final void putList(int index, @Nullable List<?> value) {
        values[index] = value == null ? null : List.copyOf(value);
    }

    /** For the codecs, which use a builder once: what was built keeps the values, and the builder is done. */
    final T finish() {
        return type.create(values);
    }

    /** For the codecs, which made the value themselves and know its kind. */
    final void putUnchecked(int index, @Nullable Object value) {
        values[index] = value;
    }
}
