package org.bellwether.engine.platform.http;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;

/**
 * Lets only so many requests be worked on at once. Virtual threads cost nothing while they wait, the memory of a thousand
 * half-built lists does. A turn is taken after the body is read and given back before the answer is written, so that slow
 * clients hold none.
 */
final class Turns {
    private final Semaphore free;
    private final Duration patience;

    Turns(int atOnce, Duration patience) {
        // Fair: otherwise a stream of quick requests could keep one waiting for ever.
        this.free = new Semaphore(atOnce, true);
        this.patience = patience;
    }

    <T> T take(Supplier<T> work) {
        try {
            if (!free.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS)) {
                throw Failure.unavailable("The engine has too much to do")
                        .undone("Nothing was changed")
                        .next("Try again in a moment");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("The engine is stopping")
                    .undone("Nothing was changed")
                    .next("Try again when it is back");
        }
        try {
            return work.get();
        } finally {
            free.release();
        }
    }
}
