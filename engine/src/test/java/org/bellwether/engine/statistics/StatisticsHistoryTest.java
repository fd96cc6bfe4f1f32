package org.bellwether.engine.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.platform.store.Database;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The history in a real PostgreSQL. */
final class StatisticsHistoryTest {

    private static final UUID HOST = UUID.randomUUID();
    private static final Instant BEGIN = Instant.parse("2030-01-01T10:00:00Z");

    @TempDir
    Path home;

    private Instant now = BEGIN;

    private StatisticsHistory history(Database database) {
        var clock = new Clock() {
            @Override
            public Instant instant() {
                return now;
            }

            @Override
            public java.time.ZoneId getZone() {
                return ZoneOffset.UTC;
            }

            @Override
            public Clock withZone(java.time.ZoneId zone) {
                return this;
            }
        };
        // The use of the processors is the minute of the hour.
        return StatisticsHistory.unstarted(
                database,
                clock,
                moment -> List.of(new Sample(
                        HOST,
                        moment,
                        Map.of(Measure.CPU, moment.getEpochSecond() / 60 % 60 * 1.0, Measure.MEMORY, 8e9))));
    }

    @Test
    void fine_rows_become_coarse_ones_and_go_and_a_restart_changes_nothing() {
        try (var database = Database.embedded(home.resolve("postgres"))) {
            var history = history(database);
            while (now.isBefore(BEGIN.plus(Duration.ofHours(3)))) {
                history.write();
                if (now.equals(BEGIN.plus(Duration.ofMinutes(7)))) {
                    // Killed here, started again: measures the same stretch twice.
                    history = history(database);
                    history.write();
                }
                now = now.plusSeconds(30);
            }
            assertThat(history.of(HOST, Span.HOUR)).hasSize(120);
            var day = history.of(HOST, Span.DAY);
            assertThat(day.getFirst().time()).isEqualTo(BEGIN);
            assertThat(day.getFirst().value(Measure.CPU)).hasValueCloseTo(2.0, within(1e-3));
            assertThat(day.getFirst().value(Measure.MEMORY)).hasValueCloseTo(8e9, within(1e3));
            assertThat(day.getFirst().value(Measure.SENT)).isEmpty();
            // Whole stretches of five minutes, and the one that goes on finely.
            assertThat(day).hasSize(35 + 10);
            assertThat(day).extracting(Sample::time).isSorted().doesNotHaveDuplicates();

            var month = history.of(HOST, Span.MONTH);
            assertThat(month.getFirst().value(Measure.CPU)).hasValueCloseTo(29.5, within(1e-3));
            assertThat(month).extracting(Sample::time).isSorted().doesNotHaveDuplicates();
            assertThat(database.<List<Sample>>read(
                            sql -> new StatisticsRepository().since(sql, HOST, Grain.FINE, Instant.EPOCH)))
                    .as("fine rows are kept for two hours")
                    .hasSize(2 * 120 + 1);

            now = now.plus(Duration.ofDays(40));
            history.write();
            assertThat(history.of(HOST, Span.MONTH)).hasSize(1);
        }
    }

    @Test
    void a_cluster_is_the_sum_of_its_hosts_weighed_by_their_processors() {
        var sum = new Sample.Sum();
        sum.add(new Sample(HOST, BEGIN, Map.of(Measure.CPU, 100.0, Measure.CPUS, 1.0, Measure.MEMORY, 1e9)));
        sum.add(new Sample(HOST, BEGIN, Map.of(Measure.CPU, 0.0, Measure.CPUS, 3.0, Measure.MEMORY, 2e9)));
        var cluster = sum.of(HOST, BEGIN);
        assertThat(cluster.value(Measure.CPU)).hasValue(25);
        assertThat(cluster.value(Measure.CPUS)).hasValue(4);
        assertThat(cluster.value(Measure.MEMORY)).hasValue(3e9);
    }

    @Test
    void counters_become_rates_and_one_that_began_anew_is_no_rate() {
        var traffic = new Traffic();
        assertThat(traffic.of(HOST, BEGIN, 100, 10)).isEmpty();
        assertThat(traffic.of(HOST, BEGIN.plusSeconds(10), 1100, 10)).contains(new Traffic.Rate(100, 0));
        assertThat(traffic.of(HOST, BEGIN.plusSeconds(20), 5, 5)).isEmpty();
        assertThat(traffic.of(HOST, BEGIN.plusSeconds(20), 6, 6)).isEmpty();
        assertThat(traffic.of(HOST, BEGIN.plusSeconds(30), 106, 6)).contains(new Traffic.Rate(10, 0));
    }
}
