package org.bellwether.engine.vm;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.vm.Snapshot.SavedDisk;

/** All snapshots of machines. */
public final class Snapshots {

    private final Database database;
    private final ObjectTable<Snapshot> table = new ObjectTable<>(
            "snapshots",
            "snapshot",
            Snapshot.class,
            snapshot -> Map.of("vm_id", snapshot.vm().value()));
    private final Lookup<Id<Vm>, Snapshot> byVm = table.model().indexedBy(snapshot -> Optional.of(snapshot.vm()));

    public Snapshots(Database database) {
        this.database = database;
    }

    public void load() {
        table.load(database);
    }

    /** The snapshot, or a failure that says that there is none. */
    Snapshot get(Id<Snapshot> id) {
        return table.get(id);
    }

    Optional<Snapshot> find(Id<Snapshot> id) {
        return table.model().find(id);
    }

    /** A machine's snapshots, oldest first. */
    List<Snapshot> of(Id<Vm> vm) {
        return byVm.of(vm).stream()
                .sorted(Comparator.comparing(Snapshot::date).thenComparing(Snapshot::id))
                .toList();
    }

    /** What the machine was before the snapshot that it looks at now. */
    Optional<Snapshot> previewed(Id<Vm> vm) {
        return of(vm).stream()
                .filter(each -> each.kind() == Snapshot.Kind.PREVIEW)
                .findFirst();
    }

    /** Whether the machine looks at a snapshot, or is about to or about to come back. */
    public boolean looking(Id<Vm> vm) {
        return previewed(vm).isPresent();
    }

    /** Snapshots that hold a state of the disk. */
    List<Snapshot> ofDisk(Id<Vm> vm, Id<Disk> disk) {
        return of(vm).stream().filter(each -> each.disk(disk).isPresent()).toList();
    }

    /** What people call the snapshots that hold a state of the disk. */
    public List<String> names(Id<Vm> vm, Id<Disk> disk) {
        return ofDisk(vm, disk).stream().map(Snapshot::name).toList();
    }

    /** What always is there, the machine as it is now, has an id too. */
    static Id<Snapshot> active(Id<Vm> vm) {
        return new Id<>(UUID.nameUUIDFromBytes(("active " + vm).getBytes(StandardCharsets.US_ASCII)));
    }

    void insert(Transaction tx, Snapshot snapshot) {
        table.insert(tx, snapshot);
    }

    Snapshot update(Transaction tx, Id<Snapshot> id, Function<Snapshot, Snapshot> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<Snapshot> id) {
        table.delete(tx, id);
    }

    /** Writes down that one volume of a disk now holds what another one held. */
    void merged(Transaction tx, Id<Vm> vm, Id<Disk> disk, UUID from, UUID into, Disk.Format format, boolean sparse) {
        for (var snapshot : of(vm)) {
            if (snapshot.disk(disk).filter(saved -> saved.volume().equals(from)).isPresent()) {
                table.update(
                        tx,
                        snapshot.id(),
                        now -> now.with(now.disks().stream()
                                .map(saved -> saved.disk().equals(disk)
                                                && saved.volume().equals(from)
                                        ? saved.at(into, format, sparse)
                                        : saved)
                                .toList()));
            }
        }
    }

    /** The volumes of a disk that a snapshot needs. */
    List<UUID> volumes(Id<Vm> vm, Id<Disk> disk) {
        return of(vm).stream()
                .flatMap(snapshot -> snapshot.disk(disk).stream())
                .map(SavedDisk::volume)
                .toList();
    }
}
