package org.bellwether.engine.inventory;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** All CPU profiles. Each cluster begins with one of its own name and keeps at least one. */
public final class CpuProfiles {
    private final Database database;
    private final Clusters clusters;
    private final ObjectTable<CpuProfile> table = new ObjectTable<>(
            "cpu_profiles",
            "CPU profile",
            CpuProfile.class,
            profile -> Map.of("cluster_id", profile.cluster().value()));
    private final Lookup<Id<Cluster>, CpuProfile> byCluster =
            table.model().indexedBy(profile -> Optional.of(profile.cluster()));

    public CpuProfiles(Database database, Clusters clusters) {
        this.database = database;
        this.clusters = clusters;
    }

    /** Also gives a profile to clusters that have none, now and with those that are added. */
    public void load() {
        table.load(database);
        database.change(tx -> clusters.model().all().stream()
                .filter(cluster -> of(cluster.id()).isEmpty())
                .forEach(cluster -> furnish(tx, cluster)));
        database.watch((tx, change) -> {
            if (!change.table().equals("clusters")) {
                return;
            }
            Id<Cluster> cluster = Id.of(change.id());
            if (change.how() == ObjectChange.How.REMOVED) {
                List.copyOf(of(cluster)).forEach(profile -> table.delete(tx, profile.id()));
            }
        });
    }

    /** The profile that a new cluster begins with. */
    public void furnish(Transaction tx, Cluster cluster) {
        boolean first = cluster.id().value().equals(Seeds.CLUSTER);
        table.insert(
                tx,
                new CpuProfile(
                        first ? Id.of(Seeds.CPU_PROFILE) : Id.random(),
                        cluster.name(),
                        cluster.id(),
                        null,
                        org.bellwether.api.types.CpuProfile.builder().build()));
    }

    public ReadModel<CpuProfile> model() {
        return table.model();
    }

    Collection<CpuProfile> of(Id<Cluster> cluster) {
        return byCluster.of(cluster);
    }

    /** The profile of machines of a cluster that name none. */
    public Optional<UUID> defaultOf(Id<Cluster> cluster) {
        var profiles = of(cluster);
        return profiles.stream()
                .filter(profile -> profile.id().value().equals(Seeds.CPU_PROFILE))
                .findFirst()
                .or(() -> profiles.stream().min(java.util.Comparator.comparing(CpuProfile::name)))
                .map(profile -> profile.id().value());
    }

    CpuProfile get(Id<CpuProfile> id) {
        return table.get(id);
    }

    void insert(Transaction tx, CpuProfile profile) {
        table.insert(tx, profile);
    }

    CpuProfile update(Transaction tx, Id<CpuProfile> id, UnaryOperator<CpuProfile> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, CpuProfile profile) {
        if (of(profile.cluster()).size() == 1) {
            throw Failure.conflict("The CPU profile " + profile.name() + " is not removed")
                    .because("it is the only one of its cluster")
                    .next("Add another one first");
        }
        table.delete(tx, profile.id());
    }
}
