package org.bellwether.engine.host;

import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.ssh.SshHost;
import org.bellwether.engine.platform.store.Transaction;

/** Looks for what could be renewed on a host, and changes nothing there. */
final class CheckUpdates implements Operation<CheckUpdates.Request> {

    private static final String LOOK = "look for updates";

    private final Hosts hosts;
    private final HostScript script;
    private final Events events;

    CheckUpdates(Hosts hosts, HostScript script, Events events) {
        this.hosts = hosts;
        this.script = script;
        this.events = events;
    }

    record Request(Id<Host> host, SshHost ssh, Asker asker) {}

    @Override
    public String kind() {
        return "check-updates";
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Looking for Updates of Host " + request.ssh().name();
    }

    /** Not the host itself, which goes on to serve and may be asked for anything else meanwhile. */
    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(lock(request.host()).value());
    }

    static Id<Host> lock(Id<Host> host) {
        return Id.of(UUID.nameUUIDFromBytes(("updates of " + host).getBytes(StandardCharsets.UTF_8)));
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step(LOOK, HostUpdates.class, () -> look(request.ssh()));
    }

    HostUpdates look(SshHost ssh) {
        return HostUpdates.read(script.say(ssh, HostScript.SLOW, "looking for updates", "updates", script.agent()));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var found = journal.outcome(LOOK, HostUpdates.class).orElseThrow();
        note(tx, request.host(), found.any());
        tell(
                tx,
                EventCode.HOST_UPDATES_CHECKED,
                request,
                "Host " + request.ssh().name() + " was looked at for updates"
                        + (found.any() ? "." : ", and there are none."));
        if (found.any()) {
            tell(
                    tx,
                    EventCode.HOST_UPDATES_AVAILABLE,
                    request,
                    "Host " + request.ssh().name() + " can be upgraded: " + found.inWords() + ".");
        }
    }

    void note(Transaction tx, Id<Host> id, boolean available) {
        if (hosts.model().find(id).isPresent()) {
            hosts.update(tx, id, host -> host.withUpdates(available));
        }
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        tell(
                tx,
                EventCode.HOST_UPDATES_NOT_CHECKED,
                request,
                "Host " + request.ssh().name() + " could not be looked at for updates: " + failure.detail());
    }

    private void tell(Transaction tx, EventCode code, Request request, String message) {
        events.add(tx, code, request.asker(), concerns(request.host()), message);
    }

    Concerns concerns(Id<Host> id) {
        var concerns = Concerns.NOTHING.withHost(id);
        return hosts.model()
                .find(id)
                .map(host -> concerns.withCluster(host.cluster()))
                .orElse(concerns);
    }
}
