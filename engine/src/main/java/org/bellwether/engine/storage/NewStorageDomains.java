package org.bellwether.engine.storage;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.storage.StorageDomain.Wanted;
import org.jspecify.annotations.Nullable;

/** Storage domains as people add, change and move them: what is asked is checked here and begun as an operation. */
public final class NewStorageDomains {

    /** The operations on storage domains. */
    public record Kinds(
            AddStorageDomain add,
            AttachStorageDomain attach,
            ActivateStorageDomain activate,
            DeactivateStorageDomain deactivate,
            DetachStorageDomain detach,
            RemoveStorageDomain remove,
            RenameStorageDomain rename) {}

    private final Database database;
    private final StorageDomains domains;
    private final Disks disks;
    private final DomainLayouts layouts;
    private final Clusters clusters;
    private final Hosts hosts;
    private final Operations operations;
    private final Kinds kinds;
    private final LunUse luns;
    private final Events events;
    private volatile Consumer<StorageDomain> beforeLeaving = domain -> {};
    private volatile Supplier<List<San.Target>> knownTargets = List::of;

    public NewStorageDomains(
            Database database,
            StorageDomains domains,
            Disks disks,
            DomainLayouts layouts,
            Clusters clusters,
            Hosts hosts,
            Operations operations,
            Kinds kinds,
            LunUse luns,
            Events events) {
        this.database = database;
        this.domains = domains;
        this.disks = disks;
        this.layouts = layouts;
        this.clusters = clusters;
        this.hosts = hosts;
        this.operations = operations;
        this.kinds = kinds;
        this.luns = luns;
        this.events = events;
    }

    /** Targets whose users are known from an earlier login. */
    void knownTargets(Supplier<List<San.Target>> known) {
        knownTargets = known;
    }

    /** What is to be done to a domain that is about to go out of service; features above storage write their last words. */
    void beforeLeaving(Consumer<StorageDomain> lastWords) {
        beforeLeaving = lastWords;
    }

    record Begun(Id<StorageDomain> domain, Job job) {}

    Begun add(org.bellwether.api.types.StorageDomain request, Asker asker) {
        var host = References.find(hosts.model(), request.host(), "host");
        if (hosts.status(host) != HostStatus.UP) {
            throw Failure.conflict("The host " + host.name() + " cannot work on storage now")
                    .because("it is "
                            + hosts.status(host)
                                    .name()
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .replace('_', ' '))
                    .next("Name a host that is up");
        }
        var asked = StorageDomainSpecs.connection(request.storage(), host.id());
        var place = asked.block() ? asked.over(asked.network().knowing(knownTargets.get())) : asked;
        if (!place.block()) {
            requireNobodyAt(place);
        }
        var kind = StorageDomainSpecs.kind(request.type());
        boolean existing = request.id() != null || Boolean.TRUE.equals(request.import_());
        Id<StorageDomain> id;
        String name;
        if (existing) {
            var found = found(host, place, request.id());
            id = Id.of(found.getDomainId());
            name = StorageDomainSpecs.checkedName(request.name() == null ? found.getName() : request.name());
            if (place.block()) {
                place = place.over(place.network().seen(found.getLunsList(), knownTargets.get()));
            }
        } else {
            id = Id.random();
            name = StorageDomainSpecs.checkedName(request.name());
        }
        if (place.block()) {
            place = place.group(id.toString());
        }
        var where = place;
        var domain = new StorageDomain(
                id,
                name,
                null,
                host.cluster(),
                where,
                kind,
                false,
                Wanted.LOCKED,
                StorageDomainSpecs.over(StorageDomainSpecs.defaults(), request));
        var wish = new AddStorageDomain.Request(id, name, host.id(), host.name(), existing, asker);
        return luns.during(
                where.network().lunIds(),
                () -> new Begun(id, operations.begin(kinds.add(), wish, asker, tx -> domains.insert(tx, domain))));
    }

    private void requireNobodyAt(StorageDomain.Connection place) {
        domains.model().all().stream()
                .filter(other -> other.connection().place().equals(place.place()))
                .findFirst()
                .ifPresent(other -> {
                    throw Failure.conflict("The storage domain " + other.name() + " is at that place already");
                });
    }

    private org.bellwether.protocol.DomainDescription found(
            Host host, StorageDomain.Connection place, @Nullable String id) {
        var present = layouts.found(host.id(), place);
        Predicate<org.bellwether.protocol.DomainDescription> meant =
                each -> id == null || each.getDomainId().equals(id);
        var fitting = present.stream().filter(meant).toList();
        if (fitting.isEmpty()) {
            throw Failure.notFound(
                            id == null
                                    ? "There is no storage domain at " + place.path()
                                    : "There is no storage domain " + id + " at " + place.path())
                    .because("the host " + host.name() + " found " + present.size() + " there");
        }
        if (fitting.size() > 1) {
            throw Failure.conflict("There are several storage domains at " + place.path())
                    .because(Names.some(fitting.stream()
                            .map(each -> each.getDomainId() + " (" + each.getName() + ")")
                            .toList()))
                    .next("Name the one you mean by its id");
        }
        var chosen = fitting.getFirst();
        domains.model().find(Id.of(chosen.getDomainId())).ifPresent(known -> {
            throw Failure.conflict("The storage domain " + known.name() + " is known already");
        });
        return chosen;
    }

    Job attach(StorageDomain domain, DataCenter dataCenter, Asker asker) {
        var cluster = clusters.get(domain.cluster());
        if (!cluster.dataCenterId().equals(Optional.of(dataCenter.id()))) {
            throw Failure.conflict("The storage domain " + domain.name() + " cannot be attached to the data center "
                            + dataCenter.name())
                    .because("it belongs to the cluster " + cluster.name()
                            + ", whose host made it, and that cluster is not in this data center")
                    .next("Attach it to that cluster's data center, or remove it here without formatting and import it"
                            + " with a host of the right cluster");
        }
        var request =
                new AttachStorageDomain.Request(domain.id(), domain.name(), dataCenter.id(), dataCenter.name(), asker);
        return operations.begin(
                kinds.attach(), request, asker, tx -> kinds.attach().claim(tx, request));
    }

    /** Empty when it is active already. */
    Optional<Job> activate(StorageDomain domain, DataCenter dataCenter, Asker asker) {
        operations.requireFree(domain.id(), "activating the storage domain " + domain.name());
        if (domain.wanted() == Wanted.ACTIVE) {
            return Optional.empty();
        }
        return Optional.of(operations.begin(
                kinds.activate(),
                new ActivateStorageDomain.Request(domain.id(), domain.name(), dataCenter.id(), asker),
                asker,
                tx -> requireWanted(tx, domain, Wanted.MAINTENANCE, "activated")));
    }

    /** Empty when it is in maintenance already. */
    Optional<Job> deactivate(StorageDomain domain, DataCenter dataCenter, Asker asker) {
        operations.requireFree(domain.id(), "deactivating the storage domain " + domain.name());
        if (domain.wanted() == Wanted.MAINTENANCE) {
            return Optional.empty();
        }
        kinds.deactivate().requireUnused(domain);
        beforeLeaving.accept(domain);
        return Optional.of(operations.begin(
                kinds.deactivate(),
                new DeactivateStorageDomain.Request(domain.id(), domain.name(), dataCenter.id(), asker),
                asker,
                tx -> requireWanted(tx, domain, Wanted.ACTIVE, "deactivated")));
    }

    private void requireWanted(
            org.bellwether.engine.platform.store.Transaction tx, StorageDomain domain, Wanted state, String wish) {
        domains.update(tx, domain.id(), now -> {
            if (now.wanted() != state) {
                throw Failure.conflict("The storage domain " + now.name() + " cannot be " + wish)
                        .because("it is " + now.wanted().name().toLowerCase(java.util.Locale.ROOT));
            }
            return now;
        });
    }

    Job detach(StorageDomain domain, DataCenter dataCenter, Asker asker) {
        var request = new DetachStorageDomain.Request(domain.id(), domain.name(), dataCenter.id(), asker);
        return operations.begin(
                kinds.detach(), request, asker, tx -> kinds.detach().claim(tx, request));
    }

    Job remove(StorageDomain domain, boolean format, Optional<Host> host, Asker asker) {
        var request = new RemoveStorageDomain.Request(domain.id(), domain.name(), format, host.map(Host::id), asker);
        return operations.begin(
                kinds.remove(), request, asker, tx -> kinds.remove().claim(tx, request));
    }

    /** Forgets it with its disks without touching its storage, which may be lost. */
    void destroy(StorageDomain domain, Asker asker) {
        operations.requireFree(domain.id(), "destroying the storage domain " + domain.name());
        kinds.deactivate().requireUnused(domain);
        database.change(tx -> {
            for (var disk : disks.in(domain.id())) {
                operations.requireFree(disk.id(), "forgetting the disk " + disk.name());
                disks.ofDisk(disk.id()).forEach(attachment -> disks.detach(tx, attachment.id()));
                disks.delete(tx, disk.id());
            }
            domains.delete(tx, domain.id());
            events.add(
                    tx,
                    EventCode.STORAGE_DOMAIN_DESTROYED,
                    asker,
                    Concerns.NOTHING,
                    "Storage Domain " + domain.name() + " was forgotten by " + asker.name()
                            + "; what is on its storage was left as it is.");
        });
        // A mount that stays would only be in the way of its storage's owner.
        Thread.ofVirtual().name("let-go-" + domain.name()).start(() -> layouts.disconnectEverywhere(domain));
    }

    /** Changes what was decided of it; a new name is an operation, because the domain's own metadata has it too. */
    Optional<Job> update(StorageDomain domain, org.bellwether.api.types.StorageDomain request, Asker asker) {
        operations.requireFree(domain.id(), "changing the storage domain " + domain.name());
        var spec = StorageDomainSpecs.over(domain.spec(), request);
        var name = request.name() == null ? domain.name() : StorageDomainSpecs.checkedName(request.name());
        boolean renamed = !name.equals(domain.name());
        if (!Objects.equals(spec, domain.spec())) {
            database.change(tx -> {
                domains.update(
                        tx, domain.id(), now -> now.named(now.name(), StorageDomainSpecs.over(now.spec(), request)));
                if (!renamed) {
                    events.add(
                            tx,
                            EventCode.STORAGE_DOMAIN_UPDATED,
                            asker,
                            Concerns.NOTHING.withStorageDomain(domain.id()),
                            "Storage Domain " + domain.name() + " was changed by " + asker.name() + ".");
                }
            });
        }
        return renamed
                ? Optional.of(operations.begin(
                        kinds.rename(),
                        new RenameStorageDomain.Request(domain.id(), domain.name(), name, asker),
                        asker))
                : Optional.empty();
    }
}
