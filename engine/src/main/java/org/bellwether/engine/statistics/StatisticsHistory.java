package org.bellwether.engine.statistics;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bellwether.engine.platform.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what is measured, on a thread of its own: fine rows as they come, coarser ones made of them when their time
 * is over. What a restart leaves out is a gap, nothing else: every step looks at what is there.
 */
public final class StatisticsHistory implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(StatisticsHistory.class);

    /** Hosts report every few seconds after the engine's start; before that there is nothing to write. */
    private static final Duration FIRST = Duration.ofSeconds(8);

    private final Database database;
    private final Clock clock;
    private final Function<Instant, List<Sample>> measure;
    private final StatisticsRepository repository = new StatisticsRepository();
    private final Thread writer;
    private volatile Map<UUID, Sample> newest = Map.of();

    private StatisticsHistory(Database database, Clock clock, Function<Instant, List<Sample>> measure) {
        this.database = database;
        this.clock = clock;
        this.measure = measure;
        this.writer = Thread.ofVirtual().name("statistics history").unstarted(this::run);
    }

    public static StatisticsHistory start(Database database, Clock clock, Measurements measurements) {
        var history = new StatisticsHistory(database, clock, measurements::take);
        history.writer.start();
        return history;
    }

    /** Writes only when it is told to. */
    static StatisticsHistory unstarted(Database database, Clock clock, Function<Instant, List<Sample>> measure) {
        return new StatisticsHistory(database, clock, measure);
    }

    private void run() {
        var pause = FIRST;
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(pause);
            } catch (InterruptedException stopping) {
                return;
            }
            pause = Grain.FINE.length();
            try {
                write();
            } catch (RuntimeException failed) {
                // The history has a gap then; nothing depends on it.
                log.warn("The statistics could not be written down", failed);
            }
        }
    }

    /** Measures once, and rolls up what is due. */
    void write() {
        var now = clock.instant();
        var samples = measure.apply(now);
        newest = samples.stream().collect(Collectors.toUnmodifiableMap(Sample::subject, each -> each, (a, b) -> b));
        database.change(tx -> repository.insert(tx, Grain.FINE, samples));
        for (var grain : Grain.ROLLED_UP) {
            database.change(tx -> repository.rollUp(tx, grain, now));
        }
        for (var grain : Grain.values()) {
            database.change(tx -> repository.forget(tx, grain, now));
        }
    }

    /** What was measured last of every object of which anything was. */
    Map<UUID, Sample> newest() {
        return newest;
    }

    /** Oldest first, each at the beginning of its stretch. */
    List<Sample> of(UUID subject, Span span) {
        var from = clock.instant().minus(span.length());
        return database.read(sql -> {
            var rows = new ArrayList<>(repository.since(sql, subject, span.grain(), from));
            // The stretch that goes on has no row of its own yet: what it is made of continues the line.
            if (span.grain() != Grain.FINE) {
                var finer = span.grain().finer();
                var end = rows.isEmpty()
                        ? from
                        : rows.getLast().time().plus(span.grain().length());
                rows.addAll(repository.since(sql, subject, finer, end));
                if (finer != Grain.FINE) {
                    var last = rows.isEmpty() ? from : rows.getLast().time().plus(finer.length());
                    rows.addAll(repository.since(sql, subject, Grain.FINE, last));
                }
            }
            return List.copyOf(rows);
        });
    }

    @Override
    public void close() {
        writer.interrupt();
        try {
            writer.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
