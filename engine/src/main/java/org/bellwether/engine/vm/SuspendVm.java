package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.SaveMachineRequest;
import org.bellwether.protocol.StartMachineRequest;

/** Writes a running machine to a disk of its storage, from which any host can go on with it. */
final class SuspendVm implements Operation<SuspendVm.Request> {

    static final String KIND = "suspend-vm";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration SAVING = Duration.ofMinutes(30);
    private static final Duration SHORT = Duration.ofSeconds(60);
    private static final int ATTEMPTS = 5;
    private static final String ROOM = "make room for its memory";
    private static final String SAVE = "save it";
    private static final String SETTLE = "write it down";

    private final Vms vms;
    private final Disks disks;
    private final Volumes volumes;
    private final Agents agents;
    private final ObservedMachines observed;
    private final Events events;
    private final Clock clock;

    SuspendVm(
            Vms vms,
            Disks disks,
            Volumes volumes,
            Agents agents,
            ObservedMachines observed,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.disks = disks;
        this.volumes = volumes;
        this.agents = agents;
        this.observed = observed;
        this.events = events;
        this.clock = clock;
    }

    /** @param state the disk for its memory, written down by whoever begins this */
    record Request(Id<Vm> vm, String name, Id<Host> host, Id<Disk> state, Asker asker) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Suspending VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value(), request.state().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step(ROOM, () -> {
            volumes.create(disks.get(request.state()), Optional.empty());
        });
        journal.step(SAVE, () -> save(request));
        journal.commit(SETTLE, tx -> {
            // Saved, it does not run there any more: the claim may go, and with it the proof is given.
            vms.update(
                    tx, request.vm(), vm -> vm.suspendedIn(request.state()).off(clock.instant(), "it was suspended"));
            disks.update(tx, request.state(), disk -> disk.in(Disk.State.OK));
        });
        journal.step("forget it on the host", () -> forget(request));
    }

    /** Asked again while nobody knows: the agent looks first whether it is saved already. */
    private void save(Request request) {
        for (int attempt = 1; ; attempt++) {
            try {
                var state = agents.of(request.host().value(), HOST_PATIENCE)
                        .ask(
                                SAVING,
                                agent -> agent.saveMachine(SaveMachineRequest.newBuilder()
                                        .setMachineId(request.vm().toString())
                                        .setVolume(Volumes.reference(disks.get(request.state())))
                                        .setVolumeBytes(
                                                disks.get(request.state()).provisionedBytes())
                                        .build()));
                observed.put(request.host(), request.vm(), state);
                return;
            } catch (Failure failure) {
                if (failure.kind() != Failure.Kind.UNAVAILABLE || attempt == ATTEMPTS) {
                    throw failure;
                }
            }
        }
    }

    private void forget(Request request) {
        agents.of(request.host().value(), HOST_PATIENCE)
                .ask(
                        SHORT,
                        agent -> agent.forgetMachine(MachineRequest.newBuilder()
                                .setMachineId(request.vm().toString())
                                .build()));
        observed.remove(request.host(), request.vm());
    }

    /** It goes on where it was: a start from what was saved does nothing when it still runs. */
    @Override
    public void undo(Request request, Journal journal) {
        if (journal.outcome(SETTLE, Boolean.class).isPresent()) {
            return;
        }
        var vm = vms.get(request.vm());
        if (journal.begun(SAVE) && vm.hostId().equals(Optional.of(request.host()))) {
            var state = agents.of(request.host().value(), HOST_PATIENCE)
                    .ask(
                            SAVING,
                            agent -> agent.startMachine(StartMachineRequest.newBuilder()
                                    .setDefinition(vms.definition(vm))
                                    .setSaved(Volumes.reference(disks.get(request.state())))
                                    .build()));
            observed.put(request.host(), request.vm(), state);
        }
        if (journal.begun(ROOM)) {
            disks.model().find(request.state()).ifPresent(volumes::delete);
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_SUSPENDED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()).withHost(request.host()),
                "VM " + request.name() + " was suspended by " + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        if (journal.outcome(SETTLE, Boolean.class).isEmpty()) {
            disks.delete(tx, request.state());
        }
        events.add(
                tx,
                EventCode.VM_SUSPEND_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()).withHost(request.host()),
                "VM " + request.name() + " could not be suspended: " + failure.detail());
    }
}
