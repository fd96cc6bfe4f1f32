package org.bellwether.engine.inventory;

import java.util.Optional;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A cluster: hosts between which machines migrate.
 *
 * @param dataCenter absent only when a cluster was added without one
 * @param cpuType the processor type promised to machines; null until it is set or found with the first host
 * @param spec what people decided of it, as the API's own document
 */
public record Cluster(
        Id<Cluster> id,
        String name,
        @Nullable Id<DataCenter> dataCenter,
        @Nullable String cpuType,
        org.bellwether.api.types.Cluster spec)
        implements Stored<Cluster> {

    public Optional<Id<DataCenter>> dataCenterId() {
        return Optional.ofNullable(dataCenter);
    }

    Cluster with(org.bellwether.api.types.Cluster told) {
        return new Cluster(id, name, dataCenter, cpuType, told);
    }

    Cluster withCpuType(String type) {
        return new Cluster(id, name, dataCenter, type, spec);
    }
}
