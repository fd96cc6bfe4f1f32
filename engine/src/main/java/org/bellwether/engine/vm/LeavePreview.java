package org.bellwether.engine.vm;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;

/**
 * Ends a machine's look at a snapshot: it stays there, or becomes again what it was. That is decided in the transaction that
 * begins this; what is left to do is to remove what is not needed any more.
 */
final class LeavePreview implements Operation<LeavePreview.Request> {

    static final String KIND = "leave-preview";

    private final Snapshots snapshots;
    private final SavedMachines machines;
    private final Abandoned abandoned;
    private final Disks disks;
    private final Events events;

    LeavePreview(Snapshots snapshots, SavedMachines machines, Abandoned abandoned, Disks disks, Events events) {
        this.snapshots = snapshots;
        this.machines = machines;
        this.abandoned = abandoned;
        this.disks = disks;
        this.events = events;
    }

    /** @param stay whether the machine stays at the snapshot; else it becomes again what it was */
    record Request(
            Id<Vm> vm,
            String name,
            Id<Snapshot> preview,
            Id<Snapshot> snapshot,
            String description,
            boolean stay,
            List<Id<Disk>> disks,
            List<Id<Disk>> memories,
            Asker asker) {}

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
        return (request.stay() ? "Committing" : "Undoing") + " Snapshot-Preview " + request.description() + " for VM "
                + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<>(Set.of(
                request.vm().value(),
                request.snapshot().value(),
                request.preview().value()));
        request.disks().forEach(disk -> locks.add(disk.value()));
        request.memories().forEach(memory -> locks.add(memory.value()));
        return locks;
    }

    /** The decision. */
    void decide(Transaction tx, Request request) {
        var before = snapshots.get(request.preview());
        if (request.stay()) {
            abandoned.forgetYounger(tx, snapshots.get(request.snapshot()), request.disks());
            request.disks().forEach(disk -> disks.update(tx, disk, now -> now.in(Disk.State.LOCKED)));
        } else {
            machines.restore(tx, request.vm(), before.machine());
            request.disks()
                    .forEach(disk -> before.disk(disk)
                            .ifPresent(saved -> machines.restore(tx, request.vm(), saved, Disk.State.LOCKED)));
        }
        snapshots.update(
                tx, request.snapshot(), now -> now.in(Snapshot.State.OK).resuming(request.stay() && now.resume()));
        snapshots.delete(tx, request.preview());
    }

    @Override
    public void run(Request request, Journal journal) {
        abandoned.remove(journal, request.vm(), request.disks(), request.memories());
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                request.stay() ? EventCode.SNAPSHOT_COMMITTED : EventCode.SNAPSHOT_UNDONE,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "VM " + request.name()
                        + (request.stay()
                                ? " stays at the snapshot " + request.description() + "."
                                : " is again what it was before it looked at the snapshot " + request.description()
                                        + "."));
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        request.disks().stream()
                .filter(disk -> disks.model().find(disk).isPresent())
                .forEach(disk -> disks.update(tx, disk, now -> now.in(Disk.State.OK)));
        events.add(
                tx,
                request.stay() ? EventCode.SNAPSHOT_COMMIT_FAILED : EventCode.SNAPSHOT_UNDO_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "VM " + request.name() + " has left its look at the snapshot " + request.description()
                        + ", but what it does not need any more could not be removed yet: " + failure.detail());
    }
}
