package org.bellwether.engine.storage;

import java.util.Optional;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * What disks of a storage domain may be put under.
 *
 * @param qos its limits; null: none
 */
record DiskProfile(
        Id<DiskProfile> id,
        String name,
        Id<StorageDomain> domain,
        @Nullable Id<Qos> qos,
        org.bellwether.api.types.DiskProfile spec)
        implements Stored<DiskProfile> {

    Optional<Id<Qos>> qosId() {
        return Optional.ofNullable(qos);
    }
}
