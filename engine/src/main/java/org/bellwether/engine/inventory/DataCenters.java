package org.bellwether.engine.inventory;

import java.util.Map;
import java.util.function.Function;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** All data centers. */
public final class DataCenters {

    private final Database database;
    private final ObjectTable<DataCenter> table =
            new ObjectTable<>("data_centers", "data center", DataCenter.class, dataCenter -> Map.of());

    public DataCenters(Database database) {
        this.database = database;
    }

    public void load() {
        table.load(database);
    }

    public ReadModel<DataCenter> model() {
        return table.model();
    }

    /** The data center, or a failure that says that there is none. */
    public DataCenter get(Id<DataCenter> id) {
        return table.get(id);
    }

    /** The data center that a document refers to, by id or by name. */
    public DataCenter referred(org.bellwether.api.types.@Nullable DataCenter reference) {
        return References.find(table.model(), reference, "data center");
    }

    public void insert(Transaction tx, DataCenter dataCenter) {
        table.insert(tx, dataCenter);
    }

    /** Lets one transaction at a time decide something for the data center, until it ends. */
    public void hold(Transaction tx, Id<DataCenter> id) {
        table.update(tx, id, unchanged -> unchanged);
    }

    void update(Transaction tx, Id<DataCenter> id, Function<DataCenter, DataCenter> change) {
        table.update(tx, id, change);
    }

    void delete(Transaction tx, Id<DataCenter> id) {
        table.delete(tx, id);
    }
}
