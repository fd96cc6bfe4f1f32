package org.bellwether.engine.storage;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.StorageDomain.Connection;
import org.bellwether.engine.storage.StorageDomain.Wanted;

/**
 * Connections to storage: those that domains have, and those that stand on their own until a domain gets them. A domain
 * of files has one; another one takes its place while no host uses the domain.
 */
final class StorageConnections {

    /** A connection that no domain has. */
    record Free(Id<Free> id, String name, Connection connection) implements Stored<Free> {}

    private final Database database;
    private final StorageDomains domains;
    private final Operations operations;
    private final ObjectTable<Free> free =
            new ObjectTable<>("storage_connections", "storage connection", Free.class, each -> new HashMap<>());

    StorageConnections(Database database, StorageDomains domains, Operations operations) {
        this.database = database;
        this.domains = domains;
        this.operations = operations;
    }

    void load() {
        free.load(database);
        free.model().all().stream()
                .filter(each -> each.connection().plain())
                .toList()
                .forEach(each -> database.change(tx -> free.update(
                        tx,
                        each.id(),
                        now -> new Free(now.id(), now.name(), now.connection().sealed()))));
    }

    Collection<Connection> all() {
        var all = new LinkedHashMap<UUID, Connection>();
        domains.model().all().stream()
                .flatMap(domain -> domain.connection().each().stream())
                .forEach(each -> all.put(each.id(), each));
        free.model().all().forEach(each -> all.put(each.connection().id(), each.connection()));
        return all.values();
    }

    Connection get(UUID id) {
        return all().stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("There is no storage connection with the id " + id));
    }

    private Optional<StorageDomain> user(UUID id) {
        return domains.model().all().stream()
                .filter(domain -> domain.connection().each().stream()
                        .anyMatch(each -> each.id().equals(id)))
                .findFirst();
    }

    /** All iSCSI targets with their users. */
    List<San.Target> targets() {
        return all().stream().flatMap(each -> each.network().targets().stream()).toList();
    }

    /** Keeps a target that a host has logged in to, with the user that worked; a domain may get it later. */
    void remember(San.Target target) {
        var connection = Connection.to(target);
        var known = free.model().all().stream()
                .filter(each -> each.connection().place().equals(connection.place()))
                .findFirst();
        database.change(tx -> {
            if (known.isPresent()) {
                free.update(
                        tx,
                        known.get().id(),
                        now -> new Free(
                                now.id(),
                                now.name(),
                                connection.identified(now.connection().id())));
            } else {
                insert(tx, connection.identified(UUID.randomUUID()));
            }
        });
    }

    Connection add(Connection wanted) {
        all().stream()
                .filter(other -> other.place().equals(wanted.place()))
                .findFirst()
                .ifPresent(other -> {
                    throw Failure.conflict("There is a storage connection to that place already")
                            .because("it has the id " + other.id());
                });
        var made = wanted.identified(UUID.randomUUID());
        database.change(tx -> insert(tx, made));
        return made;
    }

    private void insert(Transaction tx, Connection connection) {
        free.insert(tx, new Free(Id.of(connection.id()), connection.place(), connection));
    }

    void remove(UUID id) {
        user(id).ifPresent(domain -> {
            throw Failure.conflict("The storage connection is not removed")
                    .because("the storage domain " + domain.name() + " has it")
                    .next("Give the domain another connection first");
        });
        get(id);
        database.change(tx -> free.delete(tx, Id.of(id)));
    }

    /** Changes where it leads; its domain must not be in use meanwhile. */
    Connection update(UUID id, Connection wanted, Asker asker) {
        var before = get(id);
        if (before.type() != wanted.type()) {
            throw Failure.badRequest("A storage connection of the type " + before.type() + " stays of that type");
        }
        var after = wanted.identified(id).knowing(before);
        database.change(tx -> {
            var domain = user(id);
            if (domain.isPresent()) {
                domains.update(
                        tx, domain.get().id(), now -> requireStill(now, asker).at(after));
            } else {
                free.update(tx, Id.of(id), now -> new Free(now.id(), after.place(), after));
            }
        });
        return after;
    }

    /** Gives a domain a free connection; the one that it had before is free then. */
    Connection attach(StorageDomain domain, UUID id, Asker asker) {
        var wanted = get(id);
        if (domain.connection().id().equals(id)) {
            return wanted;
        }
        user(id).ifPresent(other -> {
            throw Failure.conflict("The storage connection cannot be attached to " + domain.name())
                    .because("the storage domain " + other.name() + " has it");
        });
        if (wanted.type() != domain.connection().type()) {
            throw Failure.conflict("The storage connection cannot be attached to " + domain.name())
                    .because("it is of the type " + wanted.type() + ", and the domain's of the type "
                            + domain.connection().type());
        }
        database.change(tx -> {
            free.delete(tx, Id.of(id));
            domains.update(tx, domain.id(), now -> {
                requireStill(now, asker);
                insert(tx, now.connection().identified(now.connection().id()));
                return now.at(wanted);
            });
        });
        return wanted;
    }

    /** A domain of files without its one connection would be lost, so that is exchanged and never only taken. */
    void detach(StorageDomain domain, UUID id) {
        if (!domain.connection().id().equals(id)) {
            throw Failure.notFound("The storage domain " + domain.name() + " has no connection with the id " + id);
        }
        throw Failure.conflict("The storage connection is not detached from " + domain.name())
                .because("it is the only one, and without it nobody could find the domain")
                .next("Attach the other connection: it takes this one's place, and this one stays as a free one");
    }

    private StorageDomain requireStill(StorageDomain domain, Asker asker) {
        operations.requireFree(domain.id(), "changing the connection of the storage domain " + domain.name());
        if (domain.wanted() != Wanted.MAINTENANCE && domain.wanted() != Wanted.UNATTACHED) {
            throw Failure.conflict("The connection of the storage domain " + domain.name() + " cannot be changed by "
                            + asker.name() + " now")
                    .because("hosts use it")
                    .next("Put the storage domain into maintenance first");
        }
        return domain;
    }
}
