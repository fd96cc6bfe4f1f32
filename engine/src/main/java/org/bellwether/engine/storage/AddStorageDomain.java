package org.bellwether.engine.storage;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
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
import org.bellwether.protocol.DomainClass;
import org.bellwether.protocol.DomainDescription;
import org.jspecify.annotations.Nullable;

/**
 * Makes a storage domain, or takes in one that is there. Its row, locked, is written by whoever begins this; when it
 * fails, the row and what was laid out are taken away again.
 */
public final class AddStorageDomain implements Operation<AddStorageDomain.Request> {

    public static final String KIND = "add-storage-domain";
    private static final int FORMAT_VERSION = 5;

    private final StorageDomains domains;
    private final DomainLayouts layouts;
    private final DiskProfiles profiles;
    private final Events events;
    private final Supplier<List<San.Target>> knownTargets;

    /** @param knownTargets targets whose users are known from an earlier login: who names LUNs alone need not say them again */
    public AddStorageDomain(
            StorageDomains domains,
            DomainLayouts layouts,
            DiskProfiles profiles,
            Events events,
            Supplier<List<San.Target>> knownTargets) {
        this.domains = domains;
        this.layouts = layouts;
        this.profiles = profiles;
        this.events = events;
        this.knownTargets = knownTargets;
    }

    /** @param existing whether the domain is on storage already: then it is only looked at */
    public record Request(
            Id<StorageDomain> domain, String name, Id<Host> host, String hostName, boolean existing, Asker asker) {}

    record Seen(long blockSize, String pool, @Nullable San san) {}

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
        return (request.existing() ? "Importing" : "Adding") + " Storage Domain " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.domain().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step(
                "connect it on " + request.hostName(),
                () -> layouts.connect(request.host(), domains.get(request.domain())));
        var seen = request.existing()
                ? journal.step("look at it", Seen.class, () -> look(request))
                : journal.step(
                        "lay it out",
                        Seen.class,
                        () -> seen(
                                domains.get(request.domain()),
                                layouts.create(request.host(), domains.get(request.domain()))));
        journal.commit("write it down", tx -> {
            domains.update(
                    tx,
                    request.domain(),
                    domain -> domain.named(
                                    domain.name(),
                                    domain.spec().toBuilder()
                                            .blockSize(seen.blockSize())
                                            .build())
                            .at(
                                    seen.san() == null
                                            ? domain.connection()
                                            : domain.connection()
                                                    .over(seen.san()
                                                            .knowing(domain.connection()
                                                                    .network()
                                                                    .targets())
                                                            .knowing(knownTargets.get())))
                            .wanting(StorageDomain.Wanted.UNATTACHED));
            profiles.furnish(tx, domains.get(request.domain()));
        });
    }

    private Seen look(Request request) {
        var domain = domains.get(request.domain());
        var description = layouts.inspect(request.host(), domain);
        var expected = domain.kind() == StorageDomain.Kind.ISO ? DomainClass.ISO : DomainClass.DATA;
        if (description.getDomainClass() != expected) {
            throw Failure.conflict("The storage domain " + domain.id() + " at "
                            + domain.connection().path() + " is of another type")
                    .because("on storage it says " + description.getDomainClass())
                    .next("Ask for it with that type");
        }
        if (description.getVersion() != FORMAT_VERSION) {
            throw Failure.conflict("The storage domain " + domain.id() + " has the format V" + description.getVersion())
                    .because("only V5 is taken")
                    .next(
                            "Activate it once in a data center of level 4.3 or newer, which converts it, and detach it there");
        }
        return seen(domain, description);
    }

    private static Seen seen(StorageDomain domain, DomainDescription description) {
        var network = domain.connection().network();
        return new Seen(
                description.getBlockSize() == 0 ? 512 : description.getBlockSize(),
                description.getPoolId(),
                domain.connection().block()
                        ? network.seen(description.getLunsList(), List.of()).bare()
                        : null);
    }

    @Override
    public void undo(Request request, Journal journal) {
        var domain = domains.model().find(request.domain());
        if (domain.isEmpty()) {
            return;
        }
        if (journal.begun("lay it out")) {
            layouts.format(java.util.Optional.of(request.host()), domain.get());
        }
        layouts.disconnect(request.host(), domain.get());
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_ADDED,
                request.asker(),
                Concerns.NOTHING.withStorageDomain(request.domain()).withHost(request.host()),
                "Storage Domain " + request.name() + (request.existing() ? " was imported by " : " was added by ")
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        domains.delete(tx, request.domain());
        events.add(
                tx,
                EventCode.STORAGE_DOMAIN_ADD_FAILED,
                request.asker(),
                Concerns.NOTHING.withHost(request.host()),
                "Storage Domain " + request.name() + " could not be added: " + failure.detail());
    }
}
