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

/** Takes a storage domain of a data center back into service. */
public final class ActivateStorageDomain implements Operation<ActivateStorageDomain.Request> {

    public static final String KIND = "activate-storage-domain";

    private final StorageDomains domains;
    private final MasterDomains masters;
    private final DomainLayouts layouts;
    private final Events events;

    public ActivateStorageDomain(StorageDomains domains, MasterDomains masters, DomainLayouts layouts, Events events) {
        this.domains = domains;
        this.masters = masters;
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
        return "Activating Storage Domain " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.domain().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step("connect it on the hosts", () -> layouts.connectEverywhere(domains.get(request.domain())));
        journal.step("see that it is still ours", () -> requireOurs(request));
        boolean master = journal.commit(
                "choose its role", Boolean.class, tx -> masters.claim(tx, domains.get(request.domain())));
        journal.step("write its role into its metadata", () -> {
            layouts.update(domains.get(request.domain()), metadata -> metadata.setMaster(master));
        });
        journal.commit("activate it", tx -> {
            domains.update(tx, request.domain(), domain -> domain.wanting(StorageDomain.Wanted.ACTIVE));
        });
    }

    private void requireOurs(Request request) {
        var pool = layouts.inspect(domains.get(request.domain())).getPoolId();
        if (!pool.equals(request.dataCenter().toString())) {
            throw Failure.conflict("The storage domain " + request.name() + " is not this data center's any more")
                    .because(
                            pool.isEmpty()
                                    ? "its metadata says that it is free"
                                    : "its metadata names the data center " + pool)
                    .next("Find out who took it; detach it here, and attach it again when it is free");
        }
    }

    @Override
    public void undo(Request request, Journal journal) {
        layouts.disconnectEverywhere(domains.get(request.domain()));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_ACTIVATED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " was activated by "
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_ACTIVATE_FAILED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " could not be activated: " + failure.detail());
    }

    private static Concerns concerns(Request request) {
        return Concerns.NOTHING.withStorageDomain(request.domain()).withDataCenter(request.dataCenter());
    }
}
