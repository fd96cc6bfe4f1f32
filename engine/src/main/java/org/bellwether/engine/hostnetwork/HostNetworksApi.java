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
import org.bellwether.engine.inventory.StatisticsApi;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.protocol.CommitNetworksRequest;

/** The networks of hosts on the wire. */
public final class HostNetworksApi {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(10);

    private final Hosts hosts;
    private final Networks networks;
    private final Agents agents;
    private final Operations operations;
    private final SetUpHostNetworks setUp;
    private final HostNetworkDocuments documents;

    public HostNetworksApi(
            Hosts hosts, Networks networks, Decisions decisions, Agents agents, Operations operations, Events events) {
        this.hosts = hosts;
        this.networks = networks;
        this.agents = agents;
        this.operations = operations;
        this.setUp = operations.known(new SetUpHostNetworks(hosts, networks, decisions, agents, events));
        this.documents = new HostNetworkDocuments(hosts, networks, decisions);
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
        statistics.source("host_nic", request -> {
            var host = host(request);
            return documents.statistics(host, NicNames.named(host, documents.description(host), request.pathId(1)));
        });
    }

    private Host host(ApiRequest request) {
        return hosts.get(request.<Host>id(0));
    }

    private NetworkDelta delta(Host host) {
        if (!hosts.observed(host.id()).connected()) {
            throw Failure.unavailable("The networks of host " + host.name() + " cannot be changed")
                    .because("it is not connected to this engine")
                    .next("Wait until it is up, or look at its agent's log");
        }
        return new NetworkDelta(host, documents.description(host), documents.decided(host), documents.known(host));
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
        var delta = delta(host);
        var network = delta.network(placed);
        if (delta.before().attachment(network.id()).isPresent()) {
            throw Failure.conflict(
                    "The network " + network.name() + " is attached to host " + host.name() + " already");
        }
        run(
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
        run(
                host,
                delta(host).attach(sent),
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
        run(
                host,
                delta(host).remove(gone),
                List.of(),
                Action.builder().commitOnSuccess(true).build(),
                request);
        return Reply.done();
    }

    private Reply setUp(ApiRequest request) {
        var host = host(request);
        var action = request.action();
        var delta = delta(host).with(action);
        return run(host, delta, delta.strangeBonds(action), action, request);
    }

    private Reply synchronise(ApiRequest request) {
        var host = host(request);
        var delta = delta(host);
        documents.attachments(host).stream()
                .filter(each -> !Boolean.TRUE.equals(each.inSync()))
                .forEach(delta::synchronise);
        return run(
                host, delta, List.of(), Action.builder().commitOnSuccess(true).build(), request);
    }

    private Reply removeUnmanaged(ApiRequest request) {
        var host = host(request);
        var name = documents.unmanaged(host).stream()
                .filter(each -> request.pathId().equals(each.id()))
                .map(each -> String.valueOf(each.name()))
                .findFirst()
                .orElseThrow(() -> noUnmanaged(request));
        return run(
                host,
                delta(host).forget(name, networks),
                List.of(name),
                Action.builder().commitOnSuccess(true).build(),
                request);
    }

    private static Failure noUnmanaged(ApiRequest request) {
        return Failure.notFound("The host has no unmanaged network " + request.pathId());
    }

    private Reply run(Host host, NetworkDelta delta, List<String> strange, Action how, ApiRequest request) {
        var apply = delta.apply();
        if (apply.isEmpty() && strange.isEmpty() && delta.wanted().equals(delta.before())) {
            return Reply.done();
        }
        long seconds = Optional.ofNullable(how.connectivityTimeout()).orElse(SetUpHostNetworks.USUAL_TRIAL.toSeconds());
        var asker = Asker.of(request);
        var job = operations.begin(
                setUp,
                new SetUpHostNetworks.Request(
                        host.id(),
                        host.name(),
                        delta.wanted(),
                        apply,
                        strange,
                        (int) Math.clamp(seconds, 2, SetUpHostNetworks.LONGEST_TRIAL.toSeconds()),
                        Boolean.TRUE.equals(how.commitOnSuccess()),
                        asker),
                asker);
        if (request.async()) {
            return Reply.started(job.id().toString());
        }
        operations.await(job, PATIENCE);
        return Reply.done();
    }

    /** What the host has now comes back when it boots. */
    private Reply commit(ApiRequest request) {
        var host = host(request);
        agents.of(host.id().value(), ASK_LIMIT)
                .askNetwork(ASK_LIMIT, agent -> agent.commitNetworks(CommitNetworksRequest.getDefaultInstance()));
        return Reply.done();
    }
}
