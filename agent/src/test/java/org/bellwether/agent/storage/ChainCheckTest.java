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
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.protocol.CopyImageRequest;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.ExtendVolumeRequest;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.MergeState;
import org.bellwether.protocol.MergeVolumesRequest;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Storage that somebody else has written to reaches no file of the host: real images, real qemu-img. */
class ChainCheckTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SIZE = 1 << 20;
    private static final byte[] SECRET =
            "what only the host may know".getBytes(java.nio.charset.StandardCharsets.UTF_8);

    @TempDir
    Path directory;

    private final Lanes lanes = new Lanes();
    private final Map<String, TaskState> tasks = new ConcurrentHashMap<>();
    private final String domain = UUID.randomUUID().toString();
    private Storage storage;
    private StorageConnection connection;
    private Path secret;

    @BeforeEach
    void open() throws IOException {
        storage = new Storage(
                directory.resolve("mnt"),
                directory.resolve("state"),
                lanes,
                Clock.systemUTC(),
                image -> false,
                task -> tasks.put(task.getTaskId(), task),
                new Leases("no-sanlock-here", 10, lanes.threads(), Clock.systemUTC()));
        connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.LOCAL)
                .setPath(Files.createDirectories(directory.resolve("store")).toString())
                .build();
        storage.connect(connection);
        storage.createDomain(CreateDomainRequest.newBuilder()
                .setConnection(connection)
                .setDomainId(domain)
                .setName("store")
                .build());
        secret = Files.write(directory.resolve("secret"), SECRET);
        run("truncate", "-s", Integer.toString(SIZE), secret.toString());
    }

    @AfterEach
    void close() {
        storage.disconnect(connection);
        lanes.close();
    }

    @Test
    void chains_as_they_are_made_here_and_were_made_of_old_are_used() throws IOException {
        List<VolumeReference> chain = chain(VolumeFormat.RAW, VolumeFormat.QCOW2, VolumeFormat.QCOW2);
        assertThat(storage.prepare(chain.get(2)).qcow2()).isTrue();
        run("qemu-img", "rebase", "-u", "-F", "qcow2", "-b", "../" + imageAndVolume(chain.get(1)), data(chain.get(2)));
        assertThat(storage.prepare(chain.get(2)).qcow2()).isTrue();
        run("qemu-img", "rebase", "-u", "-F", "qcow2", "-b", data(chain.get(1)), data(chain.get(2)));
        assertThat(storage.prepare(chain.get(2)).qcow2()).isTrue();
        assertThat(described(chain))
                .allSatisfy(each -> assertThat(each.getTrouble()).isEmpty());
    }

    @Test
    void a_header_anywhere_in_a_chain_that_names_a_file_of_the_host_is_refused() throws IOException {
        for (int at = 0; at < 3; at++) {
            List<VolumeReference> chain = chain(VolumeFormat.QCOW2, VolumeFormat.QCOW2, VolumeFormat.QCOW2);
            run("qemu-img", "rebase", "-u", "-F", "raw", "-b", secret.toString(), data(chain.get(at)));
            refusedEverywhere(chain);
            assertThat(described(chain).get(at).getTrouble()).contains("names a file that is no volume of its image");
        }
    }

    @Test
    void a_path_that_ends_in_the_parents_name_and_a_protocol_are_refused() throws IOException {
        List<VolumeReference> chain = chain(VolumeFormat.QCOW2, VolumeFormat.QCOW2);
        String parent = chain.getFirst().getVolumeId();
        Path elsewhere = Files.createDirectories(directory.resolve("elsewhere")).resolve(parent);
        run(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-u",
                "-F",
                "raw",
                "-b",
                secret.toString(),
                elsewhere.toString(),
                "1M");
        for (String name : List.of(
                elsewhere.toString(),
                "nbd:unix:/x/../../" + parent,
                "../../../../../elsewhere/" + parent,
                "nobody/" + parent)) {
            run("qemu-img", "rebase", "-u", "-F", "qcow2", "-b", name, data(chain.getLast()));
            refusedEverywhere(chain);
        }
    }

    @Test
    void raw_bytes_that_look_like_an_image_are_not_taken_for_one() throws IOException {
        // What a guest can write into its own raw disk, and then say of a thin disk on it that it uploads.
        List<VolumeReference> chain = chain(VolumeFormat.RAW, VolumeFormat.QCOW2);
        Path fake = directory.resolve("fake");
        run(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-u",
                "-F",
                "raw",
                "-b",
                secret.toString(),
                fake.toString(),
                "1M");
        Files.write(Path.of(data(chain.getFirst())), java.util.Arrays.copyOf(Files.readAllBytes(fake), SIZE));
        assertThat(storage.prepare(chain.getLast()).qcow2()).isTrue();
        for (String format : List.of("qcow2", "vmdk")) {
            VolumeUpload upload = sent(chain, format);
            assertThatThrownBy(upload::complete)
                    .hasMessageContaining("says " + format + " of its parent's format, but its parent is raw")
                    .hasMessageContaining("stays illegal")
                    .hasMessageContaining("-F FORMAT");
            assertThat(described(chain).getLast().getLegal()).isFalse();
        }
        sent(chain, "raw").complete();
        assertThat(storage.prepare(chain.getLast()).qcow2()).isTrue();
    }

    /** A thin image on the base, which says that of its parent's format. */
    private VolumeUpload sent(List<VolumeReference> chain, String format) throws IOException {
        Path image = directory.resolve("sent");
        String parent = chain.getFirst().getVolumeId();
        run("qemu-img", "create", "-q", "-f", "qcow2", "-u", "-F", format, "-b", parent, image.toString(), "1M");
        VolumeUpload upload = storage.images().upload(transfer(chain.getLast(), false));
        Files.write(upload.file(), Files.readAllBytes(image));
        return upload;
    }

    @Test
    void a_link_in_the_place_of_data_is_neither_read_nor_written() throws IOException {
        for (VolumeFormat format : List.of(VolumeFormat.RAW, VolumeFormat.QCOW2)) {
            List<VolumeReference> chain = chain(format);
            Path data = Path.of(data(chain.getFirst()));
            Files.delete(data);
            Files.createSymbolicLink(data, secret);
            refusedEverywhere(chain);
            assertThatThrownBy(() -> storage.images().upload(transfer(chain.getFirst(), false)))
                    .hasMessageContaining("no plain file");
            assertThat(described(chain).getFirst().getTrouble()).contains("no plain file");
            assertThat(secret).hasBinaryContent(java.util.Arrays.copyOf(SECRET, SIZE));
        }
    }

    @Test
    void a_device_a_pipe_or_another_images_directory_in_the_place_of_data_is_refused_at_once() throws IOException {
        List<VolumeReference> chain = chain(VolumeFormat.QCOW2);
        Path data = Path.of(data(chain.getFirst()));
        Files.delete(data);
        run("mkfifo", data.toString());
        refusedEverywhere(chain);
        Files.delete(data);

        List<VolumeReference> other = chain(VolumeFormat.RAW);
        Path image = Path.of(data(other.getFirst())).getParent();
        Path away = Files.move(image, directory.resolve("away"));
        Files.createSymbolicLink(image, away);
        refusedEverywhere(other);
    }

    /** Whatever reads it or has QEMU open it. */
    private void refusedEverywhere(List<VolumeReference> chain) {
        VolumeReference top = chain.getLast();
        assertThatThrownBy(() -> storage.prepare(top)).as("a machine's start").hasMessageContaining("cannot be used");
        assertThatThrownBy(() -> storage.images().download(transfer(top, false)))
                .as("a download")
                .hasMessageContaining("cannot be used");
        assertThatThrownBy(() -> storage.images()
                        .extendVolume(
                                ExtendVolumeRequest.newBuilder()
                                        .setConnection(connection)
                                        .setVolume(top)
                                        .setCapacityBytes(2L * SIZE)
                                        .build(),
                                Optional.empty()))
                .as("making it larger")
                .hasMessageContaining("cannot be used");
        TaskState copy = copied(top);
        assertThat(copy.getPhase()).as("a copy").isEqualTo(TaskState.Phase.FAILED_TASK);
        assertThat(copy.getError()).contains("cannot be used");
        if (chain.size() > 1) {
            assertThatThrownBy(() -> merged(chain)).as("a merge").hasMessageContaining("cannot be used");
        }
    }

    private TaskState copied(VolumeReference top) {
        CopyImageRequest request = CopyImageRequest.newBuilder()
                .setTaskId(UUID.randomUUID().toString())
                .setSourceConnection(connection)
                .setSource(top)
                .setDestinationConnection(connection)
                .setDestination(reference())
                .setFormat(VolumeFormat.RAW)
                .build();
        storage.images().copyImage(request);
        Awaitility.await().atMost(PATIENCE).until(() -> {
            TaskState state = tasks.get(request.getTaskId());
            return state != null && state.getPhase() != TaskState.Phase.RUNNING_TASK;
        });
        return tasks.getOrDefault(request.getTaskId(), TaskState.getDefaultInstance());
    }

    private void merged(List<VolumeReference> chain) {
        MergeVolumesRequest request = MergeVolumesRequest.newBuilder()
                .setConnection(connection)
                .setBase(chain.get(chain.size() - 2))
                .setTopVolumeId(chain.getLast().getVolumeId())
                .build();
        Awaitility.await().atMost(PATIENCE).until(() -> {
            MergeState state = storage.merges().merge(request);
            return state.getDone();
        });
    }

    /** Base first. */
    private List<VolumeReference> chain(VolumeFormat... formats) {
        List<VolumeReference> chain = new ArrayList<>();
        VolumeReference place = reference();
        for (VolumeFormat format : formats) {
            VolumeReference volume =
                    place.toBuilder().setVolumeId(UUID.randomUUID().toString()).build();
            CreateVolumeRequest.Builder request = CreateVolumeRequest.newBuilder()
                    .setConnection(connection)
                    .setVolume(volume)
                    .setFormat(format)
                    .setCapacityBytes(SIZE);
            if (!chain.isEmpty()) {
                request.setParent(chain.getLast());
            }
            storage.images().createVolume(request.build());
            chain.add(volume);
        }
        return chain;
    }

    private VolumeReference reference() {
        return VolumeReference.newBuilder()
                .setDomainId(domain)
                .setImageId(UUID.randomUUID().toString())
                .setVolumeId(UUID.randomUUID().toString())
                .build();
    }

    private OpenTransferRequest transfer(VolumeReference volume, boolean rawView) {
        return OpenTransferRequest.newBuilder()
                .setConnection(connection)
                .setVolume(volume)
                .setRawView(rawView)
                .build();
    }

    /** As the chain is, base first. */
    private List<VolumeDescription> described(List<VolumeReference> chain) {
        List<VolumeDescription> all = storage.images()
                .inspectImage(ImageRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(domain)
                        .setImageId(chain.getFirst().getImageId())
                        .build())
                .getVolumesList();
        return chain.stream()
                .map(volume -> all.stream()
                        .filter(each -> each.getVolume().equals(volume))
                        .findFirst()
                        .orElseThrow())
                .toList();
    }

    private String data(VolumeReference volume) {
        return Mount.of(connection, directory.resolve("mnt"))
                .domain(volume.getDomainId())
                .volume(volume)
                .data()
                .toString();
    }

    private static String imageAndVolume(VolumeReference volume) {
        return volume.getImageId() + "/" + volume.getVolumeId();
    }

    private void run(String... words) {
        Command.Outcome outcome = new Command(List.of(words), directory).run(PATIENCE);
        assertThat(outcome.worked())
                .as(String.join(" ", words) + ": " + outcome.words())
                .isTrue();
    }
}
