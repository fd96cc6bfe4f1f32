package org.bellwether.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.UUID;
import org.awaitility.Awaitility;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrateMachineRequest;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.PrepareIncomingReply;
import org.bellwether.protocol.PrepareIncomingRequest;
import org.bellwether.protocol.StartMachineRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Two hosts with their own libvirtd and agent, one directory that both mount: machines move, and things die on the way. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MigrationTest {
    private static final Duration PATIENCE = Duration.ofSeconds(90);
    /** So slow that the machine is still on its way when something is done to it. */
    private static final long CRAWL = 1 << 20;

    @TempDir
    static Path directory;

    private TestNetwork network;
    private TestEngine engine;
    private TestHost one;
    private TestHost two;
    private Watcher watchOne;
    private Watcher watchTwo;
    private VolumeReference volume;

    @BeforeAll
    void begin() throws Exception {
        network = new TestNetwork();
        engine = new TestEngine(network.address(1));
        one = new TestHost(engine, network, 2, directory);
        two = new TestHost(engine, network, 3, directory);
        begin(one);
        begin(two);
        watchOne = new Watcher(one);
        watchTwo = new Watcher(two);
        Path shared = Files.createDirectories(directory.resolve("shared"));
        StorageConnection connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.POSIX)
                .setVfsType("none")
                .setMountOptions("bind")
                .setPath(shared.toString())
                .build();
        volume = VolumeReference.newBuilder()
                .setDomainId(UUID.randomUUID().toString())
                .setImageId(UUID.randomUUID().toString())
                .setVolumeId(UUID.randomUUID().toString())
                .build();
        one.agent().connectStorage(connection);
        two.agent().connectStorage(connection);
        one.agent()
                .createDomain(CreateDomainRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(volume.getDomainId())
                        .setName("shared")
                        .build());
        one.agent()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setConnection(connection)
                        .setVolume(volume)
                        .setFormat(VolumeFormat.QCOW2)
                        .setCapacityBytes(64L << 20)
                        .build());
    }

    @AfterAll
    void end() throws Exception {
        for (TestHost host : new TestHost[] {one, two}) {
            if (host != null) {
                host.close();
            }
        }
        if (engine != null) {
            engine.close();
        }
        if (network != null) {
            network.close();
        }
    }

    @Test
    void moves_there_and_back_while_it_runs() throws IOException {
        MachineDefinition machine = TestMachines.idle("mover")
                .addDisks(TestMachines.disk(volume))
                .addNics(TestMachines.nic())
                .addGraphics(TestMachines.vnc())
                .build();
        start(one, machine);
        MigrateMachineRequest request = migrate(two, machine, 0);
        one.agent().migrateMachine(request);
        MachineState left = awaitOutcome(watchOne, machine);
        assertThat(left.getMigration().getPhase()).as(left.toString()).isEqualTo(MigrationState.Phase.DONE);
        assertThat(left.getMigration().getElapsedMs()).isPositive();
        assertThat(left.getMigration().getMigrationId()).isEqualTo(request.getMigrationId());
        watchTwo.await(machine, PowerState.RUNNING);
        assertThat(watchTwo.state(machine).getDefinition()).isEqualTo(machine);
        assertThat(watchTwo.state(machine).getGeneration()).isEqualTo(machine.getGeneration());
        watchOne.await(machine, PowerState.OFF);
        assertThat(watchOne.state(machine).getOffReason()).isEqualTo(OffReason.OFF_MIGRATED);
        System.out.println("downtime " + left.getMigration().getDowntimeMs() + " ms of "
                + left.getMigration().getElapsedMs() + " ms");

        one.agent().migrateMachine(request); // the answer was lost: asked again, it is done
        two.agent().migrateMachine(migrate(one, machine, 0));
        MachineState back = awaitOutcome(watchTwo, machine);
        assertThat(back.getMigration().getPhase()).as(back.toString()).isEqualTo(MigrationState.Phase.DONE);
        watchOne.await(machine, PowerState.RUNNING);
        clean(machine);
    }

    @Test
    void machines_cross_on_their_ways() throws IOException {
        MachineDefinition there = slow("crossing-there", 8);
        MachineDefinition back = TestMachines.idle("crossing-back")
                .addNics(TestMachines.nic().toBuilder().setMac("56:6f:00:00:00:03"))
                .addGraphics(TestMachines.vnc())
                .build();
        start(two, back);
        one.agent().migrateMachine(migrate(two, there, CRAWL));
        awaitProgress(there);
        two.agent().migrateMachine(migrate(one, back, 0));
        MachineState outcome = awaitOutcome(watchTwo, back);
        assertThat(outcome.getMigration().getPhase()).as(outcome.toString()).isEqualTo(MigrationState.Phase.DONE);
        watchOne.await(back, PowerState.RUNNING);
        assertThat(awaitOutcome(watchOne, there).getMigration().getPhase()).isEqualTo(MigrationState.Phase.DONE);
        watchTwo.await(there, PowerState.RUNNING);
        clean(there);
        clean(back);
    }

    @Test
    void cancelled_runs_on_where_it_was() throws IOException {
        MachineDefinition machine = slow("cancelled", 16);
        MigrateMachineRequest request = migrate(two, machine, CRAWL);
        one.agent().migrateMachine(request);
        one.agent().migrateMachine(request);
        awaitProgress(machine);
        assertThatThrownBy(() -> migrate(two, machine, CRAWL)).hasMessageContaining("on its way");
        assertThatThrownBy(() -> one.agent()
                        .migrateMachine(
                                request.toBuilder().setMigrationId("another").build()))
                .hasMessageContaining("being migrated");
        one.agent().cancelMigration(request(machine));
        assertThat(awaitOutcome(watchOne, machine).getMigration().getPhase()).isEqualTo(MigrationState.Phase.CANCELLED);
        watchOne.await(machine, PowerState.RUNNING);
        Awaitility.await().atMost(PATIENCE).until(() -> !watchTwo.known(machine.getId()));
        clean(machine);
    }

    @Test
    void agent_killed_on_the_way_learns_the_outcome() throws IOException {
        MachineDefinition machine = slow("agent-killed", 8);
        MigrateMachineRequest request = migrate(two, machine, CRAWL);
        one.agent().migrateMachine(request);
        awaitProgress(machine);
        one.killAgent();
        one.startAgent();
        watchOne = new Watcher(one);
        watchOne.awaitSnapshot();
        MachineState outcome = awaitOutcome(watchOne, machine);
        assertThat(outcome.getMigration().getPhase()).as(outcome.toString()).isEqualTo(MigrationState.Phase.DONE);
        assertThat(outcome.getMigration().getMigrationId()).isEqualTo(request.getMigrationId());
        watchTwo.await(machine, PowerState.RUNNING);
        clean(machine);
    }

    @Test
    void libvirtd_killed_on_the_way_leaves_one_running_machine() throws IOException {
        MachineDefinition machine = slow("libvirt-killed", 16);
        one.agent().migrateMachine(migrate(two, machine, CRAWL));
        awaitProgress(machine);
        one.killLibvirt();
        watchOne.awaitTrouble();
        one.startLibvirt();
        watchOne.awaitNoTrouble();
        assertThat(awaitOutcome(watchOne, machine).getMigration().getPhase()).isEqualTo(MigrationState.Phase.FAILED);
        watchOne.await(machine, PowerState.RUNNING);
        Awaitility.await().atMost(PATIENCE).until(() -> !watchTwo.known(machine.getId()));
        clean(machine);
    }

    @Test
    void destination_killed_on_the_way_fails_and_runs_on() throws IOException {
        MachineDefinition machine = slow("destination-killed", 16);
        one.agent().migrateMachine(migrate(two, machine, CRAWL));
        awaitProgress(machine);
        two.killLibvirt();
        MachineState outcome = awaitOutcome(watchOne, machine);
        assertThat(outcome.getMigration().getPhase()).isEqualTo(MigrationState.Phase.FAILED);
        assertThat(outcome.getMigration().getError()).isNotEmpty();
        watchOne.await(machine, PowerState.RUNNING);
        two.startLibvirt();
        watchTwo.awaitNoTrouble();
        Awaitility.await().atMost(PATIENCE).until(() -> !watchTwo.known(machine.getId()));
        clean(machine);
    }

    @Test
    void local_storage_is_refused_in_words() throws IOException {
        Path data = Files.createDirectories(directory.resolve("local"));
        StorageConnection connection = StorageConnection.newBuilder()
                .setType(StorageConnection.Type.LOCAL)
                .setPath(data.toString())
                .build();
        VolumeReference local = VolumeReference.newBuilder()
                .setDomainId(UUID.randomUUID().toString())
                .setImageId(UUID.randomUUID().toString())
                .setVolumeId(UUID.randomUUID().toString())
                .build();
        one.agent().connectStorage(connection);
        one.agent()
                .createDomain(CreateDomainRequest.newBuilder()
                        .setConnection(connection)
                        .setDomainId(local.getDomainId())
                        .setName("local")
                        .build());
        one.agent()
                .createVolume(CreateVolumeRequest.newBuilder()
                        .setConnection(connection)
                        .setVolume(local)
                        .setFormat(VolumeFormat.RAW)
                        .setCapacityBytes(1 << 20)
                        .build());
        MachineDefinition machine =
                TestMachines.idle("bound").addDisks(TestMachines.disk(local)).build();
        start(one, machine);
        MigrateMachineRequest request = MigrateMachineRequest.newBuilder()
                .setMachineId(machine.getId())
                .setMigrationId(UUID.randomUUID().toString())
                .setLibvirtUri("qemu+tls://" + two.address + ":16514/system")
                .build();
        assertThatThrownBy(() -> one.agent().migrateMachine(request)).hasMessageContaining("local storage");
        assertThat(watchOne.state(machine).getPower()).isEqualTo(PowerState.RUNNING);
        clean(machine);
    }

    private static void begin(TestHost host) throws Exception {
        host.startLibvirt();
        host.enrol();
        host.killLibvirt(); // with its certificates it listens for other hosts
        host.startLibvirt();
        host.startAgent();
    }

    /** Its memory is never touched and takes none; but every page of zeroes is told, which takes its time at a crawl. */
    private MachineDefinition slow(String name, int gibibytes) throws IOException {
        MachineDefinition machine =
                TestMachines.idle(name).setMemoryBytes((long) gibibytes << 30).build();
        start(one, machine);
        return machine;
    }

    private void start(TestHost host, MachineDefinition machine) throws IOException {
        assertThat(host.agent()
                        .startMachine(StartMachineRequest.newBuilder()
                                .setDefinition(machine)
                                .build())
                        .getPower())
                .isEqualTo(PowerState.RUNNING);
    }

    private static MigrateMachineRequest migrate(TestHost to, MachineDefinition machine, long bandwidth)
            throws IOException {
        PrepareIncomingReply ready = to.agent()
                .prepareIncoming(PrepareIncomingRequest.newBuilder()
                        .setDefinition(machine)
                        .build());
        return MigrateMachineRequest.newBuilder()
                .setMachineId(machine.getId())
                .setMigrationId(UUID.randomUUID().toString())
                .setDestinationHostId(to.name)
                .setLibvirtUri(ready.getLibvirtUri())
                .setMigrationUri(ready.getMigrationUri())
                .setMaxBandwidthBytesPerSecond(bandwidth)
                .build();
    }

    private void awaitProgress(MachineDefinition machine) {
        Awaitility.await(machine.getName() + " on its way")
                .atMost(PATIENCE)
                .until(() -> watchOne.state(machine).getMigration().getBytesTotal() > 0
                        || (watchOne.state(machine).hasMigration()
                                && watchOne.state(machine).getMigration().getPhase()
                                        != MigrationState.Phase.RUNNING_OUT));
        assertThat(watchOne.state(machine).getMigration().getPhase())
                .as(watchOne.state(machine).getMigration().toString())
                .isEqualTo(MigrationState.Phase.RUNNING_OUT);
    }

    private static MachineState awaitOutcome(Watcher watcher, MachineDefinition machine) {
        Awaitility.await("outcome of " + machine.getName())
                .atMost(PATIENCE)
                .until(() -> watcher.state(machine).hasMigration()
                        && watcher.state(machine).getMigration().getPhase() != MigrationState.Phase.RUNNING_OUT);
        return watcher.state(machine);
    }

    private void clean(MachineDefinition machine) throws IOException {
        for (TestHost host : new TestHost[] {one, two}) {
            if (host.attempt("virsh", "domstate", machine.getId()).worked()) {
                host.agent().stopMachine(request(machine));
                host.agent().forgetMachine(request(machine));
            }
        }
    }

    private static MachineRequest request(MachineDefinition machine) {
        return MachineRequest.newBuilder().setMachineId(machine.getId()).build();
    }
}
