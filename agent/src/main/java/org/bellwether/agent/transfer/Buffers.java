package org.bellwether.agent.transfer;

import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;

/** Pieces of memory outside the heap, used again and again: what the garbage collector frees late would pile up. */
final class Buffers {
    private static final int MOST_KEPT = 32;

    private static final ConcurrentLinkedDeque<ByteBuffer> KEPT = new ConcurrentLinkedDeque<>();
    private static final AtomicInteger COUNT = new AtomicInteger();

    private Buffers() {}

    static ByteBuffer take(int bytes) {
        ByteBuffer kept = KEPT.poll();
        if (kept != null) {
            COUNT.decrementAndGet();
            if (kept.capacity() == bytes) {
                return kept.clear();
            }
        }
        return ByteBuffer.allocateDirect(bytes);
    }

    static void giveBack(ByteBuffer buffer) {
        if (COUNT.incrementAndGet() <= MOST_KEPT) {
            KEPT.push(buffer);
        } else {
            COUNT.decrementAndGet();
        }
    }
}
