package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.protocol.ArchivePlace;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DomainClass;
import org.bellwether.protocol.ExportArchiveRequest;
import org.bellwether.protocol.ExportedDisk;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.ImportImageRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.VolumeRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Disks into archives and out of them, with real mounts and qemu-img. */
class ArchivesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long CAPACITY = 16 << 20;

    @TempDir
    Path directory;

    private final Lanes lanes = new Lanes();
    private final Map<String, TaskState> tasks = new ConcurrentHashMap<>();
    private Storage storage;
    private Archives archives;
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
                task -> tasks.put(task.getTaskId(), task),
                new Leases("no-sanlock-here", 10, lanes.threads(), Clock.systemUTC()));
        archives = storage.archives(List.of(Files.createDirectory(directory.resolve("open"))));
        connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.POSIX)
                .setVfsType("none")
                .setMountOptions("bind")
                .setPath(Files.createDirectory(directory.resolve("domain")).toString())
                .build();
        storage.connect(connection);
        domain = storage.createDomain(CreateDomainRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(UUID.randomUUID().toString())
                        .setName("gold")
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
    void a_thin_disk_goes_into_an_archive_and_comes_out_of_it_as_it_was() throws IOException {
        VolumeReference template = volume(null);
        write(template, 0, "from the template");
        VolumeReference top = volume(template);
        write(top, 1, "its own");
        VolumeRequest source = VolumeRequest.newBuilder()
                .setConnection(connection)
                .setVolume(top)
                .build();
        var measured = archives.measure(source);
        assertThat(measured.getCapacityBytes()).isEqualTo(CAPACITY);
        ArchivePlace place = ArchivePlace.newBuilder()
                .setFile(directory.resolve("open/vm.ova").toString())
                .build();
        ended(archives.export(ExportArchiveRequest.newBuilder()
                .setTaskId(UUID.randomUUID().toString())
                .setArchive(place)
                .setOvf("<ovf/>")
                .addDisks(ExportedDisk.newBuilder()
                        .setSource(source)
                        .setFile("disk1")
                        .setQcow2Bytes(measured.getQcow2Bytes()))
                .build()));
        assertThat(run("tar", "-tf", place.getFile()).lines()).containsExactly("vm.ovf", "disk1");

        var seen = archives.inspect(place);
        assertThat(seen.getOvf()).isEqualTo("<ovf/>");
        assertThat(seen.getFiles(0).getFormat()).isEqualTo("qcow2");
        assertThat(seen.getFiles(0).getCapacityBytes()).isEqualTo(CAPACITY);
        VolumeReference back = imported(place, "disk1", VolumeFormat.QCOW2);
        assertThat(run("qemu-img", "compare", "-U", path(top), path(back))).contains("identical");
        var volumes = storage.images()
                .inspectImage(ImageRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(domain)
                        .setImageId(back.getImageId())
                        .build())
                .getVolumesList();
        assertThat(volumes).hasSize(1);
        assertThat(volumes.getFirst().getTrouble()).isEmpty();
        assertThat(volumes.getFirst().getLegal()).isTrue();
    }

    @Test
    void a_stream_optimized_vmdk_is_read_where_it_lies() throws IOException {
        VolumeReference disk = volume(null);
        write(disk, 3, "inside a vmdk");
        Path vmdk = directory.resolve("disk.vmdk");
        run("qemu-img", "convert", "-O", "vmdk", "-o", "subformat=streamOptimized", path(disk), vmdk.toString());
        Path file = directory.resolve("open/vmware.ova");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ExportArchive.header("vm.ovf", 4));
            out.write(java.util.Arrays.copyOf("<x/>".getBytes(java.nio.charset.StandardCharsets.UTF_8), 512));
            out.write(ExportArchive.header("disk.vmdk", Files.size(vmdk)));
            Files.copy(vmdk, out);
            out.write(new byte[(int) (512 - Files.size(vmdk) % 512) % 512 + 1024]);
        }
        ArchivePlace place = ArchivePlace.newBuilder().setFile(file.toString()).build();
        assertThat(archives.inspect(place).getFiles(0).getFormat()).isEqualTo("vmdk");
        VolumeReference back = imported(place, "disk.vmdk", VolumeFormat.RAW);
        assertThat(run("qemu-img", "compare", "-U", path(disk), path(back))).contains("identical");
    }

    @Test
    void a_failed_import_leaves_nothing() throws IOException {
        Path file = directory.resolve("open/bad.ova");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(ExportArchive.header("vm.ovf", 0));
            out.write(ExportArchive.header("disk", 512));
            out.write(new byte[512]);
            out.write(ExportArchive.header("vm.mf", 16));
            out.write(java.util.Arrays.copyOf(
                    "SHA1(disk)= beef".getBytes(java.nio.charset.StandardCharsets.UTF_8), 1536));
        }
        var place = ArchivePlace.newBuilder().setFile(file.toString()).build();
        VolumeReference target = fresh();
        var state = archives.importImage(request(place, "disk", VolumeFormat.RAW, target, 512));
        Awaitility.await().atMost(PATIENCE).until(() -> task(state).getPhase() == TaskState.Phase.FAILED_TASK);
        assertThat(task(state).getError()).contains("list of digests").contains("removed");
        assertThat(directory.resolve("domain/" + domain + "/images/" + target.getImageId()))
                .doesNotExist();
    }

    private VolumeReference imported(ArchivePlace place, String file, VolumeFormat format) {
        VolumeReference target = fresh();
        ended(archives.importImage(request(place, file, format, target, CAPACITY)));
        return target;
    }

    private ImportImageRequest request(
            ArchivePlace place, String file, VolumeFormat format, VolumeReference target, long capacity) {
        return ImportImageRequest.newBuilder()
                .setTaskId(UUID.randomUUID().toString())
                .setArchive(place)
                .setFile(file)
                .setDestinationConnection(connection)
                .setDestination(target)
                .setFormat(format)
                .setCapacityBytes(capacity)
                .build();
    }

    private void ended(TaskState state) {
        Awaitility.await().atMost(PATIENCE).until(() -> task(state).getPhase() != TaskState.Phase.RUNNING_TASK);
        assertThat(task(state).getPhase()).as(task(state).getError()).isEqualTo(TaskState.Phase.DONE_TASK);
    }

    private TaskState task(TaskState begun) {
        return tasks.getOrDefault(begun.getTaskId(), begun);
    }

    private VolumeReference fresh() {
        return VolumeReference.newBuilder()
                .setDomainId(domain)
                .setImageId(UUID.randomUUID().toString())
                .setVolumeId(UUID.randomUUID().toString())
                .build();
    }

    private VolumeReference volume(@org.jspecify.annotations.Nullable VolumeReference on) {
        VolumeReference volume = fresh();
        CreateVolumeRequest.Builder request = CreateVolumeRequest.newBuilder()
                .setConnection(connection)
                .setVolume(volume)
                .setFormat(VolumeFormat.QCOW2)
                .setCapacityBytes(CAPACITY);
        if (on != null) {
            request.setParent(on);
        }
        storage.images().createVolume(request.build());
        return volume;
    }

    private String path(VolumeReference volume) {
        return directory
                .resolve("domain/" + domain + "/images/" + volume.getImageId() + "/" + volume.getVolumeId())
                .toString();
    }

    private void write(VolumeReference volume, int piece, String text) throws IOException {
        Path file = Files.writeString(directory.resolve("text"), text);
        run("qemu-io", "-f", "qcow2", "-c", "write -q -s " + file + " " + piece * 65536 + " 65536", path(volume));
    }

    private String run(String... words) {
        Command.Outcome outcome = new Command(List.of(words), directory).run(PATIENCE);
        assertThat(outcome.worked())
                .as(String.join(" ", words) + ": " + outcome.words())
                .isTrue();
        return outcome.output();
    }
}
