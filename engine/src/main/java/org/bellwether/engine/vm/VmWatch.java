package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.HashMap;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.bellwether.engine.availability.Passage;
import org.bellwether.engine.availability.Sighting;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.AgentListener;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.PauseReason;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.Snapshot;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes in what hosts say of their machines, and writes down what follows for a machine that no operation holds: that it
 * went off, or that it runs on another host than the one written down.
 */
public final class VmWatch implements AgentListener {

    private static final Logger log = LoggerFactory.getLogger(VmWatch.class);
    private static final Duration FORGET_LIMIT = Duration.ofSeconds(30);

    private final Database database;
    private final Vms vms;
    private final ObservedMachines observed;
    private final KeptStates kept;
    private final Agents agents;
    private final Operations operations;
    private final HighAvailability availability;
    private final Events events;
    private final Leftovers leftovers;
    /** Highly available machines that fell, until they are being started again. */
    private final Set<Id<Vm>> falling = ConcurrentHashMap.newKeySet();

    public VmWatch(
            Database database,
            Vms vms,
            ObservedMachines observed,
            KeptStates kept,
            Agents agents,
            Operations operations,
            HighAvailability availability,
            Events events) {
        this.database = database;
        this.vms = vms;
        this.observed = observed;
        this.kept = kept;
        this.agents = agents;
        this.operations = operations;
        this.availability = availability;
        this.events = events;
        this.leftovers = new Leftovers(database, vms, observed, agents, operations, events);
        operations.whenFree(this::lookAgain);
    }

    /** What was said of a machine while an operation held it has not been acted upon. */
    private void lookAgain(UUID object) {
        Id<Vm> vm = Id.of(object);
        vms.model()
                .find(vm)
                .flatMap(Vm::hostId)
                .filter(host -> agents.connected(host.value()) || observed.isOff(host))
                .ifPresent(host -> settle(host, vm, observed.on(host, vm)));
        leftovers.lookAgain(vm);
    }

    @Override
    public void reported(UUID hostId, Report report) {
        Id<Host> host = Id.of(hostId);
        switch (report.getWhatCase()) {
            case SNAPSHOT -> snapshot(host, report.getSnapshot());
            case MACHINE -> {
                Id<Vm> vm = Id.of(report.getMachine().getMachineId());
                var before = observed.on(host, vm);
                observed.put(host, vm, report.getMachine());
                tellPause(vm, before, report.getMachine());
                settle(host, vm, Optional.of(report.getMachine()));
            }
            case MACHINE_GONE -> {
                Id<Vm> vm = Id.of(report.getMachineGone().getMachineId());
                observed.remove(host, vm);
                settle(host, vm, Optional.empty());
            }
            case STATISTICS ->
                report.getStatistics()
                        .getMachinesList()
                        .forEach(each -> observed.put(Id.<Vm>of(each.getMachineId()), each));
            case HOST, TASK, TROUBLE, WHAT_NOT_SET -> {
                // For other listeners.
            }
        }
    }

    @Override
    public void lost(UUID hostId, String why) {
        // What the host said last stays known; the status of its machines is "unknown" until it is heard of again.
        observed.wake();
    }

    private void snapshot(Id<Host> host, Snapshot snapshot) {
        var machines = new HashMap<Id<Vm>, MachineState>();
        snapshot.getMachinesList().forEach(machine -> machines.put(Id.of(machine.getMachineId()), machine));
        observed.replaceAll(host, machines);
        machines.forEach((vm, machine) -> settle(host, vm, Optional.of(machine)));
        for (var vm : vms.on(host)) {
            if (!machines.containsKey(vm.id())) {
                settle(host, vm.id(), Optional.empty());
            }
        }
    }

    /** What follows from what one host says of one machine; nothing while an operation holds it. */
    private void settle(Id<Host> host, Id<Vm> id, Optional<MachineState> machine) {
        var known = vms.model().find(id);
        if (known.isEmpty() || operations.holding(id).isPresent()) {
            return;
        }
        var vm = known.get();
        machine.ifPresent(state -> leftovers.look(host, vm, state));
        var sighting = Sighting.of(
                vm.hostId().equals(Optional.of(host)),
                machine.filter(VmStatus::lives).isPresent(),
                machine.filter(VmStatus::executes).isPresent(),
                vm.hostId()
                        .flatMap(claimed -> observed.on(claimed, id))
                        .filter(VmStatus::executes)
                        .isPresent(),
                machine.filter(each -> Leftovers.older(vm, each)).isPresent(),
                machine.flatMap(this::destination).isPresent());
        switch (sighting) {
            case NOTHING, STALE -> {
                // As it was written down.
            }
            case ADOPT -> adopt(host, vm, machine.orElseThrow());
            case TWICE -> log.error("VM {} is said to run on {} and on {}", vm.name(), vm.host(), host);
            case LEFT -> follow(host, vm, machine.flatMap(this::destination).orElseThrow());
            case OFF -> off(host, vm, machine);
        }
    }

    /** Where a machine that is off here has gone, or may have: its host does not always know how a migration ended. */
    private Optional<Id<Host>> destination(MachineState machine) {
        boolean gone = machine.getOffReason() == OffReason.OFF_MIGRATED
                || (machine.getOffReason() == OffReason.OFF_UNKNOWN
                        && machine.getMigration().getPhase() == MigrationState.Phase.FAILED);
        return Optional.of(machine.getMigration().getDestinationHostId())
                .filter(id -> gone && !id.isEmpty())
                .map(id -> Id.<Host>of(UUID.fromString(id)))
                .filter(id -> agents.lane(id.value()).isPresent());
    }

    /** A migration that nobody waited for any more. Whether it runs there, that host says, now or when it is heard of again. */
    private void follow(Id<Host> from, Vm vm, Id<Host> to) {
        database.change(tx -> {
            vms.update(tx, vm.id(), before -> before.hostId().equals(Optional.of(from)) ? before.movedTo(to) : before);
            events.add(
                    tx,
                    EventCode.VM_STATUS_RESTORED,
                    Asker.engine(),
                    Concerns.NOTHING.withVm(vm.id()).withHost(to),
                    "VM " + vm.name() + " has left its host for another one, though nobody waited for that any more.");
        });
        Thread.ofVirtual().name("follow-" + vm.name()).start(() -> {
            SnapshotChains.sleep(Passage.SETTLES);
            if (agents.connected(to.value())) {
                settle(to, vm.id(), observed.on(to, vm.id()));
            }
        });
    }

    /** It runs where nobody wrote down that it does: the end of a migration, or somebody's virsh. */
    private void adopt(Id<Host> host, Vm vm, MachineState machine) {
        database.change(tx -> {
            vms.update(tx, vm.id(), before -> before.foundOn(host, machine.getGeneration()));
            events.add(
                    tx,
                    EventCode.VM_STATUS_RESTORED,
                    Asker.engine(),
                    Concerns.NOTHING.withVm(vm.id()).withHost(host),
                    "VM " + vm.name() + " was found running on another host than the engine had written down.");
        });
    }

    private void off(Id<Host> host, Vm vm, Optional<MachineState> machine) {
        var reason = machine.map(VmWatch::reason)
                .orElse(observed.isOff(host) ? "its host is off" : "it is no longer defined on its host");
        boolean bad = machine.filter(VmWatch::endedBadly).isPresent();
        boolean spent =
                vm.suspended() != null && machine.filter(StartVm::hasRun).isPresent();
        Consumer<Transaction> changes = tx -> {
            vms.release(tx, vm.id(), host, reason);
            if (spent) {
                vms.update(tx, vm.id(), each -> each.suspendedIn(null));
            }
            events.add(
                    tx,
                    bad ? EventCode.VM_DOWN_WITH_ERROR : EventCode.VM_DOWN,
                    Asker.engine(),
                    Concerns.NOTHING.withVm(vm.id()).withHost(host),
                    "VM " + vm.name() + " is down: " + reason + ".");
        };
        if (vm.highlyAvailable() && machine.map(VmWatch::fell).orElse(true)) {
            if (falling.add(vm.id())) {
                // Not on the host's own thread: the answer comes over the stream that this thread reads.
                var left = spent ? vm.suspendedIn(null) : vm;
                Thread.ofVirtual().start(() -> restart(host, left, machine.isPresent(), reason, changes));
            }
            return;
        }
        database.change(changes);
        if (machine.isPresent()) {
            // Not on the host's own thread: the answer comes over the stream that this thread reads.
            Thread.ofVirtual().start(() -> forget(host, vm));
        }
    }

    /** Its next start, on whatever host, is given what this run changed in its UEFI and TPM. */
    private void restart(Id<Host> host, Vm vm, boolean defined, String reason, Consumer<Transaction> changes) {
        try {
            if (defined) {
                kept.take(vm, host);
            }
            boolean still = vms.model()
                    .find(vm.id())
                    .filter(now -> now.hostId().equals(Optional.of(host)) && now.generation() == vm.generation())
                    .isPresent();
            if (still && operations.holding(vm.id()).isEmpty()) {
                availability.fell(vm, host, reason, changes);
            }
        } finally {
            falling.remove(vm.id());
        }
    }

    private void forget(Id<Host> host, Vm vm) {
        kept.take(vm, host);
        try {
            agents.of(host.value(), FORGET_LIMIT)
                    .ask(
                            FORGET_LIMIT,
                            agent -> agent.forgetMachine(MachineRequest.newBuilder()
                                    .setMachineId(vm.id().toString())
                                    .build()));
            observed.remove(host, vm.id());
        } catch (Failure failure) {
            log.info("The definition of VM {} stays on its host for now: {}", vm.name(), failure.detail());
        }
    }

    private static String reason(MachineState machine) {
        return switch (machine.getOffReason()) {
            case OFF_SHUTDOWN_BY_GUEST -> "its guest shut down";
            case OFF_SHUTDOWN_ASKED -> "it was shut down";
            case OFF_STOPPED -> "it was powered off";
            case OFF_CRASHED -> "it crashed" + because(machine);
            case OFF_FAILED -> "QEMU failed" + because(machine);
            case OFF_MIGRATED -> "it left its host";
            case OFF_SAVED -> "it was saved";
            case OFF_OUTRUN -> "another host has run it since it was paused here" + because(machine);
            case OFF_UNKNOWN, UNRECOGNIZED -> "it was found off";
        };
    }

    /** Whether nobody wanted it off: it or its host came down, or another host that was to run it instead did not. */
    private static boolean fell(MachineState machine) {
        return endedBadly(machine)
                || machine.getOffReason() == OffReason.OFF_UNKNOWN
                || machine.getOffReason() == OffReason.OFF_OUTRUN;
    }

    private static boolean endedBadly(MachineState machine) {
        return switch (machine.getOffReason()) {
            case OFF_CRASHED, OFF_FAILED -> true;
            case OFF_SHUTDOWN_BY_GUEST,
                    OFF_SHUTDOWN_ASKED,
                    OFF_STOPPED,
                    OFF_MIGRATED,
                    OFF_SAVED,
                    OFF_OUTRUN,
                    OFF_UNKNOWN,
                    UNRECOGNIZED -> false;
        };
    }

    private static String because(MachineState machine) {
        return machine.getError().isBlank() ? "" : ": " + machine.getError();
    }

    private void tellPause(Id<Vm> id, Optional<MachineState> before, MachineState now) {
        var reason = now.getPauseReason();
        if (before.map(MachineState::getPauseReason).filter(reason::equals).isPresent()) {
            return;
        }
        var code = switch (reason) {
            case PAUSE_NO_SPACE -> EventCode.VM_PAUSED_FOR_SPACE;
            case PAUSE_IO_ERROR -> EventCode.VM_PAUSED_FOR_IO;
            case PAUSE_OTHER, PAUSE_POSTCOPY_FAILED -> EventCode.VM_PAUSED_FOR_ERROR;
            case PAUSE_NONE, PAUSE_USER, PAUSE_MIGRATION, PAUSE_STARTING, UNRECOGNIZED -> null;
        };
        if (code == null || vms.model().find(id).isEmpty()) {
            return;
        }
        var name = vms.get(id).name();
        database.change(tx -> events.add(
                tx,
                code,
                Asker.engine(),
                Concerns.NOTHING.withVm(id),
                "VM " + name + " is paused: " + words(reason) + because(now) + "."));
    }

    private static String words(PauseReason reason) {
        return switch (reason) {
            case PAUSE_NO_SPACE -> "its storage is full";
            case PAUSE_IO_ERROR -> "its storage failed";
            case PAUSE_POSTCOPY_FAILED -> "its migration lost the source";
            case PAUSE_OTHER, PAUSE_NONE, PAUSE_USER, PAUSE_MIGRATION, PAUSE_STARTING, UNRECOGNIZED ->
                "its host paused it";
        };
    }
}
