package org.bellwether.engine.storage;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/** Forgets a storage domain; with formatting, deletes all that is on it before. */
public final class RemoveStorageDomain implements Operation<RemoveStorageDomain.Request> {

    public static final String KIND = "remove-storage-domain";

    private final StorageDomains domains;
    private final DomainLayouts layouts;
    private final Events events;

    public RemoveStorageDomain(StorageDomains domains, DomainLayouts layouts, Events events) {
        this.domains = domains;
        this.layouts = layouts;
        this.events = events;
    }

    /**
     * @param format whether to delete what is on it
     * @param host the host that is to do it; absent: any that can
     */
    public record Request(
            Id<StorageDomain> domain, String name, boolean format, Optional<Id<Host>> host, Asker asker) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Removing Storage Domain " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.domain().value());
    }

    /** The transaction that begins it. */
    void claim(Transaction tx, Request request) {
        domains.update(tx, request.domain(), domain -> {
            if (domain.wanted() != StorageDomain.Wanted.UNATTACHED) {
                throw Failure.conflict("The storage domain " + domain.name() + " cannot be removed")
                        .because("it is attached to a data center")
                        .next("Deactivate and detach it first, or remove it with destroy if its storage is lost");
            }
            return domain.wanting(StorageDomain.Wanted.LOCKED);
        });
    }

    @Override
    public void run(Request request, Journal journal) {
        if (request.format()) {
            journal.step("format it", () -> layouts.format(request.host(), domains.get(request.domain())));
        }
        journal.step("disconnect it on the hosts", () -> layouts.disconnectEverywhere(domains.get(request.domain())));
        journal.commit("forget it", tx -> domains.delete(tx, request.domain()));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_REMOVED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " was removed by "
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        domains.update(tx, request.domain(), domain -> domain.wanting(StorageDomain.Wanted.UNATTACHED));
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_REMOVE_FAILED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " could not be removed; remove it again, or with destroy: "
                        + failure.detail());
    }

    private static Concerns concerns(Request request) {
        return Concerns.NOTHING.withStorageDomain(request.domain());
    }
}
