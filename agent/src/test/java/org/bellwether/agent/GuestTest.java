package org.bellwether.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.RebootMachineRequest;
import org.bellwether.protocol.StartMachineRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A guest that really boots, with an agent inside: sent to the host through the agent, asked, rebooted, shut down. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GuestTest {
    private static final Duration BOOT = Duration.ofSeconds(150);

    @TempDir
    static Path directory;

    private TestNetwork network;
    private TestEngine engine;
    private TestHost host;
    private Watcher watcher;

    @BeforeAll
    void begin() throws Exception {
        Assumptions.assumeTrue(image().isPresent(), "the tiny guest is not built: run lab/guest/build");
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
    void a_guest_is_asked_rebooted_and_shut_down() throws Exception {
        StorageConnection connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.LOCAL)
                .setPath(Files.createDirectories(directory.resolve("store")).toString())
                .build();
        VolumeReference volume = VolumeReference.newBuilder()
                .setDomainId(UUID.randomUUID().toString())
                .setImageId(UUID.randomUUID().toString())
                .setVolumeId(UUID.randomUUID().toString())
                .build();
        host.agent().connectStorage(connection);
        host.agent()
                .createDomain(CreateDomainRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(volume.getDomainId())
                        .setName("store")
                        .build());
        host.agent()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setConnection(connection)
                        .setVolume(volume)
                        .setFormat(VolumeFormat.QCOW2)
                        .setCapacityBytes(128L << 20)
                        .build());
        byte[] bytes = Files.readAllBytes(image().orElseThrow());
        OpenTransferRequest.Builder transfer =
                OpenTransferRequest.newBuilder().setConnection(connection).setVolume(volume);
        TransferClient up = new TransferClient(host, engine, transfer.setUpload(true)).open();
        assertThat(up.put(0, bytes)).isEqualTo(200);
        up.close(true);
        TransferClient down = new TransferClient(host, engine, transfer.setUpload(false)).open();
        assertThat(down.all()).isEqualTo(bytes);
        down.close(false);

        MachineDefinition machine = TestMachines.idle("tiny")
                .setMemoryBytes(192L << 20)
                .addDisks(TestMachines.disk(volume))
                .addNics(TestMachines.nic())
                .setSerialConsole(true)
                .build();
        host.agent()
                .startMachine(
                        StartMachineRequest.newBuilder().setDefinition(machine).build());
        Awaitility.await("guest data")
                .atMost(BOOT)
                .until(() -> watcher.state(machine).getGuest().getInterfacesList().stream()
                        .anyMatch(one -> one.getMac().equals("56:6f:00:00:00:01")));
        assertThat(watcher.state(machine).getGuest().getHostName()).isNotEmpty();
        assertThat(watcher.state(machine).getGuest().getKernelRelease()).isNotEmpty();
        assertThat(watcher.state(machine).getGuest().getAgentVersion()).isNotEmpty();

        long asked = watcher.state(machine).getGuest().getTimeMs();
        int pid = watcher.state(machine).getQemuPid();
        host.agent()
                .rebootMachine(RebootMachineRequest.newBuilder()
                        .setMachineId(machine.getId())
                        .build());
        Awaitility.await("the guest after its reboot")
                .atMost(BOOT)
                .until(() -> watcher.state(machine).getGuest().getTimeMs() > asked + 4000);
        assertThat(watcher.state(machine).getQemuPid()).isEqualTo(pid);

        MachineRequest request =
                MachineRequest.newBuilder().setMachineId(machine.getId()).build();
        assertThat(host.agent().shutdownMachine(request).getPower()).isEqualTo(PowerState.SHUTTING_DOWN);
        Awaitility.await("off").atMost(BOOT).until(() -> watcher.state(machine).getPower() == PowerState.OFF);
        assertThat(watcher.state(machine).getOffReason()).isEqualTo(OffReason.OFF_SHUTDOWN_ASKED);
        assertThat(watcher.state(machine).hasGuest()).isFalse();
    }

    private static Optional<Path> image() throws IOException {
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "bellwether");
        if (!Files.isDirectory(cache)) {
            return Optional.empty();
        }
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.getFileName().toString().matches("tiny-.*\\.qcow2"))
                    .findFirst();
        }
    }
}
