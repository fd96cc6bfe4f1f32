package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.List;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;

/** What nobody needs any more when a machine has gone back to a snapshot, or has come back from a look at one. */
final class Abandoned {

    private final Snapshots snapshots;
    private final SnapshotChains chains;
    private final Disks disks;
    private final Volumes volumes;

    Abandoned(Snapshots snapshots, SnapshotChains chains, Disks disks, Volumes volumes) {
        this.snapshots = snapshots;
        this.chains = chains;
        this.disks = disks;
        this.volumes = volumes;
    }

    /** Snapshots that were taken after this one. */
    List<Snapshot> younger(Snapshot than) {
        return snapshots.of(than.vm()).stream()
                .filter(each ->
                        each.kind() == Snapshot.Kind.REGULAR && each.date().isAfter(than.date()))
                .toList();
    }

    /** The memories that go with the younger ones. */
    List<Id<Disk>> memories(Snapshot than) {
        return younger(than).stream().flatMap(each -> each.memoryId().stream()).toList();
    }

    /** Younger snapshots no longer have those disks; one that has none left is gone. */
    void forgetYounger(Transaction tx, Snapshot than, List<Id<Disk>> gone) {
        for (var snapshot : younger(than)) {
            var left = new ArrayList<>(snapshot.disks());
            left.removeIf(saved -> gone.contains(saved.disk()));
            if (left.isEmpty()) {
                snapshots.delete(tx, snapshot.id());
            } else {
                snapshots.update(tx, snapshot.id(), now -> now.with(left).withoutMemory());
            }
        }
    }

    /** Removes from storage what nobody needs, and unlocks the disks. */
    void remove(Journal journal, Id<Vm> vm, List<Id<Disk>> swept, List<Id<Disk>> memories) {
        for (int number = 1; number <= swept.size(); number++) {
            var disk = swept.get(number - 1);
            journal.step("remove what disk " + number + " does not need any more", () -> chains.sweep(vm, disk));
        }
        for (int number = 1; number <= memories.size(); number++) {
            var memory = memories.get(number - 1);
            journal.step(
                    "remove memory " + number, () -> disks.model().find(memory).ifPresent(volumes::delete));
        }
        journal.commit("unlock the disks", tx -> {
            memories.stream()
                    .filter(memory -> disks.model().find(memory).isPresent())
                    .forEach(memory -> disks.delete(tx, memory));
            swept.stream()
                    .filter(disk -> disks.model().find(disk).isPresent())
                    .forEach(disk -> disks.update(tx, disk, now -> now.in(Disk.State.OK)));
        });
    }
}
