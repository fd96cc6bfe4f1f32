package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.awaitility.Awaitility;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CopyImageRequest.Scope;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DomainClass;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.ListedFile;
import org.bellwether.protocol.OvfEntry;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.VolumeRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Chains copied between two domains, volumes made anew beside the old, OVF_STOREs: with real mounts and qemu-img. */
class VolumeMovesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long CAPACITY = 8 << 20;

    @TempDir
    Path directory;

    private final Lanes lanes = new Lanes();
    private final List<StorageConnection> connected = new ArrayList<>();
    private final Map<String, TaskState> tasks = new ConcurrentHashMap<>();
    private final WatchedClock clock = new WatchedClock();
    private Storage storage;
    private StorageConnection gold;
    private StorageConnection silver;
    private String goldId = "";
    private String silverId = "";

    @BeforeEach
    void open() throws IOException {
        storage = new Storage(
                directory.resolve("mnt"),
                directory.resolve("state"),
                lanes,
                clock,
                part -> false,
                task -> tasks.put(task.getTaskId(), task),
                new Leases("no-sanlock-here", 10, lanes.threads(), Clock.systemUTC()));
        gold = bind("gold");
        silver = bind("silver");
        goldId = domain(gold, "gold", DomainClass.DATA);
        silverId = domain(silver, "silver", DomainClass.DATA);
    }

    @AfterEach
    void close() {
        connected.forEach(storage::disconnect);
        lanes.close();
    }

    @Test
    void a_chain_goes_to_another_domain_layer_by_layer_and_without_its_template() throws IOException {
        VolumeReference template = create(goldId, UUID.randomUUID().toString(), null);
        write(template, 0, "template");
        VolumeReference base = create(goldId, UUID.randomUUID().toString(), template);
        write(base, 1, "base");
        VolumeReference top = create(goldId, base.getImageId(), base);
        write(top, 2, "top");

        VolumeReference moved = top.toBuilder().setDomainId(silverId).build();
        TaskState ended = copy(copying(top, moved, Scope.CHAIN));
        assertThat(ended.getPhase()).as(ended.getError()).isEqualTo(TaskState.Phase.DONE_TASK);
        List<VolumeDescription> chain = volumes(silver, moved);
        assertThat(chain).hasSize(2).allSatisfy(volume -> {
            assertThat(volume.getTrouble()).isEmpty();
            assertThat(volume.getVolume().getDomainId()).isEqualTo(silverId);
        });
        assertThat(chain.get(0).getParentVolumeId()).isEmpty();
        assertThat(chain.get(1).getVolume().getVolumeId()).isEqualTo(top.getVolumeId());
        assertThat(chain.get(1).getParentVolumeId()).isEqualTo(base.getVolumeId());
        assertThat(read(moved, 0)).contains("template");
        assertThat(read(moved, 1)).contains("base");
        assertThat(read(moved, 2)).contains("top");
        assertThat(allocated(moved)).as("its top has only what was its own").isLessThan(CAPACITY / 2);
        assertThat(storage.prepare(moved).qcow2()).isTrue();
    }

    @Test
    void what_lies_below_a_running_top_is_copied_alone() throws IOException {
        VolumeReference base = create(goldId, UUID.randomUUID().toString(), null);
        write(base, 1, "base");
        VolumeReference top = create(goldId, base.getImageId(), base);
        VolumeReference moved = top.toBuilder().setDomainId(silverId).build();
        assertThat(copy(copying(top, moved, Scope.CHAIN_BELOW_TOP)).getPhase()).isEqualTo(TaskState.Phase.DONE_TASK);
        assertThat(volumes(silver, moved)).singleElement().satisfies(volume -> {
            assertThat(volume.getLeaf()).isTrue();
            assertThat(volume.getTrouble()).isEmpty();
        });
        VolumeDescription leaf = storage.images()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setConnection(silver)
                        .setVolume(moved)
                        .setFormat(VolumeFormat.QCOW2)
                        .setCapacityBytes(CAPACITY)
                        .setParent(base.toBuilder().setDomainId(silverId))
                        .build());
        assertThat(leaf.getTrouble()).isEmpty();
    }

    @Test
    void a_copy_of_a_chain_that_fails_leaves_nothing() throws IOException {
        VolumeReference base = create(goldId, UUID.randomUUID().toString(), null);
        VolumeReference top = create(goldId, base.getImageId(), base);
        Files.writeString(data(top), "no qcow2 any more");
        VolumeReference moved = top.toBuilder().setDomainId(silverId).build();
        TaskState failed = copy(copying(top, moved, Scope.CHAIN));
        assertThat(failed.getPhase()).isEqualTo(TaskState.Phase.FAILED_TASK);
        assertThat(failed.getError()).contains("was removed");
        assertThat(data(moved).getParent()).doesNotExist();
        assertThatThrownBy(() -> copy(copying(top, top, Scope.CHAIN))).hasMessageContaining("do not fit");
    }

    @Test
    void a_volume_is_made_anew_beside_the_old_in_another_format_and_without_zeroes() throws IOException {
        VolumeReference old = create(goldId, UUID.randomUUID().toString(), null);
        write(old, 3, "kept");
        VolumeReference fresh =
                old.toBuilder().setVolumeId(UUID.randomUUID().toString()).build();
        CopyImageRequest request = copying(old, fresh, Scope.COLLAPSED).toBuilder()
                .setFormat(VolumeFormat.RAW)
                .build();
        assertThat(copy(request).getPhase()).isEqualTo(TaskState.Phase.DONE_TASK);
        assertThat(volumes(gold, old)).hasSize(2);
        delete(old);
        delete(old);
        assertThat(volumes(gold, fresh)).singleElement().satisfies(volume -> {
            assertThat(volume.getFormat()).isEqualTo(VolumeFormat.RAW);
            assertThat(volume.getTrouble()).isEmpty();
        });
        assertThat(Files.readString(data(fresh)).substring(3 << 16, (3 << 16) + 4))
                .isEqualTo("kept");
    }

    @Test
    void the_top_alone_is_made_anew_on_its_parent() throws IOException {
        VolumeReference base = create(goldId, UUID.randomUUID().toString(), null);
        write(base, 1, "base");
        VolumeReference top = create(goldId, base.getImageId(), base);
        write(top, 2, "top");
        VolumeReference fresh =
                top.toBuilder().setVolumeId(UUID.randomUUID().toString()).build();
        assertThat(copy(copying(top, fresh, Scope.TOP_ONLY)).getPhase()).isEqualTo(TaskState.Phase.DONE_TASK);
        delete(top);
        assertThatThrownBy(() -> delete(base)).hasMessageContaining("others stand on it");
        assertThat(read(fresh, 1)).contains("base");
        assertThat(read(fresh, 2)).contains("top");
        assertThat(volumes(gold, fresh))
                .hasSize(2)
                .allSatisfy(volume -> assertThat(volume.getTrouble()).isEmpty());
    }

    @Test
    void an_ovf_store_is_written_twice_and_read_back() throws IOException {
        DomainRequest domain = DomainRequest.newBuilder()
                .setConnection(gold)
                .setDomainId(goldId)
                .build();
        assertThat(storage.images().readOvf(domain)).isEmpty();
        OvfEntry entry = OvfEntry.newBuilder()
                .setEntityId(UUID.randomUUID().toString())
                .setOvf("<Name>größer</Name>".repeat(200))
                .build();
        storage.images().writeOvf(domain, List.of());
        long bytes = storage.images().writeOvf(domain, List.of(entry));
        assertThat(storage.images().readOvf(domain)).containsExactly(entry);
        List<VolumeDescription> stores = storage.images().listImages(domain).stream()
                .flatMap(image -> image.getVolumesList().stream())
                .filter(volume -> volume.getDiskType().equals("OVFS"))
                .toList();
        assertThat(stores).hasSize(2).allSatisfy(store -> {
            assertThat(store.getDescription())
                    .contains("\"Updated\":true")
                    .contains("\"Size\":" + bytes)
                    .contains(goldId)
                    .hasSizeLessThanOrEqualTo(210);
            assertThat(store.getCapacityBytes()).isEqualTo(128L << 20);
            assertThat(data(store.getVolume())).hasSize(bytes);
        });
        // tar(1) is the judge of the tar; a store cut off in the middle is passed over.
        Path first = data(stores.getFirst().getVolume());
        assertThat(run("tar", "-tf", first.toString())).contains("info.json", entry.getEntityId() + ".ovf");
        Files.write(first, new byte[100]);
        assertThat(storage.images().readOvf(domain)).containsExactly(entry);
    }

    @Test
    void a_machine_may_start_while_an_ovf_store_is_being_written() throws Exception {
        VolumeReference disk = create(goldId, UUID.randomUUID().toString(), null);
        CompletableFuture<Storage.PreparedVolume> prepared = new CompletableFuture<>();
        // It is looked at when the writing begins, and when each of the two disks is made.
        clock.watcher = looks -> {
            if (looks == 2) {
                Thread starter = Thread.ofPlatform().start(() -> prepared.complete(storage.prepare(disk)));
                while (starter.getState() != Thread.State.TIMED_WAITING) {
                    Thread.onSpinWait();
                }
            } else if (looks == 3) {
                assertThat(prepared).succeedsWithin(PATIENCE);
            }
        };
        storage.images()
                .writeOvf(
                        DomainRequest.newBuilder()
                                .setConnection(gold)
                                .setDomainId(goldId)
                                .build(),
                        List.of());
        assertThat(clock.looks).hasValue(3);
    }

    /** Tells when it is looked at; not when domains are measured, which happens at any time. */
    private static final class WatchedClock extends Clock {
        private final Clock real = Clock.systemUTC();
        private final AtomicInteger looks = new AtomicInteger();
        private volatile @Nullable IntConsumer watcher;

        @Override
        public Instant instant() {
            IntConsumer told = watcher;
            if (told != null) {
                told.accept(looks.incrementAndGet());
            }
            return real.instant();
        }

        @Override
        public long millis() {
            return real.millis();
        }

        @Override
        public ZoneId getZone() {
            return real.getZone();
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return real.withZone(zone);
        }
    }

    @Test
    void holes_of_a_volume_are_told() throws IOException {
        VolumeReference raw = VolumeReference.newBuilder()
                .setDomainId(goldId)
                .setImageId(UUID.randomUUID().toString())
                .setVolumeId(UUID.randomUUID().toString())
                .build();
        storage.images()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setConnection(gold)
                        .setVolume(raw)
                        .setFormat(VolumeFormat.RAW)
                        .setCapacityBytes(CAPACITY)
                        .build());
        try (var file = new java.io.RandomAccessFile(data(raw).toFile(), "rw")) {
            file.seek(4 << 20);
            file.write(new byte[] {1, 2, 3});
        }
        List<QemuImg.FileRun> extents = QemuImg.map(data(raw), CAPACITY);
        long at = 0;
        for (QemuImg.FileRun extent : extents) {
            assertThat(extent.start()).isEqualTo(at);
            at += extent.length();
            boolean holds = extent.start() <= 4 << 20 && at > 4 << 20;
            assertThat(holds && extent.zero()).as(extent.toString()).isFalse();
        }
        assertThat(at).isEqualTo(CAPACITY);
        assertThat(extents).anyMatch(extent -> extent.zero() && extent.length() > 2 << 20);
    }

    @Test
    void an_iso_domain_lists_its_discs() throws IOException {
        StorageConnection iso = bind("iso");
        String id = domain(iso, "iso", DomainClass.ISO);
        Path files = directory.resolve("iso").resolve(id).resolve("images").resolve(IsoFiles.IMAGE);
        Files.write(files.resolve("debian.iso"), new byte[4096]);
        Files.write(files.resolve("notes.txt"), new byte[10]);
        assertThat(storage.listFiles(DomainRequest.newBuilder()
                        .setConnection(iso)
                        .setDomainId(id)
                        .build()))
                .containsExactly(ListedFile.newBuilder()
                        .setName("debian.iso")
                        .setBytes(4096)
                        .build());
        assertThatThrownBy(() -> storage.listFiles(DomainRequest.newBuilder()
                        .setConnection(gold)
                        .setDomainId(goldId)
                        .build()))
                .hasMessageContaining("not files");
    }

    private void delete(VolumeReference volume) {
        storage.images()
                .deleteVolume(VolumeRequest.newBuilder()
                        .setConnection(gold)
                        .setVolume(volume)
                        .build());
    }

    private VolumeReference create(String domain, String image, @org.jspecify.annotations.Nullable VolumeReference on) {
        VolumeReference volume = VolumeReference.newBuilder()
                .setDomainId(domain)
                .setImageId(image)
                .setVolumeId(UUID.randomUUID().toString())
                .build();
        CreateVolumeRequest.Builder request = CreateVolumeRequest.newBuilder()
                .setConnection(gold)
                .setVolume(volume)
                .setFormat(VolumeFormat.QCOW2)
                .setCapacityBytes(CAPACITY);
        if (on != null) {
            request.setParent(on);
        }
        storage.images().createVolume(request.build());
        return volume;
    }

    /** Writes at the start of a 64 KiB piece of the guest's view. */
    private void write(VolumeReference volume, int piece, String text) throws IOException {
        Path file = directory.resolve("text");
        Files.writeString(file, text);
        run(
                "qemu-io",
                "-f",
                "qcow2",
                "-c",
                "write -s " + file + " " + ((long) piece << 16) + " 512",
                data(volume).toString());
    }

    private String read(VolumeReference volume, int piece) {
        return run(
                "qemu-io",
                "-f",
                "qcow2",
                "-c",
                "read -v " + ((long) piece << 16) + " 16",
                data(volume).toString());
    }

    private long allocated(VolumeReference volume) throws IOException {
        return AllocatedSize.of(data(volume));
    }

    private CopyImageRequest copying(VolumeReference from, VolumeReference to, Scope scope) {
        return CopyImageRequest.newBuilder()
                .setTaskId(UUID.randomUUID().toString())
                .setSourceConnection(gold)
                .setSource(from)
                .setDestinationConnection(to.getDomainId().equals(goldId) ? gold : silver)
                .setDestination(to)
                .setFormat(VolumeFormat.QCOW2)
                .setScope(scope)
                .build();
    }

    private TaskState copy(CopyImageRequest request) {
        storage.images().copyImage(request);
        Awaitility.await().atMost(PATIENCE).until(() -> {
            TaskState state = tasks.get(request.getTaskId());
            return state != null && state.getPhase() != TaskState.Phase.RUNNING_TASK;
        });
        return tasks.getOrDefault(request.getTaskId(), TaskState.getDefaultInstance());
    }

    private List<VolumeDescription> volumes(StorageConnection connection, VolumeReference volume) {
        return storage.images()
                .inspectImage(ImageRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(volume.getDomainId())
                        .setImageId(volume.getImageId())
                        .build())
                .getVolumesList();
    }

    private Path data(VolumeReference volume) {
        return Mount.of(volume.getDomainId().equals(goldId) ? gold : silver, directory.resolve("mnt"))
                .domain(volume.getDomainId())
                .volume(volume)
                .data();
    }

    private StorageConnection bind(String name) throws IOException {
        Path source = Files.createDirectories(directory.resolve(name));
        StorageConnection connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.POSIX)
                .setVfsType("none")
                .setMountOptions("bind")
                .setPath(source.toString())
                .build();
        storage.connect(connection);
        connected.add(connection);
        return connection;
    }

    private String domain(StorageConnection connection, String name, DomainClass kind) {
        return storage.createDomain(CreateDomainRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(UUID.randomUUID().toString())
                        .setName(name)
                        .setDomainClass(kind)
                        .build())
                .getDomainId();
    }

    private String run(String... words) {
        Command.Outcome outcome = new Command(List.of(words), directory).run(PATIENCE);
        assertThat(outcome.worked())
                .as(String.join(" ", words) + ": " + outcome.words())
                .isTrue();
        return outcome.output();
    }
}
