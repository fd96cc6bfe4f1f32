package org.bellwether.engine.platform.operation;

import java.time.Instant;
import java.util.Optional;

/** One step of a job, in the journal. */
public record Step(
        int number,
        String name,
        Status status,
        Optional<String> outcome,
        Optional<String> error,
        Instant started,
        Optional<Instant> ended) {

    public enum Status {
        STARTED,
        FINISHED,
        FAILED
    }
}
