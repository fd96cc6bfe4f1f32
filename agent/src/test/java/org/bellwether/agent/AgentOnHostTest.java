package org.bellwether.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.CpuDefinition;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.DescribeRequest;
import org.bellwether.protocol.DiskBus;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.DomainClass;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ExtendVolumeRequest;
import org.bellwether.protocol.Firmware;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.ImageRequest;
import org.bellwether.protocol.IoLimits;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineDiskRequest;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MirrorDiskRequest;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.PlugDiskRequest;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.RngSource;
import org.bellwether.protocol.StartMachineRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** One host with a real libvirtd and real QEMU; the agent is killed, and libvirtd is, under running machines. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AgentOnHostTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    static Path directory;

    private TestNetwork network;
    private TestEngine engine;
    private TestHost host;
    private Watcher watcher;

    @BeforeAll
    void begin() throws Exception {
        network = new TestNetwork();
        engine = new TestEngine(network.address(1));
        host = new TestHost(engine, network, 2, directory);
        host.startLibvirt();
        host.enrol();
        host.startAgent();
        watcher = new Watcher(host);
    }

    @AfterAll
    void end() throws Exception {
        if (host != null) {
            host.close();
        }
        if (engine != null) {
            engine.close();
        }
        if (network != null) {
            network.close();
        }
    }

    @Test
    void describes_the_host() throws IOException {
        watcher.awaitSnapshot();
        HostDescription description = host.agent().describe(DescribeRequest.getDefaultInstance());
        assertThat(description.getHostName()).isEqualTo(host.name);
        assertThat(description.getLibvirtVersion()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(description.getQemuVersion()).matches("\\d+\\.\\d+\\.\\d+");
        assertThat(description.getCpu().getUsableModelsList()).contains("pentium3");
        assertThat(description.getCpu().getFlagsList()).contains("sse2");
        assertThat(description.getMachineTypesList()).anyMatch(type -> type.startsWith("pc-q35-"));
        assertThat(description.getMemoryBytes()).isGreaterThan(1L << 30);
        assertThat(description.getBridgesList())
                .anyMatch(bridge -> bridge.getName().equals("ovirtmgmt")
                        && bridge.getPortsList().contains("eth0")
                        && bridge.getAddressesList().contains(host.address + "/24"));
    }

    @Test
    void uefi_variables_go_along_to_the_next_start() throws IOException {
        MachineDefinition machine = TestMachines.idle("kept")
                .setFirmware(org.bellwether.protocol.Firmware.Q35_UEFI)
                .setTpm(true)
                .build();
        host.agent().startMachine(paused(machine).build());
        host.agent().stopMachine(request(machine));
        var kept = host.agent().readKept(request(machine));
        assertThat(kept.getNvram().size()).isGreaterThan(100_000);
        assertThat(kept.getTpmList()).isNotEmpty();
        host.agent().forgetMachine(request(machine));

        byte[] changed = kept.getNvram().toByteArray();
        changed[changed.length - 1] ^= 1;
        var told = kept.toBuilder()
                .setNvram(com.google.protobuf.ByteString.copyFrom(changed))
                .build();
        MachineDefinition again = machine.toBuilder().setGeneration(2).build();
        host.agent().startMachine(paused(again).setKept(told).build());
        host.agent().stopMachine(request(machine));
        assertThat(host.agent().readKept(request(machine))).isEqualTo(told);
        host.agent().forgetMachine(request(machine));
    }

    private static StartMachineRequest.Builder paused(MachineDefinition machine) {
        return StartMachineRequest.newBuilder().setDefinition(machine).setPaused(true);
    }

    @Test
    void starts_pauses_resumes_stops_and_forgets_a_machine() throws IOException {
        VolumeReference volume = disk("one");
        MachineDefinition machine = TestMachines.idle("life")
                .addDisks(TestMachines.disk(volume))
                .addNics(TestMachines.nic())
                .addGraphics(TestMachines.vnc())
                .setSerialConsole(true)
                .build();
        MachineState started = start(machine);
        assertThat(started.getPower()).isEqualTo(PowerState.RUNNING);
        assertThat(started.getDomainType()).isIn("kvm", "qemu");
        assertThat(started.getQemuPid()).isPositive();
        assertThat(started.getStartedMs()).isPositive();
        assertThat(started.getDefinition()).isEqualTo(machine);
        assertThat(started.getGraphics(0).getPort())
                .as("nothing of a console listens on a network")
                .isZero();
        watcher.await(machine, PowerState.RUNNING);

        assertThat(start(machine).getQemuPid()).as("asked twice").isEqualTo(started.getQemuPid());
        assertThatThrownBy(() -> start(machine.toBuilder().setGeneration(2).build()))
                .hasMessageContaining("runs on this host already");

        host.agent().pauseMachine(request(machine));
        watcher.await(machine, PowerState.PAUSED);
        host.agent().resumeMachine(request(machine));
        watcher.await(machine, PowerState.RUNNING);
        watcher.awaitStatistics(machine);

        MachineState off = host.agent().stopMachine(request(machine));
        assertThat(off.getPower()).isEqualTo(PowerState.OFF);
        assertThat(off.getOffReason()).isEqualTo(OffReason.OFF_STOPPED);
        assertThat(start(machine).getPower())
                .as("a start repeated after its machine ran does not run it again")
                .isEqualTo(PowerState.OFF);
        assertThat(start(machine.toBuilder().setGeneration(2).build()).getPower())
                .isEqualTo(PowerState.RUNNING);
        host.agent().stopMachine(request(machine));
        host.agent().forgetMachine(request(machine));
        host.agent().forgetMachine(request(machine));
        watcher.awaitGone(machine);
        assertThatThrownBy(() -> host.agent().stopMachine(request(machine)))
                .isInstanceOf(StatusRuntimeException.class)
                .satisfies(e -> assertThat(error(e).getCode()).isEqualTo(Error.Code.NOT_FOUND));
    }

    @Test
    void agent_killed_under_a_running_machine_knows_it_again() throws IOException {
        MachineDefinition machine = TestMachines.idle("agent-killed").build();
        MachineDefinition stopped = TestMachines.idle("stopped-meanwhile").build();
        int pid = start(machine).getQemuPid();
        start(stopped);
        host.killAgent();
        host.run("virsh", "destroy", stopped.getId());
        host.startAgent();
        watcher = new Watcher(host);
        watcher.awaitSnapshot();
        MachineState known = watcher.state(machine);
        assertThat(known.getPower()).isEqualTo(PowerState.RUNNING);
        assertThat(known.getQemuPid()).isEqualTo(pid);
        assertThat(known.getDefinition()).isEqualTo(machine);
        assertThat(watcher.state(stopped).getOffReason()).isEqualTo(OffReason.OFF_STOPPED);
        host.agent().stopMachine(request(machine));
    }

    @Test
    void libvirtd_killed_under_a_running_machine_is_found_again() throws IOException {
        MachineDefinition machine = TestMachines.idle("libvirt-killed").build();
        MachineDefinition off = TestMachines.idle("off-before").build();
        int pid = start(machine).getQemuPid();
        start(off);
        host.agent().stopMachine(request(off));
        host.killLibvirt();
        watcher.awaitTrouble();
        assertThatThrownBy(() -> host.agent().stopMachine(request(machine)))
                .satisfies(e -> assertThat(error(e).getCode()).isEqualTo(Error.Code.UNREACHABLE));
        host.startLibvirt();
        watcher.awaitNoTrouble();
        MachineState known = start(machine);
        assertThat(known.getQemuPid()).isEqualTo(pid);
        assertThat(watcher.state(off).getOffReason())
                .as("libvirt forgets why a machine is off; the agent does not")
                .isEqualTo(OffReason.OFF_STOPPED);
        host.agent().stopMachine(request(machine));
        watcher.await(machine, PowerState.OFF);
    }

    @Test
    void a_machine_made_by_virsh_is_only_looked_at() throws IOException {
        String id = UUID.randomUUID().toString();
        Path xml = directory.resolve("foreign.xml");
        Files.writeString(
                xml,
                "<domain type='qemu'><name>foreign</name><uuid>" + id
                        + "</uuid><memory unit='MiB'>32</memory><vcpu>1</vcpu><os><type>hvm</type></os></domain>");
        host.run("virsh", "create", xml.toString());
        Awaitility.await().atMost(PATIENCE).until(() -> watcher.known(id));
        assertThat(watcher.state(id).getForeign()).isTrue();
        assertThat(watcher.state(id).getPower()).isEqualTo(PowerState.RUNNING);
        assertThatThrownBy(() -> host.agent()
                        .stopMachine(
                                MachineRequest.newBuilder().setMachineId(id).build()))
                .satisfies(e -> assertThat(error(e).getCode()).isEqualTo(Error.Code.WRONG_STATE));
        host.run("virsh", "destroy", id);
        Awaitility.await().atMost(PATIENCE).until(() -> !watcher.known(id));
    }

    @Test
    void qemu_killed_is_told_as_crashed() throws IOException {
        MachineDefinition machine = TestMachines.idle("crash").build();
        MachineState started = start(machine);
        host.run("kill", "-9", Integer.toString(started.getQemuPid()));
        watcher.await(machine, PowerState.CRASHED);
        assertThat(watcher.state(machine).getOffReason()).isEqualTo(OffReason.OFF_CRASHED);
        host.agent().forgetMachine(request(machine));
    }

    @Test
    void a_machine_that_cannot_start_says_why_and_is_off() throws IOException {
        MachineDefinition machine =
                TestMachines.idle("impossible").setMachineType("pc-q35-99.0").build();
        assertThatThrownBy(() -> start(machine)).satisfies(e -> {
            assertThat(error(e).getWhat()).contains("impossible");
            assertThat(error(e).getCause()).isNotEmpty();
        });
        MachineDefinition unplugged = TestMachines.idle("unplugged")
                .addNics(TestMachines.nic().toBuilder().setNetwork("nowhere"))
                .build();
        assertThatThrownBy(() -> start(unplugged)).hasMessageContaining("nowhere");
    }

    @Test
    void a_machine_with_every_kind_of_device_starts() throws IOException {
        VolumeReference virtio = disk("virtio");
        VolumeReference scsi = disk("scsi");
        VolumeReference iso = disk("iso");
        for (Firmware firmware : List.of(Firmware.Q35_UEFI, Firmware.I440FX_SEABIOS)) {
            MachineDefinition machine = TestMachines.idle("devices-" + firmware)
                    .setFirmware(firmware)
                    .setMemoryBytes(64L << 20)
                    .setCpu(CpuDefinition.newBuilder()
                            .setSockets(1)
                            .setMaxSockets(4)
                            .setModel("Westmere")
                            .addFeatures("-aes"))
                    .clearBootDevices()
                    .addDisks(TestMachines.disk(virtio).toBuilder()
                            .setDiscard(true)
                            .setBootOrder(1))
                    .addDisks(TestMachines.disk(scsi).toBuilder()
                            .setBus(DiskBus.VIRTIO_SCSI)
                            .setReadOnly(true))
                    .addDisks(TestMachines.disk(iso).toBuilder().setCdrom(true).setBus(DiskBus.IDE))
                    .addDisks(DiskDevice.newBuilder()
                            .setDiskId(UUID.randomUUID().toString())
                            .setCdrom(true))
                    .addNics(TestMachines.nic().toBuilder()
                            .setModel("e1000")
                            .setMtu(1400)
                            .setBootOrder(2))
                    .addNics(TestMachines.nic().toBuilder()
                            .setMac("56:6f:00:00:00:02")
                            .clearNetwork())
                    .addGraphics(TestMachines.vnc())
                    .setVideoModel("virtio")
                    .setRng(RngSource.URANDOM)
                    .setSerialConsole(true)
                    .setClockOffsetSeconds(-3600)
                    .setSerialNumber("SN-1")
                    .setDescription("<everything> & more")
                    .build();
            assertThat(start(machine).getPower()).isEqualTo(PowerState.RUNNING);
            watcher.awaitStatistics(machine);
            host.agent().stopMachine(request(machine));
            host.agent().forgetMachine(request(machine));
        }
    }

    @Test
    void a_disk_in_use_grows_and_is_not_deleted() throws IOException {
        VolumeReference volume = disk("growing");
        MachineDefinition machine =
                TestMachines.idle("growing").addDisks(TestMachines.disk(volume)).build();
        start(machine);
        StorageConnection connection = connection("growing");
        ExtendVolumeRequest grow = ExtendVolumeRequest.newBuilder()
                .setConnection(connection)
                .setVolume(volume)
                .setCapacityBytes(96L << 20)
                .build();
        assertThatThrownBy(() -> host.agent().extendVolume(grow))
                .satisfies(e -> assertThat(error(e).getCode()).isEqualTo(Error.Code.IN_USE));
        assertThat(host.agent()
                        .extendVolume(
                                grow.toBuilder().setMachineId(machine.getId()).build())
                        .getCapacityBytes())
                .isEqualTo(96L << 20);
        assertThat(host.run("virsh", "domblkinfo", machine.getId(), "vda")).contains(Long.toString(96L << 20));
        ImageRequest image = ImageRequest.newBuilder()
                .setConnection(connection)
                .setDomainId(volume.getDomainId())
                .setImageId(volume.getImageId())
                .build();
        assertThatThrownBy(() -> host.agent().deleteImage(image))
                .satisfies(e -> assertThat(error(e).getCode()).isEqualTo(Error.Code.IN_USE));
        host.agent().stopMachine(request(machine));
        host.agent().deleteImage(image);
        host.agent().forgetMachine(request(machine));
    }

    @Test
    void only_the_engine_is_answered_and_a_second_watch_ends_the_first() throws Exception {
        ManagedChannel stranger = engine.channel(
                host.address, 54321, engine.authority().host(UUID.randomUUID().toString(), host.address));
        try {
            assertThatThrownBy(() -> AgentGrpc.newBlockingStub(stranger)
                            .withDeadlineAfter(20, TimeUnit.SECONDS)
                            .describe(DescribeRequest.getDefaultInstance()))
                    .isInstanceOf(StatusRuntimeException.class);
        } finally {
            stranger.shutdownNow();
        }
        Watcher first = watcher;
        watcher = new Watcher(host);
        watcher.awaitSnapshot();
        Awaitility.await().atMost(PATIENCE).until(() -> first.ended != null);
        assertThat(first.skipped).as("sequence without gaps").isFalse();
        assertThat(first.ended).hasMessageContaining("Another watch");
        long resident = host.agentResidentKib();
        assertThat(resident).as("KiB resident").isLessThan(180 * 1024);
    }

    private MachineState start(MachineDefinition machine) throws IOException {
        return host.agent()
                .startMachine(
                        StartMachineRequest.newBuilder().setDefinition(machine).build());
    }

    @Test
    void a_disk_is_plugged_into_a_running_machine_and_mirrored_to_another_domain() throws IOException {
        MachineDefinition machine = TestMachines.idle("mirrored").build();
        start(machine);
        VolumeReference volume = disk("mirror-from");
        PlugDiskRequest plug = PlugDiskRequest.newBuilder()
                .setMachineId(machine.getId())
                .setDisk(TestMachines.disk(volume).toBuilder()
                        .setLimits(IoLimits.newBuilder().setTotalBytesPerSecond(64L << 20)))
                .build();
        host.agent().plugDisk(plug);
        host.agent().plugDisk(plug);
        assertThat(host.run("virsh", "dumpxml", machine.getId())).containsOnlyOnce("<source file=");

        VolumeReference there = disk("mirror-to", volume);
        MachineDiskRequest disk = MachineDiskRequest.newBuilder()
                .setMachineId(machine.getId())
                .setDiskId(volume.getImageId())
                .build();
        MirrorDiskRequest mirror = MirrorDiskRequest.newBuilder()
                .setMachineId(machine.getId())
                .setDiskId(volume.getImageId())
                .setDestination(there)
                .build();
        host.agent().mirrorDisk(mirror);
        host.killAgent();
        host.startAgent();
        watcher = new Watcher(host);
        watcher.awaitSnapshot();
        assertThat(host.agent().mirrorDisk(mirror).getMirroring())
                .as("it went on without the agent")
                .isTrue();
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> host.agent().inspectMirror(disk).getReady());
        host.agent().cancelMirror(disk);
        host.agent().cancelMirror(disk);
        assertThat(host.agent().inspectMirror(disk).getActive()).isEqualTo(volume);
        host.agent().mirrorDisk(mirror);
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> host.agent().inspectMirror(disk).getReady());
        assertThat(host.agent().switchMirror(disk).getActive()).isEqualTo(there);
        assertThat(host.agent().switchMirror(disk).getActive()).isEqualTo(there);
        assertThat(host.agent().mirrorDisk(mirror).getMirroring()).isFalse();
        host.agent()
                .deleteImage(ImageRequest.newBuilder()
                        .setConnection(connection("mirror-from"))
                        .setDomainId(volume.getDomainId())
                        .setImageId(volume.getImageId())
                        .build());
        assertThatThrownBy(() -> host.agent()
                        .deleteImage(ImageRequest.newBuilder()
                                .setConnection(connection("mirror-to"))
                                .setDomainId(there.getDomainId())
                                .setImageId(there.getImageId())
                                .build()))
                .hasMessageContaining("runs with it");
        host.agent().stopMachine(request(machine));
    }

    private VolumeReference disk(String storage) throws IOException {
        return disk(storage, TestMachines.volume());
    }

    private VolumeReference disk(String storage, VolumeReference ids) throws IOException {
        StorageConnection connection = connection(storage);
        String domain = UUID.randomUUID().toString();
        host.agent().connectStorage(connection);
        host.agent()
                .createDomain(CreateDomainRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(domain)
                        .setName(storage)
                        .setDomainClass(DomainClass.DATA)
                        .build());
        VolumeReference volume = ids.toBuilder().setDomainId(domain).build();
        host.agent()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setConnection(connection)
                        .setVolume(volume)
                        .setFormat(VolumeFormat.QCOW2)
                        .setCapacityBytes(64L << 20)
                        .build());
        return volume;
    }

    private static StorageConnection connection(String storage) throws IOException {
        Path data = Files.createDirectories(directory.resolve(storage));
        return StorageConnection.newBuilder()
                .setType(StorageConnection.Type.LOCAL)
                .setPath(data.toString())
                .build();
    }

    private static MachineRequest request(MachineDefinition machine) {
        return MachineRequest.newBuilder().setMachineId(machine.getId()).build();
    }

    static Error error(Throwable failure) {
        var trailers = ((StatusRuntimeException) failure).getTrailers();
        Error error = trailers == null ? null : trailers.get(Answers.ERROR);
        if (error == null) {
            throw new AssertionError("an error without words", failure);
        }
        return error;
    }
}
