package org.bellwether.libvirt;

import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who gets what arrives in an upcall, by the number that libvirt carries as its {@code opaque} pointer. An upcall that comes after its
 * sink was removed finds nobody, and so does no harm.
 */
final class EventSinks<E> {
    private final Map<Long, Consumer<E>> sinks = new ConcurrentHashMap<>();
    private final AtomicLong numbers = new AtomicLong();

    long add(Consumer<E> sink) {
        long number = numbers.incrementAndGet();
        sinks.put(number, sink);
        return number;
    }

    void remove(long number) {
        sinks.remove(number);
    }

    @Nullable
    Consumer<E> find(MemorySegment opaque) {
        return sinks.get(opaque.address());
    }
}
