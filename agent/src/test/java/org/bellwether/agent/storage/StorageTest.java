package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ExtendVolumeRequest;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.RemoveDomainRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.UpdateDomainRequest;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real directories, mounts and qemu-img. */
class StorageTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MIB = 1 << 20;

    @TempDir
    Path directory;

    private final Lanes lanes = new Lanes();
    private final List<StorageConnection> connected = new ArrayList<>();
    private final Map<String, TaskState> tasks = new ConcurrentHashMap<>();
    private Storage storage;

    @BeforeEach
    void open() throws IOException {
        storage = reopened();
    }

    @AfterEach
    void close() {
        connected.forEach(storage::disconnect);
        lanes.close();
    }

    @Test
    void a_domain_is_made_listed_changed_and_formatted() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        Path root = directory.resolve("data").resolve(id);
        for (String file : List.of("metadata", "ids", "leases", "inbox", "outbox", "xleases")) {
            assertThat(root.resolve("dom_md").resolve(file)).exists();
        }
        assertThat(Files.getAttribute(root.resolve("dom_md/ids"), "unix:uid")).isEqualTo(36);
        assertThat(Files.size(root.resolve("dom_md/xleases"))).isEqualTo(1_302_528);
        assertThat(Files.size(root.resolve("dom_md/leases"))).isEqualTo(2 * MIB);
        assertThat(Files.size(root.resolve("dom_md/inbox"))).isEqualTo(16 * MIB);
        assertThat(storage.listDomains(connection)).singleElement().satisfies(domain -> {
            assertThat(domain.getName()).isEqualTo("gold");
            assertThat(domain.getVersion()).isEqualTo(5);
            assertThat(domain.getPoolId()).isEmpty();
        });
        assertThat(storage.createDomain(createRequest(connection, id, "gold")).getDomainId())
                .isEqualTo(id);
        assertThatThrownBy(() -> create(connection, "second")).hasMessageContaining("already holds");

        String pool = UUID.randomUUID().toString();
        UpdateDomainRequest.Builder update =
                UpdateDomainRequest.newBuilder().setConnection(connection).setDomainId(id);
        DomainDescription master = storage.updateDomain(update.clone()
                .setName("silber ö")
                .setPoolId(pool)
                .setMaster(true)
                .setMasterVersion(3)
                .build());
        assertThat(master.getName()).isEqualTo("silber ö");
        assertThat(master.getMaster()).isTrue();
        assertThat(master.getMasterVersion()).isEqualTo(3);
        assertThat(root.resolve("master/tasks")).isDirectory();
        assertThatThrownBy(() -> storage.updateDomain(
                        update.clone().setPoolId(UUID.randomUUID().toString()).build()))
                .hasMessageContaining("another data center");
        RemoveDomainRequest format = RemoveDomainRequest.newBuilder()
                .setConnection(connection)
                .setDomainId(id)
                .setFormat(true)
                .build();
        assertThatThrownBy(() -> storage.removeDomain(format)).hasMessageContaining("attached");
        DomainDescription free =
                storage.updateDomain(update.clone().setPoolId("").build());
        assertThat(free.getMaster()).isFalse();
        storage.removeDomain(format);
        storage.removeDomain(format);
        assertThat(directory.resolve("data")).isEmptyDirectory();
        storage.disconnect(connection);
        storage.disconnect(connection);
    }

    @Test
    void a_local_domain_is_a_link_without_leases() throws IOException {
        StorageConnection connection = local("plain_dir");
        String id = create(connection, "local").getDomainId();
        assertThat(directory
                        .resolve("mnt")
                        .resolve(Mount.name(directory.resolve("plain_dir").toString())))
                .isSymbolicLink();
        assertThat(directory.resolve("plain_dir").resolve(id).resolve("dom_md/xleases"))
                .doesNotExist();
        VolumeReference volume = volume(id);
        storage.images()
                .createVolume(request(connection, volume, VolumeFormat.RAW, MIB).build());
        assertThat(data(connection, volume).resolveSibling(volume.getVolumeId() + ".lease"))
                .doesNotExist();
        assertThat(storage.prepare(volume).local()).isTrue();
    }

    @Test
    void a_creation_that_died_is_swept_and_repeated() throws IOException {
        StorageConnection connection = bind("data");
        String id = UUID.randomUUID().toString();
        Path left = Files.createDirectories(directory.resolve("data/.bellwether-unfinished-" + id + "/dom_md"));
        Files.writeString(left.resolve("ids"), "half");
        assertThat(storage.listDomains(connection)).isEmpty();
        storage.createDomain(createRequest(connection, id, "gold"));
        assertThat(left).doesNotExist();

        VolumeReference volume = volume(id);
        VolumeDescription made = storage.images()
                .createVolume(
                        request(connection, volume, VolumeFormat.QCOW2, 8 * MIB).build());
        assertThat(made.getTrouble()).isEmpty();
        Path data = data(connection, volume);
        Path meta = data.resolveSibling(volume.getVolumeId() + ".meta");
        Files.writeString(meta, Files.readString(meta).replace("=LEGAL", "=ILLEGAL"));
        Files.writeString(data, "cut off");
        assertThat(inspect(connection, volume).getVolumes(0).getTrouble())
                .contains("illegal")
                .contains("none");
        assertThatThrownBy(() -> storage.prepare(volume)).hasMessageContaining("illegal");
        assertThat(storage.images()
                        .createVolume(request(connection, volume, VolumeFormat.QCOW2, 8 * MIB)
                                .build())
                        .getTrouble())
                .isEmpty();
        Files.delete(meta);
        assertThat(inspect(connection, volume).getVolumes(0).getTrouble()).contains("no metadata");
        assertThat(storage.images()
                        .createVolume(request(connection, volume, VolumeFormat.QCOW2, 8 * MIB)
                                .build())
                        .getLegal())
                .isTrue();
    }

    @Test
    void damaged_metadata_is_told_in_words() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        Path metadata = directory.resolve("data").resolve(id).resolve("dom_md/metadata");
        Files.writeString(metadata, Files.readString(metadata).replace("gold", "lead"));
        assertThatThrownBy(() -> storage.inspectDomain(DomainRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(id)
                        .build()))
                .satisfies(e -> assertThat(code(e)).isEqualTo(Error.Code.BROKEN))
                .hasMessageContaining("checksum");
    }

    @Test
    void volumes_are_made_grown_and_deleted() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        for (VolumeFormat format : List.of(VolumeFormat.RAW, VolumeFormat.QCOW2)) {
            for (boolean preallocated : new boolean[] {false, true}) {
                VolumeReference volume = volume(id);
                CreateVolumeRequest request = request(connection, volume, format, 5 * MIB + 1)
                        .setPreallocated(preallocated)
                        .build();
                VolumeDescription made = storage.images().createVolume(request);
                assertThat(made.getTrouble()).isEmpty();
                assertThat(made.getCapacityBytes()).isEqualTo(5 * MIB + 4096);
                assertThat(made.getAllocatedBytes() >= 5 * MIB).isEqualTo(preallocated);
                assertThat(storage.images().createVolume(request)).isEqualTo(made);
                assertThat(data(connection, volume).resolveSibling(volume.getVolumeId() + ".lease"))
                        .hasSize(MIB);
                assertThat(grow(connection, volume, 9 * MIB).getCapacityBytes()).isEqualTo(9 * MIB);
                assertThat(grow(connection, volume, 9 * MIB).getTrouble()).isEmpty();
                assertThatThrownBy(() -> grow(connection, volume, MIB)).hasMessageContaining("cannot shrink");
                ImageRequest image = image(connection, volume);
                storage.images().deleteImage(image);
                storage.images().deleteImage(image);
                assertThat(data(connection, volume)).doesNotExist();
            }
        }
        assertThat(storage.images()
                        .listImages(DomainRequest.newBuilder()
                                .setConnection(connection)
                                .setDomainId(id)
                                .build()))
                .isEmpty();
    }

    @Test
    void disks_stand_on_a_template_and_keep_it_alive() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        VolumeReference template = volume(id);
        storage.images()
                .createVolume(request(connection, template, VolumeFormat.QCOW2, 8 * MIB)
                        .build());
        VolumeReference child = volume(id);
        VolumeDescription made = storage.images()
                .createVolume(request(connection, child, VolumeFormat.QCOW2, 8 * MIB)
                        .setParent(template)
                        .build());
        assertThat(made.getParentVolumeId()).isEqualTo(template.getVolumeId());
        assertThat(made.getTrouble()).isEmpty();
        ImageDescription chain = inspect(connection, child);
        assertThat(chain.getVolumesList()).hasSize(2);
        assertThat(chain.getVolumes(0).getVolume()).isEqualTo(template);
        assertThat(chain.getVolumes(0).getShared()).isTrue();
        assertThat(chain.getVolumes(1).getLeaf()).isTrue();
        assertThat(VolumeFiles.links(data(connection, template))).isEqualTo(2);
        assertThat(info(data(connection, child))).contains("\"backing-filename\": \"" + template.getVolumeId() + "\"");
        assertThat(storage.prepare(child).qcow2()).isTrue();
        assertThatThrownBy(() -> storage.images().deleteImage(image(connection, template)))
                .hasMessageContaining("made from this template");
        storage.images().deleteImage(image(connection, child));
        storage.images().deleteImage(image(connection, template));
    }

    @Test
    void a_chain_that_does_not_agree_with_its_headers_is_told() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        VolumeReference base = volume(id);
        storage.images()
                .createVolume(request(connection, base, VolumeFormat.RAW, MIB).build());
        VolumeReference top =
                base.toBuilder().setVolumeId(UUID.randomUUID().toString()).build();
        storage.images()
                .createVolume(request(connection, top, VolumeFormat.QCOW2, MIB)
                        .setParent(base)
                        .build());
        assertThat(inspect(connection, base).getVolumesList())
                .allSatisfy(volume -> assertThat(volume.getTrouble()).isEmpty());
        assertThat(inspect(connection, base).getVolumes(0).getLeaf()).isFalse();
        run(
                directory,
                "qemu-img",
                "rebase",
                "-u",
                "-b",
                "",
                data(connection, top).toString());
        run(directory, "truncate", "-s", "4096", data(connection, base).toString());
        ImageDescription image = inspect(connection, base);
        assertThat(image.getVolumes(0).getTrouble()).contains("4096");
        assertThat(image.getVolumes(1).getTrouble()).contains("names nothing as its parent");
        assertThatThrownBy(() -> storage.prepare(top))
                .satisfies(e -> assertThat(code(e)).isEqualTo(Error.Code.BROKEN));
    }

    @Test
    void a_full_disk_leaves_nothing_behind() throws IOException {
        StorageConnection connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.POSIX)
                .setVfsType("tmpfs")
                .setMountOptions("size=8m")
                .setPath("bellwether-test")
                .build();
        connect(connection);
        String id = create(connection, "small").getDomainId();
        VolumeReference base = volume(id);
        storage.images()
                .createVolume(request(connection, base, VolumeFormat.QCOW2, MIB).build());
        VolumeReference volume = volume(id);
        assertThatThrownBy(() -> storage.images()
                        .createVolume(request(connection, volume, VolumeFormat.RAW, 64 * MIB)
                                .setPreallocated(true)
                                .build()))
                .satisfies(e -> assertThat(code(e)).isEqualTo(Error.Code.NO_SPACE));
        assertThatThrownBy(() -> inspect(connection, volume))
                .satisfies(e -> assertThat(code(e)).isEqualTo(Error.Code.NOT_FOUND));
        assertThat(inspect(connection, base).getVolumes(0).getTrouble()).isEmpty();
    }

    @Test
    void copies_are_equal_and_cancelled_ones_leave_nothing() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        VolumeReference source = volume(id);
        storage.images()
                .createVolume(
                        request(connection, source, VolumeFormat.RAW, 200 * MIB).build());
        byte[] noise = new byte[(int) (96 * MIB)];
        new Random(7).nextBytes(noise);
        Files.write(data(connection, source), noise);
        run(directory, "truncate", "-s", "200M", data(connection, source).toString());
        VolumeReference copy = volume(id);
        CopyImageRequest request = copyRequest(connection, source, copy);
        storage.images().copyImage(request);
        storage.images().copyImage(request);
        assertThat(awaitEnd(request).getPhase()).as(tasks.toString()).isEqualTo(TaskState.Phase.DONE_TASK);
        VolumeDescription made = inspect(connection, copy).getVolumes(0);
        assertThat(made.getShared()).isTrue();
        assertThat(made.getTrouble()).isEmpty();
        run(
                directory,
                "qemu-img",
                "compare",
                data(connection, source).toString(),
                data(connection, copy).toString());
        storage.images().forgetTask(request.getTaskId());
        assertThat(storage.images().tasks()).isEmpty();

        VolumeReference other = volume(id);
        CopyImageRequest cancelled = copyRequest(connection, source, other);
        storage.images().copyImage(cancelled);
        storage.images().cancelTask(cancelled.getTaskId());
        assertThat(awaitEnd(cancelled).getPhase()).isEqualTo(TaskState.Phase.CANCELLED_TASK);
        assertThatThrownBy(() -> inspect(connection, other)).hasMessageContaining("no image");
    }

    @Test
    void a_copy_that_died_with_the_agent_is_failed_and_removed() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        VolumeReference source = volume(id);
        storage.images()
                .createVolume(request(connection, source, VolumeFormat.RAW, MIB).build());
        VolumeReference copy = volume(id);
        CopyImageRequest request = copyRequest(connection, source, copy);
        storage.images().copyImage(request);
        awaitEnd(request);
        Path note = directory.resolve("state/tasks").resolve(request.getTaskId() + ".note");
        Files.writeString(note, Files.readString(note).replace("DONE_TASK", "RUNNING_TASK"));
        Path meta = data(connection, copy).resolveSibling(copy.getVolumeId() + ".meta");
        Files.writeString(meta, Files.readString(meta).replace("=LEGAL", "=ILLEGAL"));
        tasks.clear();
        storage = reopened();
        storage.recover();
        TaskState state = awaitEnd(request);
        assertThat(state.getPhase()).isEqualTo(TaskState.Phase.FAILED_TASK);
        assertThat(state.getError()).contains("restarted").contains("removed");
        assertThat(meta).doesNotExist();
        assertThat(storage.prepare(source).path()).as("domains are found again").isEqualTo(data(connection, source));
    }

    @Test
    void what_is_sent_is_read_again_and_what_is_cut_stays_illegal() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        VolumeReference volume = volume(id);
        storage.images()
                .createVolume(request(connection, volume, VolumeFormat.RAW, MIB).build());
        storage.images().upload(upload(connection, volume));
        assertThat(inspect(connection, volume).getVolumes(0).getLegal()).isFalse();
        VolumeUpload upload = storage.images().upload(upload(connection, volume));
        assertThat(upload.most()).isEqualTo(MIB);
        Files.write(upload.file(), new byte[(int) MIB]);
        assertThat(FileHoles.zero(upload.file(), 0, MIB, true)).isTrue();
        assertThat(AllocatedSize.of(upload.file())).isZero();
        upload.complete();
        assertThat(inspect(connection, volume).getVolumes(0).getTrouble()).isEmpty();
        assertThat(storage.images().download(upload(connection, volume)).path()).isEqualTo(upload.file());
    }

    @Test
    void a_sent_qcow2_cannot_name_files_of_the_host() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        VolumeReference volume = volume(id);
        storage.images()
                .createVolume(
                        request(connection, volume, VolumeFormat.QCOW2, MIB).build());
        OpenTransferRequest begin = upload(connection, volume);
        Path hostile = directory.resolve("hostile");
        run(
                directory,
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-u",
                "-b",
                "/etc/shadow",
                "-F",
                "raw",
                hostile.toString(),
                "1M");
        assertThatThrownBy(() -> send(begin, Files.readAllBytes(hostile)))
                .hasMessageContaining("stands on another file");
        assertThatThrownBy(() -> send(begin, "no qcow2 at all".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
                .hasMessageContaining("no qcow2");
        assertThat(inspect(connection, volume).getVolumes(0).getLegal()).isFalse();
        Path good = directory.resolve("good");
        run(directory, "qemu-img", "create", "-q", "-f", "qcow2", good.toString(), "1M");
        send(begin, Files.readAllBytes(good));
        assertThat(inspect(connection, volume).getVolumes(0).getTrouble()).isEmpty();
    }

    @Test
    void storage_that_hangs_is_alone_with_it() throws IOException {
        StorageConnection hung = local("hung");
        StorageConnection fine = local("fine");
        String hungId = create(hung, "hung").getDomainId();
        String fineId = create(fine, "fine").getDomainId();
        Path metadata = directory.resolve("hung").resolve(hungId).resolve("dom_md/metadata");
        byte[] whole = Files.readAllBytes(metadata);
        Files.delete(metadata);
        run(
                directory,
                "mkfifo",
                metadata.toString()); // opening it for reading blocks in the kernel, as a dead mount does
        storage.measure();
        Thread stuck = Thread.ofVirtual().start(() -> {
            try {
                storage.listDomains(hung);
            } catch (Refusal e) {
                assertThat(code(e)).isEqualTo(Error.Code.TIMED_OUT);
            }
        });
        VolumeReference volume = volume(fineId);
        storage.images()
                .createVolume(request(fine, volume, VolumeFormat.QCOW2, MIB).build());
        assertThat(storage.prepare(volume).qcow2()).isTrue();
        Awaitility.await().atMost(PATIENCE).until(() -> state(hungId).getError().contains("has not answered"));
        assertThat(state(hungId).getReachable()).isFalse();
        assertThat(state(fineId).getReachable()).isTrue();
        assertThat(state(fineId).getTotalBytes()).isPositive();
        for (int reader = 0; reader < 2; reader++) { // let the stuck readers go
            try {
                Files.write(metadata, whole);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }
        Awaitility.await().atMost(PATIENCE).until(() -> !stuck.isAlive());
    }

    @Test
    void a_half_deleted_image_is_swept_when_the_domain_is_met_again() throws IOException {
        StorageConnection connection = bind("data");
        String id = create(connection, "gold").getDomainId();
        Path left = Files.createDirectories(
                directory.resolve("data").resolve(id).resolve("images/_remove_me_" + UUID.randomUUID()));
        Files.writeString(left.resolve("data"), "rest");
        storage = reopened();
        storage.connect(connection);
        assertThat(left).doesNotExist();
    }

    private org.bellwether.protocol.DomainState state(String id) {
        return storage.states().stream()
                .filter(state -> state.getDomainId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private Storage reopened() throws IOException {
        return new Storage(
                directory.resolve("mnt"),
                directory.resolve("state"),
                lanes,
                Clock.systemUTC(),
                image -> false,
                task -> tasks.put(task.getTaskId(), task),
                new Leases("no-sanlock-here", 10, lanes.threads(), Clock.systemUTC()));
    }

    private static OpenTransferRequest upload(StorageConnection connection, VolumeReference volume) {
        return OpenTransferRequest.newBuilder()
                .setConnection(connection)
                .setVolume(volume)
                .build();
    }

    private void send(OpenTransferRequest begin, byte[] bytes) throws IOException {
        VolumeUpload upload = storage.images().upload(begin);
        Files.write(upload.file(), bytes);
        upload.complete();
    }

    private TaskState awaitEnd(CopyImageRequest request) {
        Awaitility.await().atMost(PATIENCE).until(() -> {
            TaskState state = tasks.get(request.getTaskId());
            return state != null && state.getPhase() != TaskState.Phase.RUNNING_TASK;
        });
        return tasks.getOrDefault(request.getTaskId(), TaskState.getDefaultInstance());
    }

    private static CopyImageRequest copyRequest(
            StorageConnection connection, VolumeReference source, VolumeReference copy) {
        return CopyImageRequest.newBuilder()
                .setTaskId(UUID.randomUUID().toString())
                .setSourceConnection(connection)
                .setSource(source)
                .setDestinationConnection(connection)
                .setDestination(copy)
                .setFormat(VolumeFormat.QCOW2)
                .setTemplate(true)
                .build();
    }

    private StorageConnection bind(String name) throws IOException {
        Path source = Files.createDirectories(directory.resolve(name));
        StorageConnection connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.POSIX)
                .setVfsType("none")
                .setMountOptions("bind")
                .setPath(source.toString())
                .build();
        connect(connection);
        return connection;
    }

    private StorageConnection local(String name) throws IOException {
        Path source = Files.createDirectories(directory.resolve(name));
        StorageConnection connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.LOCAL)
                .setPath(source.toString())
                .build();
        connect(connection);
        return connection;
    }

    private void connect(StorageConnection connection) {
        storage.connect(connection);
        storage.connect(connection);
        connected.add(connection);
    }

    private DomainDescription create(StorageConnection connection, String name) {
        return storage.createDomain(createRequest(connection, UUID.randomUUID().toString(), name));
    }

    private static CreateDomainRequest createRequest(StorageConnection connection, String id, String name) {
        return CreateDomainRequest.newBuilder()
                .setConnection(connection)
                .setDomainId(id)
                .setName(name)
                .build();
    }

    private static VolumeReference volume(String domain) {
        return VolumeReference.newBuilder()
                .setDomainId(domain)
                .setImageId(UUID.randomUUID().toString())
                .setVolumeId(UUID.randomUUID().toString())
                .build();
    }

    private static CreateVolumeRequest.Builder request(
            StorageConnection connection, VolumeReference volume, VolumeFormat format, long capacity) {
        return CreateVolumeRequest.newBuilder()
                .setConnection(connection)
                .setVolume(volume)
                .setFormat(format)
                .setCapacityBytes(capacity);
    }

    private VolumeDescription grow(StorageConnection connection, VolumeReference volume, long capacity) {
        return storage.images()
                .extendVolume(
                        ExtendVolumeRequest.newBuilder()
                                .setConnection(connection)
                                .setVolume(volume)
                                .setCapacityBytes(capacity)
                                .build(),
                        Optional.empty());
    }

    private static ImageRequest image(StorageConnection connection, VolumeReference volume) {
        return ImageRequest.newBuilder()
                .setConnection(connection)
                .setDomainId(volume.getDomainId())
                .setImageId(volume.getImageId())
                .build();
    }

    private ImageDescription inspect(StorageConnection connection, VolumeReference volume) {
        return storage.images().inspectImage(image(connection, volume));
    }

    private Path data(StorageConnection connection, VolumeReference volume) {
        return Mount.of(connection, directory.resolve("mnt"))
                .domain(volume.getDomainId())
                .volume(volume)
                .data();
    }

    private String info(Path file) {
        return run(directory, "qemu-img", "info", "--output=json", file.toString());
    }

    private static String run(Path place, String... words) {
        Command.Outcome outcome = new Command(List.of(words), place).run(PATIENCE);
        assertThat(outcome.worked())
                .as(String.join(" ", words) + ": " + outcome.words())
                .isTrue();
        return outcome.output();
    }

    private static Error.Code code(Throwable refusal) {
        return ((Refusal) refusal).error().getCode();
    }
}
