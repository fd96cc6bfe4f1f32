package org.bellwether.libvirt;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.bellwether.libvirt.foreign.NativeFunction;
import org.jspecify.annotations.Nullable;

/** What objects of this library hold of an object of libvirt. One that is forgotten is closed when the garbage collector finds it. */
final class Handle implements AutoCloseable {
    private static final Cleaner FORGOTTEN = Cleaner.create();

    private final NativeReference reference;

    /**
     * @param free gives the reference back
     * @param afterClose what a use after closing fails with
     * @param name what a message calls it
     */
    Handle(MemorySegment pointer, NativeFunction free, ErrorCode afterClose, String name, @Nullable Handle parent) {
        this.reference = new NativeReference(pointer, free, afterClose, name, parent == null ? null : parent.reference);
        FORGOTTEN.register(this, reference::close);
    }

    /** Calls {@code body} with the pointer on a platform thread; the pointer is valid until it returns. */
    <T> T use(Function<MemorySegment, T> body) {
        try {
            var pointer = reference.acquire();
            try {
                return PlatformThreads.call(() -> body.apply(pointer));
            } finally {
                reference.release();
            }
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** As {@link #use}, of this and another object together. */
    <T> T useWith(Handle other, BiFunction<MemorySegment, MemorySegment, T> body) {
        return other.use(theirs -> use(mine -> body.apply(mine, theirs)));
    }

    boolean isClosed() {
        return reference.isClosed();
    }

    /** Makes new uses fail and gives the reference back after the last one under way. Safe to call again. */
    @Override
    public void close() {
        reference.close();
    }
}
