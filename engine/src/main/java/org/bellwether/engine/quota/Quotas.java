package org.bellwether.engine.quota;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** All quotas. Each data center begins with one that holds back nothing. */
public final class Quotas {
    private final Database database;
    private final DataCenters dataCenters;
    private final ObjectTable<Quota> table = new ObjectTable<>(
            "quotas",
            "quota",
            Quota.class,
            quota -> Map.of("data_center_id", quota.dataCenter().value()));
    private final Lookup<Id<DataCenter>, Quota> byDataCenter =
            table.model().indexedBy(quota -> Optional.of(quota.dataCenter()));

    public Quotas(Database database, DataCenters dataCenters) {
        this.database = database;
        this.dataCenters = dataCenters;
    }

    /** Gives each data center its first quota, now and with those that are added. */
    public void load() {
        table.load(database);
        database.change(tx -> dataCenters.model().all().stream()
                .filter(center -> of(center.id()).isEmpty())
                .forEach(center -> table.insert(tx, Quota.first(center.id()))));
        database.watch((tx, change) -> {
            if (!change.table().equals("data_centers")) {
                return;
            }
            Id<DataCenter> center = Id.of(change.id());
            if (change.how() == ObjectChange.How.ADDED) {
                table.insert(tx, Quota.first(center));
            } else if (change.how() == ObjectChange.How.REMOVED) {
                List.copyOf(of(center)).forEach(quota -> table.delete(tx, quota.id()));
            }
        });
    }

    public ReadModel<Quota> model() {
        return table.model();
    }

    Collection<Quota> of(Id<DataCenter> center) {
        return byDataCenter.of(center);
    }

    /** The quota of what names none. */
    public Optional<Quota> own(Id<DataCenter> center) {
        return of(center).stream().filter(Quota::own).findFirst();
    }

    Quota get(Id<Quota> id) {
        return table.get(id);
    }

    void insert(Transaction tx, Quota quota) {
        table.insert(tx, quota);
    }

    Quota update(Transaction tx, Id<Quota> id, UnaryOperator<Quota> change) {
        return table.update(tx, id, change);
    }

    void delete(Transaction tx, Quota quota) {
        if (quota.own()) {
            throw Failure.conflict("The quota " + quota.name() + " is not removed")
                    .because("what names no quota is counted there");
        }
        table.delete(tx, quota.id());
    }
}
