package org.bellwether.engine.storage;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits generously: other builds may share the machine. */
final class Waiting {

    private Waiting() {}

    static void until(String what, Callable<Boolean> condition) {
        // Engines that die on purpose die by an error nobody catches.
        await(what)
                .dontCatchUncaughtExceptions()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(20))
                .until(condition);
    }
}
