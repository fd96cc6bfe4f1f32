package org.bellwether.engine.statistics;

import static org.jooq.impl.DSL.avg;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.inline;
import static org.jooq.impl.DSL.max;
import static org.jooq.impl.DSL.min;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** The history of what was measured, in the database: one row for an object and a stretch of time. */
final class StatisticsRepository {

    private static final int ROWS_AT_ONCE = 500;
    private static final Table<Record> SAMPLES = table(name("statistics_samples"));
    private static final Field<Integer> GRAIN = field(name("grain"), SQLDataType.INTEGER);
    private static final Field<UUID> SUBJECT = field(name("subject"), SQLDataType.UUID);
    private static final Field<OffsetDateTime> TIME = field(name("time"), SQLDataType.OFFSETDATETIME);
    private static final Map<Measure, Field<Double>> COLUMNS = new EnumMap<>(Measure.class);

    static {
        for (var measure : Measure.values()) {
            COLUMNS.put(measure, field(name(measure.word()), SQLDataType.DOUBLE));
        }
    }

    private static List<Field<?>> all() {
        return Stream.concat(
                        Stream.<Field<?>>of(GRAIN, SUBJECT, TIME),
                        Stream.of(Measure.values()).map(COLUMNS::get))
                .toList();
    }

    void insert(Transaction tx, Grain grain, List<Sample> samples) {
        for (int from = 0; from < samples.size(); from += ROWS_AT_ONCE) {
            var insert = tx.sql().insertInto(SAMPLES, all());
            for (var sample : samples.subList(from, Math.min(from + ROWS_AT_ONCE, samples.size()))) {
                var row = new ArrayList<@org.jspecify.annotations.Nullable Object>();
                row.add(grain.seconds());
                row.add(sample.subject());
                row.add(at(grain.start(sample.time())));
                for (var measure : Measure.values()) {
                    row.add(sample.values().get(measure));
                }
                insert = insert.values(row);
            }
            // After a restart a stretch may be measured twice; the first will do.
            insert.onConflictDoNothing().execute();
        }
    }

    /** Makes coarser rows of finer ones, of all stretches that have ended and that are not there yet; may be asked again. */
    void rollUp(Transaction tx, Grain grain, Instant now) {
        var finer = grain.finer();
        var newest = tx.sql()
                .select(max(TIME))
                .from(SAMPLES)
                .where(GRAIN.eq(grain.seconds()))
                .fetchOne(max(TIME));
        var from = Optional.ofNullable(newest).map(time -> time.plus(grain.length()));
        if (from.isEmpty()) {
            from = Optional.ofNullable(tx.sql()
                            .select(min(TIME))
                            .from(SAMPLES)
                            .where(GRAIN.eq(finer.seconds()))
                            .fetchOne(min(TIME)))
                    .map(oldest -> at(grain.start(oldest.toInstant())));
        }
        var to = at(grain.start(now));
        if (from.isEmpty() || !from.get().isBefore(to)) {
            return;
        }
        var stretch = field(
                "to_timestamp(floor(extract(epoch from {0}) / {1}) * {1})",
                SQLDataType.OFFSETDATETIME, TIME, inline(grain.seconds()));
        var columns = new ArrayList<Field<?>>(List.of(inline(grain.seconds()), SUBJECT, stretch));
        Stream.of(Measure.values())
                .map(measure -> avg(COLUMNS.get(measure)).cast(SQLDataType.REAL))
                .forEach(columns::add);
        tx.sql()
                .insertInto(SAMPLES, all())
                .select(tx.sql()
                        .select(columns)
                        .from(SAMPLES)
                        .where(GRAIN.eq(finer.seconds()), TIME.ge(from.get()), TIME.lt(to))
                        .groupBy(SUBJECT, stretch))
                .onConflictDoNothing()
                .execute();
    }

    void forget(Transaction tx, Grain grain, Instant now) {
        tx.sql()
                .deleteFrom(SAMPLES)
                .where(GRAIN.eq(grain.seconds()), TIME.lt(at(now.minus(grain.kept()))))
                .execute();
    }

    /** Oldest first. */
    List<Sample> since(DSLContext sql, UUID subject, Grain grain, Instant from) {
        return sql.select(all())
                .from(SAMPLES)
                .where(SUBJECT.eq(subject), GRAIN.eq(grain.seconds()), TIME.ge(at(from)))
                .orderBy(TIME)
                .fetch(row -> {
                    Map<Measure, Double> values = new EnumMap<>(Measure.class);
                    COLUMNS.forEach((measure, column) -> {
                        var value = row.get(column);
                        if (value != null) {
                            values.put(measure, value);
                        }
                    });
                    return new Sample(row.get(SUBJECT), row.get(TIME).toInstant(), values);
                });
    }

    private static OffsetDateTime at(Instant moment) {
        return moment.atOffset(ZoneOffset.UTC);
    }
}
