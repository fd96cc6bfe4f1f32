package org.bellwether.engine;

import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.HostTls;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.Bridge;
import org.bellwether.protocol.CpuDescription;
import org.bellwether.protocol.ForgetMachineReply;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.KeptState;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrateMachineRequest;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.NetworkInterface;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.PrepareIncomingReply;
import org.bellwether.protocol.PrepareIncomingRequest;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.Snapshot;
import org.bellwether.protocol.WatchRequest;

/** A host's agent that speaks the protocol of real ones over TLS; its machines are words that move to others of its kind. */
final class PretendAgent extends AgentGrpc.AgentImplBase implements AutoCloseable {
    final UUID id = UUID.randomUUID();
    final Map<String, MachineState> machines = new ConcurrentHashMap<>();
    private final Map<UUID, PretendAgent> others;
    private final List<StreamObserver<Report>> watchers = new CopyOnWriteArrayList<>();
    private final Server server;

    /** @param others all agents by their host's id; this one is added */
    PretendAgent(String address, Authority authority, Map<UUID, PretendAgent> others) throws Exception {
        this.others = others;
        others.put(id, this);
        server = NettyServerBuilder.forAddress(new InetSocketAddress(address, 0))
                .sslContext(HostTls.of(authority, address, id))
                .addService(this)
                .build()
                .start();
    }

    int port() {
        return server.getPort();
    }

    long running() {
        return machines.values().stream()
                .filter(each -> each.getPower() == PowerState.RUNNING)
                .count();
    }

    private void tell(MachineState machine) {
        machines.put(machine.getMachineId(), machine);
        var report = Report.newBuilder().setMachine(machine).build();
        watchers.forEach(watcher -> tell(watcher, report));
    }

    private void tell(StreamObserver<Report> watcher, Report report) {
        synchronized (watcher) {
            try {
                watcher.onNext(report);
            } catch (RuntimeException gone) {
                watchers.remove(watcher);
            }
        }
    }

    private static <T> void answer(StreamObserver<T> caller, T answer) {
        caller.onNext(answer);
        caller.onCompleted();
    }

    @Override
    public void watch(WatchRequest request, StreamObserver<Report> caller) {
        watchers.add(caller);
        tell(
                caller,
                Report.newBuilder()
                        .setSnapshot(
                                Snapshot.newBuilder().setHost(description()).addAllMachines(machines.values()))
                        .build());
    }

    private HostDescription description() {
        return HostDescription.newBuilder()
                .setHostId(id.toString())
                .setMemoryBytes(64L << 30)
                .setCpu(CpuDescription.newBuilder()
                        .setArchitecture("x86_64")
                        .setVendor("Intel")
                        .setSockets(1)
                        .setCoresPerSocket(8)
                        .setThreadsPerCore(1))
                .addInterfaces(NetworkInterface.newBuilder()
                        .setName("ovirtmgmt")
                        .setKind("bridge")
                        .addPorts("eth0")
                        .setUp(true))
                .addInterfaces(NetworkInterface.newBuilder()
                        .setName("eth0")
                        .setKind("nic")
                        .setBridge("ovirtmgmt")
                        .setUp(true))
                .addBridges(Bridge.newBuilder()
                        .setName("ovirtmgmt")
                        .addPorts("eth0")
                        .setUp(true))
                .build();
    }

    @Override
    public void prepareIncoming(PrepareIncomingRequest request, StreamObserver<PrepareIncomingReply> caller) {
        answer(
                caller,
                PrepareIncomingReply.newBuilder()
                        .setLibvirtUri("qemu+tls://" + id)
                        .setMigrationUri("tcp://" + id)
                        .build());
    }

    @Override
    public void migrateMachine(MigrateMachineRequest request, StreamObserver<MachineState> caller) {
        var here = Objects.requireNonNull(machines.get(request.getMachineId()));
        var left = here.toBuilder()
                .setPower(PowerState.OFF)
                .setOffReason(OffReason.OFF_MIGRATED)
                .setMigration(MigrationState.newBuilder()
                        .setMigrationId(request.getMigrationId())
                        .setDestinationHostId(request.getDestinationHostId())
                        .setPhase(MigrationState.Phase.DONE))
                .build();
        tell(left);
        Objects.requireNonNull(others.get(UUID.fromString(request.getDestinationHostId())))
                .tell(here);
        answer(caller, left);
    }

    @Override
    public void readKept(MachineRequest request, StreamObserver<KeptState> caller) {
        answer(caller, KeptState.getDefaultInstance());
    }

    @Override
    public void forgetMachine(MachineRequest request, StreamObserver<ForgetMachineReply> caller) {
        machines.remove(request.getMachineId());
        answer(caller, ForgetMachineReply.getDefaultInstance());
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
