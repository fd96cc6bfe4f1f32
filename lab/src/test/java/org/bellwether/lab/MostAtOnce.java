package org.bellwether.lab;

import java.util.function.LongSupplier;

/** Counts something again and again while a test does other things, and keeps the highest. */
final class MostAtOnce implements AutoCloseable {
    private static final long PACE_MILLIS = 300;

    private final Thread counting;
    private volatile boolean over;
    private volatile long most;

    MostAtOnce(LongSupplier count) {
        this.counting = Thread.ofPlatform().start(() -> {
            while (!over) {
                most = Math.max(most, count.getAsLong());
                try {
                    Thread.sleep(PACE_MILLIS);
                } catch (InterruptedException e) {
                    return;
                }
            }
        });
    }

    long seen() {
        return most;
    }

    @Override
    public void close() {
        over = true;
        counting.interrupt();
    }
}
