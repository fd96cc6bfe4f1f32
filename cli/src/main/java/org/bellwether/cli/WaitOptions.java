package org.bellwether.cli;

import java.time.Duration;
import picocli.CommandLine.Option;

/** Whether a command waits for what it began, and for how long. */
final class WaitOptions {

    @Option(
            names = "--wait",
            negatable = true,
            defaultValue = "true",
            fallbackValue = "true",
            description = "Wait until it is done (the default), or only begin it.")
    boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description = "How long to wait at most; 300 unless told.")
    long seconds;

    Duration limit() {
        if (seconds <= 0) {
            throw CommandFailure.usage("--timeout takes a number of seconds above 0; --no-wait does not wait at all.");
        }
        return Duration.ofSeconds(seconds);
    }
}
