package org.bellwether.libvirt.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.DomainEvent;
import org.bellwether.libvirt.DomainState;
import org.bellwether.libvirt.ErrorCode;
import org.bellwether.libvirt.JobType;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.LifecycleDetail;
import org.bellwether.libvirt.Migration;
import org.bellwether.libvirt.StateReason;
import org.bellwether.libvirt.flags.JobStatsFlag;
import org.bellwether.libvirt.flags.MigrateFlag;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Machines move, live, between two daemons that share nothing but a directory. */
class MigrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private static PrivateLibvirtd here;
    private static PrivateLibvirtd there;
    private static Connection source;
    private static Connection destination;

    @BeforeAll
    static void start() throws Exception {
        here = PrivateLibvirtd.start("here");
        there = PrivateLibvirtd.start("there");
        source = here.open();
        destination = there.open();
    }

    @AfterAll
    static void stop() throws Exception {
        if (there != null) {
            destination.close();
            there.close();
        }
        if (here != null) {
            source.close();
            here.close();
        }
    }

    private static Migration.Builder live() {
        Path socket = there.directory()
                .resolve("memory-" + UUID.randomUUID().toString().substring(0, 8));
        return Migration.builder().flags(MigrateFlag.LIVE).migrateUri("unix://" + socket);
    }

    private static DomainState stateThere(UUID uuid) {
        try (var domain = destination.domain(uuid)) {
            return domain.status().state();
        }
    }

    @Test
    void a_machine_moves_by_its_hosts_own_daemon() {
        var events = new CopyOnWriteArrayList<DomainEvent>();
        var uuid = UUID.randomUUID();
        try (var _ = source.subscribe(events::add);
                var domain = source.define(Machines.xml("mover", uuid, ""))) {
            domain.create();
            domain.jobs()
                    .migrate(
                            there.uri(),
                            live().flags(
                                            MigrateFlag.PERSIST_DEST,
                                            MigrateFlag.UNDEFINE_SOURCE,
                                            MigrateFlag.AUTO_CONVERGE)
                                    .bandwidthMebibytes(512)
                                    .build());
            assertThat(source.findDomain(uuid)).isEmpty();
            try (var moved = destination.domain(uuid)) {
                assertThat(moved.status().state()).isEqualTo(DomainState.RUNNING);
                assertThat(moved.isPersistent()).isTrue();
                var statistics = moved.jobs().stats(JobStatsFlag.COMPLETED, JobStatsFlag.KEEP_COMPLETED);
                assertThat(statistics.type()).isEqualTo(JobType.COMPLETED);
                assertThat(statistics.values().number("memory_total").orElseThrow())
                        .isPositive();
                assertThat(statistics.values().has("downtime")).isTrue();
                moved.destroy();
                moved.undefine();
            }
            await().atMost(PATIENCE).untilAsserted(() -> {
                assertThat(events)
                        .anyMatch(event -> event instanceof DomainEvent.Lifecycle change
                                && change.detail() == LifecycleDetail.STOPPED_MIGRATED);
                assertThat(events).anyMatch(DomainEvent.MigrationIteration.class::isInstance);
                assertThat(events).anyMatch(DomainEvent.JobCompleted.class::isInstance);
            });
        }
    }

    @Test
    void a_machine_moves_steered_by_this_process() {
        var uuid = UUID.randomUUID();
        try (var domain = source.createTransient(Machines.xml("steered", uuid, ""));
                var moved = domain.jobs().migrate(destination, live().build())) {
            assertThat(moved.uuid()).isEqualTo(uuid);
            assertThat(moved.status().state()).isEqualTo(DomainState.RUNNING);
            moved.destroy();
        }
    }

    @Test
    void a_migration_is_watched_slowed_and_aborted_and_the_machine_goes_on_here() throws Exception {
        var uuid = UUID.randomUUID();
        // At one MiB a second it cannot be there before it is stopped.
        var memory = new byte[14 << 20];
        new Random(1).nextBytes(memory);
        Path file = Files.write(here.directory().resolve("memory"), memory);
        try (var domain = source.createTransient(Machines.full("stays", uuid, file))) {
            domain.jobs().setMaxDowntime(Duration.ofMillis(40));
            assertThat(domain.jobs().maxDowntime()).isEqualTo(Duration.ofMillis(40));
            var migration = CompletableFuture.runAsync(() -> domain.jobs()
                    .migrate(there.uri(), live().bandwidthMebibytes(1).build()));
            await().atMost(PATIENCE).until(() -> {
                var statistics = domain.jobs().stats();
                return statistics.type() == JobType.UNBOUNDED
                        && statistics.values().number("data_processed", 0) > 0;
            });
            domain.jobs().setMigrationSpeed(2);
            domain.jobs().abort();
            var failure = migration.handle((nothing, e) -> e.getCause()).get(90, TimeUnit.SECONDS);
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            LibvirtException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.OPERATION_ABORTED));
            assertThat(domain.status().state()).isEqualTo(DomainState.RUNNING);
            assertThat(destination.findDomain(uuid)).isEmpty();
            assertThat(domain.jobs().stats().type()).isEqualTo(JobType.NONE);
            domain.destroy();
        }
    }

    @Test
    void post_copy_runs_the_machine_there_before_its_memory() throws Exception {
        var uuid = UUID.randomUUID();
        try (var domain = source.createTransient(Machines.xml("late", uuid, ""))) {
            var migration = CompletableFuture.runAsync(() -> domain.jobs()
                    .migrate(
                            there.uri(),
                            live().flags(MigrateFlag.POSTCOPY)
                                    .bandwidthMebibytes(1)
                                    .build()));
            await().atMost(PATIENCE).until(() -> domain.jobs().stats().values().number("data_processed", 0) > 0);
            domain.jobs().startPostCopy();
            migration.get(90, TimeUnit.SECONDS);
            assertThat(source.findDomain(uuid)).isEmpty();
            assertThat(stateThere(uuid)).isEqualTo(DomainState.RUNNING);
            try (var moved = destination.domain(uuid)) {
                assertThat(moved.status().reason()).isIn(StateReason.RUNNING_MIGRATED, StateReason.RUNNING_UNPAUSED);
                moved.destroy();
            }
        }
    }

    @Test
    void a_destination_that_does_not_answer_leaves_the_machine_here() {
        try (Domain domain = source.createTransient(Machines.xml("nowhere", UUID.randomUUID(), ""))) {
            var failure = catchThrowableOfType(
                    LibvirtException.class,
                    () -> domain.jobs().migrate("qemu+unix:///system?socket=/nonexistent", live().build()));
            assertThat(failure.getMessage()).contains("/nonexistent");
            assertThat(domain.status().state()).isEqualTo(DomainState.RUNNING);
            domain.destroy();
        }
    }
}
