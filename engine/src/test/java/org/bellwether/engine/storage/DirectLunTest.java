package org.bellwether.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bellwether.engine.storage.PretendEngine.ASKER;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.bellwether.api.types.DiskStorageType;
import org.bellwether.api.types.HostStorage;
import org.bellwether.api.types.LogicalUnit;
import org.bellwether.api.types.StorageDomainStatus;
import org.bellwether.api.types.StorageType;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.SealingKey;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.IscsiTarget;
import org.bellwether.protocol.Lun;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** LUNs: as disks, each of one user at most, and as parts of domains that lose some of them. */
class DirectLunTest {

    private static final String TARGET = "iqn.2026-01.org.example:gold";
    private static final long BYTES = 20L << 30;

    @TempDir
    static Path folder;

    private static Database database;
    private static Authority authority;
    private static int number;

    private final PretendStorage storage = new PretendStorage();
    private Id<Cluster> cluster;
    private PretendHost one;
    private PretendHost two;
    private PretendEngine engine;

    @BeforeAll
    static void openDatabase() {
        SealingKey.take(folder.resolve("secrets.key"));
        database = PretendEngine.database(folder);
        authority = Authority.open(folder.resolve("pki"), Clock.systemUTC());
    }

    @AfterAll
    static void closeDatabase() {
        database.close();
    }

    @BeforeEach
    void start() throws Exception {
        database.change(tx -> tx.sql()
                .execute("truncate events, locks, steps, jobs, image_transfers, disk_attachments, disks,"
                        + " storage_connections, storage_domains, hosts, clusters, data_centers cascade"));
        cluster = PretendEngine.cluster(database, "cluster-" + number++);
        one = new PretendHost("one", "127.0.0.1", authority, storage);
        two = new PretendHost("two", "127.0.0.2", authority, storage);
        PretendEngine.host(database, one, cluster);
        PretendEngine.host(database, two, cluster);
        engine = new PretendEngine(database, authority, "").start();
        for (String id : List.of("3600a", "3600b", "3600c")) {
            storage.luns.put(id, Lun.newBuilder().setId(id).setBytes(BYTES).build());
        }
    }

    @AfterEach
    void stop() {
        engine.close();
        one.close();
        two.close();
    }

    private static org.bellwether.api.types.Disk wish(LogicalUnit unit) {
        return org.bellwether.api.types.Disk.builder()
                .name("gold")
                .lunStorage(HostStorage.builder().logicalUnits(List.of(unit)).build())
                .build();
    }

    private static LogicalUnit unit(String id) {
        return LogicalUnit.builder().id(id).build();
    }

    private Disk add(LogicalUnit unit) {
        return engine.luns.add(wish(unit), Optional.of(cluster), "", ASKER, (tx, disk) -> {});
    }

    private NewStorageDomains.Begun domain(String name, String... ids) {
        return engine.storage.add(
                org.bellwether.api.types.StorageDomain.builder()
                        .name(name)
                        .host(org.bellwether.api.types.Host.builder()
                                .id(one.id.toString())
                                .build())
                        .storage(HostStorage.builder()
                                .type(StorageType.FCP)
                                .logicalUnits(Arrays.stream(ids)
                                        .map(DirectLunTest::unit)
                                        .toList())
                                .build())
                        .build(),
                ASKER);
    }

    @Test
    void a_lun_becomes_a_disk_of_its_size_and_only_once() {
        var disk = add(unit("3600a"));
        var shown = DiskDocuments.of(engine.disks.get(disk.id()));
        assertThat(shown.storageType()).isEqualTo(DiskStorageType.LUN);
        assertThat(shown.provisionedSize()).isEqualTo(BYTES);
        assertThat(engine.disks.get(disk.id()).lunId()).contains("3600a");
        assertThat(engine.disks.get(disk.id()).lun().map(HostStorage::type)).contains(StorageType.FCP);
        assertThatThrownBy(() -> add(unit("3600a")))
                .hasMessageContaining("3600a is not free")
                .hasMessageContaining("gold");
        assertThatThrownBy(() -> add(unit("3600x"))).hasMessageContaining("does not see the LUN 3600x");
        storage.luns.put("3600h", Lun.newBuilder().setId("3600h").setHeld(true).build());
        assertThatThrownBy(() -> add(unit("3600h"))).hasMessageContaining("The host itself uses it");
        assertThat(engine.disks.model().all()).hasSize(1);
    }

    @Test
    void of_many_who_want_one_at_once_one_gets_it() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Callable<Boolean> attempt = () -> {
                try {
                    add(unit("3600a"));
                    return true;
                } catch (Failure refused) {
                    return false;
                }
            };
            long won = 0;
            for (var each : threads.invokeAll(java.util.Collections.nCopies(8, attempt))) {
                won += each.get() ? 1 : 0;
            }
            assertThat(won).isEqualTo(1);
        }
        assertThat(engine.disks.model().all()).hasSize(1);
    }

    @Test
    void what_a_domain_has_is_no_disk_and_what_a_disk_is_goes_to_no_domain() {
        engine.ended(domain("block", "3600a").job());
        assertThatThrownBy(() -> add(unit("3600a"))).hasMessageContaining("The storage domain block has it");
        add(unit("3600b"));
        assertThatThrownBy(() -> domain("other", "3600b")).hasMessageContaining("The disk gold is that LUN");
        var block = engine.domains.model().named("block").iterator().next();
        engine.ended(engine.storage.attach(block, engine.dataCenterOf(block), ASKER));
        assertThatThrownBy(() -> engine.domainLuns.extend(
                        engine.domains.get(block.id()),
                        HostStorage.builder()
                                .logicalUnits(List.of(unit("3600b")))
                                .build(),
                        ASKER))
                .hasMessageContaining("The disk gold is that LUN");
        assertThat(one.heard).doesNotContain("extendDomain");
        // One that belongs to a domain of somebody else is none either.
        storage.luns.computeIfPresent(
                "3600c", (id, lun) -> lun.toBuilder().setDomainId("elsewhere").build());
        assertThatThrownBy(() -> add(unit("3600c"))).hasMessageContaining("a part of the storage domain elsewhere");
    }

    @Test
    void hosts_log_in_with_the_password_that_was_given_once_and_the_disk_does_not_tell_it() {
        storage.luns.put(
                "3600i",
                Lun.newBuilder()
                        .setId("3600i")
                        .setBytes(BYTES)
                        .addTargets(IscsiTarget.newBuilder()
                                .setAddress("10.0.0.9")
                                .setPort(3260)
                                .setTarget(TARGET))
                        .build());
        var disk = add(LogicalUnit.builder()
                .id("3600i")
                .address("10.0.0.9")
                .target(TARGET)
                .username("flock")
                .password("grey-wether")
                .build());
        assertThat(one.heard).contains("loginTarget flock:grey-wether");
        engine.luns.connect(Id.of(two.id), engine.disks.get(disk.id()));
        assertThat(two.heard).contains("loginTarget flock:grey-wether");
        assertThat(database.<List<String>>read(sql -> sql.resultQuery("select body::text from disks union all"
                                + " select body::text from storage_connections")
                        .fetchInto(String.class)))
                .hasSize(2)
                .noneMatch(row -> row.contains("grey"));
        two.refuse("loginTarget flock:grey-wether", Error.Code.UNREACHABLE, "nobody answers there");
        assertThatThrownBy(() -> engine.luns.connect(Id.of(two.id), engine.disks.get(disk.id())))
                .hasMessageContaining("Nobody answers there");
    }

    @Test
    void what_is_on_a_lun_is_not_the_engines() {
        var disk = add(unit("3600a"));
        var shared = engine.attached("files", one);
        assertThatThrownBy(() -> engine.actions.move(disk, shared, ASKER)).hasMessageContaining("It is a LUN");
        assertThatThrownBy(() -> engine.actions.copy(disk, shared, Optional.empty(), ASKER))
                .hasMessageContaining("It is a LUN");
        assertThatThrownBy(() -> engine.actions.sparsify(disk, ASKER)).hasMessageContaining("It is a LUN");
        assertThatThrownBy(() -> engine.actions.convert(disk, Disk.Format.COW, true, ASKER))
                .hasMessageContaining("It is a LUN");
        var larger = org.bellwether.api.types.Disk.builder()
                .provisionedSize(2 * BYTES)
                .build();
        assertThatThrownBy(() -> engine.newDisks.update(disk, larger, ASKER)).hasMessageContaining("refreshlun");
        var wiped = wish(unit("3600b")).toBuilder().wipeAfterDelete(true).build();
        assertThatThrownBy(() -> engine.luns.add(wiped, Optional.of(cluster), "", ASKER, (tx, any) -> {}))
                .hasMessageContaining("not wiped");

        storage.luns.put(
                "3600a", Lun.newBuilder().setId("3600a").setBytes(2 * BYTES).build());
        engine.luns.refresh(disk, engine.hosts.get(Id.of(one.id)), ASKER);
        assertThat(engine.disks.get(disk.id()).provisionedBytes()).isEqualTo(2 * BYTES);
        assertThat(two.heard).noneMatch(call -> call.startsWith("refreshLun"));

        engine.ended(engine.newDisks.remove(engine.disks.get(disk.id()), ASKER));
        assertThat(engine.disks.model().find(disk.id())).isEmpty();
        assertThat(one.heard).doesNotContain("deleteImage");
        assertThat(two.heard).doesNotContain("deleteImage");
        add(unit("3600a"));
    }

    @Test
    void a_machine_sees_that_its_lun_has_grown_while_it_runs() {
        var disk = add(unit("3600a"));
        var machine = UUID.randomUUID();
        engine.machines.put(machine, new DiskUsers.Machine("demo", Optional.of(Id.of(two.id))));
        database.change(tx -> {
            // Rows of machines are not storage's; the database only wants to see one.
            tx.sql().execute("set local session_replication_role = replica");
            engine.disks.attach(
                    tx,
                    new DiskAttachment(
                            Id.random(),
                            "demo",
                            machine,
                            null,
                            disk.id(),
                            true,
                            org.bellwether.api.types.DiskAttachment.builder().build()));
        });
        storage.luns.put(
                "3600a", Lun.newBuilder().setId("3600a").setBytes(2 * BYTES).build());
        two.refuse("refreshLun " + machine, Error.Code.WRONG_STATE, "The machine is paused");
        assertThatThrownBy(() -> engine.luns.refresh(disk, engine.hosts.get(Id.of(one.id)), ASKER))
                .hasMessageContaining("is paused");
        assertThat(engine.disks.get(disk.id()).provisionedBytes())
                .as("nobody says that it has grown while its machine does not see it")
                .isEqualTo(BYTES);
        two.refusals.clear();
        engine.luns.refresh(disk, engine.hosts.get(Id.of(one.id)), ASKER);
        assertThat(two.heard).contains("refreshLun " + machine);
        assertThat(engine.disks.get(disk.id()).provisionedBytes()).isEqualTo(2 * BYTES);
    }

    private StorageDomain inMaintenance() {
        engine.ended(domain("block", "3600a", "3600b").job());
        var block = engine.domains.model().named("block").iterator().next();
        engine.ended(engine.storage.attach(block, engine.dataCenterOf(block), ASKER));
        assertThatThrownBy(
                        () -> engine.domainLuns.reduce(engine.domains.get(block.id()), List.of(unit("3600b")), ASKER))
                .hasMessageContaining("It is not in maintenance");
        engine.ended(engine.storage
                .deactivate(engine.domains.get(block.id()), engine.dataCenterOf(block), ASKER)
                .orElseThrow());
        return engine.domains.get(block.id());
    }

    private void reduced(StorageDomain block) {
        var now = engine.domains.get(block.id());
        assertThat(now.connection().network().lunIds()).containsExactly("3600a");
        assertThat(engine.observed.status(now)).isEqualTo(StorageDomainStatus.MAINTENANCE);
        assertThat(engine.anyLockLeft()).isFalse();
        assertThat(storage.luns.getOrDefault("3600b", Lun.getDefaultInstance()).getDomainId())
                .isEmpty();
        Waiting.until("the host let go of it", () -> {
            one.report();
            return !one.connectedTo(":" + block.id());
        });
        add(unit("3600b"));
    }

    @Test
    void a_domain_loses_a_lun_in_maintenance_which_is_free_then() {
        var block = inMaintenance();
        assertThatThrownBy(() -> engine.domainLuns.reduce(block, List.of(unit("3600a"), unit("3600b")), ASKER))
                .hasMessageContaining("cannot lose all");
        assertThatThrownBy(() -> engine.domainLuns.reduce(block, List.of(unit("3600c")), ASKER))
                .hasMessageContaining("has no LUN 3600c");
        assertThatThrownBy(() -> engine.domainLuns.reduce(block, List.of(), ASKER))
                .hasMessageContaining("not said");
        engine.ended(engine.domainLuns.reduce(block, List.of(unit("3600b")), ASKER));
        reduced(block);
        assertThat(engine.eventMessages())
                .anyMatch(message -> message.startsWith("1211 "))
                .anyMatch(message -> message.startsWith("1214 "));
    }

    @Test
    void losing_a_lun_that_fails_leaves_the_domain_as_it_was_and_can_be_repeated() {
        var block = inMaintenance();
        one.refuse("reduceDomain", Error.Code.NO_SPACE, "The other LUNs have no room");
        var job = engine.domainLuns.reduce(block, List.of(unit("3600b")), ASKER);
        assertThatThrownBy(() -> engine.ended(job)).hasMessageContaining("no room");
        assertThat(engine.domains.get(block.id()).connection().network().lunIds())
                .containsExactly("3600a", "3600b");
        assertThat(engine.anyLockLeft()).isFalse();
        one.refusals.clear();
        engine.ended(engine.domainLuns.reduce(engine.domains.get(block.id()), List.of(unit("3600b")), ASKER));
        reduced(block);
    }

    @Test
    void an_engine_that_dies_while_a_domain_loses_a_lun_goes_on_with_that() {
        for (String moment : List.of("before", "recorded")) {
            for (String step :
                    List.of("move what lies on them and take them out", "see what is left", "write it down")) {
                var block = inMaintenance();
                engine.close();
                engine = new PretendEngine(database, authority, "reduce-storage-domain/" + step + "/" + moment).start();
                engine.domainLuns.reduce(engine.domains.get(block.id()), List.of(unit("3600b")), ASKER);
                Waiting.until("it is dead " + moment + " " + step, () -> engine.killed);
                engine.close();
                engine = new PretendEngine(database, authority, "").start();
                Waiting.until("it has ended", () -> !engine.anyLockLeft());
                reduced(block);
                engine.disks.model().all().forEach(disk -> engine.ended(engine.newDisks.remove(disk, ASKER)));
                engine.storage.destroy(engine.domains.get(block.id()), ASKER);
                storage.luns.put(
                        "3600a", Lun.newBuilder().setId("3600a").setBytes(BYTES).build());
            }
        }
    }
}
