package org.bellwether.engine.platform.lifecycle;

import java.time.Duration;

/**
 * Gives back the memory that answers took, once nobody asks for anything: the collector in use does so only when it looks at
 * everything, for which it would wait until the heap is full. That takes a tenth of a second, which nobody misses then.
 */
public final class QuietMemory {

    private static final Duration LOOK = Duration.ofSeconds(5);
    /** Bytes allocated between two looks: watching a few hosts takes less, answering people more. */
    private static final long QUIET = 4L << 20;
    /** Bytes that are worth looking for. */
    private static final long WORTHWHILE = 16L << 20;

    private QuietMemory() {}

    /** Looks as long as the process lives. */
    public static void watch() {
        Thread.ofPlatform().daemon().name("quiet-memory").start(QuietMemory::look);
    }

    private static void look() {
        long floor = 0;
        long before = Long.MAX_VALUE;
        try {
            while (true) {
                Thread.sleep(LOOK);
                long now = used();
                // It sinks when something was collected, because of many allocations.
                boolean quiet = now >= before && now - before < QUIET;
                if (quiet && now - floor > WORTHWHILE) {
                    System.gc();
                    floor = used();
                    now = floor;
                }
                before = now;
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long used() {
        var runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }
}
