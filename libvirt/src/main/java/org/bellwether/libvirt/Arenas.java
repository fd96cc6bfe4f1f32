package org.bellwether.libvirt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Gives each native call memory of its own, for as long as the call. */
final class Arenas {
    private Arenas() {}

    static <T> Function<MemorySegment, T> each(BiFunction<MemorySegment, Arena, T> body) {
        return pointer -> {
            try (var arena = Arena.ofConfined()) {
                return body.apply(pointer, arena);
            }
        };
    }
}
