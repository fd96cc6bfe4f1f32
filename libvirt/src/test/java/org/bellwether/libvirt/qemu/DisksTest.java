package org.bellwether.libvirt.qemu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;
import org.bellwether.libvirt.BlockCommit;
import org.bellwether.libvirt.BlockJobStatus;
import org.bellwether.libvirt.BlockJobType;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Domain;
import org.bellwether.libvirt.DomainEvent;
import org.bellwether.libvirt.ErrorCode;
import org.bellwether.libvirt.JobType;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.libvirt.Subscription;
import org.bellwether.libvirt.TypedParameters;
import org.bellwether.libvirt.flags.BlockCommitFlag;
import org.bellwether.libvirt.flags.BlockCopyFlag;
import org.bellwether.libvirt.flags.BlockJobAbortFlag;
import org.bellwether.libvirt.flags.SnapshotCreateFlag;
import org.bellwether.libvirt.flags.StatsFlag;
import org.bellwether.libvirt.flags.StatsGroup;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots, block jobs, thresholds, checkpoints and backups of a running machine's disk. */
class DisksTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final long MEBIBYTE = 1024 * 1024;

    private static PrivateLibvirtd daemon;
    private static Connection connection;

    private final CopyOnWriteArrayList<DomainEvent> events = new CopyOnWriteArrayList<>();
    private Path base;
    private Domain domain;
    private Subscription subscription;

    @BeforeAll
    static void startDaemon() throws Exception {
        daemon = PrivateLibvirtd.start("disks");
        connection = daemon.open();
    }

    @AfterAll
    static void stopDaemon() throws Exception {
        if (daemon != null) {
            connection.close();
            daemon.close();
        }
    }

    @BeforeEach
    void start() throws Exception {
        var uuid = UUID.randomUUID();
        base = daemon.directory().resolve(uuid + ".qcow2");
        Machines.run("qemu-img", "create", "-q", "-f", "qcow2", base.toString(), "64M");
        Machines.run("qemu-io", "-c", "write -P 7 0 8M", base.toString());
        subscription = connection.subscribe(events::add);
        domain = connection.createTransient(Machines.xml("disk", uuid, Machines.disk(base)));
    }

    @AfterEach
    void stop() {
        domain.destroy();
        domain.close();
        subscription.close();
    }

    private String snapshot(String name) {
        var file = daemon.directory().resolve(base.getFileName() + "." + name);
        domain.snapshots()
                .create(
                        "<domainsnapshot><disks><disk name='vda' snapshot='external'><source file='%s'/></disk></disks></domainsnapshot>"
                                .formatted(file),
                        SnapshotCreateFlag.DISK_ONLY,
                        SnapshotCreateFlag.NO_METADATA,
                        SnapshotCreateFlag.ATOMIC);
        return file.toString();
    }

    private void awaitJob(BlockJobStatus status) {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(events)
                        .anyMatch(event -> event instanceof DomainEvent.BlockJob job
                                && job.disk().equals("vda")
                                && job.status() == status));
    }

    @Test
    void a_live_snapshot_is_committed_back_and_the_machine_goes_on_from_the_base() {
        var top = snapshot("top");
        assertThat(domain.xml()).contains(top);
        domain.disks().commit(BlockCommit.of("vda", BlockCommitFlag.ACTIVE));
        awaitJob(BlockJobStatus.READY);
        var job = domain.disks().job("vda").orElseThrow();
        assertThat(job.type()).isEqualTo(BlockJobType.ACTIVE_COMMIT);
        assertThat(job.current()).isEqualTo(job.end());
        domain.disks().abort("vda", BlockJobAbortFlag.PIVOT);
        awaitJob(BlockJobStatus.COMPLETED);
        assertThat(domain.disks().job("vda")).isEmpty();
        assertThat(domain.xml()).doesNotContain(top).contains(base.toString());
    }

    /** As a manager of storage does it: it makes the new tops itself, and parents are named without a directory. */
    @Test
    void tops_made_beforehand_are_taken_and_merged_and_name_their_parents_as_before() throws Exception {
        var lower = taken("lower", base);
        var middle = taken("middle", lower);
        var top = taken("top", middle);
        assertThat(chain()).containsExactly(top, middle, lower, base);

        domain.disks()
                .commit(BlockCommit.of("vda", BlockCommitFlag.RELATIVE)
                        .top(layer(middle))
                        .base(layer(lower)));
        await().atMost(PATIENCE).until(() -> domain.disks().job("vda").isEmpty() && !chain().contains(middle));
        assertThat(chain()).containsExactly(top, lower, base);
        assertThat(Machines.run("qemu-img", "info", "-U", "--output=json", top.toString()))
                .contains("\"backing-filename\": \"" + lower.getFileName() + "\"");

        domain.disks().commit(BlockCommit.of("vda", BlockCommitFlag.ACTIVE).base(layer(lower)));
        awaitJob(BlockJobStatus.READY);
        assertThat(domain.xml()).contains("job='active-commit'", "ready='yes'");
        domain.suspend();
        domain.disks().flushPaused();
        var job = domain.disks().job("vda").orElseThrow();
        assertThat(job.current()).isEqualTo(job.end());
        domain.disks().abort("vda", BlockJobAbortFlag.PIVOT);
        domain.resume();
        assertThat(chain()).containsExactly(lower, base);
    }

    private Path taken(String name, Path parent) throws Exception {
        var file = daemon.directory().resolve(base.getFileName() + "." + name);
        Machines.run(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                "-u",
                "-b",
                parent.getFileName().toString(),
                "-F",
                "qcow2",
                file.toString(),
                "64M");
        domain.snapshots()
                .create(
                        "<domainsnapshot><memory snapshot='no'/><disks><disk name='vda' snapshot='external' type='file'><driver type='qcow2'/><source file='%s'><seclabel model='dac' relabel='no'/></source></disk></disks></domainsnapshot>"
                                .formatted(file),
                        SnapshotCreateFlag.DISK_ONLY,
                        SnapshotCreateFlag.NO_METADATA,
                        SnapshotCreateFlag.REUSE_EXT,
                        SnapshotCreateFlag.ATOMIC);
        return file;
    }

    private static final Pattern ACTIVE = Pattern.compile("<source file='([^']*)' index='([0-9]+)'");
    private static final Pattern BELOW =
            Pattern.compile("<backingStore type='file' index='([0-9]+)'>\\s*<format [^>]*>\\s*<source file='([^']*)'");

    /** The layers of the machine's chain, the active one first, each with libvirt's number of it. */
    private Map<Path, String> layers() {
        var xml = domain.xml().replaceAll("(?s)<mirror.*?</mirror>", "");
        var layers = new LinkedHashMap<Path, String>();
        ACTIVE.matcher(xml).results().forEach(found -> layers.put(Path.of(found.group(1)), found.group(2)));
        BELOW.matcher(xml).results().forEach(found -> layers.put(Path.of(found.group(2)), found.group(1)));
        return layers;
    }

    private List<Path> chain() {
        return List.copyOf(layers().keySet());
    }

    private String layer(Path file) {
        return "vda[" + layers().get(file) + "]";
    }

    @Test
    void a_middle_layer_is_committed_and_the_rest_pulled_together() {
        var middle = snapshot("middle");
        var top = snapshot("top");
        domain.disks()
                .commit(BlockCommit.of("vda").top(middle).base(base.toString()).bandwidth(64 * MEBIBYTE));
        awaitJob(BlockJobStatus.COMPLETED);
        assertThat(domain.xml()).contains(top).doesNotContain(middle);
        events.clear();
        domain.disks().pull("vda", 64 * MEBIBYTE);
        awaitJob(BlockJobStatus.COMPLETED);
        assertThat(domain.xml()).contains(top).doesNotContain(base + "'");
    }

    @Test
    void a_disk_is_mirrored_and_the_machine_goes_on_from_the_copy() {
        var copy = daemon.directory().resolve(base.getFileName() + ".copy");
        var destination = "<disk type='file'><driver type='qcow2'/><source file='%s'/></disk>".formatted(copy);
        var slowly =
                TypedParameters.builder().unsignedLong("bandwidth", MEBIBYTE).build();
        domain.disks().copy("vda", destination, slowly, BlockCopyFlag.TRANSIENT_JOB);
        assertThat(domain.disks().job("vda").orElseThrow().bandwidth()).isEqualTo(MEBIBYTE);
        domain.disks().setJobSpeed("vda", 0);
        awaitJob(BlockJobStatus.READY);
        domain.disks().abort("vda", BlockJobAbortFlag.PIVOT);
        awaitJob(BlockJobStatus.COMPLETED);
        assertThat(domain.xml()).contains(copy.toString());
    }

    @Test
    void a_disk_grows_and_tells_its_sizes() {
        assertThat(domain.disks().info("vda").capacity()).isEqualTo(64 * MEBIBYTE);
        domain.disks().resize("vda", 96 * MEBIBYTE);
        assertThat(domain.disks().info("vda").capacity()).isEqualTo(96 * MEBIBYTE);
        var failure = catchThrowableOfType(
                LibvirtException.class, () -> domain.disks().info("vdz"));
        assertThat(failure.code()).isEqualTo(ErrorCode.INVALID_ARG);
        var statistics = connection.statistics(EnumSet.of(StatsGroup.BLOCK), StatsFlag.RUNNING, StatsFlag.BACKING);
        assertThat(statistics).singleElement().satisfies(each -> {
            assertThat(each.values().number("block.count").orElseThrow()).isPositive();
            assertThat(each.values().text("block.0.name")).hasValue("vda");
            assertThat(each.values().number("block.0.capacity")).hasValue(96 * MEBIBYTE);
        });
    }

    @Test
    void a_write_beyond_a_threshold_is_told() {
        // Nobody writes in this guest: the block job does, through the layer that is watched.
        var top = snapshot("top");
        domain.disks().setThreshold("vda", 512 * 1024);
        assertThat(domain.statistics(java.util.List.of(StatsGroup.BLOCK)).number("block.0.threshold"))
                .hasValue(512 * 1024);
        domain.disks().pull("vda", 0);
        awaitJob(BlockJobStatus.COMPLETED);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(events)
                        .anyMatch(event -> event instanceof DomainEvent.BlockThreshold crossed
                                && crossed.disk().startsWith("vda")
                                && crossed.threshold() == 512 * 1024));
        assertThat(domain.xml()).contains(top);
    }

    @Test
    void a_full_and_an_incremental_backup_are_written() {
        var checkpoints = domain.checkpoints();
        var full = daemon.directory().resolve(base.getFileName() + ".full");
        checkpoints.beginBackup(
                "<domainbackup mode='push'><disks><disk name='vda' type='file'><target file='%s'/><driver type='qcow2'/></disk></disks></domainbackup>"
                        .formatted(full),
                "<domaincheckpoint><name>first</name></domaincheckpoint>");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(events).anyMatch(event -> event instanceof DomainEvent.JobCompleted));
        assertThat(checkpoints.names()).containsExactly("first");
        assertThat(checkpoints.xml("first")).contains("<name>first</name>");
        assertThat(Files.exists(full)).isTrue();

        var socket = daemon.directory().resolve("nbd");
        checkpoints.beginBackup(
                "<domainbackup mode='pull'><incremental>first</incremental><server transport='unix' socket='%s'/><disks><disk name='vda' backup='yes' type='file'><scratch file='%s'/></disk></disks></domainbackup>"
                        .formatted(socket, daemon.directory().resolve("scratch")));
        assertThat(checkpoints.backupXml()).contains("first");
        assertThat(domain.jobs().stats().type()).isEqualTo(JobType.UNBOUNDED);
        assertThat(Files.exists(socket)).isTrue();
        domain.jobs().abort();
        await().atMost(PATIENCE).until(() -> domain.jobs().stats().type() == JobType.NONE);
        var none = catchThrowableOfType(LibvirtException.class, checkpoints::backupXml);
        assertThat(none.code()).isEqualTo(ErrorCode.NO_DOMAIN_BACKUP);

        assertThat(checkpoints.create("<domaincheckpoint><name>second</name></domaincheckpoint>"))
                .isEqualTo("second");
        checkpoints.delete("second");
        checkpoints.delete("first");
        assertThat(checkpoints.names()).isEmpty();
    }
}
