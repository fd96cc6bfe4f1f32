package org.bellwether.engine.inventory;

import static org.bellwether.engine.platform.Permit.CREATE_STORAGE_POOL;
import static org.bellwether.engine.platform.Permit.DELETE_STORAGE_POOL;
import static org.bellwether.engine.platform.Permit.EDIT_STORAGE_POOL_CONFIGURATION;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.bellwether.api.types.DataCenterStatus;
import org.bellwether.api.types.MacPool;
import org.bellwether.api.types.Version;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/** Data centers on the wire. */
public final class DataCentersApi {

    private final Database database;
    private final DataCenters dataCenters;
    private final Function<Id<DataCenter>, DataCenterStatus> status;
    private final BiConsumer<Transaction, DataCenter> furnish;
    private final BiConsumer<Transaction, DataCenter> clear;
    private final Events events;
    private final SearchSchema<DataCenter> schema;

    /**
     * @param status follows from its storage, which is a feature above this one
     * @param furnish gives a new data center what every one has: its management network
     * @param clear takes that away again before it is removed
     */
    public DataCentersApi(
            Database database,
            DataCenters dataCenters,
            Clusters clusters,
            ClustersApi clustersApi,
            Function<Id<DataCenter>, DataCenterStatus> status,
            BiConsumer<Transaction, DataCenter> furnish,
            BiConsumer<Transaction, DataCenter> clear,
            Events events) {
        this.database = database;
        this.dataCenters = dataCenters;
        this.status = status;
        this.furnish = furnish;
        this.clear = clear;
        this.events = events;
        this.schema = SearchSchema.<DataCenter>of("data centers")
                .text("id", each -> each.id().toString())
                .text("name", DataCenter::name)
                .text("description", each -> each.spec().description())
                .text("comment", each -> each.spec().comment())
                .text(
                        "compatibility_version",
                        each -> each.spec().version() == null
                                ? null
                                : each.spec().version().major() + "."
                                        + each.spec().version().minor())
                .flag("local", each -> each.spec().local())
                .choice("status", each -> status.apply(each.id()).wire())
                .related(List.of("clusters", "cluster"), each -> clusters.ofDataCenter(each.id()), clustersApi::schema)
                .build();
    }

    public SearchSchema<DataCenter> schema() {
        return schema;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "data_centers",
                "list",
                request -> Reply.list(request.search(schema, dataCenters.model().all()).stream()
                        .map(this::document)));
        routes.on("data_centers", "add", CREATE_STORAGE_POOL, this::add);
        routes.read("data_center", "get", request -> Reply.of(document(dataCenters.get(request.id()))));
        routes.on("data_center", "update", EDIT_STORAGE_POOL_CONFIGURATION, this::update);
        routes.on("data_center", "remove", DELETE_STORAGE_POOL, this::remove);
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.DataCenter.class);
        var made = new DataCenter(
                Id.random(),
                Names.checked(sent.name(), "a data center"),
                DataCenterSpecs.over(DataCenterSpecs.defaults(), sent));
        database.change(tx -> {
            dataCenters.insert(tx, made);
            furnish.accept(tx, made);
            tell(tx, EventCode.DATA_CENTER_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.DataCenter.class);
        Id<DataCenter> id = request.id();
        dataCenters.get(id);
        database.change(tx -> {
            dataCenters.update(
                    tx,
                    id,
                    before -> new DataCenter(
                            id,
                            sent.name() == null ? before.name() : Names.checked(sent.name(), "a data center"),
                            DataCenterSpecs.over(before.spec(), sent)));
            tell(tx, EventCode.DATA_CENTER_UPDATED, dataCenters.get(id), request, "changed");
        });
        return Reply.of(document(dataCenters.get(id)));
    }

    private Reply remove(ApiRequest request) {
        var dataCenter = dataCenters.get(request.<DataCenter>id());
        database.change(tx -> {
            clear.accept(tx, dataCenter);
            dataCenters.delete(tx, dataCenter.id());
            tell(tx, EventCode.DATA_CENTER_REMOVED, dataCenter, request, "removed");
        });
        return Reply.done();
    }

    private void tell(Transaction tx, EventCode code, DataCenter dataCenter, ApiRequest request, String what) {
        events.add(
                tx,
                code,
                Asker.of(request),
                Concerns.NOTHING.withDataCenter(dataCenter.id()),
                "Data center " + dataCenter.name(),
                what);
    }

    private org.bellwether.api.types.DataCenter document(DataCenter dataCenter) {
        var pool = dataCenter.spec().macPool();
        return dataCenter.spec().toBuilder()
                // Pools belong to clusters; clients of old still look for one here.
                .macPool(
                        pool == null
                                ? MacPool.builder()
                                        .id(Seeds.MAC_POOL.toString())
                                        .build()
                                : pool)
                .id(dataCenter.id().toString())
                .name(dataCenter.name())
                .status(status.apply(dataCenter.id()))
                .supportedVersions(List.of(Version.builder().major(4L).minor(8L).build()))
                .build();
    }
}
