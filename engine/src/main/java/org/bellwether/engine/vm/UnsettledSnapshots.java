package org.bellwether.engine.vm;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.protocol.VolumeReference;

/**
 * Snapshots whose taking ended without anybody knowing how, because the host stayed away; and merges of which the engine did
 * not hear. Before a machine's disks are used again, QEMU and storage are asked what is the case.
 */
final class UnsettledSnapshots {

    private final Database database;
    private final Operations operations;
    private final Snapshots snapshots;
    private final SnapshotChains chains;
    private final Disks disks;
    private final Volumes volumes;

    UnsettledSnapshots(
            Database database,
            Operations operations,
            Snapshots snapshots,
            SnapshotChains chains,
            Disks disks,
            Volumes volumes) {
        this.database = database;
        this.operations = operations;
        this.snapshots = snapshots;
        this.chains = chains;
        this.disks = disks;
        this.volumes = volumes;
    }

    /**
     * When this returns, what the engine has written down of the machine's disks is true.
     *
     * @throws Failure when that cannot be known now
     */
    void settle(Id<Vm> vm) {
        var all = snapshots.of(vm);
        if (all.isEmpty()) {
            return;
        }
        for (var snapshot : all) {
            boolean left = snapshot.state() == Snapshot.State.LOCKED
                    && snapshot.kind() == Snapshot.Kind.REGULAR
                    && operations.holding(snapshot.id()).isEmpty();
            if (left) {
                settle(snapshot);
            }
        }
        for (var attachment : java.util.List.copyOf(disks.ofVm(vm))) {
            if (!snapshots.ofDisk(vm, attachment.disk()).isEmpty()) {
                chains.settle(vm, attachment.disk());
            }
        }
    }

    /** As {@link #settle}, by whoever holds the machine's lock: nobody's volumes in the making are taken for leftovers. */
    void settleAndSweep(Id<Vm> vm) {
        settle(vm);
        if (!snapshots.of(vm).isEmpty() && chains.runningOn(vm).isEmpty()) {
            java.util.List.copyOf(disks.ofVm(vm)).stream()
                    .filter(each -> disks.get(each.disk()).domainId().isPresent())
                    .forEach(each -> chains.sweep(vm, each.disk()));
        }
    }

    /** The memory that the machine's next start goes on with. */
    Optional<VolumeReference> memory(Id<Vm> vm) {
        return snapshots.of(vm).stream()
                .filter(Snapshot::resume)
                .findFirst()
                .flatMap(Snapshot::memoryId)
                .flatMap(disks.model()::find)
                .map(Volumes::reference);
    }

    /** It goes on with it once. */
    void resumed(Transaction tx, Id<Vm> vm) {
        snapshots.of(vm).stream()
                .filter(Snapshot::resume)
                .forEach(each -> snapshots.update(tx, each.id(), now -> now.resuming(false)));
    }

    private void settle(Snapshot snapshot) {
        var host = chains.runningOn(snapshot.vm());
        boolean went = host.isPresent()
                ? snapshot.disks().stream()
                        .anyMatch(saved -> plugged(snapshot.vm(), saved.disk())
                                && chains.activeVolume(snapshot.vm(), host.get(), saved.disk())
                                        .equals(Optional.ofNullable(saved.next())))
                : snapshot.disks().stream().allMatch(this::nextIsWhole);
        if (went) {
            // It wrote them, or may have; and where it did not they are empty and change nothing. Only of a machine
            // that is
            // seen to have gone on it is known that its memory was written to the end.
            var doubtful = snapshot.memoryId().filter(memory -> host.isEmpty()).flatMap(disks.model()::find);
            doubtful.ifPresent(volumes::delete);
            database.change(tx -> {
                snapshot.disks()
                        .forEach(saved -> disks.update(
                                tx,
                                saved.disk(),
                                disk -> saved.next() == null
                                        ? disk
                                        : disk.topped(saved.next(), Disk.Format.COW, true)
                                                .in(Disk.State.OK)));
                snapshots.update(
                        tx, snapshot.id(), now -> host.isEmpty() ? now.settled().withoutMemory() : now.settled());
                doubtful.ifPresent(memory -> disks.delete(tx, memory.id()));
                snapshot.memoryId()
                        .filter(memory -> disks.model().find(memory).isPresent())
                        .ifPresent(memory -> disks.update(tx, memory, disk -> disk.in(Disk.State.OK)));
            });
            return;
        }
        for (var saved : snapshot.disks()) {
            var next = saved.next();
            if (next != null) {
                volumes.deleteVolume(disks.get(saved.disk()).topped(next, Disk.Format.COW, true));
            }
        }
        snapshot.memoryId().flatMap(disks.model()::find).ifPresent(volumes::delete);
        database.change(tx -> {
            snapshot.disks().forEach(saved -> disks.update(tx, saved.disk(), disk -> disk.in(Disk.State.OK)));
            snapshots.delete(tx, snapshot.id());
            snapshot.memoryId()
                    .filter(memory -> disks.model().find(memory).isPresent())
                    .ifPresent(memory -> disks.delete(tx, memory));
        });
    }

    private boolean plugged(Id<Vm> vm, Id<Disk> disk) {
        return disks.ofVm(vm).stream().filter(each -> each.disk().equals(disk)).anyMatch(DiskAttachment::active);
    }

    private boolean nextIsWhole(Snapshot.SavedDisk saved) {
        UUID next = saved.next();
        return next != null
                && SnapshotChains.find(chains.own(disks.get(saved.disk())), next)
                        .filter(volume ->
                                volume.getLegal() && volume.getTrouble().isEmpty())
                        .isPresent();
    }
}
