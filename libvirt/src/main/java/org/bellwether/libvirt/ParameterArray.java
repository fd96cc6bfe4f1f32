package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.bellwether.libvirt.foreign.Layouts.TYPED_PARAMETER;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import org.bellwether.libvirt.foreign.Layouts;
import org.bellwether.libvirt.foreign.ParameterFunctions;
import org.bellwether.libvirt.foreign.Text;

/** Typed parameters as C keeps them: an array of structures. */
final class ParameterArray {
    private static final long SIZE = TYPED_PARAMETER.byteSize();
    private static final long TYPE = Layouts.offset(TYPED_PARAMETER, "type");
    private static final long VALUE = Layouts.offset(TYPED_PARAMETER, "value");

    private static final int INT = 1;
    private static final int UINT = 2;
    private static final int LLONG = 3;
    private static final int ULLONG = 4;
    private static final int DOUBLE = 5;
    private static final int BOOLEAN = 6;
    private static final int STRING = 7;

    private ParameterArray() {}

    /** Copies an array that somebody else owns. A type newer than this library is left out. */
    static TypedParameters read(MemorySegment pointer, int count) {
        if (count <= 0 || Text.isNull(pointer)) {
            return TypedParameters.empty();
        }
        var array = pointer.reinterpret(SIZE * count);
        var parameters = new ArrayList<TypedParameter>(count);
        for (int index = 0; index < count; index++) {
            var element = array.asSlice(SIZE * index, SIZE);
            var name = element.getString(0);
            switch (element.get(JAVA_INT, TYPE)) {
                case INT -> parameters.add(new TypedParameter(name, new TypedValue.Int(element.get(JAVA_INT, VALUE))));
                case UINT ->
                    parameters.add(new TypedParameter(name, new TypedValue.UnsignedInt(element.get(JAVA_INT, VALUE))));
                case LLONG ->
                    parameters.add(new TypedParameter(name, new TypedValue.LongInt(element.get(JAVA_LONG, VALUE))));
                case ULLONG ->
                    parameters.add(
                            new TypedParameter(name, new TypedValue.UnsignedLongInt(element.get(JAVA_LONG, VALUE))));
                case DOUBLE ->
                    parameters.add(new TypedParameter(name, new TypedValue.Decimal(element.get(JAVA_DOUBLE, VALUE))));
                case BOOLEAN ->
                    parameters.add(new TypedParameter(name, new TypedValue.Flag(element.get(JAVA_BYTE, VALUE) != 0)));
                case STRING ->
                    parameters.add(new TypedParameter(
                            name, new TypedValue.Text(Text.fromCOrEmpty(element.get(ADDRESS, VALUE)))));
                default -> {}
            }
        }
        return TypedParameters.of(parameters);
    }

    /** Copies, then frees, an array that libvirt gave us. */
    static TypedParameters take(MemorySegment pointer, int count) {
        try {
            return read(pointer, count);
        } finally {
            ParameterFunctions.TYPED_PARAMS_FREE.callVoid(pointer, count);
        }
    }

    /** An array for a call, living as long as {@code arena}; NULL when there are none. */
    static MemorySegment write(Arena arena, TypedParameters parameters) {
        var all = parameters.all();
        if (all.isEmpty()) {
            return MemorySegment.NULL;
        }
        var array = arena.allocate(TYPED_PARAMETER, all.size());
        for (int index = 0; index < all.size(); index++) {
            var element = array.asSlice(SIZE * index, SIZE);
            element.setString(0, all.get(index).name());
            switch (all.get(index).value()) {
                case TypedValue.Int(int value) -> put(element, INT).set(JAVA_INT, VALUE, value);
                case TypedValue.UnsignedInt(int value) -> put(element, UINT).set(JAVA_INT, VALUE, value);
                case TypedValue.LongInt(long value) -> put(element, LLONG).set(JAVA_LONG, VALUE, value);
                case TypedValue.UnsignedLongInt(long value) ->
                    put(element, ULLONG).set(JAVA_LONG, VALUE, value);
                case TypedValue.Decimal(double value) -> put(element, DOUBLE).set(JAVA_DOUBLE, VALUE, value);
                case TypedValue.Flag(boolean value) ->
                    put(element, BOOLEAN).set(JAVA_BYTE, VALUE, (byte) (value ? 1 : 0));
                case TypedValue.Text(String value) -> put(element, STRING).set(ADDRESS, VALUE, Text.toC(arena, value));
            }
        }
        return array;
    }

    private static MemorySegment put(MemorySegment element, int type) {
        element.set(JAVA_INT, TYPE, type);
        return element;
    }
}
