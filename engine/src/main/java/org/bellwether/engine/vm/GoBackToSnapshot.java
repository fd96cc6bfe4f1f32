package org.bellwether.engine.vm;

import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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
import org.bellwether.engine.storage.Volumes;

/**
 * Takes a machine that is down back to a snapshot: each disk gets a new, empty top on the volume that the snapshot kept.
 * To look at it only, what the machine was stays beside that and can be had back; to stay there, it is removed.
 */
final class GoBackToSnapshot implements Operation<GoBackToSnapshot.Request> {

    static final String KIND = "go-back-to-snapshot";
    private static final String GO = "go back to it";

    private final Snapshots snapshots;
    private final SavedMachines machines;
    private final Abandoned abandoned;
    private final Disks disks;
    private final Volumes volumes;
    private final Events events;

    GoBackToSnapshot(
            Snapshots snapshots,
            SavedMachines machines,
            Abandoned abandoned,
            Disks disks,
            Volumes volumes,
            Events events) {
        this.snapshots = snapshots;
        this.machines = machines;
        this.abandoned = abandoned;
        this.disks = disks;
        this.volumes = volumes;
        this.events = events;
    }

    /** @param top is made on the base, which the snapshot kept */
    record Branch(Id<Disk> disk, String name, UUID base, UUID top) {}

    /**
     * @param preview the row that keeps what the machine was; empty: the machine stays where it goes
     * @param memories of younger snapshots, which go with them
     * @param resume whether the next start goes on with the snapshot's memory
     */
    record Request(
            Id<Vm> vm,
            String name,
            Id<Snapshot> snapshot,
            String description,
            Optional<Id<Snapshot>> preview,
            List<Branch> branches,
            List<Id<Disk>> memories,
            boolean resume,
            Asker asker) {

        List<Id<Disk>> disks() {
            return branches.stream().map(Branch::disk).toList();
        }
    }

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
        return (request.preview().isPresent() ? "Preview" : "Restoring") + " Snapshot " + request.description()
                + " of VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks =
                new HashSet<>(Set.of(request.vm().value(), request.snapshot().value()));
        request.disks().forEach(disk -> locks.add(disk.value()));
        request.memories().forEach(memory -> locks.add(memory.value()));
        request.preview().ifPresent(row -> locks.add(row.value()));
        return locks;
    }

    private static String making(int number) {
        return "make a volume for disk " + number;
    }

    @Override
    public void run(Request request, Journal journal) {
        for (int number = 1; number <= request.branches().size(); number++) {
            var branch = request.branches().get(number - 1);
            journal.step(making(number), () -> volumes.createOn(topped(request, branch), branch.base(), true));
        }
        journal.commit(GO, tx -> goBack(tx, request));
        if (request.preview().isEmpty()) {
            abandoned.remove(journal, request.vm(), request.disks(), request.memories());
        }
    }

    private Disk topped(Request request, Branch branch) {
        var saved = snapshots.get(request.snapshot()).disk(branch.disk()).orElseThrow();
        return saved.at(branch.top(), Disk.Format.COW, true).of(disks.get(branch.disk()));
    }

    private void goBack(Transaction tx, Request request) {
        var snapshot = snapshots.get(request.snapshot());
        boolean look = request.preview().isPresent();
        for (var branch : request.branches()) {
            machines.restore(
                    tx,
                    request.vm(),
                    snapshot.disk(branch.disk()).orElseThrow().at(branch.top(), Disk.Format.COW, true),
                    look ? Disk.State.OK : Disk.State.LOCKED);
        }
        machines.restore(tx, request.vm(), snapshot.machine());
        snapshots.update(
                tx,
                snapshot.id(),
                now -> now.in(look ? Snapshot.State.IN_PREVIEW : Snapshot.State.OK)
                        .resuming(request.resume()));
        request.preview().ifPresent(row -> snapshots.update(tx, row, now -> now.in(Snapshot.State.OK)));
        if (!look) {
            abandoned.forgetYounger(tx, snapshot, request.disks());
        }
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (journal.outcome(GO, Boolean.class).isPresent()) {
            return;
        }
        for (int number = 1; number <= request.branches().size(); number++) {
            if (journal.begun(making(number))) {
                volumes.deleteVolume(topped(request, request.branches().get(number - 1)));
            }
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        boolean look = request.preview().isPresent();
        events.add(
                tx,
                look ? EventCode.SNAPSHOT_PREVIEWED : EventCode.SNAPSHOT_RESTORED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "VM " + request.name() + (look ? " looks at the snapshot " : " was put back to the snapshot ")
                        + request.description() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        boolean there = journal.outcome(GO, Boolean.class).isPresent();
        request.disks().stream()
                .filter(disk -> disks.model().find(disk).isPresent())
                .forEach(disk -> disks.update(tx, disk, now -> now.in(Disk.State.OK)));
        if (!there) {
            request.preview()
                    .filter(row -> snapshots.find(row).isPresent())
                    .ifPresent(row -> snapshots.delete(tx, row));
            snapshots.update(tx, request.snapshot(), now -> now.in(Snapshot.State.OK));
        }
        boolean look = request.preview().isPresent();
        events.add(
                tx,
                look ? EventCode.SNAPSHOT_PREVIEW_FAILED : EventCode.SNAPSHOT_RESTORE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                there
                        ? "VM " + request.name() + " was put back to the snapshot " + request.description()
                                + ", but what it was before could not be removed yet: " + failure.detail()
                        : "VM " + request.name() + " could not be taken back to the snapshot " + request.description()
                                + ": " + failure.detail());
    }
}
