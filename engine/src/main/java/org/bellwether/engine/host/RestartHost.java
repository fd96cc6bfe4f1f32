package org.bellwether.engine.host;

import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.ssh.SshHost;
import org.bellwether.engine.platform.store.Transaction;

/** Restarts a host in maintenance whose power cannot be switched, over SSH. */
final class RestartHost implements Operation<RestartHost.Request> {

    private final CheckUpdates updates;
    private final HostBoot boot;
    private final Agents agents;
    private final Events events;

    RestartHost(CheckUpdates updates, HostBoot boot, Agents agents, Events events) {
        this.updates = updates;
        this.boot = boot;
        this.agents = agents;
        this.events = events;
    }

    record Request(Id<Host> host, SshHost ssh, Asker asker) {}

    @Override
    public String kind() {
        return "restart-host";
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Restarting Host " + request.ssh().name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.host().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var before = journal.step("see which boot it is in", String.class, () -> boot.now(request.ssh()));
        boot.end(request.ssh(), before, journal);
        journal.step("hear of it", () -> agents.of(request.host().value(), HostScript.SLOW));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        tell(tx, EventCode.FENCE_DONE, request, "Host " + request.ssh().name() + " was restarted over SSH.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        tell(
                tx,
                EventCode.FENCE_FAILED,
                request,
                "Host " + request.ssh().name() + " was not restarted over SSH: " + failure.detail());
    }

    private void tell(Transaction tx, EventCode code, Request request, String message) {
        events.add(tx, code, request.asker(), updates.concerns(request.host()), message);
    }
}
