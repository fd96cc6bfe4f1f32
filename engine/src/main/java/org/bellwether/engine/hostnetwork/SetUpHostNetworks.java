package org.bellwether.engine.hostnetwork;

import static org.bellwether.engine.platform.agents.AgentErrors.code;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.host.RefreshHost;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.NetworkChangeRequest;
import org.bellwether.protocol.SetUpNetworksRequest;

/**
 * Changes the networks of a host. The host makes the change on trial; that this engine still reaches it afterwards is the
 * proof that it holds. Without the proof the host takes it back by itself, and nothing is written down here.
 */
final class SetUpHostNetworks implements Operation<SetUpHostNetworks.Request> {

    static final Duration USUAL_TRIAL = Duration.ofSeconds(15);
    static final Duration LONGEST_TRIAL = Duration.ofSeconds(25);
    private static final Duration MAKING = Duration.ofSeconds(30);
    private static final Duration ONE_TRY = Duration.ofSeconds(3);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(20);

    private final Hosts hosts;
    private final Networks networks;
    private final Decisions decisions;
    private final Agents agents;
    private final RefreshHost refresh;
    private final Events events;

    SetUpHostNetworks(Hosts hosts, Networks networks, Decisions decisions, Agents agents, Events events) {
        this.refresh = new RefreshHost(hosts, agents);
        this.hosts = hosts;
        this.networks = networks;
        this.decisions = decisions;
        this.agents = agents;
        this.events = events;
    }

    /**
     * @param wanted all that is decided of the host's networks once this has succeeded
     * @param apply names of the networks and bonds that are to become so now
     * @param removedLinks what nobody decided and is to go
     * @param commit whether it comes back when the host boots
     */
    record Request(
            Id<Host> host,
            String name,
            HostNetworks wanted,
            List<String> apply,
            List<String> removedLinks,
            int trialSeconds,
            boolean commit,
            Asker asker) {}

    @Override
    public String kind() {
        return "set-up-host-networks";
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Setting up networks of Host " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.host().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var change = journal.job().id().toString();
        journal.step("make the change on trial", () -> make(request, change));
        journal.step("prove that the host is still reached", () -> confirm(request, change));
        journal.commit("write it down", tx -> decisions.put(tx, request.wanted()));
        // So that whoever reads next sees what is now.
        journal.step("look at the host", () -> refresh.now(request.host()));
    }

    private void make(Request request, String change) {
        var lane = agents.of(request.host().value(), HOST_PATIENCE);
        var host = hosts.get(request.host());
        var roles = NetworkPlans.Roles.of(networks.ofCluster(host.cluster()));
        try {
            lane.askNetwork(
                    MAKING,
                    agent -> agent.setUpNetworks(SetUpNetworksRequest.newBuilder()
                            .setChangeId(change)
                            .setWanted(new NetworkPlans(networks).of(request.wanted(), roles))
                            .addAllApply(request.apply())
                            .addAllRemovedLinks(request.removedLinks())
                            .setConfirmWithinMs(request.trialSeconds() * 1000)
                            .setCommit(request.commit())
                            .build()));
        } catch (Failure failure) {
            if (code(failure).isPresent()) {
                throw failure;
            }
            // The answer may be lost because of the change itself: whether the host can be reached is found out next.
        }
    }

    private void confirm(Request request, String change) {
        long end = System.nanoTime()
                + Duration.ofSeconds(request.trialSeconds() + 10L).toNanos();
        Failure last = Failure.unavailable("The host " + request.name() + " was not reached");
        while (System.nanoTime() < end) {
            try {
                agents.of(request.host().value(), ONE_TRY)
                        .askNetwork(
                                ONE_TRY,
                                agent -> agent.confirmNetworks(NetworkChangeRequest.newBuilder()
                                        .setChangeId(change)
                                        .build()));
                return;
            } catch (Failure failure) {
                if (code(failure).isPresent()) {
                    throw takenBack(request, failure);
                }
                last = failure;
            }
            pause();
        }
        throw takenBack(request, last);
    }

    private static Failure takenBack(Request request, Failure why) {
        return Failure.conflict("The networks of host " + request.name() + " were not changed")
                .because(why.cause().isBlank() ? why.what() : why.what() + ": " + why.cause())
                .undone("The host took the change back by itself")
                .next("Check addresses, VLANs and cables on the way between engine and host, then try again");
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("The engine is stopping");
        }
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (journal.begun("make the change on trial") && !journal.begun("write it down")) {
            agents.lane(request.host().value())
                    .filter(lane -> lane.connected())
                    .ifPresent(lane -> lane.askNetwork(
                            MAKING,
                            agent -> agent.revertNetworks(NetworkChangeRequest.newBuilder()
                                    .setChangeId(journal.job().id().toString())
                                    .build())));
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.HOST_NETWORKS_CHANGED,
                request.asker(),
                Concerns.NOTHING.withHost(request.host()),
                "The networks of host " + request.name() + " were changed by "
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.HOST_NETWORKS_NOT_CHANGED,
                request.asker(),
                Concerns.NOTHING.withHost(request.host()),
                failure.detail());
    }
}
