package org.bellwether.engine.quota;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * How much of a data center the machines and disks that name it may take together.
 *
 * @param own whether it is the one that a data center begins with, for what names none
 * @param spec what people decided of it, with its thresholds and graces
 */
public record Quota(
        Id<Quota> id,
        String name,
        Id<DataCenter> dataCenter,
        boolean own,
        org.bellwether.api.types.Quota spec,
        List<ClusterLimit> clusters,
        List<StorageLimit> storage)
        implements Stored<Quota> {

    /** What no limit holds back. */
    static final long UNLIMITED = -1;

    private static final long THRESHOLD = 80;
    private static final long GRACE = 20;

    public Quota {
        clusters = List.copyOf(clusters);
        storage = List.copyOf(storage);
    }

    /** @param cluster none: of all clusters together */
    public record ClusterLimit(UUID id, @Nullable UUID cluster, double memoryGib, long vcpus) {
        boolean of(UUID place) {
            return cluster == null || cluster.equals(place);
        }
    }

    /** @param domain none: of all storage domains together */
    public record StorageLimit(UUID id, @Nullable UUID domain, long gib) {
        boolean of(UUID place) {
            return domain == null || domain.equals(place);
        }
    }

    /** The quota that a data center begins with: it holds back nothing. */
    static Quota first(Id<DataCenter> dataCenter) {
        return new Quota(
                Id.random(),
                "Default",
                dataCenter,
                true,
                org.bellwether.api.types.Quota.builder()
                        .description("Default unlimited quota")
                        .build(),
                List.of(new ClusterLimit(UUID.randomUUID(), null, UNLIMITED, UNLIMITED)),
                List.of(new StorageLimit(UUID.randomUUID(), null, UNLIMITED)));
    }

    Quota decided(String newName, org.bellwether.api.types.Quota newSpec) {
        return new Quota(id, newName, dataCenter, own, newSpec, clusters, storage);
    }

    Quota limited(List<ClusterLimit> newClusters, List<StorageLimit> newStorage) {
        return new Quota(id, name, dataCenter, own, spec, newClusters, newStorage);
    }

    /** From which part of a limit on people are warned, in percent. */
    long clusterThreshold() {
        return Optional.ofNullable(spec.clusterSoftLimitPct()).orElse(THRESHOLD);
    }

    /** How far a limit may be exceeded, in percent. */
    long clusterGrace() {
        return Optional.ofNullable(spec.clusterHardLimitPct()).orElse(GRACE);
    }

    long storageThreshold() {
        return Optional.ofNullable(spec.storageSoftLimitPct()).orElse(THRESHOLD);
    }

    long storageGrace() {
        return Optional.ofNullable(spec.storageHardLimitPct()).orElse(GRACE);
    }
}
