package org.bellwether.engine.storage;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** All storage domains, as decided. */
public final class StorageDomains {

    private final Database database;
    private final ObjectTable<StorageDomain> table =
            new ObjectTable<>("storage_domains", "storage domain", StorageDomain.class, StorageDomains::columns);
    private final Lookup<Id<DataCenter>, StorageDomain> byDataCenter =
            table.model().indexedBy(StorageDomain::dataCenterId);
    private final Lookup<Id<Cluster>, StorageDomain> byCluster =
            table.model().indexedBy(domain -> Optional.of(domain.cluster()));

    public StorageDomains(Database database) {
        this.database = database;
    }

    private static Map<String, Object> columns(StorageDomain domain) {
        var columns = new HashMap<String, Object>();
        columns.put("cluster_id", domain.cluster().value());
        columns.put("connection", domain.connection().place());
        columns.put("data_center_id", domain.dataCenterId().map(Id::value).orElse(null));
        return columns;
    }

    public void load() {
        table.load(database);
        table.model().all().stream()
                .filter(domain -> domain.connection().plain())
                .toList()
                .forEach(domain -> database.change(tx -> table.update(
                        tx, domain.id(), now -> now.at(now.connection().sealed()))));
    }

    public ReadModel<StorageDomain> model() {
        return table.model();
    }

    /** The storage domain, or a failure that says that there is none. */
    public StorageDomain get(Id<StorageDomain> id) {
        return table.get(id);
    }

    public Collection<StorageDomain> ofDataCenter(Id<DataCenter> dataCenter) {
        return byDataCenter.of(dataCenter);
    }

    public Collection<StorageDomain> ofCluster(Id<Cluster> cluster) {
        return byCluster.of(cluster);
    }

    /** The data center's storage domains as the transaction sees them; for deciding, under {@code DataCenters.hold}. */
    List<StorageDomain> ofDataCenter(Transaction tx, Id<DataCenter> dataCenter) {
        return table.matching(tx, "data_center_id", dataCenter.value());
    }

    void insert(Transaction tx, StorageDomain domain) {
        table.insert(tx, domain);
    }

    StorageDomain update(Transaction tx, Id<StorageDomain> id, Function<StorageDomain, StorageDomain> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<StorageDomain> id) {
        table.delete(tx, id);
    }
}
