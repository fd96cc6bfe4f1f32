package org.bellwether.engine.hostnetwork;

import static org.bellwether.engine.platform.Permit.CONFIGURE_HOST_NETWORK;

import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.NetworkLabel;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.jspecify.annotations.Nullable;

/**
 * Labels of networks and of NICs: a NIC carries every network of its cluster that bears one of its labels. The API has one
 * service for both, told apart by the path.
 */
final class NetworkLabelsApi {

    private static final Pattern LABEL = Pattern.compile("[A-Za-z0-9_-]{1,50}");
    private static final Action SAVED = Action.builder().commitOnSuccess(true).build();

    private final Database database;
    private final Hosts hosts;
    private final Networks networks;
    private final HostNetworkDocuments documents;
    private final HostNetworkChanges changes;

    NetworkLabelsApi(
            Database database,
            Hosts hosts,
            Networks networks,
            HostNetworkDocuments documents,
            HostNetworkChanges changes) {
        this.database = database;
        this.hosts = hosts;
        this.networks = networks;
        this.documents = documents;
        this.changes = changes;
    }

    void serve(ApiRoutes routes) {
        routes.read("network_labels", "list", request -> Reply.list(labels(request)));
        routes.on("network_labels", "add", CONFIGURE_HOST_NETWORK, this::add);
        routes.read("network_label", "get", request -> Reply.of(label(request)));
        routes.on("network_label", "remove", CONFIGURE_HOST_NETWORK, this::remove);
    }

    private static boolean ofNetwork(ApiRequest request) {
        return request.targets().getFirst().service().equals("network");
    }

    private List<NetworkLabel> labels(ApiRequest request) {
        if (ofNetwork(request)) {
            return NetworkDelta.label(networks.get(request.<Network>id(0))).stream()
                    .map(NetworkLabelsApi::document)
                    .toList();
        }
        var host = host(request);
        var nic = nic(request, host);
        return documents.decided(host).labels().stream()
                .filter(each -> each.nic().equals(nic))
                .map(each -> document(each.label()))
                .toList();
    }

    private NetworkLabel label(ApiRequest request) {
        return labels(request).stream()
                .filter(each -> request.pathId().equals(each.id()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("There is no label " + request.pathId() + " here"));
    }

    private static NetworkLabel document(String label) {
        return NetworkLabel.builder().id(label).build();
    }

    private Host host(ApiRequest request) {
        return hosts.get(request.<Host>id(0));
    }

    private String nic(ApiRequest request, Host host) {
        return NicNames.named(host, documents.description(host), request.pathId(1));
    }

    private Reply add(ApiRequest request) {
        var label = checked(request.body(NetworkLabel.class).id());
        if (ofNetwork(request)) {
            labelNetwork(request, label);
        } else {
            var host = host(request);
            changes.run(host, changes.delta(host).label(nic(request, host), label), List.of(), SAVED, request);
        }
        return Reply.created(document(label));
    }

    static String checked(@Nullable String label) {
        if (label == null || !LABEL.matcher(label).matches()) {
            throw Failure.badRequest("'" + label + "' is no label")
                    .because("a label has 1 to 50 letters, digits, _ and -");
        }
        return label;
    }

    private Reply remove(ApiRequest request) {
        var label = String.valueOf(label(request).id());
        if (ofNetwork(request)) {
            labelNetwork(request, null);
        } else {
            var host = host(request);
            changes.run(host, changes.delta(host).unlabel(nic(request, host), label), List.of(), SAVED, request);
        }
        return Reply.done();
    }

    /** The network comes to, or leaves, the NICs of that label on all hosts; each by a job of its own. */
    private void labelNetwork(ApiRequest request, @Nullable String label) {
        var network = networks.get(request.<Network>id(0));
        request.require(
                Permit.CONFIGURE_STORAGE_POOL_NETWORK,
                new Target("network", network.id().toString()));
        database.change(tx -> networks.label(tx, network.id(), Optional.ofNullable(label)));
        for (var host : hosts.model().all()) {
            boolean concerned = !documents.decided(host).labels().isEmpty()
                    && documents.known(host).stream().anyMatch(each -> each.id().equals(network.id()));
            if (concerned && hosts.observed(host.id()).connected()) {
                changes.begin(host, changes.delta(host).followLabels(), List.of(), SAVED, Asker.of(request));
            }
        }
    }
}
