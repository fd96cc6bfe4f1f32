package org.bellwether.engine.statistics;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** How far back somebody looks, and at which grain. */
enum Span {
    HOUR(Duration.ofHours(1), Grain.FINE),
    DAY(Duration.ofDays(1), Grain.MIDDLE),
    WEEK(Duration.ofDays(7), Grain.COARSE),
    MONTH(Duration.ofDays(31), Grain.COARSE);

    private final Duration length;
    private final Grain grain;

    Span(Duration length, Grain grain) {
        this.length = length;
        this.grain = grain;
    }

    Duration length() {
        return length;
    }

    Grain grain() {
        return grain;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Span> of(String word) {
        return Stream.of(values()).filter(each -> each.word().equals(word)).findFirst();
    }
}
