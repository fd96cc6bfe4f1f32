package org.bellwether.engine.inventory;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * How much of a cluster's processors machines may have.
 *
 * @param qos the QoS of the data center with the limit; none means no limit
 */
public record CpuProfile(
        Id<CpuProfile> id,
        String name,
        Id<Cluster> cluster,
        @Nullable UUID qos,
        org.bellwether.api.types.CpuProfile spec)
        implements Stored<CpuProfile> {

    Optional<UUID> qosId() {
        return Optional.ofNullable(qos);
    }
}
