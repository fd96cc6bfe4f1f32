package org.bellwether.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bellwether.engine.storage.PretendEngine.ASKER;

import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.DataCenterStatus;
import org.bellwether.api.types.StorageDomainStatus;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.Error;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StorageDomainLifeTest {

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
                .execute(
                        "truncate events, locks, steps, jobs, image_transfers, disk_attachments, disks, storage_domains,"
                                + " hosts, clusters, data_centers cascade"));
        cluster = PretendEngine.cluster(database, "cluster-" + number++);
        one = new PretendHost("one", "127.0.0.1", authority, storage);
        two = new PretendHost("two", "127.0.0.2", authority, storage);
        PretendEngine.host(database, one, cluster);
        PretendEngine.host(database, two, cluster);
        engine = new PretendEngine(database, authority, "").start();
    }

    @AfterEach
    void stop() {
        engine.close();
        one.close();
        two.close();
    }

    @Test
    void a_new_domain_is_free_and_a_first_attached_one_is_master_and_connected_everywhere() {
        var begun = engine.add("first", one);
        engine.ended(begun.job());
        var domain = engine.domains.get(begun.domain());
        assertThat(engine.observed.status(domain)).isEqualTo(StorageDomainStatus.UNATTACHED);
        assertThat(storage.domain(domain.id()).getPoolId()).isEmpty();

        var dataCenter = engine.dataCenterOf(domain);
        assertThat(engine.observed.status(dataCenter.id())).isEqualTo(DataCenterStatus.UNINITIALIZED);
        engine.ended(engine.storage.attach(domain, dataCenter, ASKER));
        Waiting.until(
                "it is active",
                () -> engine.observed.status(engine.domains.get(domain.id())) == StorageDomainStatus.ACTIVE);
        assertThat(engine.domains.get(domain.id()).master()).isTrue();
        var metadata = storage.domain(domain.id());
        assertThat(metadata.getPoolId()).isEqualTo(dataCenter.id().toString());
        assertThat(metadata.getMaster()).isTrue();
        assertThat(one.connectedTo("server:first")).isTrue();
        assertThat(two.connectedTo("server:first")).isTrue();
        assertThat(engine.observed.status(dataCenter.id())).isEqualTo(DataCenterStatus.UP);
        assertThat(engine.observed.spm(dataCenter.id())).contains(Id.of(one.id));
        assertThat(engine.eventMessages()).anyMatch(message -> message.startsWith("962 "));
        assertThat(engine.anyLockLeft()).isFalse();
    }

    @Test
    void the_role_of_master_moves_when_the_master_leaves_and_the_domain_can_be_removed() {
        var first = engine.attached("first", one);
        var second = engine.attached("second", one);
        assertThat(second.master()).isFalse();

        engine.ended(engine.storage
                .deactivate(first, engine.dataCenterOf(first), ASKER)
                .orElseThrow());
        assertThat(engine.domains.get(first.id()).master()).isFalse();
        assertThat(engine.domains.get(second.id()).master()).isTrue();
        assertThat(storage.domain(first.id()).getMaster()).isFalse();
        assertThat(storage.domain(second.id()).getMaster()).isTrue();
        assertThat(two.connectedTo("server:first")).isFalse();
        assertThat(engine.observed.status(engine.domains.get(first.id()))).isEqualTo(StorageDomainStatus.MAINTENANCE);

        var inMaintenance = engine.domains.get(first.id());
        engine.ended(engine.storage.detach(inMaintenance, engine.dataCenterOf(first), ASKER));
        assertThat(storage.domain(first.id()).getPoolId()).isEmpty();
        engine.ended(engine.storage.remove(engine.domains.get(first.id()), true, Optional.empty(), ASKER));
        assertThat(storage.domains()).containsOnlyKeys(second.id().toString());
        assertThat(engine.domains.model().find(first.id())).isEmpty();
    }

    @Test
    void a_domain_comes_back_from_maintenance() {
        var domain = engine.attached("first", one);
        engine.ended(engine.storage
                .deactivate(domain, engine.dataCenterOf(domain), ASKER)
                .orElseThrow());
        assertThat(engine.observed.status(engine.dataCenterOf(domain).id())).isEqualTo(DataCenterStatus.MAINTENANCE);
        assertThat(engine.storage.deactivate(engine.domains.get(domain.id()), engine.dataCenterOf(domain), ASKER))
                .isEmpty();
        engine.ended(engine.storage
                .activate(engine.domains.get(domain.id()), engine.dataCenterOf(domain), ASKER)
                .orElseThrow());
        Waiting.until(
                "it is active",
                () -> engine.observed.status(engine.domains.get(domain.id())) == StorageDomainStatus.ACTIVE);
        assertThat(engine.domains.get(domain.id()).master()).isTrue();
    }

    @Test
    void a_host_that_tells_of_a_domain_in_maintenance_lets_go_of_it_the_second_time() throws InterruptedException {
        var domain = engine.attached("first", one);
        engine.ended(engine.storage
                .deactivate(domain, engine.dataCenterOf(domain), ASKER)
                .orElseThrow());
        two.keeps("server:first");
        two.report();
        Thread.sleep(300);
        assertThat(two.connectedTo("server:first"))
                .as("the first report may be older than what the host did since")
                .isTrue();
        two.report();
        Waiting.until("it lets go", () -> !two.connectedTo("server:first"));
    }

    @Test
    void a_domain_that_running_machines_use_stays_and_they_are_named() {
        var domain = engine.attached("first", one);
        var disk = engine.newDisks.add(disk(domain), Optional.empty(), "data", ASKER, (tx, made) -> {});
        engine.ended(disk.job());
        machineWith(disk.disk().id(), "busy", Optional.of(one));
        assertThatThrownBy(() -> engine.storage.deactivate(domain, engine.dataCenterOf(domain), ASKER))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("busy");
        assertThat(engine.domains.get(domain.id()).wanted()).isEqualTo(StorageDomain.Wanted.ACTIVE);
        assertThatThrownBy(() -> engine.newDisks.remove(disk.disk(), ASKER)).hasMessageContaining("busy");
    }

    /** Rows of machines are not storage's; the database only wants to see one. */
    private void machineWith(Id<Disk> disk, String name, Optional<PretendHost> host) {
        var id = UUID.randomUUID();
        database.change(tx -> {
            tx.sql().execute("set local session_replication_role = replica");
            engine.disks.attach(
                    tx,
                    new DiskAttachment(
                            Id.random(),
                            name,
                            id,
                            null,
                            disk,
                            true,
                            org.bellwether.api.types.DiskAttachment.builder().build()));
        });
        engine.machines.put(id, new DiskUsers.Machine(name, host.map(each -> Id.of(each.id))));
    }

    private static org.bellwether.api.types.Disk disk(StorageDomain domain) {
        return org.bellwether.api.types.Disk.builder()
                .name("data")
                .provisionedSize(1L << 30)
                .format(org.bellwether.api.types.DiskFormat.COW)
                .storageDomains(List.of(org.bellwether.api.types.StorageDomain.builder()
                        .name(domain.name())
                        .build()))
                .build();
    }

    @Test
    void a_layout_that_fails_leaves_nothing_behind() {
        one.refuse("createDomain", Error.Code.NO_SPACE, "The volume is full");
        var begun = engine.add("first", one);
        assertThatThrownBy(() -> engine.ended(begun.job())).hasMessageContaining("The volume is full");
        assertThat(engine.domains.model().all()).isEmpty();
        assertThat(storage.domains()).isEmpty();
        assertThat(one.connectedTo("server:first")).isFalse();
        assertThat(engine.eventMessages()).anyMatch(message -> message.startsWith("957 "));
        one.refusals.clear();
        engine.ended(engine.add("first", one).job());
    }

    @Test
    void a_domain_of_another_data_center_is_not_taken() {
        var begun = engine.add("first", one);
        engine.ended(begun.job());
        var domain = engine.domains.get(begun.domain());
        storage.at("server:first")
                .computeIfPresent(
                        domain.id().toString(),
                        (id, before) -> before.toBuilder()
                                .setPoolId(UUID.randomUUID().toString())
                                .build());
        var job = engine.storage.attach(domain, engine.dataCenterOf(domain), ASKER);
        assertThatThrownBy(() -> engine.ended(job)).hasMessageContaining("still belongs to another data center");
        assertThat(engine.domains.get(domain.id()).wanted()).isEqualTo(StorageDomain.Wanted.UNATTACHED);
    }

    @Test
    void a_domain_of_another_cluster_is_refused_in_words() {
        var begun = engine.add("first", one);
        engine.ended(begun.job());
        var domain = engine.domains.get(begun.domain());
        var elsewhere = PretendEngine.cluster(database, "elsewhere");
        engine.clusters.load();
        engine.dataCenters.load();
        var other = engine.dataCenters.get(
                engine.clusters.get(elsewhere).dataCenterId().orElseThrow());
        assertThatThrownBy(() -> engine.storage.attach(domain, other, ASKER))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("belongs to the cluster");
    }

    @Test
    void one_place_has_one_domain_and_a_known_one_is_not_imported_again() {
        engine.ended(engine.add("first", one).job());
        assertThatThrownBy(() -> engine.add("first", one)).hasMessageContaining("at that place already");
        var domain = engine.domains.model().all().iterator().next();
        engine.ended(engine.storage.remove(domain, false, Optional.empty(), ASKER));
        assertThat(storage.domains()).hasSize(1);

        var imported = engine.storage.add(
                org.bellwether.api.types.StorageDomain.builder()
                        .import_(true)
                        .host(org.bellwether.api.types.Host.builder()
                                .name("two")
                                .build())
                        .storage(org.bellwether.api.types.HostStorage.builder()
                                .type(org.bellwether.api.types.StorageType.GLUSTERFS)
                                .address("server")
                                .path("/first/".substring(1))
                                .build())
                        .build(),
                ASKER);
        engine.ended(imported.job());
        assertThat(imported.domain()).isEqualTo(domain.id());
        assertThat(engine.domains.get(domain.id()).name()).isEqualTo("first");
    }

    @Test
    void a_host_that_lost_its_mounts_gets_them_again_and_a_lost_domain_is_told_once() {
        var domain = engine.attached("first", one);
        two.connectStorageGone("server:first");
        Waiting.until("two has it again", () -> {
            two.report();
            return two.connectedTo("server:first");
        });
        one.cut.add("server:first");
        two.cut.add("server:first");
        Waiting.until("it is inactive", () -> {
            one.report();
            two.report();
            return engine.observed.status(engine.domains.get(domain.id())) == StorageDomainStatus.INACTIVE;
        });
        assertThat(engine.observed.status(engine.dataCenterOf(domain).id()))
                .isEqualTo(DataCenterStatus.NOT_OPERATIONAL);
        Waiting.until(
                "it is told",
                () -> engine.eventMessages().stream()
                        .anyMatch(message -> message.startsWith("970 ") && message.contains("the cable was pulled")));
        one.report();
        two.report();
        assertThat(engine.eventMessages().stream().filter(message -> message.startsWith("970 ")))
                .hasSize(1);
    }

    @Test
    void a_new_name_is_written_on_storage_or_not_at_all() {
        var domain = engine.attached("first", one);
        engine.storage
                .update(
                        domain,
                        org.bellwether.api.types.StorageDomain.builder()
                                .name("renamed")
                                .build(),
                        ASKER)
                .ifPresent(engine::ended);
        assertThat(storage.domain(domain.id()).getName()).isEqualTo("renamed");
        one.refuse("updateDomain", Error.Code.REFUSED, "The storage is read-only");
        var job = engine.storage
                .update(
                        engine.domains.get(domain.id()),
                        org.bellwether.api.types.StorageDomain.builder()
                                .name("third")
                                .build(),
                        ASKER)
                .orElseThrow();
        assertThatThrownBy(() -> {
                    one.refusals.clear();
                    one.refuse("updateDomain", Error.Code.REFUSED, "The storage is read-only");
                    engine.ended(job);
                })
                .hasMessageContaining("read-only");
        assertThat(engine.domains.get(domain.id()).name()).isEqualTo("renamed");
    }
}
