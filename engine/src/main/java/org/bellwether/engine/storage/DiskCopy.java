package org.bellwether.engine.storage;

import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * A template's disk on one more storage domain, under the same ids, so that thin disks can stand on it there.
 *
 * @param name the disk's
 * @param ready whether all of it is there
 */
public record DiskCopy(Id<DiskCopy> id, String name, Id<Disk> disk, Id<StorageDomain> domain, boolean ready)
        implements Stored<DiskCopy> {

    DiskCopy whole() {
        return new DiskCopy(id, name, disk, domain, true);
    }
}
