package org.bellwether.engine.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bellwether.engine.storage.PretendEngine.ASKER;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.DiskFormat;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.SealingKey;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.template.CreateTemplate;
import org.bellwether.engine.template.Template;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Of several hosts the one that can seals a template's disks, after they were copied and before anybody may use them. */
class SealedTemplateTest {

    @TempDir
    private Path folder;

    private final PretendStorage storage = new PretendStorage();
    private Database database;
    private Id<Cluster> cluster;
    private PretendHost one;
    private PretendHost two;
    private PretendEngine engine;
    private Disk disk;

    @BeforeEach
    void start() throws Exception {
        SealingKey.take(folder.resolve("secrets.key"));
        database = PretendEngine.database(folder);
        var authority = Authority.open(folder.resolve("pki"), Clock.systemUTC());
        cluster = PretendEngine.cluster(database, "sealing");
        one = new PretendHost("one", "127.0.0.1", authority, storage);
        two = new PretendHost("two", "127.0.0.2", authority, storage);
        PretendEngine.host(database, one, cluster);
        PretendEngine.host(database, two, cluster);
        two.seals = true;
        engine = new PretendEngine(database, authority, "").start();
        engine.attached("gold", one);
        var begun = engine.newDisks.add(
                org.bellwether.api.types.Disk.builder()
                        .name("system")
                        .provisionedSize(1L << 30)
                        .format(DiskFormat.COW)
                        .storageDomains(List.of(org.bellwether.api.types.StorageDomain.builder()
                                .name("gold")
                                .build()))
                        .build(),
                Optional.empty(),
                "",
                ASKER,
                (tx, made) -> {});
        engine.ended(begun.job());
        disk = engine.disks.get(begun.disk().id());
        Waiting.until("both hosts reach it", () -> reaching() == 2);
    }

    @AfterEach
    void stop() {
        engine.close();
        one.close();
        two.close();
        database.close();
    }

    @Test
    void the_host_that_can_seals_what_was_copied() {
        var copy = copy();
        engine.ended(begin(copy));
        assertThat(two.sealed).containsExactly(copy.id().toString());
        assertThat(one.heard).doesNotContain("sealImages");
        assertThat(engine.disks.get(copy.id()).state()).isEqualTo(Disk.State.OK);
    }

    @Test
    void a_host_that_cannot_is_named_with_what_it_lacks() {
        two.cut.add("server:gold");
        two.report();
        Waiting.until("the second host is cut off", () -> reaching() == 1);
        assertThatThrownBy(() -> engine.volumes.hostToSeal(disk))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("No host can seal the template")
                .hasMessageContaining("one")
                .hasMessageNotContaining("two");
        var copy = copy();
        assertThatThrownBy(() -> engine.ended(begin(copy))).hasMessageContaining("No host can seal");
        assertThat(engine.disks.model().find(copy.id()))
                .as("nothing of it is left")
                .isEmpty();
        assertThat(storage.volumes).hasSize(1);
    }

    private int reaching() {
        return engine.volumes.hostsFor(disk).size();
    }

    private Disk copy() {
        return new Disk(
                Id.random(),
                disk.name(),
                disk.domain(),
                UUID.randomUUID(),
                disk.format(),
                true,
                disk.provisionedBytes(),
                0,
                Disk.State.LOCKED,
                Instant.now(),
                disk.spec());
    }

    private Job begin(Disk copy) {
        Id<Template> id = Id.random();
        return engine.operations.begin(
                engine.createTemplate,
                new CreateTemplate.Request(
                        id,
                        "tiny",
                        UUID.randomUUID(),
                        "demo",
                        List.of(new CreateTemplate.Copy(disk.id(), copy.id(), disk.name())),
                        true,
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
}
