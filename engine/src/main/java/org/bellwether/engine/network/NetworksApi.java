package org.bellwether.engine.network;

import static org.bellwether.engine.platform.Permit.ASSIGN_CLUSTER_NETWORK;
import static org.bellwether.engine.platform.Permit.CONFIGURE_STORAGE_POOL_NETWORK;
import static org.bellwether.engine.platform.Permit.CREATE_STORAGE_POOL_NETWORK;
import static org.bellwether.engine.platform.Permit.DELETE_STORAGE_POOL_NETWORK;

import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.bellwether.api.types.NetworkLabel;
import org.bellwether.api.types.NetworkStatus;
import org.bellwether.api.types.NetworkUsage;
import org.bellwether.api.types.Qos;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** Logical networks on the wire, and their attachment to clusters. */
public final class NetworksApi {

    /** A network is a bridge on hosts, and the kernel takes names of 15 characters. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");

    private static final Set<String> OBSERVED = Set.of("status", "required", "display", "vdsm_name");
    private static final Set<String> ROLES = Set.of("usages", "display");

    private final Database database;
    private final DataCenters dataCenters;
    private final Clusters clusters;
    private final Networks networks;
    private final HostsOfClusters hosts;
    private final Events events;
    private final SearchSchema<Network> schema;

    /** What this feature asks of hosts, which stand above it. */
    public interface HostsOfClusters {
        /** What hosts must have has changed. */
        void reassess(Id<Cluster> cluster);

        /** Whether all hosts of the cluster that serve machines have the network. */
        boolean allHave(Id<Cluster> cluster, Network network);
    }

    /** @param qos the name of a QoS that a network refers to */
    public NetworksApi(
            Database database,
            DataCenters dataCenters,
            Clusters clusters,
            Networks networks,
            HostsOfClusters hosts,
            Function<Qos, Optional<String>> qos,
            Events events) {
        this.database = database;
        this.dataCenters = dataCenters;
        this.clusters = clusters;
        this.networks = networks;
        this.hosts = hosts;
        this.events = events;
        this.schema = SearchSchema.<Network>of("networks")
                .text("id", each -> each.id().toString())
                .text("name", Network::name)
                .text("description", each -> each.spec().description())
                .text("comment", each -> each.spec().comment())
                .number("mtu", each -> each.spec().mtu())
                .number(
                        "vlanid",
                        each -> each.spec().vlan() == null
                                ? null
                                : each.spec().vlan().id())
                .flag(
                        "vmnetwork",
                        each -> each.spec().usages() == null
                                || each.spec().usages().contains(NetworkUsage.VM))
                .texts("label", NetworksApi::labels)
                .absent("provider_name", "networks are brought by no other provider than this engine")
                .text(
                        "qos_name",
                        each -> Optional.ofNullable(each.spec().qos())
                                .flatMap(qos)
                                .orElse(null))
                .flag("stp", each -> each.spec().stp())
                .text("datacenter", each -> dataCenters.get(each.dataCenter()).name())
                .build();
    }

    public SearchSchema<Network> schema() {
        return schema;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "networks", "list", request -> list(request, networks.model().all()));
        routes.on("networks", "add", CREATE_STORAGE_POOL_NETWORK, this::add);
        routes.read("network", "get", request -> Reply.of(document(networks.get(request.id()))));
        routes.on("network", "update", CONFIGURE_STORAGE_POOL_NETWORK, this::update);
        routes.on("network", "remove", DELETE_STORAGE_POOL_NETWORK, this::remove);
        routes.read(
                "data_center_networks",
                "list",
                request -> list(
                        request,
                        networks.ofDataCenter(
                                dataCenters.get(request.<DataCenter>id(0)).id())));
        routes.on("data_center_networks", "add", CREATE_STORAGE_POOL_NETWORK, this::add);
        routes.read("data_center_network", "get", request -> Reply.of(document(ofDataCenter(request))));
        routes.on("data_center_network", "update", CONFIGURE_STORAGE_POOL_NETWORK, request -> {
            ofDataCenter(request);
            return update(request);
        });
        routes.on("data_center_network", "remove", DELETE_STORAGE_POOL_NETWORK, request -> {
            ofDataCenter(request);
            return remove(request);
        });
        routes.read(
                "cluster_networks",
                "list",
                request -> Reply.list(
                        request.limited(networks.ofCluster(cluster(request).id())).stream()
                                .map(this::document)));
        routes.on("cluster_networks", "add", ASSIGN_CLUSTER_NETWORK, this::attach);
        routes.read("cluster_network", "get", request -> Reply.of(document(attached(request))));
        routes.on("cluster_network", "update", ASSIGN_CLUSTER_NETWORK, this::updateAttached);
        routes.on("cluster_network", "remove", ASSIGN_CLUSTER_NETWORK, this::detach);
    }

    /** Gives a new data center its management network. */
    public void furnish(Transaction tx, DataCenter dataCenter) {
        networks.insert(
                tx, new Network(Id.random(), Networks.MANAGEMENT, dataCenter.id(), Networks.managementSpec()), true);
    }

    /** Attaches the management network to a new cluster. */
    public void furnish(Transaction tx, Cluster cluster) {
        cluster.dataCenterId()
                .flatMap(id -> networks.ofDataCenter(id).stream()
                        .filter(network -> network.name().equals(Networks.MANAGEMENT))
                        .findFirst())
                .ifPresent(network -> networks.attach(
                        tx,
                        cluster.id(),
                        network,
                        true,
                        org.bellwether.api.types.Network.builder()
                                .usages(List.of(NetworkUsage.values()).stream()
                                        .filter(usage -> usage != NetworkUsage.GLUSTER)
                                        .toList())
                                .display(true)
                                .build()));
    }

    /** Removes the networks of a data center that is being removed. */
    public void clear(Transaction tx, DataCenter dataCenter) {
        networks.ofDataCenter(dataCenter.id()).forEach(network -> networks.delete(tx, network.id()));
    }

    private Reply list(ApiRequest request, Collection<Network> all) {
        return Reply.list(request.search(schema, all).stream().map(this::document));
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Network.class);
        var dataCenter = request.targets().isEmpty()
                ? dataCenters.referred(sent.dataCenter())
                : dataCenters.get(request.<DataCenter>id(0));
        var made = new Network(
                Id.random(),
                name(sent.name()),
                dataCenter.id(),
                spec(Networks.managementSpec().toBuilder().description("").build(), sent));
        database.change(tx -> {
            networks.insert(tx, made, !Boolean.FALSE.equals(sent.profileRequired()));
            tell(tx, EventCode.NETWORK_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Network.class);
        Id<Network> id = request.id();
        var changed = database.transaction(tx -> {
            var after = networks.update(tx, id, now -> changed(now, sent));
            tell(tx, EventCode.NETWORK_UPDATED, after, request, "changed");
            return after;
        });
        return Reply.of(document(changed));
    }

    /** Of the network as it is now: somebody else may have changed something else of it a moment ago. */
    private Network changed(Network now, org.bellwether.api.types.Network sent) {
        if (sent.name() != null
                && !sent.name().equals(now.name())
                && !networks.clustersOf(now.id()).isEmpty()) {
            throw Failure.conflict("Cannot rename the network " + now.name())
                    .because("clusters use it, and hosts have a bridge of that name")
                    .next("Detach it from all clusters first");
        }
        return new Network(
                now.id(),
                sent.name() == null ? now.name() : name(sent.name()),
                now.dataCenter(),
                spec(now.spec(), sent));
    }

    private Network ofDataCenter(ApiRequest request) {
        var network = networks.get(request.<Network>id());
        if (!network.dataCenter().equals(request.<DataCenter>id(0))) {
            throw Failure.notFound("The data center has no network with the id " + network.id());
        }
        return network;
    }

    private static List<String> labels(Network network) {
        var labels = network.spec().networkLabels();
        return labels == null
                ? List.of()
                : labels.stream().map(NetworkLabel::id).filter(Objects::nonNull).toList();
    }

    private Reply remove(ApiRequest request) {
        var network = networks.get(request.<Network>id());
        if (network.name().equals(Networks.MANAGEMENT)) {
            throw Failure.conflict("Cannot remove the network " + network.name())
                    .because("engine and hosts talk over it");
        }
        database.change(tx -> {
            networks.delete(tx, network.id());
            tell(tx, EventCode.NETWORK_REMOVED, network, request, "removed");
        });
        return Reply.done();
    }

    private Reply attach(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Network.class);
        var cluster = cluster(request);
        var network = References.find(networks.model(), sent, "network");
        if (!cluster.dataCenterId().filter(network.dataCenter()::equals).isPresent()) {
            throw Failure.conflict("Cannot attach the network " + network.name() + " to cluster " + cluster.name())
                    .because("they belong to different data centers");
        }
        var attached = database.transaction(tx -> {
            var made = networks.attach(tx, cluster.id(), network, !Boolean.FALSE.equals(sent.required()), roles(sent));
            ClusterRoles.take(tx, networks, made);
            tell(tx, EventCode.NETWORK_ATTACHED, network, request, "attached to cluster " + cluster.name());
            return made;
        });
        hosts.reassess(cluster.id());
        return Reply.created(document(attached));
    }

    private Reply updateAttached(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Network.class);
        var before = attached(request);
        var changed = database.transaction(tx -> {
            var after = networks.updateAttachment(
                    tx,
                    before.id(),
                    now -> new ClusterNetwork(
                            now.id(),
                            now.name(),
                            now.cluster(),
                            now.network(),
                            sent.required() == null ? now.required() : sent.required(),
                            org.bellwether.api.types.Network.TYPE.merge(now.spec(), roles(sent))));
            ClusterRoles.take(tx, networks, after);
            return after;
        });
        hosts.reassess(changed.cluster());
        return Reply.of(document(changed));
    }

    private Reply detach(ApiRequest request) {
        var attached = attached(request);
        if (attached.name().equals(Networks.MANAGEMENT)) {
            throw Failure.conflict("Cannot detach the network " + attached.name())
                    .because("engine and hosts talk over it");
        }
        database.change(tx -> {
            networks.detach(tx, attached.id());
            ClusterRoles.giveBack(tx, networks, attached);
            tell(tx, EventCode.NETWORK_DETACHED, networks.get(attached.network()), request, "detached from a cluster");
        });
        hosts.reassess(attached.cluster());
        return Reply.done();
    }

    /** The cluster is the last but one object of the path, or the last where the path ends in the list. */
    private Cluster cluster(ApiRequest request) {
        for (int i = 0; i < request.targets().size(); i++) {
            if (request.targets().get(i).service().equals("cluster")) {
                return clusters.get(request.id(i));
            }
        }
        throw Failure.notFound("The path names no cluster");
    }

    private ClusterNetwork attached(ApiRequest request) {
        Id<Network> network = request.id();
        return networks.ofCluster(cluster(request).id()).stream()
                .filter(each -> each.network().equals(network))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The cluster has no network with the id " + network));
    }

    private static String name(@Nullable String name) {
        if (name == null || !NAME.matcher(name).matches()) {
            throw Failure.badRequest("'" + name + "' cannot be the name of a network")
                    .because("a name has 1 to 15 letters, digits and _ . -, as the kernel's bridges do");
        }
        return name;
    }

    private static org.bellwether.api.types.Network spec(
            org.bellwether.api.types.Network before, org.bellwether.api.types.Network sent) {
        return org.bellwether.api.types.Network.TYPE.merge(
                before, Decided.of(org.bellwether.api.types.Network.TYPE, sent, OBSERVED, Set.of("qos")));
    }

    private static org.bellwether.api.types.Network roles(org.bellwether.api.types.Network sent) {
        var builder = org.bellwether.api.types.Network.TYPE.newBuilder();
        ROLES.forEach(role -> builder.set(role, sent.value(role)));
        return builder.build();
    }

    private void tell(Transaction tx, EventCode code, Network network, ApiRequest request, String what) {
        events.add(
                tx,
                code,
                Asker.of(request),
                Concerns.NOTHING.withDataCenter(network.dataCenter()),
                "The network " + network.name(),
                what);
    }

    private org.bellwether.api.types.Network document(Network network) {
        return network.spec().toBuilder()
                .networkLabels(null)
                .id(network.id().toString())
                .name(network.name())
                .vdsmName(network.name())
                .dataCenter(org.bellwether.api.types.DataCenter.builder()
                        .id(network.dataCenter().toString())
                        .build())
                .build();
    }

    private org.bellwether.api.types.Network document(ClusterNetwork attached) {
        var network = document(networks.get(attached.network()));
        return org.bellwether.api.types.Network.TYPE.merge(network, attached.spec()).toBuilder()
                .required(attached.required())
                .display(ClusterRoles.of(attached).contains(NetworkUsage.DISPLAY))
                .usages(ClusterRoles.shown(networks.get(attached.network()), attached))
                .status(
                        !attached.required() || hosts.allHave(attached.cluster(), networks.get(attached.network()))
                                ? NetworkStatus.OPERATIONAL
                                : NetworkStatus.NON_OPERATIONAL)
                .cluster(org.bellwether.api.types.Cluster.builder()
                        .id(attached.cluster().toString())
                        .build())
                .build();
    }
}
