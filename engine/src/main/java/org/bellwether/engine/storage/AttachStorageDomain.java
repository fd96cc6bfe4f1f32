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

/** Gives a free storage domain to a data center and lets the hosts of its cluster use it. */
public final class AttachStorageDomain implements Operation<AttachStorageDomain.Request> {

    public static final String KIND = "attach-storage-domain";

    private final StorageDomains domains;
    private final MasterDomains masters;
    private final DomainLayouts layouts;
    private final Events events;

    public AttachStorageDomain(StorageDomains domains, MasterDomains masters, DomainLayouts layouts, Events events) {
        this.domains = domains;
        this.masters = masters;
        this.layouts = layouts;
        this.events = events;
    }

    public record Request(
            Id<StorageDomain> domain, String name, Id<DataCenter> dataCenter, String dataCenterName, Asker asker) {}

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
        return "Attaching Storage Domain " + request.name() + " to Data Center " + request.dataCenterName();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.domain().value());
    }

    /** The transaction that begins it: the domain is the data center's from now on, locked. */
    void claim(Transaction tx, Request request) {
        domains.update(tx, request.domain(), domain -> {
            if (domain.wanted() != StorageDomain.Wanted.UNATTACHED) {
                throw Failure.conflict("The storage domain " + domain.name() + " cannot be attached")
                        .because("it is not free: it belongs to a data center, or its layout is being made")
                        .next("Detach it first");
            }
            return domain.attachedTo(request.dataCenter(), false, StorageDomain.Wanted.LOCKED);
        });
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step("see that it is free", () -> requireFree(request));
        boolean master = journal.commit(
                "choose its role", Boolean.class, tx -> masters.claim(tx, domains.get(request.domain())));
        journal.step("write the data center into its metadata", () -> {
            layouts.update(
                    domains.get(request.domain()),
                    metadata -> metadata.setPoolId(request.dataCenter().toString())
                            .setPoolDescription(request.dataCenterName())
                            .setMaster(master)
                            .setMasterVersion(1));
        });
        journal.step("connect it on the hosts", () -> layouts.connectEverywhere(domains.get(request.domain())));
        journal.commit("activate it", tx -> {
            domains.update(tx, request.domain(), domain -> domain.wanting(StorageDomain.Wanted.ACTIVE));
        });
    }

    private void requireFree(Request request) {
        var domain = domains.get(request.domain());
        var pool = layouts.inspect(domain).getPoolId();
        if (!pool.isEmpty() && !pool.equals(request.dataCenter().toString())) {
            throw Failure.conflict("The storage domain " + domain.name() + " still belongs to another data center")
                    .because("its metadata names the data center " + pool + ", which may be using it now")
                    .next("Detach it there first: two managers on one storage domain destroy what is on it");
        }
        requireUnused(domain);
    }

    /** The metadata may say that it is free while another manager's hosts still work on it. */
    private void requireUnused(StorageDomain domain) {
        var live = layouts.liveHosts(domain);
        if (!live.isEmpty()) {
            throw Failure.conflict("The storage domain " + domain.name() + " is in use elsewhere")
                    .because("these hosts renew their leases on it: "
                            + Names.some(live.stream()
                                    .map(host -> host.getName().isEmpty()
                                            ? "host id " + host.getHostId()
                                            : host.getName() + " (host id " + host.getHostId() + ")")
                                    .toList()))
                    .next("Detach it where those hosts belong, or stop them, and wait a minute");
        }
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (journal.begun("write the data center into its metadata")) {
            layouts.update(
                    domains.get(request.domain()),
                    metadata -> metadata.setPoolId("")
                            .setPoolDescription("")
                            .setMaster(false)
                            .setMasterVersion(0));
        }
        layouts.disconnectEverywhere(domains.get(request.domain()));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_ATTACHED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " was attached to Data Center " + request.dataCenterName() + " by "
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        masters.handOver(tx, domains.get(request.domain()));
        domains.update(tx, request.domain(), StorageDomain::detached);
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_ATTACH_FAILED,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " could not be attached to Data Center " + request.dataCenterName()
                        + ": " + failure.detail());
    }

    private static Concerns concerns(Request request) {
        return Concerns.NOTHING.withStorageDomain(request.domain()).withDataCenter(request.dataCenter());
    }
}
