package org.bellwether.engine.storage;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;

/** Waits generously: other builds may share the machine. */
final class Waiting {

    private Waiting() {}

    static void until(String what, Callable<Boolean> condition) {
        await(what).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(20)).until(condition);
    }
}
