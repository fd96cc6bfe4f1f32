package org.bellwether.engine.vm;

import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;

/**
 * The disks of machines that forget: before such a machine starts, each disk gets a volume on top that takes what it writes;
 * when the machine is off, the disk is again what it was and the volume goes. Everything here may be repeated.
 */
public final class StatelessDisks {

    private final Database database;
    private final Disks disks;
    private final Volumes volumes;
    private final ObjectTable<Overlay> table =
            new ObjectTable<>("overlays", "volume of a stateless machine", Overlay.class, StatelessDisks::columns);
    private final Lookup<Id<Vm>, Overlay> byVm = table.model().indexedBy(overlay -> Optional.of(overlay.vm()));

    public StatelessDisks(Database database, Disks disks, Volumes volumes) {
        this.database = database;
        this.disks = disks;
        this.volumes = volumes;
    }

    private static Map<String, Object> columns(Overlay overlay) {
        return Map.of("vm_id", overlay.vm().value());
    }

    public void load() {
        table.load(database);
    }

    Collection<Overlay> of(Id<Vm> vm) {
        return byVm.of(vm);
    }

    /** The machines that have such volumes, running or not yet tidied up. */
    Collection<Overlay> all() {
        return table.model().all();
    }

    /** Lets the machine, which was just claimed for its next start, write beside its disks. */
    void cover(Vm vm) {
        for (var attachment : disks.ofVm(vm.id())) {
            var disk = disks.get(attachment.disk());
            var known = table.model().find(Overlay.of(disk.id()));
            if (known.isPresent() && known.get().generation() == vm.generation()) {
                continue;
            }
            known.ifPresent(this::uncover);
            // What a machine writes to a LUN stays.
            if (attachment.active()
                    && disk.lun().isEmpty()
                    && !Boolean.TRUE.equals(attachment.spec().readOnly())) {
                cover(vm, disks.get(disk.id()));
            }
        }
    }

    private void cover(Vm vm, Disk disk) {
        // Always the same for one start, so that what a crash left is found again.
        var top = UUID.nameUUIDFromBytes(
                ("overlay " + disk.id() + " " + vm.generation()).getBytes(StandardCharsets.UTF_8));
        volumes.createOn(disk.topped(top, Disk.Format.COW, true), disk.volume());
        database.change(tx -> {
            table.insert(
                    tx,
                    new Overlay(
                            Overlay.of(disk.id()),
                            disk.name(),
                            vm.id(),
                            vm.generation(),
                            top,
                            disk.volume(),
                            disk.format(),
                            disk.sparse()));
            disks.update(tx, disk.id(), now -> now.topped(top, Disk.Format.COW, true));
        });
    }

    /** Makes a disk of a machine that is off again what it was. */
    void uncover(Overlay overlay) {
        var disk = disks.model().find(overlay.disk());
        if (disk.isPresent() && disk.get().volume().equals(overlay.top())) {
            database.change(tx -> disks.update(
                    tx, overlay.disk(), now -> now.topped(overlay.below(), overlay.format(), overlay.sparse())));
        }
        // The row stays until the volume is gone: it is what remembers it.
        disk.ifPresent(found -> volumes.deleteVolume(found.topped(overlay.top(), Disk.Format.COW, true)));
        database.change(tx -> table.delete(tx, overlay.id()));
    }
}
