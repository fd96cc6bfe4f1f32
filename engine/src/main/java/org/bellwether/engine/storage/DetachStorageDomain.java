package org.bellwether.engine.storage;

import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/** Gives a storage domain in maintenance free: it is of no data center then, and may go elsewhere. */
public final class DetachStorageDomain implements Operation<DetachStorageDomain.Request> {

    public static final String KIND = "detach-storage-domain";

    private final StorageDomains domains;
    private final Disks disks;
    private final DomainLayouts layouts;
    private final Events events;

    public DetachStorageDomain(StorageDomains domains, Disks disks, DomainLayouts layouts, Events events) {
        this.domains = domains;
        this.disks = disks;
        this.layouts = layouts;
        this.events = events;
    }

    public record Request(Id<StorageDomain> domain, String name, Id<DataCenter> dataCenter, Asker asker) {}

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
        return "Detaching Storage Domain " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.domain().value());
    }

    /** The transaction that begins it. */
    void claim(Transaction tx, Request request) {
        domains.update(tx, request.domain(), domain -> {
            if (domain.wanted() != StorageDomain.Wanted.MAINTENANCE) {
                throw Failure.conflict("The storage domain " + domain.name() + " cannot be detached")
                        .because("it is not in maintenance")
                        .next("Deactivate it first");
            }
            var left = disks.in(domain.id()).stream().map(Disk::name).sorted().toList();
            if (!left.isEmpty()) {
                throw Failure.conflict("The storage domain " + domain.name() + " cannot be detached")
                        .because("these disks are still on it: " + Names.some(left))
                        .next("Remove these disks, or remove the storage domain with destroy, which forgets them");
            }
            return domain;
        });
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step("take the data center out of its metadata", () -> {
            layouts.update(
                    domains.get(request.domain()),
                    metadata -> metadata.setPoolId("")
                            .setPoolDescription("")
                            .setMaster(false)
                            .setMasterVersion(0));
        });
        journal.step("disconnect it on the hosts", () -> layouts.disconnectEverywhere(domains.get(request.domain())));
        journal.commit("let it go", tx -> {
            domains.update(tx, request.domain(), StorageDomain::detached);
        });
    }

    @Override
    public void undo(Request request, Journal journal) {
        // It stays attached, so its metadata must say so again.
        if (journal.begun("take the data center out of its metadata")) {
            var domain = domains.get(request.domain());
            layouts.update(
                    domain,
                    metadata -> metadata.setPoolId(request.dataCenter().toString())
                            .setMaster(domain.master())
                            .setMasterVersion(1));
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_DETACHED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " was detached by "
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_DETACH_FAILED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " could not be detached: " + failure.detail());
    }

    private static Concerns concerns(Request request) {
        return Concerns.NOTHING.withStorageDomain(request.domain()).withDataCenter(request.dataCenter());
    }
}
