package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
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
import org.bellwether.protocol.FenceReply.Power;

/**
 * Switches a host's power. That its controllers say it is off is the proof that no machine runs there, whatever became of it
 * before; so its machines are free as soon as they say so, and not when it is up again.
 */
final class FenceHost implements Operation<FenceHost.Request> {

    private static final Duration PACE = Duration.ofSeconds(2);

    /** Longer than hosts need to be heard of after the engine was started. */
    private static final Duration PROXY_PATIENCE = Duration.ofSeconds(60);

    private static final String OFF = "see that its power is off";

    private final Hosts hosts;
    private final HostPower power;
    private final HostGone gone;
    private final ObservedMachines observed;
    private final Agents agents;
    private final Events events;
    private final Clock clock;
    private final Map<Id<Host>, Instant> done = new ConcurrentHashMap<>();

    FenceHost(
            Hosts hosts,
            HostPower power,
            HostGone gone,
            ObservedMachines observed,
            Agents agents,
            Events events,
            Clock clock) {
        this.hosts = hosts;
        this.power = power;
        this.gone = gone;
        this.observed = observed;
        this.agents = agents;
        this.events = events;
        this.clock = clock;
    }

    /** When this engine has switched the power of a host that was not heard of since, and it worked. */
    Optional<Instant> lastDone(Id<Host> host) {
        return Optional.ofNullable(done.get(host));
    }

    /** A host that was heard of has come up; when it is silent again, that is another matter. */
    void cameUp(Id<Host> host) {
        done.remove(host);
    }

    /** What becomes of the power. */
    enum How {
        START,
        STOP,
        RESTART
    }

    /** @param automatic whether nobody asked, but the host was silent for too long */
    record Request(Id<Host> host, String name, How how, boolean automatic, Asker asker) {}

    /**
     * @param words how it is known that the host is off
     * @param had the machines that it had before
     */
    record Proof(String words, HostGone.Machines had) {}

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
        // Also those that are being started there: nothing of them is seen yet.
        long running = Math.max(
                observed.on(request.host()).stream().filter(VmStatus::executes).count(),
                gone.machinesOf(request.host()).runs().size());
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
                    proof.had(),
                    "its host " + request.name() + " was switched off; " + proof.words(),
                    request.asker(),
                    journal);
        }
        if (request.how() != How.STOP) {
            journal.step("switch its power on", () -> on(hosts.get(request.host())));
        }
    }

    private Proof off(Request request) {
        var host = hosts.get(request.host());
        if (request.automatic()) {
            awaitLost(host);
        }
        requireIdle(request);
        // Before: the proof says nothing of a machine that is started there again later.
        var had = gone.machinesOf(request.host());
        return new Proof(power.off(host), had);
    }

    /**
     * Until it was silent for long enough, or is seen to be off. It may be heard of again meanwhile, and says itself then what
     * it runs; after the engine's own absence every host is given that time.
     */
    private void awaitLost(Host host) {
        while (hosts.status(host) != HostStatus.NON_RESPONSIVE && !isOff(host)) {
            requireSilent(host);
            pause();
        }
        requireSilent(host);
    }

    private void requireSilent(Host host) {
        if (hosts.silence(host).isEmpty()) {
            throw Failure.conflict("Host " + host.name() + " is not fenced")
                    .because("it is heard of again")
                    .undone("Nothing was changed");
        }
    }

    private boolean isOff(Host host) {
        try {
            return power.hasProxy(host) && power.status(host) == Power.POWER_OFF;
        } catch (Failure unseen) {
            return false;
        }
    }

    private void on(Host host) {
        var late = clock.instant().plus(PROXY_PATIENCE);
        while (!power.hasProxy(host) && clock.instant().isBefore(late)) {
            pause();
        }
        power.on(host);
    }

    private static void pause() {
        try {
            Thread.sleep(PACE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while waiting for a host");
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        tx.afterCommit(() -> done.put(request.host(), clock.instant()));
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
