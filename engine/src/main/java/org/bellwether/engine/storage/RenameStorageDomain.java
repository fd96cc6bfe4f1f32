package org.bellwether.engine.storage;

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
import org.bellwether.engine.platform.store.Transaction;

/** Gives a storage domain another name, in the engine and in its own metadata. */
public final class RenameStorageDomain implements Operation<RenameStorageDomain.Request> {

    public static final String KIND = "rename-storage-domain";

    private final StorageDomains domains;
    private final DomainLayouts layouts;
    private final Events events;

    public RenameStorageDomain(StorageDomains domains, DomainLayouts layouts, Events events) {
        this.domains = domains;
        this.layouts = layouts;
        this.events = events;
    }

    public record Request(Id<StorageDomain> domain, String oldName, String newName, Asker asker) {}

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
        return "Renaming Storage Domain " + request.oldName() + " to " + request.newName();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.domain().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        // The row first: it refuses a name that is taken.
        journal.commit("write it down", tx -> {
            domains.update(tx, request.domain(), domain -> domain.named(request.newName(), domain.spec()));
        });
        journal.step("write it into its metadata", () -> {
            layouts.update(domains.get(request.domain()), metadata -> metadata.setName(request.newName()));
        });
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (journal.begun("write it into its metadata")) {
            layouts.update(domains.get(request.domain()), metadata -> metadata.setName(request.oldName()));
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_UPDATED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.oldName() + " is called " + request.newName() + " now.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        if (journal.begun("write it down")) {
            domains.update(tx, request.domain(), domain -> domain.named(request.oldName(), domain.spec()));
        }
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_UPDATE_FAILED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.oldName() + " keeps its name: " + failure.detail());
    }

    private static Concerns concerns(Request request) {
        return Concerns.NOTHING.withStorageDomain(request.domain());
    }
}
