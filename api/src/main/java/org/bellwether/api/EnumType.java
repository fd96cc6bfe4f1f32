package org.bellwether.api;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An enumeration of the API and its values by their names on the wire. */
public final class EnumType<E extends Enum<E> & WireEnum> {
    private final String name;
    private final List<E> values;
    private final Map<String, E> byWire;

    private EnumType(String name, Class<E> type) {
        this.name = name;
        this.values = List.of(type.getEnumConstants());
        this.byWire = HashMap.newHashMap(values.size());
        values.forEach(value -> byWire.put(value.wire(), value));
    }

    /** Called by the generated enumerations. */
    public static <E extends Enum<E> & WireEnum> EnumType<E> define(String name, Class<E> type) {
        return new EnumType<>(name, type);
    }

    /** The name in the model, such as {@code vm_status}. */
    public String name() {
        return name;
    }

    public List<E> values() {
        return values;
    }

    /** The value of that name on the wire, null when there is none. */
    public @Nullable E find(String wire) {
        return byWire.get(wire);
    }

    @Override
    public String toString() {
        return name;
    }
}
