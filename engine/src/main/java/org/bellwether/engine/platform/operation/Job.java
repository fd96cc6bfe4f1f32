package org.bellwether.engine.platform.operation;

import java.time.Instant;
import java.util.Optional;
import org.bellwether.engine.platform.Id;

/** One run of an operation. */
public record Job(
        Id<Job> id,
        String correlationId,
        String kind,
        int version,
        String description,
        String request,
        String owner,
        Status status,
        Optional<String> error,
        Instant started,
        Instant updated,
        Optional<Instant> ended,
        boolean autoCleared) {

    /** The kind of what another program does and only tells of. */
    static final String EXTERNAL = "external";

    public boolean external() {
        return kind.equals(EXTERNAL);
    }

    public enum Status {
        STARTED,
        UNDOING,
        FINISHED,
        FAILED,
        ABORTED;

        boolean running() {
            return this == STARTED || this == UNDOING;
        }
    }
}
