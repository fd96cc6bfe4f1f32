package org.bellwether.lab;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for conditions of the outside world, which nobody announces. */
final class Await {
    private static final Duration PACE = Duration.ofMillis(50);

    private Await() {}

    /** Whether the condition came to hold within the time. */
    static boolean holds(Duration within, BooleanSupplier condition) {
        long end = System.nanoTime() + within.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            try {
                Thread.sleep(PACE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new LabFailure("interrupted while waiting", e);
            }
        }
        return true;
    }
}
