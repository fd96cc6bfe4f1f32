package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.List;
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

/**
 * Takes LUNs out of a block domain in maintenance, after one host has moved what lies on them to the others. It is the same
 * host from beginning to end: what it began may go on there when nobody hears it, and another one must not move beside it.
 */
public final class ReduceStorageDomain implements Operation<ReduceStorageDomain.Request> {

    public static final String KIND = "reduce-storage-domain";
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);
    /** A host that restarts is heard of again within this. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final StorageDomains domains;
    private final DomainLayouts layouts;
    private final Events events;

    public ReduceStorageDomain(StorageDomains domains, DomainLayouts layouts, Events events) {
        this.domains = domains;
        this.layouts = layouts;
        this.events = events;
    }

    public record Request(Id<StorageDomain> domain, String name, List<String> luns, Id<Host> host, Asker asker) {}

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
        return "Taking LUNs out of Storage Domain " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.domain().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step("move what lies on them and take them out", () -> moveAway(request));
        // Without names and passwords, for the journal is kept as it is.
        var seen = journal.step("see what is left", San.class, () -> {
            var description = layouts.inspect(request.host(), domains.get(request.domain()));
            return new San(
                    List.of(),
                    description.getLunsList().stream().map(San.Lun::of).toList(),
                    false);
        });
        journal.commit("write it down", tx -> {
            domains.update(
                    tx,
                    request.domain(),
                    domain -> domain.at(domain.connection()
                            .over(new San(domain.connection().network().targets(), seen.luns(), false))));
        });
        journal.step("let go of it", () -> layouts.disconnect(request.host(), domains.get(request.domain())));
    }

    private void moveAway(Request request) {
        var domain = domains.get(request.domain());
        long heard = System.nanoTime();
        while (true) {
            try {
                layouts.connect(request.host(), domain);
                if (layouts.reduce(request.host(), domain, request.luns()).getDone()) {
                    return;
                }
                heard = System.nanoTime();
            } catch (Failure failure) {
                boolean away = failure.kind() == Failure.Kind.UNAVAILABLE;
                if (!away || System.nanoTime() - heard > PATIENCE.toNanos()) {
                    throw failure;
                }
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_AGAIN);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while LUNs were emptied");
        }
    }

    /** What was moved stays moved: it lies on LUNs of the same domain. */
    @Override
    public void undo(Request request, Journal journal) {
        domains.model().find(request.domain()).ifPresent(domain -> layouts.disconnect(request.host(), domain));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.REDUCE_DOMAIN_DONE,
                request.asker(),
                concerns(request),
                "Storage Domain " + request.name() + " goes on without " + Names.some(request.luns()) + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.REDUCE_DOMAIN_FAILED,
                request.asker(),
                concerns(request),
                "Not all of " + Names.some(request.luns()) + " was taken out of Storage Domain " + request.name()
                        + ", which is whole; ask again to go on: " + failure.detail());
    }

    private static Concerns concerns(Request request) {
        return Concerns.NOTHING.withStorageDomain(request.domain());
    }
}
