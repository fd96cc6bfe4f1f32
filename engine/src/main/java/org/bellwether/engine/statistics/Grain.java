package org.bellwether.engine.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** How long one row of the history stands for, and how long it is kept. Each is made of the rows of the one before it. */
enum Grain {
    FINE(Duration.ofSeconds(30), Duration.ofHours(2)),
    MIDDLE(Duration.ofMinutes(5), Duration.ofHours(26)),
    COARSE(Duration.ofHours(1), Duration.ofDays(32));

    static final List<Grain> ROLLED_UP = List.of(MIDDLE, COARSE);

    private final Duration length;
    private final Duration kept;

    Grain(Duration length, Duration kept) {
        this.length = length;
        this.kept = kept;
    }

    Duration length() {
        return length;
    }

    Duration kept() {
        return kept;
    }

    int seconds() {
        return Math.toIntExact(length.toSeconds());
    }

    Grain finer() {
        return switch (this) {
            case FINE -> throw new IllegalStateException("nothing is finer");
            case MIDDLE -> FINE;
            case COARSE -> MIDDLE;
        };
    }

    /** When the stretch began in which a moment lies. */
    Instant start(Instant moment) {
        return Instant.ofEpochSecond(Math.floorDiv(moment.getEpochSecond(), length.toSeconds()) * length.toSeconds());
    }
}
