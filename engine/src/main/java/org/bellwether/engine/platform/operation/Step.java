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
        Optional<Instant> ended,
        String type,
        boolean external) {

    /** The type of what a job really does. */
    static final String EXECUTING = "executing";

    public enum Status {
        STARTED,
        FINISHED,
        FAILED
    }
}
