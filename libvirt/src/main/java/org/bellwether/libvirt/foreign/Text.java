package org.bellwether.libvirt.foreign;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/** Strings between Java and C, in UTF-8. */
public final class Text {
    private static final NativeFunction FREE =
            NativeFunction.procedure(NativeLibrary.C, "free", NativeFunction.POINTER);

    private Text() {}

    /**
     * {@code text} as C reads it; NULL for {@code null}.
     *
     * @throws IllegalArgumentException for a text with a NUL inside, of which C would see only the beginning
     */
    public static MemorySegment toC(Arena arena, @Nullable String text) {
        if (text == null) {
            return MemorySegment.NULL;
        }
        if (text.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text for libvirt holds a NUL character");
        }
        return arena.allocateFrom(text);
    }

    /** An array of C strings. */
    public static MemorySegment arrayToC(Arena arena, Iterable<String> texts, int count) {
        var array = arena.allocate(ValueLayout.ADDRESS, Math.max(1, count));
        int index = 0;
        for (var text : texts) {
            array.setAtIndex(ValueLayout.ADDRESS, index++, toC(arena, text));
        }
        return array;
    }

    /** A copy of a C string that somebody else owns; {@code null} for NULL. */
    public static @Nullable String fromC(MemorySegment pointer) {
        return isNull(pointer) ? null : pointer.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /** A copy of a C string that somebody else owns; empty for NULL. */
    public static String fromCOrEmpty(MemorySegment pointer) {
        var text = fromC(pointer);
        return text == null ? "" : text;
    }

    /** A copy of a C string that was given to us; frees it. */
    public static String take(MemorySegment pointer) {
        try {
            return fromCOrEmpty(pointer);
        } finally {
            free(pointer);
        }
    }

    /** Gives back memory which libvirt allocated for its caller. */
    public static void free(MemorySegment pointer) {
        FREE.callVoid(pointer);
    }

    public static boolean isNull(MemorySegment pointer) {
        return pointer.address() == 0;
    }
}
