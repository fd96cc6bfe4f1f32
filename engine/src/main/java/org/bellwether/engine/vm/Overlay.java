package org.bellwether.engine.vm;

import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.storage.Disk;

/**
 * What a stateless machine's disk was before the machine ran: the machine writes into a volume on top of it, which goes when
 * the machine is off. It has the disk's id.
 *
 * @param name the disk's
 * @param generation of the start that it was made for
 * @param top the volume that is written meanwhile
 */
record Overlay(
        Id<Overlay> id,
        String name,
        Id<Vm> vm,
        long generation,
        UUID top,
        UUID below,
        Disk.Format format,
        boolean sparse)
        implements Stored<Overlay> {

    static Id<Overlay> of(Id<Disk> disk) {
        return Id.of(disk.value());
    }

    Id<Disk> disk() {
        return Id.of(id.value());
    }
}
