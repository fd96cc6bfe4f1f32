package org.bellwether.engine.vm;

import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/**
 * A person has looked and says that a silent host is off or was rebooted: none of its machines runs any more. That is the
 * proof that lets them be started again; those that are highly available are, at once.
 */
final class ConfirmReboot implements Operation<ConfirmReboot.Request> {

    private final Agents agents;
    private final HostGone gone;
    private final Events events;

    ConfirmReboot(Agents agents, HostGone gone, Events events) {
        this.agents = agents;
        this.gone = gone;
        this.events = events;
    }

    record Request(Id<Host> host, String name, Asker asker) {}

    @Override
    public String kind() {
        return "confirm-reboot";
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Confirming that Host " + request.name() + " was rebooted";
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.host().value());
    }

    /** Refuses what cannot be true: a host that is heard of says itself what runs there. */
    void requireSilent(Request request) {
        if (agents.connected(request.host().value())) {
            throw Failure.conflict("Host " + request.name() + " is not taken for rebooted")
                    .because("it is heard of now, and says itself which machines it runs")
                    .undone("Nothing was changed");
        }
    }

    @Override
    public void run(Request request, Journal journal) {
        requireSilent(request);
        var had = journal.step(
                "see which machines it had", HostGone.Machines.class, () -> gone.machinesOf(request.host()));
        gone.release(
                request.host(),
                had,
                request.asker().name() + " has confirmed that its host " + request.name() + " was rebooted",
                request.asker(),
                journal);
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.HOST_FENCED_MANUALLY,
                request.asker(),
                Concerns.NOTHING.withHost(request.host()),
                "Host " + request.name() + " was confirmed to be rebooted by "
                        + request.asker().name() + "; its machines are down, the highly available ones are restarted.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.HOST_MANUAL_FENCE_FAILED,
                request.asker(),
                Concerns.NOTHING.withHost(request.host()),
                "Host " + request.name() + " was not taken for rebooted: " + failure.detail());
    }
}
