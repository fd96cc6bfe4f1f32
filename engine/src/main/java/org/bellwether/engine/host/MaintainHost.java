package org.bellwether.engine.host;

import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/** Takes a host out of service: its machines leave first. */
public final class MaintainHost implements Operation<MaintainHost.Request> {

    private final Hosts hosts;
    private final BiConsumer<Host, Asker> evacuate;
    private final Events events;

    /** @param evacuate migrates all machines away and returns when they are gone, or throws a {@link Failure} */
    public MaintainHost(Hosts hosts, BiConsumer<Host, Asker> evacuate, Events events) {
        this.hosts = hosts;
        this.evacuate = evacuate;
        this.events = events;
    }

    public record Request(Id<Host> host, String name, String reason, Asker asker) {}

    @Override
    public String kind() {
        return Hosts.MAINTENANCE_KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Moving Host " + request.name() + " to Maintenance";
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.host().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step("migrate its machines away", () -> evacuate.accept(hosts.get(request.host()), request.asker()));
        journal.commit("take it out of service", tx -> {
            hosts.update(tx, request.host(), host -> host.wanting(Host.Wanted.MAINTENANCE));
        });
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.HOST_MAINTENANCE,
                request.asker(),
                Concerns.NOTHING.withHost(request.host()),
                "Host " + request.name() + " is in maintenance."
                        + (request.reason().isBlank() ? "" : " Reason: " + request.reason() + "."));
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.HOST_MAINTENANCE_FAILED,
                request.asker(),
                Concerns.NOTHING.withHost(request.host()),
                "Host " + request.name() + " stays in service: " + failure.detail());
    }
}
