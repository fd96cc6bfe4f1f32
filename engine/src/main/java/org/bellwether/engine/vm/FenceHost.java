package org.bellwether.engine.vm;

import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.power.HostPower;

/**
 * Switches a host's power. That its controllers say it is off is the proof that no machine runs there, whatever became of it
 * before; so its machines are free as soon as they say so, and not when it is up again.
 */
final class FenceHost implements Operation<FenceHost.Request> {

    private static final String OFF = "switch its power off";

    private final Hosts hosts;
    private final HostPower power;
    private final HostGone gone;
    private final ObservedMachines observed;
    private final Agents agents;
    private final Events events;

    FenceHost(Hosts hosts, HostPower power, HostGone gone, ObservedMachines observed, Agents agents, Events events) {
        this.hosts = hosts;
        this.power = power;
        this.gone = gone;
        this.observed = observed;
        this.agents = agents;
        this.events = events;
    }

    /** What becomes of the power. */
    enum How {
        START,
        STOP,
        RESTART
    }

    /** @param automatic whether nobody asked, but the host was silent for too long */
    record Request(Id<Host> host, String name, How how, boolean automatic, Asker asker) {}

    record Proof(String words) {}

    @Override
    public String kind() {
        return "fence-host";
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return switch (request.how()) {
            case START -> "Starting Host " + request.name() + " by its power management";
            case STOP -> "Stopping Host " + request.name() + " by its power management";
            case RESTART -> "Restarting Host " + request.name() + " by its power management";
        };
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.host().value());
    }

    /** Refuses to pull the plug of machines that run well. */
    void requireIdle(Request request) {
        long running =
                observed.on(request.host()).stream().filter(VmStatus::executes).count();
        if (request.how() != How.START && agents.connected(request.host().value()) && running > 0) {
            throw Failure.conflict("Host " + request.name() + " is not switched off")
                    .because("it runs " + running + (running == 1 ? " machine" : " machines") + " and is heard of")
                    .undone("Nothing was changed")
                    .next("Move it to maintenance first");
        }
    }

    @Override
    public void run(Request request, Journal journal) {
        if (request.how() != How.START) {
            var proof = journal.step(OFF, Proof.class, () -> off(request));
            gone.release(
                    request.host(),
                    "its host " + request.name() + " was switched off; " + proof.words(),
                    request.asker(),
                    journal);
        }
        if (request.how() != How.STOP) {
            journal.step("switch its power on", () -> power.on(hosts.get(request.host())));
        }
    }

    /** A silent host may have come back while it was waited for: then it says itself what it runs. */
    private Proof off(Request request) {
        if (request.automatic() && hosts.status(hosts.get(request.host())) != HostStatus.NON_RESPONSIVE) {
            throw Failure.conflict("Host " + request.name() + " is not fenced")
                    .because("it is heard of again")
                    .undone("Nothing was changed");
        }
        requireIdle(request);
        return new Proof(power.off(hosts.get(request.host())));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        tell(
                tx,
                EventCode.FENCE_DONE,
                request,
                describe(request) + " has worked"
                        + journal.outcome(OFF, Proof.class)
                                .map(proof ->
                                        ": " + proof.words() + ", so that none of its machines runs there any more")
                                .orElse("")
                        + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        tell(tx, EventCode.FENCE_FAILED, request, describe(request) + " has failed: " + failure.detail());
    }

    void tell(Transaction tx, EventCode code, Request request, String message) {
        events.add(tx, code, request.asker(), Concerns.NOTHING.withHost(request.host()), message);
    }

    static How how(String fenceType) {
        return switch (fenceType.toLowerCase(Locale.ROOT)) {
            case "start" -> How.START;
            case "stop" -> How.STOP;
            case "restart" -> How.RESTART;
            default ->
                throw Failure.badRequest("There is no fence type '" + fenceType + "'")
                        .next("Use start, stop, restart, status or manual");
        };
    }
}
