package org.bellwether.engine.storage;

import java.util.Optional;
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

/** Takes a storage domain that no running machine uses out of service. */
public final class DeactivateStorageDomain implements Operation<DeactivateStorageDomain.Request> {

    public static final String KIND = "deactivate-storage-domain";

    private final StorageDomains domains;
    private final MasterDomains masters;
    private final DomainLayouts layouts;
    private final DiskUsers users;
    private final Events events;

    public DeactivateStorageDomain(
            StorageDomains domains, MasterDomains masters, DomainLayouts layouts, DiskUsers users, Events events) {
        this.domains = domains;
        this.masters = masters;
        this.layouts = layouts;
        this.users = users;
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
        return "Deactivating Storage Domain " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.domain().value());
    }

    /** The heir of the role of master, if one was needed and found. */
    record Heir(Optional<Id<StorageDomain>> domain, String name) {}

    /** Refuses while machines use it, before anything is begun. */
    void requireUnused(StorageDomain domain) {
        var running = users.runningOn(domain.id());
        if (!running.isEmpty()) {
            throw Failure.conflict("The storage domain " + domain.name() + " cannot be deactivated")
                    .because("these machines run with disks on it: " + Names.some(running))
                    .undone("It stays active")
                    .next("Stop these machines first");
        }
    }

    @Override
    public void run(Request request, Journal journal) {
        // First nobody may begin to use it; then it is seen whether anybody does.
        journal.commit("let no machine begin to use it", tx -> {
            domains.update(tx, request.domain(), domain -> domain.wanting(StorageDomain.Wanted.MAINTENANCE));
        });
        journal.step("see that no machine uses it", () -> requireUnused(domains.get(request.domain())));
        var heir = journal.commit("hand over the role of master", Heir.class, tx -> {
            var chosen = masters.handOver(tx, domains.get(request.domain()));
            return new Heir(chosen, chosen.map(id -> domains.get(id).name()).orElse(""));
        });
        if (heir.domain().isPresent()) {
            journal.step("write the new master's metadata", () -> {
                layouts.update(domains.get(heir.domain().get()), metadata -> metadata.setMaster(true));
            });
            journal.step("write the old master's metadata", () -> {
                layouts.update(domains.get(request.domain()), metadata -> metadata.setMaster(false));
            });
        }
        journal.step("disconnect it on the hosts", () -> layouts.disconnectEverywhere(domains.get(request.domain())));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        journal.outcome("hand over the role of master", Heir.class)
                .filter(heir -> heir.domain().isPresent())
                .ifPresent(heir -> events.add(
                        tx,
                        EventCode.MASTER_DOMAIN_MOVED,
                        request.asker(),
                        concerns(request),
                        "Storage Domain " + heir.name() + " is the master now, in the place of " + request.name()
                                + "."));
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_DEACTIVATED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " was deactivated by "
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        domains.update(tx, request.domain(), domain -> domain.wanting(StorageDomain.Wanted.ACTIVE));
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_DEACTIVATE_FAILED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " stays active: " + failure.detail());
    }

    private static Concerns concerns(Request request) {
        return Concerns.NOTHING.withStorageDomain(request.domain()).withDataCenter(request.dataCenter());
    }
}
