package org.bellwether.engine.event;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** Something that happened, as it stands in the log of events. */
public record LoggedEvent(
        long id,
        int code,
        String severity,
        Instant time,
        String message,
        String correlationId,
        Optional<String> userName,
        Optional<UUID> userId,
        Concerns concerns,
        String origin,
        long customId) {

    /** As the API calls what the engine itself says. */
    static final String OWN = "oVirt";
}
