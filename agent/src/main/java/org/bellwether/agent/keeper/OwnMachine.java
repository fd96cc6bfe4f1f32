package org.bellwether.agent.keeper;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.Executor;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.protocol.KeptEngine;
import org.bellwether.protocol.LeaseDescription;
import org.bellwether.protocol.LeaseRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.PauseReason;
import org.bellwether.protocol.StartMachineRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The engine's machine as it is on this host, how its engine is, and what is done to it here. */
final class OwnMachine {
    private static final Logger LOG = LoggerFactory.getLogger(OwnMachine.class);
    private static final int FAILURES = 3;
    private static final Duration FORGIVEN = Duration.ofMinutes(10);

    private final VirtualMachines machines;
    private final Storage storage;
    private final Executor threads;
    private final Deque<Long> failures = new ArrayDeque<>();
    private @Nullable MachineState seen;
    private long since = System.nanoTime();
    private volatile long good;
    private volatile boolean working;
    private volatile boolean asking;
    private volatile String trouble = "";
    private Slot.Engine engine = Slot.Engine.DOWN;

    OwnMachine(VirtualMachines machines, Storage storage, Executor threads) {
        this.machines = machines;
        this.storage = storage;
        this.threads = threads;
    }

    /** @param fresh an answer of the engine holds for so long */
    void observe(KeptEngine kept, Duration fresh) {
        Optional<MachineState> now = machines.states().stream()
                .filter(each -> each.getMachineId().equals(kept.getDefinition().getId()))
                .findFirst();
        MachineState before = seen;
        if (before == null || now.isEmpty() || now.get().getGeneration() != before.getGeneration() || !engine.here()) {
            since = System.nanoTime();
        }
        seen = now.orElse(null);
        engine = working
                ? Slot.Engine.STARTING
                : now.map(state -> of(state, fresh)).orElse(Slot.Engine.DOWN);
        if (engine == Slot.Engine.UP || engine == Slot.Engine.SICK) {
            ask(kept);
        }
    }

    private Slot.Engine of(MachineState state, Duration fresh) {
        return switch (state.getPower()) {
            case RUNNING, SHUTTING_DOWN -> running(state, fresh);
            case PAUSED ->
                state.getPauseReason() == PauseReason.PAUSE_MIGRATION ? running(state, fresh) : Slot.Engine.SICK;
            case STARTING -> Slot.Engine.STARTING;
            case INCOMING -> Slot.Engine.INCOMING;
            case OFF, CRASHED, SAVED, POWER_STATE_UNSPECIFIED, UNRECOGNIZED -> Slot.Engine.DOWN;
        };
    }

    private Slot.Engine running(MachineState state, Duration fresh) {
        if (state.getMigration().getPhase() == MigrationState.Phase.RUNNING_OUT) {
            return Slot.Engine.MOVING;
        }
        boolean answers = answered() && System.nanoTime() - good < fresh.toNanos();
        return answers ? Slot.Engine.UP : Slot.Engine.SICK;
    }

    private void ask(KeptEngine kept) {
        if (asking) {
            return;
        }
        asking = true;
        threads.execute(() -> {
            try {
                Optional<String> sick = Health.trouble(kept);
                if (sick.isEmpty()) {
                    good = System.nanoTime();
                }
                trouble = sick.map(why -> "the engine does not answer: " + why).orElse("");
            } finally {
                asking = false;
            }
        });
    }

    Slot.Engine engine() {
        return engine;
    }

    /** Whether the engine has answered since its machine is here. */
    boolean answered() {
        return good != 0 && good - since > 0;
    }

    /** For how long the engine has not answered. */
    Duration sick() {
        if (engine != Slot.Engine.SICK) {
            return Duration.ZERO;
        }
        return Duration.ofNanos(System.nanoTime() - (answered() ? good : since));
    }

    int process() {
        MachineState state = seen;
        return state == null ? 0 : state.getQemuPid();
    }

    long generation() {
        MachineState state = seen;
        return state == null ? 0 : state.getGeneration();
    }

    MigrationState migration() {
        MachineState state = seen;
        return state == null ? MigrationState.getDefaultInstance() : state.getMigration();
    }

    /** What went wrong here last, until the engine answered. */
    String trouble() {
        return trouble;
    }

    /** Whether it failed here too often and too short ago. */
    boolean failing() {
        synchronized (failures) {
            failures.removeIf(when -> System.nanoTime() - when > FORGIVEN.toNanos());
            return failures.size() >= FAILURES;
        }
    }

    private void failed(String words) {
        trouble = words;
        LOG.warn("the engine's machine: {}", words);
        synchronized (failures) {
            failures.add(System.nanoTime());
        }
    }

    void start(KeptEngine kept, long generation) {
        work(() -> {
            LeaseDescription lease = storage.leases()
                    .inspectLease(LeaseRequest.newBuilder()
                            .setConnection(kept.getConnection())
                            .setDomainId(kept.getDomainId())
                            .setMachineId(kept.getDefinition().getId())
                            .build());
            if (held(lease)) {
                // No failure of this host: the other one may be cut off from the board only, or not be dead for long
                // enough.
                trouble = "not started: " + lease.getWords();
                return;
            }
            LOG.info("starting the engine's machine, start number {}", generation);
            try {
                machines.start(StartMachineRequest.newBuilder()
                        .setDefinition(kept.getDefinition().toBuilder().setGeneration(generation))
                        .build());
                trouble = "";
            } catch (Refusal e) {
                failed("it did not start: " + e.getMessage());
            }
        });
    }

    private static boolean held(LeaseDescription lease) {
        return switch (lease.getHolder()) {
            case ALIVE, SILENT, NOT_KNOWN -> true;
            case NOBODY, GONE, UNRECOGNIZED -> false;
        };
    }

    /** Pulls its plug: whoever is the best then starts it. */
    void end(KeptEngine kept, String why) {
        work(() -> {
            failed("it was ended: " + why);
            machines.stop(kept.getDefinition().getId(), false);
        });
    }

    private void work(Runnable action) {
        if (working) {
            return;
        }
        working = true;
        engine = Slot.Engine.STARTING;
        threads.execute(() -> {
            try {
                action.run();
            } catch (Refusal e) {
                trouble = String.valueOf(e.getMessage());
            } finally {
                working = false;
            }
        });
    }
}
