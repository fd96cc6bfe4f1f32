package org.bellwether.engine.inventory;

import static org.bellwether.engine.platform.Permit.CREATE_CLUSTER;
import static org.bellwether.engine.platform.Permit.DELETE_CLUSTER;
import static org.bellwether.engine.platform.Permit.EDIT_CLUSTER_CONFIGURATION;

import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.bellwether.api.types.Architecture;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.MacPool;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** Clusters on the wire. */
public final class ClustersApi {

    private final Database database;
    private final DataCenters dataCenters;
    private final Clusters clusters;
    private final CpuTypes cpuTypes;
    private final BiConsumer<Transaction, Cluster> furnish;
    private final BiConsumer<Transaction, Cluster> clear;
    private final Events events;
    private final Function<MacPool, UUID> macPool;
    private final UnaryOperator<org.bellwether.api.types.Cluster> scheduled;
    private final SearchSchema<Cluster> schema;

    /**
     * @param furnish gives a new cluster what every one has: the management network of its data center
     * @param macPool the MAC pool that a document refers to
     * @param scheduled refers to the scheduling policy of a document by its id, and refuses properties that none has
     * @param clear takes that away again before it is removed
     */
    public ClustersApi(
            Database database,
            DataCenters dataCenters,
            Clusters clusters,
            CpuTypes cpuTypes,
            BiConsumer<Transaction, Cluster> furnish,
            Function<MacPool, UUID> macPool,
            UnaryOperator<org.bellwether.api.types.Cluster> scheduled,
            BiConsumer<Transaction, Cluster> clear,
            Events events) {
        this.database = database;
        this.dataCenters = dataCenters;
        this.clusters = clusters;
        this.cpuTypes = cpuTypes;
        this.furnish = furnish;
        this.macPool = macPool;
        this.scheduled = scheduled;
        this.clear = clear;
        this.events = events;
        this.schema = SearchSchema.<Cluster>of("clusters")
                .text("id", each -> each.id().toString())
                .text("name", Cluster::name)
                .text("description", each -> each.spec().description())
                .text("comment", each -> each.spec().comment())
                .text("cpu_type", Cluster::cpuType)
                .text(
                        "datacenter",
                        each -> each.dataCenterId()
                                .map(id -> dataCenters.get(id).name())
                                .orElse(null))
                .text(
                        "compatibility_level",
                        each -> each.spec().version() == null
                                ? null
                                : each.spec().version().major() + "."
                                        + each.spec().version().minor())
                .choice("architecture", each -> each.cpuType() == null ? "undefined" : "x86_64")
                .build();
    }

    public SearchSchema<Cluster> schema() {
        return schema;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "clusters",
                "list",
                request -> Reply.list(
                        request.search(schema, within(request)).stream().map(ClustersApi::document)));
        routes.on("clusters", "add", CREATE_CLUSTER, this::add);
        routes.read("cluster", "get", request -> Reply.of(document(clusters.get(request.id()))));
        routes.on("cluster", "update", EDIT_CLUSTER_CONFIGURATION, this::update);
        routes.on("cluster", "remove", DELETE_CLUSTER, this::remove);
    }

    /** The same list stands under each data center, for its own clusters. */
    private Collection<Cluster> within(ApiRequest request) {
        return request.targets().isEmpty()
                ? clusters.model().all()
                : clusters.ofDataCenter(
                        dataCenters.get(request.<DataCenter>id(0)).id());
    }

    private Reply add(ApiRequest request) {
        var sent = known(scheduled.apply(request.body(org.bellwether.api.types.Cluster.class)));
        var dataCenter = request.targets().isEmpty()
                ? dataCenters.referred(sent.dataCenter())
                : dataCenters.get(request.<DataCenter>id(0));
        var made = new Cluster(
                Id.random(),
                Names.checked(sent.name(), "a cluster"),
                dataCenter.id(),
                cpuType(sent.cpu()).orElse(null),
                ClusterSpecs.over(ClusterSpecs.defaults(), sent));
        database.change(tx -> {
            clusters.insert(tx, made);
            furnish.accept(tx, made);
            tell(tx, EventCode.CLUSTER_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = known(scheduled.apply(request.body(org.bellwether.api.types.Cluster.class)));
        var type = cpuType(sent.cpu());
        var changed = database.transaction(tx -> {
            var cluster = clusters.update(
                    tx,
                    request.id(),
                    before -> new Cluster(
                            before.id(),
                            sent.name() == null ? before.name() : Names.checked(sent.name(), "a cluster"),
                            before.dataCenter(),
                            type.orElse(before.cpuType()),
                            ClusterSpecs.over(before.spec(), sent)));
            tell(tx, EventCode.CLUSTER_UPDATED, cluster, request, "changed");
            return cluster;
        });
        return Reply.of(document(changed));
    }

    /** What it refers to by name is kept by id. */
    private org.bellwether.api.types.Cluster known(org.bellwether.api.types.Cluster sent) {
        var pool = sent.macPool();
        return pool == null
                ? sent
                : sent.toBuilder()
                        .macPool(MacPool.builder()
                                .id(macPool.apply(pool).toString())
                                .build())
                        .build();
    }

    private Reply remove(ApiRequest request) {
        var cluster = clusters.get(request.<Cluster>id());
        database.change(tx -> {
            clear.accept(tx, cluster);
            clusters.delete(tx, cluster.id());
            tell(tx, EventCode.CLUSTER_REMOVED, cluster, request, "removed");
        });
        return Reply.done();
    }

    private Optional<String> cpuType(@Nullable Cpu cpu) {
        var name = Optional.ofNullable(cpu).map(Cpu::type).map(String::strip).filter(text -> !text.isEmpty());
        if (name.isPresent() && cpuTypes.named(name.get()).isEmpty()) {
            throw Failure.badRequest("There is no CPU type called " + name.get())
                    .next("Known are, among others: "
                            + String.join(
                                    ", ",
                                    cpuTypes.all().stream()
                                            .map(CpuType::name)
                                            .limit(5)
                                            .toList())
                            + "; clusterlevels/4.8 lists all");
        }
        return name;
    }

    private void tell(Transaction tx, EventCode code, Cluster cluster, ApiRequest request, String what) {
        events.add(
                tx,
                code,
                Asker.of(request),
                Concerns.NOTHING.withCluster(cluster.id()),
                "Cluster " + cluster.name(),
                what);
    }

    static org.bellwether.api.types.Cluster document(Cluster cluster) {
        var cpu = Cpu.builder()
                .architecture(cluster.cpuType() == null ? Architecture.UNDEFINED : Architecture.X86_64)
                .type(Optional.ofNullable(cluster.cpuType()).orElse(""));
        var document = cluster.spec().toBuilder()
                .id(cluster.id().toString())
                .name(cluster.name())
                .cpu(cpu.build());
        if (cluster.spec().macPool() == null) {
            document.macPool(MacPool.builder().id(Seeds.MAC_POOL.toString()).build());
        }
        if (cluster.spec().schedulingPolicy() == null) {
            document.schedulingPolicy(org.bellwether.api.types.SchedulingPolicy.builder()
                    .id(Seeds.SCHEDULING_POLICY.toString())
                    .build());
        }
        cluster.dataCenterId()
                .ifPresent(id -> document.dataCenter(org.bellwether.api.types.DataCenter.builder()
                        .id(id.toString())
                        .build()));
        return document.build();
    }
}
