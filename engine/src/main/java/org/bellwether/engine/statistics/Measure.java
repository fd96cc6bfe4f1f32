package org.bellwether.engine.statistics;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What is measured over time; each is a column of the history, and has its name. */
enum Measure {
    /** Of all processors that the object has. */
    CPU("percent"),
    CPUS("count"),
    /** Processors promised to machines that run. */
    CPUS_GIVEN("count"),
    MEMORY_USED("bytes"),
    MEMORY("bytes"),
    /** Memory promised to machines that run. */
    MEMORY_GIVEN("bytes"),
    RECEIVED("bytes_per_second"),
    SENT("bytes_per_second"),
    READ("bytes_per_second"),
    WRITTEN("bytes_per_second"),
    STORAGE_USED("bytes"),
    STORAGE("bytes");

    private final String unit;

    Measure(String unit) {
        this.unit = unit;
    }

    String unit() {
        return unit;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<Measure> of(String word) {
        return Stream.of(values()).filter(each -> each.word().equals(word)).findFirst();
    }
}
