package org.bellwether.engine.storage;

import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.bellwether.api.types.HostStorage;
import org.bellwether.api.types.LogicalUnit;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.StorageDomain.Wanted;
import org.bellwether.protocol.DomainDescription;

/** The LUNs of a block domain: more of them, larger ones, fewer. */
final class DomainLuns {

    private final Database database;
    private final StorageDomains domains;
    private final DomainLayouts layouts;
    private final LunUse use;
    private final Operations operations;
    private final ReduceStorageDomain reduce;
    private final Events events;
    private final Supplier<List<San.Target>> knownTargets;

    /** @param knownTargets targets whose users are known from an earlier login */
    DomainLuns(
            Database database,
            StorageDomains domains,
            DomainLayouts layouts,
            LunUse use,
            Operations operations,
            ReduceStorageDomain reduce,
            Events events,
            Supplier<List<San.Target>> knownTargets) {
        this.database = database;
        this.domains = domains;
        this.layouts = layouts;
        this.use = use;
        this.operations = operations;
        this.reduce = reduce;
        this.events = events;
        this.knownTargets = knownTargets;
    }

    /** Adds LUNs to a domain, and remembers what it has now. */
    void extend(StorageDomain domain, HostStorage storage, Asker asker) {
        var more = StorageDomainSpecs.connection(
                        storage.toBuilder()
                                .type(StorageDomainDocuments.type(domain.connection()))
                                .build(),
                        Id.random())
                .network()
                .knowing(knownTargets.get());
        var network = domain.connection().network();
        var fresh = more.lunIds().stream()
                .filter(lun -> !network.lunIds().contains(lun))
                .toList();
        if (fresh.isEmpty()) {
            return;
        }
        requireActiveGroup(domain, "extended");
        var targets = Stream.concat(network.targets().stream(), more.targets().stream())
                .toList();
        var connected = domain.at(domain.connection().over(new San(targets, network.luns(), false)));
        use.during(fresh, () -> {
            layouts.connectEverywhere(connected);
            layouts.lookEverywhere(connected);
            remember(domain, layouts.extend(connected, more), asker, "was extended with " + Names.some(more.lunIds()));
            return Boolean.TRUE;
        });
    }

    /** Takes in what the LUNs have grown by. */
    void refresh(StorageDomain domain, Asker asker) {
        requireActiveGroup(domain, "refreshed");
        layouts.lookEverywhere(domain);
        remember(domain, layouts.refresh(domain), asker, "has its LUNs seen anew");
    }

    /** Begins to take LUNs out of a domain that no host uses. */
    Job reduce(StorageDomain domain, List<LogicalUnit> units, Asker asker) {
        var leaving = units.stream()
                .map(LogicalUnit::id)
                .filter(java.util.Objects::nonNull)
                .distinct()
                .toList();
        if (leaving.isEmpty()) {
            throw Failure.badRequest("Which LUNs are to leave the storage domain " + domain.name() + " is not said")
                    .next("Give logical_units with the ids of some of its LUNs");
        }
        requireGroup(domain, "reduced", Wanted.MAINTENANCE, "it is not in maintenance");
        var has = domain.connection().network().lunIds();
        leaving.stream().filter(lun -> !has.contains(lun)).findFirst().ifPresent(other -> {
            throw Failure.badRequest("The storage domain " + domain.name() + " has no LUN " + other);
        });
        if (leaving.containsAll(has)) {
            throw Failure.conflict("The storage domain " + domain.name() + " cannot lose all of its LUNs")
                    .next("Remove the domain instead");
        }
        Host host = layouts.hostsOf(domain).stream()
                .findFirst()
                .orElseThrow(() -> Failure.unavailable("No host can work on the storage domain " + domain.name())
                        .because("no host of its cluster is up")
                        .next("Activate a host of the cluster and ask again"));
        var wish = new ReduceStorageDomain.Request(domain.id(), domain.name(), leaving, host.id(), asker);
        return operations.begin(reduce, wish, asker, tx -> {
            domains.update(tx, domain.id(), now -> {
                if (now.wanted() != Wanted.MAINTENANCE) {
                    throw Failure.conflict("The storage domain " + domain.name() + " left maintenance a moment ago")
                            .next("Ask again");
                }
                return now;
            });
            events.add(
                    tx,
                    EventCode.REDUCE_DOMAIN_STARTED,
                    asker,
                    Concerns.NOTHING.withStorageDomain(domain.id()),
                    "Taking " + Names.some(leaving) + " out of Storage Domain " + domain.name() + " was begun by "
                            + asker.name() + ".");
        });
    }

    private void requireActiveGroup(StorageDomain domain, String verb) {
        requireGroup(domain, verb, Wanted.ACTIVE, "it is not active");
    }

    private void requireGroup(StorageDomain domain, String verb, Wanted state, String otherwise) {
        operations.requireFree(domain.id(), "changing the storage domain " + domain.name());
        if (!domain.connection().block() || domain.wanted() != state) {
            throw Failure.conflict("The storage domain " + domain.name() + " cannot be " + verb)
                    .because(domain.connection().block() ? otherwise : "it has no LUNs")
                    .undone("Nothing was changed");
        }
    }

    private void remember(StorageDomain domain, DomainDescription seen, Asker asker, String what) {
        database.change(tx -> {
            domains.update(
                    tx,
                    domain.id(),
                    now -> now.at(now.connection()
                            .over(now.connection().network().seen(seen.getLunsList(), knownTargets.get()))));
            events.add(
                    tx,
                    EventCode.STORAGE_DOMAIN_UPDATED,
                    asker,
                    Concerns.NOTHING.withStorageDomain(domain.id()),
                    "Storage Domain " + domain.name() + " " + what + " by " + asker.name() + ".");
        });
    }
}
