package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.PowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears away what a host still has of a run of a machine that another run has followed. A host that was cut off comes back
 * with it: paused, because its storage failed, while the machine was started elsewhere. It must never go on, for its memory
 * does not fit the disks any more. The host's agent ends it where its lease tells; all others are ended from here.
 */
final class Leftovers {

    private static final Logger log = LoggerFactory.getLogger(Leftovers.class);
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Database database;
    private final Vms vms;
    private final ObservedMachines observed;
    private final Agents agents;
    private final Operations operations;
    private final Events events;
    private final Set<Left> clearing = ConcurrentHashMap.newKeySet();

    Leftovers(
            Database database,
            Vms vms,
            ObservedMachines observed,
            Agents agents,
            Operations operations,
            Events events) {
        this.database = database;
        this.vms = vms;
        this.observed = observed;
        this.agents = agents;
        this.operations = operations;
        this.events = events;
    }

    private record Left(Id<Host> host, Id<Vm> vm) {}

    /** Whether it is paused as a run before the one that is written down. One that runs is not to be ended by a guess. */
    static boolean older(Vm vm, MachineState machine) {
        return machine.getPower() == PowerState.PAUSED
                && Long.compareUnsigned(machine.getGeneration(), vm.generation()) < 0
                && machine.getGeneration() != 0;
    }

    /** Clears it away if it is one; does not wait. */
    void look(Id<Host> host, Vm vm, MachineState machine) {
        var left = new Left(host, vm.id());
        if (is(host, vm, machine) && clearing.add(left)) {
            // Not on the host's own thread: the answer comes over the stream that this thread reads.
            Thread.ofVirtual().name("leftover-of-" + vm.name()).start(() -> {
                try {
                    clear(left);
                } catch (Failure failure) {
                    log.info("What is left of VM {} stays on its host for now: {}", vm.name(), failure.detail());
                } finally {
                    clearing.remove(left);
                }
            });
        }
    }

    /** What was said of a machine while an operation held it has not been acted upon. */
    void lookAgain(Id<Vm> id) {
        vms.model()
                .find(id)
                .ifPresent(vm -> observed.seenBy(id).stream()
                        .filter(host -> agents.connected(host.value()))
                        .forEach(host -> observed.on(host, id).ifPresent(machine -> look(host, vm, machine))));
    }

    private static boolean is(Id<Host> host, Vm vm, MachineState machine) {
        boolean claimed = vm.hostId().filter(host::equals).isPresent();
        return !claimed && (machine.getOffReason() == OffReason.OFF_OUTRUN || older(vm, machine));
    }

    private void clear(Left left) {
        var vm = vms.model().find(left.vm());
        var machine = observed.on(left.host(), left.vm());
        if (vm.isEmpty()
                || machine.isEmpty()
                || !is(left.host(), vm.get(), machine.get())
                || operations.holding(left.vm()).isPresent()) {
            return;
        }
        var name = vm.get().name();
        var request = MachineRequest.newBuilder()
                .setMachineId(left.vm().toString())
                .setAtOnce(true)
                .build();
        var lane = agents.of(left.host().value(), LIMIT);
        boolean paused = older(vm.get(), machine.get());
        if (paused) {
            lane.ask(LIMIT, agent -> agent.stopMachine(request));
        }
        lane.ask(LIMIT, agent -> agent.forgetMachine(request));
        observed.remove(left.host(), left.vm());
        var why = paused
                ? "the VM was started anew since, as run " + vm.get().generation() + " after "
                        + machine.get().getGeneration()
                : machine.get().getError();
        database.change(tx -> events.add(
                tx,
                EventCode.VM_OUTRUN_ENDED,
                Asker.engine(),
                Concerns.NOTHING.withVm(left.vm()).withHost(left.host()),
                "A run of VM " + name
                        + " that was paused on this host was ended there, because another host has run the"
                        + " VM since: " + why + ". What its guest had in memory and not on disk is lost with it; the VM"
                        + " itself was not touched."));
    }
}
