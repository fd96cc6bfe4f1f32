package org.bellwether.libvirt;

import java.lang.foreign.MemorySegment;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.bellwether.libvirt.foreign.NativeFunction;
import org.jspecify.annotations.Nullable;

/**
 * One reference to an object of libvirt. It counts the calls under way: the reference is given back when it is closed and the last
 * call has returned, never earlier and exactly once.
 */
final class NativeReference implements AutoCloseable {
    private final MemorySegment pointer;
    private final NativeFunction free;
    private final ErrorCode afterClose;
    private final String name;
    private final @Nullable NativeReference parent;

    private final AtomicInteger uses = new AtomicInteger(1);
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Set<NativeReference> children = ConcurrentHashMap.newKeySet();

    /**
     * @param free gives the reference back
     * @param afterClose what a use after closing fails with
     * @param name what a message calls it
     */
    NativeReference(
            MemorySegment pointer,
            NativeFunction free,
            ErrorCode afterClose,
            String name,
            @Nullable NativeReference parent) {
        this.pointer = pointer;
        this.free = free;
        this.afterClose = afterClose;
        this.name = name;
        this.parent = parent;
        if (parent != null) {
            parent.children.add(this);
            if (parent.closed.get()) {
                close();
                throw parent.closedError();
            }
        }
    }

    /** The pointer, valid until the {@link #release} that must follow. */
    MemorySegment acquire() {
        int now = uses.get();
        while (now > 0 && !closed.get()) {
            if (uses.compareAndSet(now, now + 1)) {
                return pointer;
            }
            now = uses.get();
        }
        throw closedError();
    }

    boolean isClosed() {
        return closed.get();
    }

    /** Makes new uses fail and gives the reference back after the last one under way. Safe to call again. */
    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            children.forEach(NativeReference::close);
            release();
        }
    }

    /** Ends one use. */
    void release() {
        if (uses.decrementAndGet() == 0) {
            if (parent != null) {
                parent.children.remove(this);
            }
            // Its result tells of other references, or of a daemon that is gone already: nothing to act on.
            PlatformThreads.call(() -> free.callInt(pointer));
        }
    }

    private LibvirtException closedError() {
        return new LibvirtException(afterClose, name + " was closed and cannot be used any more", "close");
    }
}
