package org.bellwether.engine.inventory;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** All clusters. */
public final class Clusters {

    private final Database database;
    private final Events events;
    private final ObjectTable<Cluster> table =
            new ObjectTable<>("clusters", "cluster", Cluster.class, Clusters::columns);
    private final Lookup<Id<DataCenter>, Cluster> byDataCenter = table.model().indexedBy(Cluster::dataCenterId);

    public Clusters(Database database, Events events) {
        this.database = database;
        this.events = events;
    }

    private static Map<String, Object> columns(Cluster cluster) {
        var columns = new HashMap<String, Object>();
        cluster.dataCenterId().ifPresent(id -> columns.put("data_center_id", id.value()));
        var pool = cluster.spec().macPool();
        if (pool != null && pool.id() != null) {
            columns.put("mac_pool_id", UUID.fromString(pool.id()));
        }
        return columns;
    }

    public void load() {
        table.load(database);
    }

    public ReadModel<Cluster> model() {
        return table.model();
    }

    /** The cluster, or a failure that says that there is none. */
    public Cluster get(Id<Cluster> id) {
        return table.get(id);
    }

    /** The cluster that a document refers to, by id or by name. */
    public Cluster referred(org.bellwether.api.types.@Nullable Cluster reference) {
        return References.find(table.model(), reference, "cluster");
    }

    public Collection<Cluster> ofDataCenter(Id<DataCenter> dataCenter) {
        return byDataCenter.of(dataCenter);
    }

    public void insert(Transaction tx, Cluster cluster) {
        table.insert(tx, cluster);
    }

    Cluster update(Transaction tx, Id<Cluster> id, Function<Cluster, Cluster> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<Cluster> id) {
        table.delete(tx, id);
    }

    /** Its hosts are being upgraded, and so much of that is done. */
    public void upgrading(Transaction tx, Id<Cluster> id, String correlation, long percent) {
        table.update(
                tx,
                id,
                cluster -> cluster.with(cluster.spec().toBuilder()
                        .upgradeInProgress(true)
                        .upgradeCorrelationId(correlation)
                        .upgradePercentComplete(percent)
                        .build()));
    }

    /** It has ended, one way or the other. */
    public void upgraded(Transaction tx, Id<Cluster> id) {
        if (table.model().find(id).isPresent()) {
            table.update(
                    tx,
                    id,
                    cluster -> cluster.with(cluster.spec().toBuilder()
                            .upgradeInProgress(false)
                            .upgradeCorrelationId(null)
                            .upgradePercentComplete(null)
                            .build()));
        }
    }

    /** The first host's processor decides what the cluster promises to machines, once. */
    public void decideCpuType(Id<Cluster> id, CpuType type) {
        database.change(tx -> {
            var decided = table.update(
                    tx, id, cluster -> cluster.cpuType() == null ? cluster.withCpuType(type.name()) : cluster);
            events.add(
                    tx,
                    EventCode.CLUSTER_UPDATED,
                    Asker.engine(),
                    Concerns.NOTHING.withCluster(id),
                    "The CPU type of cluster " + decided.name() + " is "
                            + Optional.ofNullable(decided.cpuType()).orElse("") + ", after its first host.");
        });
    }
}
