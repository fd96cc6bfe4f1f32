package org.bellwether.engine.hostnetwork;

import static org.bellwether.engine.platform.Permit.CONFIGURE_HOST_NETWORK;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.NetworkAttachment;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.StatisticsApi;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.CommitNetworksRequest;

/** The networks of hosts on the wire. */
public final class HostNetworksApi {

    private static final Duration ASK_LIMIT = Duration.ofSeconds(10);

    private final Hosts hosts;
    private final Networks networks;
    private final Agents agents;
    private final HostNetworkChanges changes;
    private final HostNetworkDocuments documents;
    private final NetworkLabelsApi labels;

    public HostNetworksApi(
            Database database,
            Hosts hosts,
            Networks networks,
            Decisions decisions,
            Agents agents,
            Operations operations,
            Events events) {
        this.hosts = hosts;
        this.networks = networks;
        this.agents = agents;
        this.documents = new HostNetworkDocuments(hosts, networks, decisions);
        this.changes = new HostNetworkChanges(
                hosts,
                documents,
                operations,
                operations.known(new SetUpHostNetworks(hosts, networks, decisions, agents, events)));
        this.labels = new NetworkLabelsApi(database, hosts, networks, documents, changes);
    }

    public void serve(ApiRoutes routes, StatisticsApi statistics) {
        routes.read("host_nics", "list", request -> Reply.list(documents.nics(host(request))));
        routes.read(
                "host_nic",
                "get",
                request -> Reply.of(documents.nics(host(request)).stream()
                        .filter(each -> request.pathId().equals(each.id()))
                        .findFirst()
                        .orElseThrow(() -> Failure.notFound("The host has no NIC with the id " + request.pathId()))));
        routes.read("network_attachments", "list", request -> Reply.list(attachments(request)));
        routes.read("network_attachment", "get", request -> Reply.of(attachment(request)));
        routes.on("network_attachments", "add", CONFIGURE_HOST_NETWORK, this::add);
        routes.on("network_attachment", "update", CONFIGURE_HOST_NETWORK, this::update);
        routes.on("network_attachment", "remove", CONFIGURE_HOST_NETWORK, this::remove);
        routes.on("host", "setup_networks", CONFIGURE_HOST_NETWORK, this::setUp);
        routes.on("host", "sync_all_networks", CONFIGURE_HOST_NETWORK, this::synchronise);
        routes.on("cluster", "sync_all_networks", CONFIGURE_HOST_NETWORK, this::synchroniseCluster);
        routes.on("host", "commit_net_config", CONFIGURE_HOST_NETWORK, this::commit);
        routes.read("unmanaged_networks", "list", request -> Reply.list(documents.unmanaged(host(request))));
        routes.read(
                "unmanaged_network",
                "get",
                request -> Reply.of(documents.unmanaged(host(request)).stream()
                        .filter(each -> request.pathId().equals(each.id()))
                        .findFirst()
                        .orElseThrow(() -> noUnmanaged(request))));
        routes.on("unmanaged_network", "remove", CONFIGURE_HOST_NETWORK, this::removeUnmanaged);
        labels.serve(routes);
        statistics.source("host_nic", request -> {
            var host = host(request);
            return documents.statistics(host, NicNames.named(host, documents.description(host), request.pathId(1)));
        });
    }

    private Host host(ApiRequest request) {
        return hosts.get(request.<Host>id(0));
    }

    /** Those of the NIC in the path, or all. */
    private List<NetworkAttachment> attachments(ApiRequest request) {
        var host = host(request);
        var nic = nic(request, host);
        return documents.attachments(host).stream()
                .filter(each -> nic.isEmpty()
                        || Optional.ofNullable(each.hostNic())
                                .map(on -> on.name())
                                .equals(nic))
                .toList();
    }

    private Optional<String> nic(ApiRequest request, Host host) {
        return request.targets().size() > 1
                        && request.targets().get(1).service().equals("host_nic")
                ? Optional.of(NicNames.named(host, documents.description(host), request.pathId(1)))
                : Optional.empty();
    }

    private NetworkAttachment attachment(ApiRequest request) {
        return attachments(request).stream()
                .filter(each -> request.pathId().equals(each.id()))
                .findFirst()
                .orElseThrow(
                        () -> Failure.notFound("The host has no network attachment with the id " + request.pathId()));
    }

    private Reply add(ApiRequest request) {
        var host = host(request);
        var sent = request.body(NetworkAttachment.class);
        var nic = nic(request, host);
        var placed = nic.isEmpty()
                ? sent
                : sent.toBuilder()
                        .hostNic(org.bellwether.api.types.HostNic.builder()
                                .name(nic.get())
                                .build())
                        .build();
        var delta = changes.delta(host);
        var network = delta.network(placed);
        if (delta.before().attachment(network.id()).isPresent()) {
            throw Failure.conflict(
                    "The network " + network.name() + " is attached to host " + host.name() + " already");
        }
        changes.run(
                host,
                delta.attach(placed),
                List.of(),
                Action.builder().commitOnSuccess(true).build(),
                request);
        return Reply.created(shown(host, NicNames.attachmentId(host.id(), network.id())));
    }

    private Reply update(ApiRequest request) {
        var host = host(request);
        var sent = request.body(NetworkAttachment.class).toBuilder()
                .id(attachment(request).id())
                .build();
        changes.run(
                host,
                changes.delta(host).attach(sent),
                List.of(),
                Action.builder().commitOnSuccess(true).build(),
                request);
        return Reply.of(shown(host, request.pathId()));
    }

    private NetworkAttachment shown(Host host, String id) {
        return documents.attachments(host).stream()
                .filter(each -> id.equals(each.id()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The host has no network attachment with the id " + id));
    }

    private Reply remove(ApiRequest request) {
        var host = host(request);
        var gone = attachment(request);
        changes.run(
                host,
                changes.delta(host).remove(gone),
                List.of(),
                Action.builder().commitOnSuccess(true).build(),
                request);
        return Reply.done();
    }

    private Reply setUp(ApiRequest request) {
        var host = host(request);
        var action = request.action();
        var delta = changes.delta(host).with(action);
        return changes.run(host, delta, delta.strangeBonds(action), action, request);
    }

    private Reply synchronise(ApiRequest request) {
        var host = host(request);
        var delta = changes.delta(host);
        documents.attachments(host).stream()
                .filter(each -> !Boolean.TRUE.equals(each.inSync()))
                .forEach(delta::synchronise);
        return changes.run(
                host, delta, List.of(), Action.builder().commitOnSuccess(true).build(), request);
    }

    /** Each host by a job of its own; one that is not connected is left out. */
    private Reply synchroniseCluster(ApiRequest request) {
        Id<Cluster> cluster = request.id();
        for (var host : hosts.ofCluster(cluster)) {
            if (hosts.observed(host.id()).connected()) {
                var delta = changes.delta(host);
                documents.attachments(host).stream()
                        .filter(each -> !Boolean.TRUE.equals(each.inSync()))
                        .forEach(delta::synchronise);
                changes.begin(
                        host,
                        delta,
                        List.of(),
                        Action.builder().commitOnSuccess(true).build(),
                        Asker.of(request));
            }
        }
        return Reply.done();
    }

    private Reply removeUnmanaged(ApiRequest request) {
        var host = host(request);
        var name = documents.unmanaged(host).stream()
                .filter(each -> request.pathId().equals(each.id()))
                .map(each -> String.valueOf(each.name()))
                .findFirst()
                .orElseThrow(() -> noUnmanaged(request));
        return changes.run(
                host,
                changes.delta(host).forget(name, networks),
                List.of(name),
                Action.builder().commitOnSuccess(true).build(),
                request);
    }

    private static Failure noUnmanaged(ApiRequest request) {
        return Failure.notFound("The host has no unmanaged network " + request.pathId());
    }

    /** What the host has now comes back when it boots. */
    private Reply commit(ApiRequest request) {
        var host = host(request);
        agents.of(host.id().value(), ASK_LIMIT)
                .askNetwork(ASK_LIMIT, agent -> agent.commitNetworks(CommitNetworksRequest.getDefaultInstance()));
        return Reply.done();
    }
}
