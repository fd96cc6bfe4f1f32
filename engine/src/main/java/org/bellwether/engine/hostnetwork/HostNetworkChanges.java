package org.bellwether.engine.hostnetwork;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.Action;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;

/** Begins changes of hosts' networks. */
final class HostNetworkChanges {

    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Hosts hosts;
    private final HostNetworkDocuments documents;
    private final Operations operations;
    private final SetUpHostNetworks setUp;

    HostNetworkChanges(Hosts hosts, HostNetworkDocuments documents, Operations operations, SetUpHostNetworks setUp) {
        this.hosts = hosts;
        this.documents = documents;
        this.operations = operations;
        this.setUp = setUp;
    }

    /** A change of a host that can be asked; what is in it comes next. */
    NetworkDelta delta(Host host) {
        if (!hosts.observed(host.id()).connected()) {
            throw Failure.unavailable("The networks of host " + host.name() + " cannot be changed")
                    .because("it is not connected to this engine")
                    .next("Wait until it is up, or look at its agent's log");
        }
        return new NetworkDelta(host, documents.description(host), documents.decided(host), documents.known(host));
    }

    /** Makes the change, and waits for it unless the caller does not want to. */
    Reply run(Host host, NetworkDelta delta, List<String> strange, Action how, ApiRequest request) {
        var job = begin(host, delta, strange, how, Asker.of(request));
        if (job.isPresent() && request.async()) {
            return Reply.started(job.get().id().toString());
        }
        job.ifPresent(begun -> operations.await(begun, PATIENCE));
        return Reply.done();
    }

    /** Begins the change; nothing when there is nothing to change. */
    Optional<Job> begin(Host host, NetworkDelta delta, List<String> strange, Action how, Asker asker) {
        var apply = delta.apply();
        if (apply.isEmpty() && strange.isEmpty() && delta.wanted().equals(delta.before())) {
            return Optional.empty();
        }
        long seconds = Optional.ofNullable(how.connectivityTimeout()).orElse(SetUpHostNetworks.USUAL_TRIAL.toSeconds());
        return Optional.of(operations.begin(
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
                asker));
    }
}
