package org.bellwether.agent.transfer;

import java.nio.ByteBuffer;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Semaphore;

/** Pieces of memory outside the heap, used again and again: what the garbage collector frees late would pile up. */
final class Buffers {
    static final int USUAL = 512 * 1024;
    /**
     * What is written at once by one of several. Storage that lets one writer in at a time, as file systems over FUSE do,
     * takes a third longer for pieces of the usual size: each waits its turn.
     */
    static final int LARGE = 2 << 20;

    /** More at once would take memory that machines need. All are kept: one that is let go is freed late. */
    private static final int MOST_LARGE = 8;

    private static final Semaphore LARGE_ONES = new Semaphore(MOST_LARGE);

    private static final ArrayBlockingQueue<ByteBuffer> KEPT_USUAL = new ArrayBlockingQueue<>(16);
    private static final ArrayBlockingQueue<ByteBuffer> KEPT_LARGE = new ArrayBlockingQueue<>(MOST_LARGE);

    private Buffers() {}

    /** One of the usual size. */
    static ByteBuffer take() {
        return kept(KEPT_USUAL, USUAL);
    }

    /** A large one, as long as not too many have one; else one of the usual size. */
    static ByteBuffer takeLarge() {
        return LARGE_ONES.tryAcquire() ? kept(KEPT_LARGE, LARGE) : take();
    }

    private static ByteBuffer kept(ArrayBlockingQueue<ByteBuffer> kept, int bytes) {
        ByteBuffer buffer = kept.poll();
        return buffer == null ? ByteBuffer.allocateDirect(bytes) : buffer.clear();
    }

    static void giveBack(ByteBuffer buffer) {
        boolean large = buffer.capacity() == LARGE;
        var _ = (large ? KEPT_LARGE : KEPT_USUAL).offer(buffer);
        if (large) {
            LARGE_ONES.release();
        }
    }
}
