package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DomainClass;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.MergeVolumesRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.VolumeRequest;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes merged in files, and mended after a merge that was cut off: with real qemu-img. */
class MergesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long CAPACITY = 8 << 20;

    @TempDir
    Path directory;

    private final Lanes lanes = new Lanes();
    private final String image = UUID.randomUUID().toString();
    private Storage storage;
    private StorageConnection connection;
    private String domain = "";

    @BeforeEach
    void open() throws IOException {
        storage = new Storage(
                directory.resolve("mnt"),
                directory.resolve("state"),
                lanes,
                Clock.systemUTC(),
                part -> false,
                task -> {},
                new Leases("no-sanlock-here", 10, lanes.threads(), Clock.systemUTC()));
        connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.LOCAL)
                .setPath(Files.createDirectories(directory.resolve("local")).toString())
                .build();
        storage.connect(connection);
        domain = storage.createDomain(CreateDomainRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(UUID.randomUUID().toString())
                        .setName("local")
                        .setDomainClass(DomainClass.DATA)
                        .build())
                .getDomainId();
    }

    @AfterEach
    void close() {
        storage.disconnect(connection);
        lanes.close();
    }

    @Test
    void volumes_are_merged_in_the_middle_and_at_the_top_and_what_is_seen_stays() throws IOException {
        VolumeReference base = create(VolumeFormat.RAW, null, CAPACITY, false);
        write(base, "raw", 0, "base");
        VolumeReference middle = create(VolumeFormat.QCOW2, base, CAPACITY, false);
        write(middle, "qcow2", 1, "middle");
        VolumeReference top = create(VolumeFormat.QCOW2, middle, 2 * CAPACITY, false);
        write(top, "qcow2", 2, "top");

        merge(base, middle);

        assertThat(described(middle).getMergedInto()).isEqualTo(base.getVolumeId());
        assertThat(described(middle).getLegal()).isFalse();
        assertThat(described(top).getParentVolumeId()).isEqualTo(base.getVolumeId());
        assertThat(described(top).getTrouble()).isEmpty();
        assertThat(storage.prepare(top).qcow2()).isTrue();
        delete(middle);
        assertThat(seen(top, "qcow2")).containsExactly("base", "middle", "top");
        assertThat(seen(base, "raw")).containsExactly("base", "middle", "");

        merge(base, top);

        assertThat(described(top).getMergedInto()).isEqualTo(base.getVolumeId());
        assertThatThrownBy(() -> storage.prepare(top)).hasMessageContaining("marked illegal");
        delete(top);
        assertThat(volumes()).singleElement().satisfies(left -> {
            assertThat(left.getTrouble()).isEmpty();
            assertThat(left.getLeaf()).isTrue();
            assertThat(left.getCapacityBytes()).isEqualTo(2 * CAPACITY);
        });
        assertThat(seen(base, "raw")).containsExactly("base", "middle", "top");
        merge(base, top);
    }

    @Test
    void a_merge_that_was_cut_off_is_mended_or_made_again() throws IOException {
        VolumeReference base = create(VolumeFormat.QCOW2, null, CAPACITY, false);
        VolumeReference middle = create(VolumeFormat.QCOW2, base, CAPACITY, false);
        write(middle, "qcow2", 1, "middle");
        VolumeReference top = create(VolumeFormat.QCOW2, middle, CAPACITY, false);
        write(top, "qcow2", 2, "top");

        // All data is in the base, and nobody knows: it is made again.
        run("qemu-img", "commit", "-q", "-d", "-f", "qcow2", data(middle).toString());
        assertThat(settled(middle).getMergedInto()).isEmpty();
        assertThat(storage.prepare(top).qcow2()).isTrue();
        // The volume above stands on the base, and the texts do not say so yet: they are brought in line.
        new Command(
                        List.of(
                                "qemu-img",
                                "rebase",
                                "-q",
                                "-u",
                                "-f",
                                "qcow2",
                                "-b",
                                base.getVolumeId(),
                                "-F",
                                "qcow2",
                                top.getVolumeId()),
                        directory(base))
                .run(PATIENCE);
        assertThatThrownBy(() -> storage.prepare(top)).hasMessageContaining("names");
        assertThat(settled(middle).getMergedInto()).isEqualTo(base.getVolumeId());
        assertThat(settled(top).getParentVolumeId()).isEqualTo(base.getVolumeId());
        assertThat(storage.prepare(top).qcow2()).isTrue();
        merge(base, middle);
        delete(middle);
        assertThat(seen(top, "qcow2")).containsExactly("", "middle", "top");
        assertThat(volumes()).allSatisfy(each -> assertThat(each.getTrouble()).isEmpty());
    }

    @Test
    void nothing_is_merged_into_a_volume_on_which_something_else_stands() throws IOException {
        VolumeReference base = create(VolumeFormat.QCOW2, null, CAPACITY, false);
        VolumeReference top = create(VolumeFormat.QCOW2, base, CAPACITY, false);
        assertThatThrownBy(() -> create(VolumeFormat.QCOW2, base, CAPACITY, false))
                .hasMessageContaining("already has a child");
        VolumeReference branch = create(VolumeFormat.QCOW2, base, CAPACITY, true);
        write(branch, "qcow2", 1, "branch");
        write(top, "qcow2", 1, "top");

        assertThat(volumes())
                .hasSize(3)
                .allSatisfy(each -> assertThat(each.getTrouble()).isEmpty());
        assertThatThrownBy(() -> merge(base, top)).hasMessageContaining("stands on it too");
        delete(branch);
        merge(base, top);
        assertThat(seen(base, "qcow2")).containsExactly("", "top", "");
    }

    private void merge(VolumeReference base, VolumeReference top) {
        MergeVolumesRequest request = MergeVolumesRequest.newBuilder()
                .setConnection(connection)
                .setBase(base)
                .setTopVolumeId(top.getVolumeId())
                .build();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> storage.merges().merge(request).getDone());
    }

    private ImageRequest asked() {
        return ImageRequest.newBuilder()
                .setConnection(connection)
                .setDomainId(domain)
                .setImageId(image)
                .build();
    }

    private List<VolumeDescription> volumes() {
        return storage.images().inspectImage(asked()).getVolumesList();
    }

    private VolumeDescription described(VolumeReference volume) {
        return of(volumes(), volume);
    }

    private VolumeDescription settled(VolumeReference volume) {
        return of(storage.merges().settle(asked()).getVolumesList(), volume);
    }

    private static VolumeDescription of(List<VolumeDescription> all, VolumeReference volume) {
        return all.stream()
                .filter(each -> each.getVolume().equals(volume))
                .findFirst()
                .orElseThrow();
    }

    private VolumeReference create(VolumeFormat format, @Nullable VolumeReference on, long capacity, boolean branch) {
        VolumeReference volume = VolumeReference.newBuilder()
                .setDomainId(domain)
                .setImageId(image)
                .setVolumeId(UUID.randomUUID().toString())
                .build();
        CreateVolumeRequest.Builder request = CreateVolumeRequest.newBuilder()
                .setConnection(connection)
                .setVolume(volume)
                .setFormat(format)
                .setBranch(branch)
                .setCapacityBytes(capacity);
        if (on != null) {
            request.setParent(on);
        }
        storage.images().createVolume(request.build());
        return volume;
    }

    private void delete(VolumeReference volume) {
        storage.images()
                .deleteVolume(VolumeRequest.newBuilder()
                        .setConnection(connection)
                        .setVolume(volume)
                        .build());
    }

    /** Writes at the start of a 64 KiB piece of the guest's view. */
    private void write(VolumeReference volume, String format, int piece, String text) throws IOException {
        Path file = directory.resolve("text");
        Files.writeString(file, text + "\0".repeat(512 - text.length()));
        run(
                "qemu-io",
                "-f",
                format,
                "-c",
                "write -s " + file + " " + ((long) piece << 16) + " 512",
                data(volume).toString());
    }

    /** What stands in the first three pieces. */
    private List<String> seen(VolumeReference volume, String format) throws IOException {
        Path raw = directory.resolve("seen");
        run("qemu-img", "convert", "-f", format, "-O", "raw", data(volume).toString(), raw.toString());
        byte[] all = Files.readAllBytes(raw);
        return java.util.stream.IntStream.range(0, 3)
                .mapToObj(piece ->
                        new String(all, piece << 16, 16, java.nio.charset.StandardCharsets.US_ASCII).replace("\0", ""))
                .toList();
    }

    private Path data(VolumeReference volume) {
        return directory(volume).resolve(volume.getVolumeId());
    }

    private Path directory(VolumeReference volume) {
        return Mount.of(connection, directory.resolve("mnt"))
                .domain(volume.getDomainId())
                .image(volume.getImageId());
    }

    private void run(String... words) {
        Command.Outcome outcome = new Command(List.of(words), directory).run(PATIENCE);
        assertThat(outcome.worked())
                .as(String.join(" ", words) + ": " + outcome.words())
                .isTrue();
    }
}
