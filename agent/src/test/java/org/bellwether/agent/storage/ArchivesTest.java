package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
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
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.ArchivePlace;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DomainClass;
import org.bellwether.protocol.ExportArchiveRequest;
import org.bellwether.protocol.ExportedDisk;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.ImportImageRequest;
import org.bellwether.protocol.SealImagesRequest;
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
        archives = storage.archives(
                List.of(Files.createDirectory(directory.resolve("open")), directory.resolve("later/open")), false);
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
    void an_opened_directory_is_made_when_it_is_first_written_to_and_nothing_else_is() {
        Path later = directory.resolve("later/open");
        assertThatThrownBy(() -> archives.inspect(at(later.resolve("vm.ova"))))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("There is no file");
        assertThat(later).as("reading makes nothing").doesNotExist();
        var within = archives.export(empty(later.resolve("below/vm.ova")));
        Awaitility.await().atMost(PATIENCE).until(() -> task(within).getPhase() == TaskState.Phase.FAILED_TASK);
        assertThat(task(within).getError()).contains("There is no directory");
        var beside = archives.export(empty(directory.resolve("later/vm.ova")));
        Awaitility.await().atMost(PATIENCE).until(() -> task(beside).getPhase() == TaskState.Phase.FAILED_TASK);
        assertThat(task(beside).getError()).contains("is not open");
        assertThat(later).doesNotExist();
        ended(archives.export(empty(later.resolve("vm.ova"))));
        assertThat(archives.inspect(at(later.resolve("vm.ova"))).getOvf()).isEqualTo("<ovf/>");
        assertThat(later)
                .satisfies(made -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(made)))
                        .isEqualTo("rwx------"));
    }

    private static ArchivePlace at(Path file) {
        return ArchivePlace.newBuilder().setFile(file.toString()).build();
    }

    private static ExportArchiveRequest empty(Path file) {
        return ExportArchiveRequest.newBuilder()
                .setTaskId(UUID.randomUUID().toString())
                .setArchive(at(file))
                .setOvf("<ovf/>")
                .build();
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

    @Test
    void a_sealed_disk_has_lost_what_made_its_machine_that_machine_and_nothing_new_came() throws IOException {
        assumeThat(SealImages.installed())
                .as("virt-sysprep is installed: libguestfs-tools, and a kernel for its appliance")
                .isTrue();
        VolumeReference disk = system();
        ended(archives.seal(sealing(disk)), Duration.ofMinutes(10));
        Path raw = directory.resolve("sealed.raw");
        run("qemu-img", "convert", "-O", "raw", path(disk), raw.toString());
        assertThat(run("debugfs", "-R", "ls -p /etc/ssh", raw.toString())).doesNotContain("ssh_host_rsa_key");
        assertThat(run("debugfs", "-R", "ls -p /root", raw.toString())).doesNotContain(".bash_history");
        assertThat(run("debugfs", "-R", "cat /etc/machine-id", raw.toString()).strip())
                .as("else all machines made of it would be one for DHCP servers")
                .isEmpty();
        assertThat(run("debugfs", "-R", "cat /etc/fstab", raw.toString())).contains("ext4");
    }

    @Test
    void where_nothing_can_seal_that_is_said_with_what_to_install() {
        assumeThat(SealImages.installed()).as("virt-sysprep is absent").isFalse();
        VolumeReference disk = volume(null);
        var state = archives.seal(sealing(disk));
        Awaitility.await().atMost(PATIENCE).until(() -> task(state).getPhase() == TaskState.Phase.FAILED_TASK);
        assertThat(task(state).getError()).contains("no virt-sysprep", "Install libguestfs-tools");
    }

    private SealImagesRequest sealing(VolumeReference disk) {
        return SealImagesRequest.newBuilder()
                .setTaskId(UUID.randomUUID().toString())
                .addDisks(VolumeRequest.newBuilder().setConnection(connection).setVolume(disk))
                .build();
    }

    /** A disk with as much of a Debian as it takes to be taken for one. */
    private VolumeReference system() throws IOException {
        Path tree = directory.resolve("tree");
        for (String place :
                List.of("etc/ssh", "bin", "usr/bin", "usr/lib", "lib", "sbin", "var/log", "var/lib", "root", "tmp")) {
            Files.createDirectories(tree.resolve(place));
        }
        Files.writeString(tree.resolve("etc/os-release"), "ID=debian\nVERSION_ID=\"12\"\nPRETTY_NAME=Debian\n");
        Files.writeString(tree.resolve("etc/debian_version"), "12.0\n");
        Files.writeString(tree.resolve("etc/fstab"), "/dev/vda / ext4 defaults 0 1\n");
        Files.writeString(tree.resolve("etc/passwd"), "root:x:0:0:root:/root:/bin/sh\n");
        Files.writeString(tree.resolve("etc/machine-id"), "0123456789abcdef0123456789abcdef\n");
        Files.writeString(tree.resolve("etc/ssh/ssh_host_rsa_key"), "its own\n");
        Files.writeString(tree.resolve("root/.bash_history"), "ls\n");
        Path raw = directory.resolve("system.raw");
        run("truncate", "-s", Long.toString(CAPACITY), raw.toString());
        run("mke2fs", "-q", "-t", "ext4", "-d", tree.toString(), raw.toString());
        VolumeReference disk = volume(null);
        run("qemu-img", "convert", "-n", "-O", "qcow2", raw.toString(), path(disk));
        return disk;
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
        ended(state, PATIENCE);
    }

    private void ended(TaskState state, Duration within) {
        Awaitility.await().atMost(within).until(() -> task(state).getPhase() != TaskState.Phase.RUNNING_TASK);
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
