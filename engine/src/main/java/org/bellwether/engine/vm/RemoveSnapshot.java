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
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;

/**
 * Removes a snapshot: what was written since goes into the volume that the snapshot kept, disk by disk, in QEMU while the
 * machine runs and in the files while it does not. Once a merge has begun the only way is forward: removing it again goes
 * on where this stopped.
 */
final class RemoveSnapshot implements Operation<RemoveSnapshot.Request> {

    static final String KIND = "remove-snapshot";

    private final Database database;
    private final Snapshots snapshots;
    private final SnapshotChains chains;
    private final Disks disks;
    private final Volumes volumes;
    private final Events events;

    RemoveSnapshot(
            Database database,
            Snapshots snapshots,
            SnapshotChains chains,
            Disks disks,
            Volumes volumes,
            Events events) {
        this.database = database;
        this.snapshots = snapshots;
        this.chains = chains;
        this.disks = disks;
        this.volumes = volumes;
        this.events = events;
    }

    record Request(
            Id<Vm> vm,
            String name,
            Id<Snapshot> snapshot,
            String description,
            List<Id<Disk>> disks,
            Optional<Id<Disk>> memory,
            Asker asker) {}

    /**
     * What is to be merged of a disk.
     *
     * @param top goes into the base; empty when there is nothing to merge
     * @param format of the base
     */
    record Plan(UUID base, Optional<UUID> top, Disk.Format format, boolean sparse) {}

    record Left(String why) {}

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
        return "Removing Snapshot " + request.description() + " from VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks =
                new HashSet<>(Set.of(request.vm().value(), request.snapshot().value()));
        request.disks().forEach(disk -> locks.add(disk.value()));
        request.memory().ifPresent(memory -> locks.add(memory.value()));
        return locks;
    }

    private static String planning(int number) {
        return "see where disk " + number + " stands";
    }

    private static String merging(int number) {
        return "merge the volumes of disk " + number;
    }

    private static String settling(int number) {
        return "let disk " + number + " stand on them";
    }

    @Override
    public void run(Request request, Journal journal) {
        for (int number = 1; number <= request.disks().size(); number++) {
            var disk = request.disks().get(number - 1);
            var plan = journal.step(planning(number), Plan.class, () -> plan(request, disk));
            if (plan.top().isPresent()) {
                var top = plan.top().get();
                journal.step(merging(number), () -> {
                    volumes.merges().makeRoom(disks.get(disk), plan.base(), top, chains.runningOn(request.vm()));
                    chains.merge(request.vm(), disks.get(disk), plan.base(), top);
                });
            }
            journal.commit(settling(number), tx -> settle(tx, request, disk, plan));
            if (plan.top().isPresent()) {
                var top = plan.top().get();
                journal.step("remove what was merged of disk " + number, Left.class, () -> remove(disk, top));
            }
        }
        if (request.memory().isPresent()) {
            journal.step(
                    "remove its memory",
                    () -> disks.model().find(request.memory().get()).ifPresent(volumes::delete));
        }
        journal.commit("forget it", tx -> {
            request.memory()
                    .filter(memory -> disks.model().find(memory).isPresent())
                    .ifPresent(memory -> disks.delete(tx, memory));
            snapshots.delete(tx, request.snapshot());
            unlock(tx, request);
        });
    }

    private Plan plan(Request request, Id<Disk> id) {
        if (chains.runningOn(request.vm()).isEmpty()) {
            chains.sweep(request.vm(), id);
        } else {
            chains.settle(request.vm(), id);
        }
        var disk = disks.get(id);
        var saved = snapshots.get(request.snapshot()).disk(id);
        if (saved.isEmpty()) {
            return new Plan(disk.volume(), Optional.empty(), disk.format(), disk.sparse());
        }
        var all = chains.own(disk);
        var base = SnapshotChains.find(all, saved.get().volume())
                .orElseThrow(() -> Failure.conflict("The disk " + disk.name() + " has no volume "
                                + saved.get().volume() + " any more")
                        .next("Look at the disk on its storage domain"));
        return new Plan(
                saved.get().volume(),
                SnapshotChains.above(all, saved.get().volume(), disk.volume()),
                SnapshotChains.format(base),
                !base.getPreallocated());
    }

    private void settle(Transaction tx, Request request, Id<Disk> disk, Plan plan) {
        snapshots.update(tx, request.snapshot(), now -> now.without(disk));
        plan.top().ifPresent(top -> {
            snapshots.merged(tx, request.vm(), disk, top, plan.base(), plan.format(), plan.sparse());
            disks.update(
                    tx,
                    disk,
                    now -> now.volume().equals(top) ? now.topped(plan.base(), plan.format(), plan.sparse()) : now);
        });
    }

    /** It is of no use and marked so: what cannot be removed now is removed when the disk is next looked at. */
    private Left remove(Id<Disk> id, UUID top) {
        try {
            var disk = disks.get(id);
            volumes.deleteVolume(disk.topped(top, disk.format(), disk.sparse()));
            return new Left("");
        } catch (Failure failure) {
            return new Left(failure.detail());
        }
    }

    private void unlock(Transaction tx, Request request) {
        request.disks().stream()
                .filter(disk -> disks.model().find(disk).isPresent())
                .forEach(disk -> disks.update(tx, disk, now -> now.in(Disk.State.OK)));
    }

    /** A merge goes on by itself inside QEMU: it is ended, or taken as done when it is. */
    @Override
    public void undo(Request request, Journal journal) {
        for (int number = 1; number <= request.disks().size(); number++) {
            var disk = request.disks().get(number - 1);
            var plan = journal.outcome(planning(number), Plan.class);
            boolean open = journal.begun(merging(number))
                    && journal.outcome(settling(number), Boolean.class).isEmpty();
            if (plan.isPresent() && open && disks.model().find(disk).isPresent()) {
                var top = plan.get().top().orElseThrow();
                if (chains.cancelMerge(request.vm(), disks.get(disk), plan.get().base(), top)) {
                    database.change(tx -> settle(tx, request, disk, plan.get()));
                }
            }
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.SNAPSHOT_REMOVED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The snapshot " + request.description() + " of VM " + request.name() + " was removed.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        unlock(tx, request);
        boolean whole = snapshots.find(request.snapshot()).isPresent();
        for (int number = 1; number <= request.disks().size(); number++) {
            whole = whole && !journal.begun(merging(number)) && !journal.begun(settling(number));
        }
        if (whole) {
            // Nothing of it was touched.
            snapshots.update(tx, request.snapshot(), now -> now.in(Snapshot.State.OK));
        }
        events.add(
                tx,
                EventCode.SNAPSHOT_REMOVE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The snapshot " + request.description() + " of VM " + request.name()
                        + (whole ? " could not be removed: " : " could not be removed completely; remove it again: ")
                        + failure.detail());
    }
}
