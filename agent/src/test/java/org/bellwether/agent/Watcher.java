package org.bellwether.agent;

import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.awaitility.Awaitility;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MachineStatistics;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.WatchRequest;
import org.jspecify.annotations.Nullable;

/** What an engine learns from the long stream. */
final class Watcher implements StreamObserver<Report> {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    final Map<String, MachineState> machines = new ConcurrentHashMap<>();
    final Map<String, TaskState> tasks = new ConcurrentHashMap<>();
    private final Set<String> measured = ConcurrentHashMap.newKeySet();
    private volatile boolean snapshot;
    private volatile String trouble = "";
    volatile @Nullable Throwable ended;
    private long sequence;
    volatile boolean skipped;

    Watcher(TestHost host) throws IOException {
        host.asynchronous()
                .watch(WatchRequest.newBuilder().setStatisticsIntervalMs(500).build(), this);
    }

    @Override
    public void onNext(Report report) {
        skipped |= report.getSequence() != ++sequence;
        switch (report.getWhatCase()) {
            case SNAPSHOT -> {
                report.getSnapshot().getMachinesList().forEach(state -> machines.put(state.getMachineId(), state));
                report.getSnapshot().getTasksList().forEach(state -> tasks.put(state.getTaskId(), state));
                snapshot = true;
            }
            case MACHINE -> machines.put(report.getMachine().getMachineId(), report.getMachine());
            case MACHINE_GONE -> machines.remove(report.getMachineGone().getMachineId());
            case STATISTICS ->
                report.getStatistics().getMachinesList().stream()
                        .map(MachineStatistics::getMachineId)
                        .forEach(measured::add);
            case TASK -> tasks.put(report.getTask().getTaskId(), report.getTask());
            case TROUBLE -> trouble = report.getTrouble().getLibvirt();
            case HOST, WHAT_NOT_SET -> {}
        }
    }

    @Override
    public void onError(Throwable failure) {
        ended = failure;
    }

    @Override
    public void onCompleted() {
        ended = new IllegalStateException("completed");
    }

    void awaitSnapshot() {
        Awaitility.await("snapshot").atMost(PATIENCE).until(() -> snapshot);
    }

    void awaitTrouble() {
        Awaitility.await("trouble").atMost(PATIENCE).until(() -> !trouble.isEmpty());
    }

    void awaitNoTrouble() {
        Awaitility.await("no trouble").atMost(PATIENCE).until(() -> trouble.isEmpty());
    }

    void await(MachineDefinition machine, PowerState power) {
        Awaitility.await(machine.getName() + " " + power)
                .atMost(PATIENCE)
                .until(() -> known(machine.getId()) && state(machine).getPower() == power);
    }

    void awaitGone(MachineDefinition machine) {
        Awaitility.await(machine.getName() + " gone").atMost(PATIENCE).until(() -> !known(machine.getId()));
    }

    void awaitStatistics(MachineDefinition machine) {
        Awaitility.await(machine.getName() + " measured")
                .atMost(PATIENCE)
                .until(() -> measured.contains(machine.getId()));
    }

    boolean known(String id) {
        return machines.containsKey(id);
    }

    MachineState state(MachineDefinition machine) {
        return state(machine.getId());
    }

    MachineState state(String id) {
        return machines.getOrDefault(id, MachineState.getDefaultInstance());
    }
}
