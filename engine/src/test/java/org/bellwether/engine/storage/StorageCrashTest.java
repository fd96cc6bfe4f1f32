package org.bellwether.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.storage.PretendEngine.ASKER;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bellwether.api.types.DiskFormat;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Step;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.template.CreateTemplate;
import org.bellwether.engine.template.Template;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Lets the engine die before, after and in between all steps of every operation on storage in turn. A new engine over the
 * same database must bring each to its end, with rows and storage saying the same and no lock left.
 */
class StorageCrashTest {

    @TempDir
    static Path folder;

    private static Database database;
    private static Authority authority;
    private static final PretendStorage storage = new PretendStorage();
    private static PretendHost host;
    private static Id<Cluster> cluster = Id.random();
    private static int number;

    @BeforeAll
    static void open() throws Exception {
        database = PretendEngine.database(folder);
        authority = Authority.open(folder.resolve("pki"), Clock.systemUTC());
        host = new PretendHost("one", "127.0.0.1", authority, storage);
    }

    @AfterAll
    static void close() {
        host.close();
        database.close();
    }

    @Test
    void adding_a_domain() {
        atEveryStep(engine -> {}, engine -> engine.add("first", host).job(), engine -> {
            var domain = only(engine);
            assertThat(domain.wanted()).isEqualTo(StorageDomain.Wanted.UNATTACHED);
            assertThat(storage.domains()).containsOnlyKeys(domain.id().toString());
        });
    }

    @Test
    void attaching_a_domain() {
        atEveryStep(
                engine -> engine.ended(engine.add("first", host).job()),
                engine -> engine.storage.attach(only(engine), engine.dataCenterOf(only(engine)), ASKER),
                engine -> {
                    var domain = only(engine);
                    assertThat(domain.wanted()).isEqualTo(StorageDomain.Wanted.ACTIVE);
                    assertThat(domain.master()).isTrue();
                    var metadata = storage.domain(domain.id());
                    assertThat(metadata.getMaster()).isTrue();
                    assertThat(metadata.getPoolId())
                            .isEqualTo(engine.dataCenterOf(domain).id().toString());
                });
    }

    @Test
    void deactivating_the_master() {
        atEveryStep(
                engine -> {
                    engine.attached("first", host);
                    engine.attached("second", host);
                },
                engine -> {
                    var first = named(engine, "first");
                    return engine.storage
                            .deactivate(first, engine.dataCenterOf(first), ASKER)
                            .orElseThrow();
                },
                engine -> {
                    var first = named(engine, "first");
                    var second = named(engine, "second");
                    assertThat(first.wanted()).isEqualTo(StorageDomain.Wanted.MAINTENANCE);
                    assertThat(first.master()).isFalse();
                    assertThat(second.master()).isTrue();
                    assertThat(storage.domain(first.id()).getMaster()).isFalse();
                    assertThat(storage.domain(second.id()).getMaster()).isTrue();
                    Waiting.until("the host let go of it", () -> {
                        host.report();
                        return !host.connectedTo("server:first");
                    });
                });
    }

    @Test
    void activating_a_domain() {
        atEveryStep(
                StorageCrashTest::inMaintenance,
                engine -> engine.storage
                        .activate(only(engine), engine.dataCenterOf(only(engine)), ASKER)
                        .orElseThrow(),
                engine -> {
                    assertThat(only(engine).wanted()).isEqualTo(StorageDomain.Wanted.ACTIVE);
                    assertThat(only(engine).master()).isTrue();
                });
    }

    @Test
    void detaching_a_domain() {
        atEveryStep(
                StorageCrashTest::inMaintenance,
                engine -> engine.storage.detach(only(engine), engine.dataCenterOf(only(engine)), ASKER),
                engine -> {
                    assertThat(only(engine).wanted()).isEqualTo(StorageDomain.Wanted.UNATTACHED);
                    assertThat(only(engine).dataCenterId()).isEmpty();
                    assertThat(storage.domain(only(engine).id()).getPoolId()).isEmpty();
                });
    }

    @Test
    void removing_a_domain() {
        atEveryStep(
                engine -> engine.ended(engine.add("first", host).job()),
                engine -> engine.storage.remove(only(engine), true, Optional.empty(), ASKER),
                engine -> {
                    assertThat(engine.domains.model().all()).isEmpty();
                    assertThat(storage.domains()).isEmpty();
                });
    }

    @Test
    void making_a_disk() {
        atEveryStep(
                engine -> engine.attached("first", host),
                engine -> engine.newDisks
                        .add(disk("first"), Optional.empty(), "", ASKER, (tx, made) -> {})
                        .job(),
                engine -> {
                    var disk = onlyDisk(engine);
                    assertThat(disk.state()).isEqualTo(Disk.State.OK);
                    assertThat(disk.actualBytes()).isEqualTo(4096);
                    assertThat(storage.volumes).hasSize(1);
                    assertThat(storage.volume(disk.id()).getLegal()).isTrue();
                });
    }

    @Test
    void extending_a_disk() {
        atEveryStep(
                StorageCrashTest::withDisk,
                engine -> engine.newDisks
                        .update(
                                onlyDisk(engine),
                                org.bellwether.api.types.Disk.builder()
                                        .provisionedSize(2L << 30)
                                        .build(),
                                ASKER)
                        .orElseThrow(),
                engine -> {
                    assertThat(onlyDisk(engine).provisionedBytes()).isEqualTo(2L << 30);
                    assertThat(storage.volumes.values()).allMatch(volume -> volume.getCapacityBytes() == 2L << 30);
                });
    }

    @Test
    void removing_a_disk() {
        atEveryStep(StorageCrashTest::withDisk, engine -> engine.newDisks.remove(onlyDisk(engine), ASKER), engine -> {
            assertThat(engine.disks.model().all()).isEmpty();
            assertThat(storage.volumes).isEmpty();
        });
    }

    @Test
    void making_a_template() {
        atEveryStep(StorageCrashTest::withDisk, StorageCrashTest::beginTemplate, engine -> {
            var template = engine.templates.model().named("tiny").getFirst();
            var attachment = engine.disks.ofTemplate(template.id()).iterator().next();
            assertThat(engine.disks.get(attachment.disk()).state()).isEqualTo(Disk.State.OK);
            assertThat(storage.volume(attachment.disk()).getShared()).isTrue();
            assertThat(storage.volumes).hasSize(2);
        });
    }

    @Test
    void moving_a_disk() {
        atEveryStep(
                StorageCrashTest::withDiskAndSecondDomain,
                engine -> engine.actions.move(onlyDisk(engine), named(engine, "second"), ASKER),
                StorageCrashTest::liesOnSecond);
    }

    @Test
    void moving_a_disk_under_a_running_machine() {
        atEveryStep(
                engine -> {
                    withDiskAndSecondDomain(engine);
                    var disk = onlyDisk(engine);
                    host.active.put(disk.id().toString(), Volumes.reference(disk));
                },
                engine -> {
                    var disk = onlyDisk(engine);
                    return engine.operations.begin(
                            engine.moveDisk,
                            new MoveDisk.Request(
                                    disk.id(),
                                    disk.name(),
                                    named(engine, "first").id(),
                                    named(engine, "second").id(),
                                    "second",
                                    Optional.of(new DiskUsers.Running(UUID.randomUUID(), "demo", Id.of(host.id))),
                                    ASKER),
                            ASKER);
                },
                engine -> {
                    liesOnSecond(engine);
                    assertThat(host.active)
                            .containsEntry(onlyDisk(engine).id().toString(), Volumes.reference(onlyDisk(engine)));
                });
    }

    private static void withDiskAndSecondDomain(PretendEngine engine) {
        withDisk(engine);
        engine.attached("second", host);
    }

    private static void liesOnSecond(PretendEngine engine) {
        var disk = onlyDisk(engine);
        assertThat(disk.domainId()).contains(named(engine, "second").id());
        assertThat(disk.state()).isEqualTo(Disk.State.OK);
        assertThat(storage.volumes).containsOnlyKeys(PretendStorage.key(Volumes.reference(disk)));
    }

    @Test
    void copying_a_disk() {
        atEveryStep(
                StorageCrashTest::withDiskAndSecondDomain,
                engine -> engine.actions
                        .copy(onlyDisk(engine), named(engine, "second"), Optional.of("copy"), ASKER)
                        .job(),
                engine -> {
                    assertThat(engine.disks.model().all()).hasSize(2).allSatisfy(disk -> {
                        assertThat(disk.state()).isEqualTo(Disk.State.OK);
                        assertThat(storage.volumes).containsKey(PretendStorage.key(Volumes.reference(disk)));
                    });
                    assertThat(storage.volumes).hasSize(2);
                });
    }

    @Test
    void converting_a_disk() {
        atEveryStep(
                StorageCrashTest::withDisk,
                engine -> engine.actions.convert(onlyDisk(engine), Disk.Format.RAW, true, ASKER),
                engine -> {
                    var disk = onlyDisk(engine);
                    assertThat(disk.format()).isEqualTo(Disk.Format.RAW);
                    assertThat(disk.state()).isEqualTo(Disk.State.OK);
                    assertThat(storage.volumes).containsOnlyKeys(PretendStorage.key(Volumes.reference(disk)));
                });
    }

    @Test
    void a_domain_on_which_others_work_is_not_attached() {
        fresh(engine -> engine.ended(engine.add("first", host).job()));
        host.live.add(org.bellwether.protocol.LiveHost.newBuilder()
                .setHostId(3)
                .setName("stranger")
                .build());
        try (var engine = new PretendEngine(database, authority, "").start()) {
            var job = engine.storage.attach(only(engine), engine.dataCenterOf(only(engine)), ASKER);
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> engine.ended(job))
                    .hasMessageContaining("stranger (host id 3)");
            assertThat(only(engine).wanted()).isEqualTo(StorageDomain.Wanted.UNATTACHED);
            assertThat(storage.domain(only(engine).id()).getPoolId()).isEmpty();
        }
    }

    @Test
    void a_move_that_fails_leaves_the_disk_where_it_was() {
        fresh(StorageCrashTest::withDiskAndSecondDomain);
        host.refuse("switchMirror", org.bellwether.protocol.Error.Code.REFUSED, "QEMU does not want to");
        try (var engine = new PretendEngine(database, authority, "").start()) {
            var disk = onlyDisk(engine);
            host.active.put(disk.id().toString(), Volumes.reference(disk));
            var job = engine.operations.begin(
                    engine.moveDisk,
                    new MoveDisk.Request(
                            disk.id(),
                            disk.name(),
                            named(engine, "first").id(),
                            named(engine, "second").id(),
                            "second",
                            Optional.of(new DiskUsers.Running(UUID.randomUUID(), "demo", Id.of(host.id))),
                            ASKER),
                    ASKER);
            org.assertj.core.api.Assertions.assertThatThrownBy(() -> engine.ended(job))
                    .hasMessageContaining("does not want");
            assertThat(onlyDisk(engine).domainId())
                    .contains(named(engine, "first").id());
            assertThat(storage.volumes).containsOnlyKeys(PretendStorage.key(Volumes.reference(disk)));
            assertThat(host.heard).contains("cancelMirror");
        }
    }

    @Test
    void an_upload_goes_on_after_the_engine_has_died_and_its_host_has_forgotten_it() {
        fresh(engine -> withDisk(engine));
        var first = new PretendEngine(database, authority, "").start();
        var id = beginUpload(first);
        Waiting.until("it is open", () -> first.sessions.of(id).isPresent());
        var address = first.sessions.of(id).orElseThrow().address();
        first.close();
        host.transfers.clear();

        try (var next = new PretendEngine(database, authority, "").start()) {
            Waiting.until("it is open again", () -> next.sessions.of(id).isPresent());
            assertThat(next.sessions.of(id).orElseThrow().address())
                    .as("the same ticket")
                    .isEqualTo(address);
            host.transfers.clear();
            Waiting.until("it is opened once more", () -> !host.transfers.isEmpty());
            assertThat(host.transfers.values()).allMatch(open -> open.getResumed());
            next.transfers.enter(id, ImageTransfer.Phase.FINALIZING_SUCCESS);
            Waiting.until("no lock is left", () -> !next.anyLockLeft());
            assertThat(onlyDisk(next).state()).isEqualTo(Disk.State.OK);
            assertThat(host.transfers).isEmpty();
            assertThat(next.transfers.get(id).phase()).isEqualTo(ImageTransfer.Phase.FINISHED_SUCCESS);
        }
    }

    @Test
    void an_upload_that_is_cancelled_while_the_engine_is_away_is_undone() {
        fresh(engine -> withDisk(engine));
        var first = new PretendEngine(database, authority, "").start();
        var id = beginUpload(first);
        Waiting.until("it is open", () -> first.sessions.of(id).isPresent());
        first.close();
        try (var next = new PretendEngine(database, authority, "")) {
            next.transfers.enter(id, ImageTransfer.Phase.CANCELLED_USER);
            next.start();
            Waiting.until("no lock is left", () -> !next.anyLockLeft());
            assertThat(next.disks.model().all()).isEmpty();
            assertThat(storage.volumes).isEmpty();
            assertThat(host.transfers).isEmpty();
        }
    }

    @Test
    void an_idle_upload_is_given_up_or_paused_as_its_policy_says() {
        fresh(engine -> withDisk(engine));
        try (var engine = new PretendEngine(database, authority, "").start()) {
            var paused = beginUpload(engine, ImageTransfer.Idle.PAUSE);
            Waiting.until("it is open", () -> engine.sessions.of(paused).isPresent());
            host.idleMillis = 3_600_000;
            Waiting.until(
                    "it is paused",
                    () -> engine.transfers.get(paused).phase() == ImageTransfer.Phase.PAUSED_SYSTEM
                            && host.transfers.values().stream().allMatch(open -> open.getPaused()));
            host.idleMillis = 0;
            engine.transfers.enter(paused, ImageTransfer.Phase.RESUMING);
            Waiting.until("it goes on", () -> engine.transfers.get(paused).phase() == ImageTransfer.Phase.TRANSFERRING);
            engine.transfers.enter(paused, ImageTransfer.Phase.FINALIZING_SUCCESS);
            Waiting.until("no lock is left", () -> !engine.anyLockLeft());

            var cancelled = beginUpload(engine);
            Waiting.until("it is open", () -> engine.sessions.of(cancelled).isPresent());
            host.idleMillis = 3_600_000;
            Waiting.until("no lock is left", () -> !engine.anyLockLeft());
            assertThat(engine.transfers.get(cancelled).phase()).isEqualTo(ImageTransfer.Phase.CANCELLED_SYSTEM);
            assertThat(engine.disks.model().all()).isEmpty();
            assertThat(engine.eventMessages()).anyMatch(message -> message.contains("no byte came or went"));
        }
    }

    private static Id<ImageTransfer> beginUpload(PretendEngine engine) {
        return beginUpload(engine, ImageTransfer.Idle.CANCEL);
    }

    private static Id<ImageTransfer> beginUpload(PretendEngine engine, ImageTransfer.Idle policy) {
        var disk = onlyDisk(engine);
        var transfer = new ImageTransfer(
                Id.random(),
                disk.name(),
                disk.id(),
                ImageTransfer.Direction.UPLOAD,
                ImageTransfer.Phase.INITIALIZING,
                60,
                Instant.now(),
                true,
                policy,
                null);
        engine.operations.begin(
                engine.transferImage,
                new TransferImage.Request(transfer.id(), disk.id(), disk.name(), true, null, ASKER),
                ASKER,
                tx -> {
                    engine.disks.update(tx, disk.id(), now -> now.in(Disk.State.LOCKED));
                    engine.transfers.insert(tx, transfer);
                });
        return transfer.id();
    }

    private static Job beginTemplate(PretendEngine engine) {
        var source = onlyDisk(engine);
        Id<Template> id = Id.random();
        var copy = new Disk(
                Id.random(),
                source.name(),
                source.domain(),
                UUID.randomUUID(),
                source.format(),
                true,
                source.provisionedBytes(),
                0,
                Disk.State.LOCKED,
                Instant.now(),
                source.spec());
        return engine.operations.begin(
                engine.createTemplate,
                new CreateTemplate.Request(
                        id,
                        "tiny",
                        UUID.randomUUID(),
                        "demo",
                        List.of(new CreateTemplate.Copy(source.id(), copy.id(), source.name())),
                        false,
                        ASKER),
                ASKER,
                tx -> {
                    engine.templates.insert(
                            tx,
                            new Template(
                                    id,
                                    "tiny",
                                    1,
                                    id,
                                    cluster,
                                    Instant.now(),
                                    org.bellwether.api.types.Template.builder().build()));
                    engine.disks.insert(tx, copy);
                    engine.disks.attach(
                            tx,
                            new DiskAttachment(
                                    Id.random(),
                                    copy.name(),
                                    null,
                                    id.value(),
                                    copy.id(),
                                    true,
                                    org.bellwether.api.types.DiskAttachment.builder()
                                            .build()));
                });
    }

    private static void inMaintenance(PretendEngine engine) {
        var domain = engine.attached("first", host);
        engine.ended(engine.storage
                .deactivate(domain, engine.dataCenterOf(domain), ASKER)
                .orElseThrow());
    }

    private static void withDisk(PretendEngine engine) {
        engine.attached("first", host);
        engine.ended(engine.newDisks
                .add(disk("first"), Optional.empty(), "", ASKER, (tx, made) -> {})
                .job());
    }

    private static org.bellwether.api.types.Disk disk(String domain) {
        return org.bellwether.api.types.Disk.builder()
                .name("data")
                .provisionedSize(1L << 30)
                .format(DiskFormat.COW)
                .storageDomains(List.of(org.bellwether.api.types.StorageDomain.builder()
                        .name(domain)
                        .build()))
                .build();
    }

    private static StorageDomain only(PretendEngine engine) {
        assertThat(engine.domains.model().all()).hasSize(1);
        return engine.domains.model().all().iterator().next();
    }

    private static StorageDomain named(PretendEngine engine, String name) {
        return engine.domains.model().named(name).getFirst();
    }

    private static Disk onlyDisk(PretendEngine engine) {
        assertThat(engine.disks.model().all()).hasSize(1);
        return engine.disks.model().all().iterator().next();
    }

    /** An empty database and empty storage, and then what {@code prepare} makes. */
    private static void fresh(Consumer<PretendEngine> prepare) {
        database.change(tx -> tx.sql()
                .execute(
                        "truncate events, locks, steps, jobs, storage_connections, image_transfers, disk_attachments, disks, templates,"
                                + " storage_domains, hosts, clusters, data_centers cascade"));
        storage.places.clear();
        storage.volumes.clear();
        storage.content.clear();
        host.reset();
        cluster = PretendEngine.cluster(database, "cluster-" + number++);
        PretendEngine.host(database, host, cluster);
        try (var engine = new PretendEngine(database, authority, "").start()) {
            prepare.accept(engine);
        }
    }

    private static void atEveryStep(
            Consumer<PretendEngine> prepare, Function<PretendEngine, Job> begin, Consumer<PretendEngine> check) {
        fresh(prepare);
        String kind;
        List<String> steps;
        try (var engine = new PretendEngine(database, authority, "").start()) {
            var job = begin.apply(engine);
            kind = job.kind();
            engine.ended(job);
            steps = engine.operations.steps(job.id()).stream().map(Step::name).toList();
            check.accept(engine);
        }
        var places = new ArrayList<String>();
        for (int i = 0; i < steps.size(); i++) {
            places.add(kind + "/" + steps.get(i) + "/before");
            places.add(kind + "/" + steps.get(i) + "/after");
        }
        places.add(kind + "/end/before");
        for (var place : places) {
            fresh(prepare);
            dieAt(place, begin);
            try (var next = new PretendEngine(database, authority, "").start()) {
                Waiting.until("no lock is left after " + place, () -> !next.anyLockLeft());
                check.accept(next);
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("after dying at " + place + ": " + e.getMessage(), e);
            }
        }
    }

    private static void dieAt(String place, Function<PretendEngine, Job> begin) {
        var engine = new PretendEngine(database, authority, place).start();
        var job = begin.apply(engine);
        Waiting.until(
                "dying at " + place,
                () -> engine.killed
                        || engine.operations
                                .find(job.id())
                                .filter(now -> now.status() == Job.Status.FINISHED)
                                .isPresent());
        engine.close();
    }
}
