package org.bellwether.engine.licence;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.placement.HostThread;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.CpuAffinity;
import org.junit.jupiter.api.Test;

/** What follows from what hosts say, and how it is told. */
class LicenceEvidenceTest {

    private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");
    private static final List<HostThread> THREADS = List.of(
            new HostThread(0, 0, 0, 0),
            new HostThread(1, 0, 1, 0),
            new HostThread(2, 0, 0, 0),
            new HostThread(3, 0, 1, 0));

    private static LicenceZone.DeclaredHost declared(String cpus) {
        return new LicenceZone.DeclaredHost(
                Id.random(), "host1", "4c4c", "Xeon", cpus, THREADS, NOON, "admin@internal");
    }

    private static Optional<CpuAffinity> said(String cpus) {
        return Optional.of(CpuAffinity.newBuilder().setCpus(cpus).setThreads(5).build());
    }

    @Test
    void one_thread_that_may_run_elsewhere_is_beyond() {
        var host = Optional.of(declared("0,2"));
        assertThat(WatchZones.verdict(host, THREADS, said("0"))).isEqualTo(LicenceRun.Verdict.WITHIN);
        assertThat(WatchZones.verdict(host, THREADS, said("0-2"))).isEqualTo(LicenceRun.Verdict.BEYOND);
        assertThat(WatchZones.verdict(host, THREADS, Optional.empty())).isEqualTo(LicenceRun.Verdict.UNPROVEN);
        assertThat(WatchZones.verdict(host, THREADS.subList(0, 3), said("0")))
                .as("the host has other processors than were declared")
                .isEqualTo(LicenceRun.Verdict.BEYOND);
        assertThat(WatchZones.verdict(Optional.empty(), THREADS, said("0"))).isEqualTo(LicenceRun.Verdict.BEYOND);
    }

    @Test
    void cores_are_counted_once_however_many_of_their_threads_are_declared() {
        assertThat(declared("0,2").declared()).isEqualTo(new HostThread.Extent(1, 1, 2));
        assertThat(declared("0-1").declared()).isEqualTo(new HostThread.Extent(1, 2, 2));
    }

    @Test
    void the_report_holds_every_run_and_leaves_acceptance_to_the_licensor() {
        var run = new LicenceRun(
                UUID.randomUUID(),
                UUID.randomUUID(),
                "=cmd|' /C calc'!A0",
                2,
                UUID.randomUUID(),
                "host1",
                "4c4c",
                "Xeon \"Gold\" <1>",
                "0,2",
                new HostThread.Extent(1, 1, 2),
                new HostThread.Extent(1, 2, 4),
                "0,2",
                5,
                List.of(),
                LicenceRun.Verdict.WITHIN,
                NOON,
                NOON.plusSeconds(3600));
        var report = new LicenceReport(
                "oracle",
                Optional.empty(),
                "Default",
                List.of(new LicenceChange(NOON, "admin@internal", "It grew.", true, "we bought more", "cores: 2")),
                List.of(run),
                NOON);
        assertThat(report.csv().lines()).hasSize(2);
        assertThat(report.csv())
                .contains("\"'=cmd|' /C calc'!A0\"")
                .contains("\"Xeon \"\"Gold\"\" <1>\"")
                .contains("\"1\",\"2\",\"4\",\"0,2\",\"1\",\"1\",\"2\",\"0,2\",\"within\"")
                .contains("\"2026-11-29 12:00:00\",\"2026-11-29 13:00:00\"");
        assertThat(report.page(LicenceWords.in("en")))
                .contains("for the licensor alone to say")
                .contains("we bought more")
                .contains("The zone was removed")
                .doesNotContain("<1>");
        assertThat(report.page(LicenceWords.in("de-CH"))).contains("entscheidet allein der Lizenzgeber", "innerhalb");
        var later = run.until(NOON.plusSeconds(7200));
        assertThat(run.same(later)).isTrue();
    }
}
