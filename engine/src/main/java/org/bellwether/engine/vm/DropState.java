package org.bellwether.engine.vm;

import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;

/** Powers off a machine that is suspended: what was saved of it is thrown away. */
final class DropState implements Operation<DropState.Request> {

    static final String KIND = "drop-state";

    private final Vms vms;
    private final Disks disks;
    private final Volumes volumes;
    private final Events events;

    DropState(Vms vms, Disks disks, Volumes volumes, Events events) {
        this.vms = vms;
        this.disks = disks;
        this.volumes = volumes;
        this.events = events;
    }

    record Request(Id<Vm> vm, String name, Id<Disk> state, String reason, Asker asker) {}

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
        return "Powering off the suspended VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value(), request.state().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.commit("write it down", tx -> {
            vms.update(tx, request.vm(), vm -> vm.suspendedIn(null));
            disks.update(tx, request.state(), disk -> disk.in(Disk.State.ILLEGAL));
        });
        journal.step(
                "delete what was saved",
                () -> disks.model().find(request.state()).ifPresent(volumes::delete));
        journal.commit("forget the disk", tx -> {
            disks.delete(tx, request.state());
        });
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.SUSPENDED_VM_STOPPED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The suspended VM " + request.name() + " was powered off by "
                        + request.asker().name() + "."
                        + (request.reason().isBlank() ? "" : " Reason: " + request.reason() + "."));
    }

    @Override
    public void failed(
            Request request, Journal journal, org.bellwether.engine.platform.Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.SUSPENDED_VM_STOP_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "What was saved of VM " + request.name() + " could not be deleted; remove the disk " + request.state()
                        + ": " + failure.detail());
    }
}
