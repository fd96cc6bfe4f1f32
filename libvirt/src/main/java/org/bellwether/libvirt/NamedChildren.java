package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.bellwether.libvirt.foreign.NativeFunction;
import org.bellwether.libvirt.foreign.Text;

/** What a domain has many of and tells apart by name. libvirt's references to them live for one call only and are given back here. */
record NamedChildren(Handle domain, NativeFunction find, NativeFunction name, NativeFunction free) {
    /** Finds one and calls {@code body} with it. */
    <T> T with(String wanted, Function<MemorySegment, T> body) {
        return domain.use(Arenas.each((pointer, arena) -> {
            var child = Call.pointer(find, pointer, Text.toC(arena, wanted), 0);
            try {
                return body.apply(child);
            } finally {
                free.callInt(child);
            }
        }));
    }

    /** Makes one by {@code body} and answers its name. */
    String make(BiFunction<MemorySegment, Arena, MemorySegment> body) {
        return domain.use(Arenas.each((pointer, arena) -> takeName(body.apply(pointer, arena))));
    }

    /** The names that {@code list} answers, in its order. */
    List<String> names(NativeFunction list, int flags) {
        return domain.use(Arenas.each((pointer, arena) -> {
            var result = arena.allocate(ADDRESS);
            int count = Call.number(list, pointer, result, flags);
            var array = result.get(ADDRESS, 0);
            try {
                var pointers = array.reinterpret(ADDRESS.byteSize() * count);
                var names = new ArrayList<String>(count);
                for (int index = 0; index < count; index++) {
                    names.add(takeName(pointers.getAtIndex(ADDRESS, index)));
                }
                return names;
            } finally {
                Text.free(array);
            }
        }));
    }

    private String takeName(MemorySegment child) {
        try {
            return Call.borrowedText(name, child);
        } finally {
            free.callInt(child);
        }
    }
}
