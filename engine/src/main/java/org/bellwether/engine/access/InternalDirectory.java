package org.bellwether.engine.access;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;

/** The engine's own users and groups, as they are added, changed and removed. */
final class InternalDirectory {

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.+-]{1,100}");

    private final Database database;
    private final AccessRepository repository;
    private final Users users;
    private final Grants grants;
    private final Passwords passwords;
    private final Lockouts lockouts;
    private final Tokens tokens;
    private final Events events;

    InternalDirectory(
            Database database,
            AccessRepository repository,
            Users users,
            Grants grants,
            Passwords passwords,
            Lockouts lockouts,
            Tokens tokens,
            Events events) {
        this.database = database;
        this.repository = repository;
        this.users = users;
        this.grants = grants;
        this.passwords = passwords;
        this.lockouts = lockouts;
        this.tokens = tokens;
        this.events = events;
    }

    User add(User wanted, Secret password, Asker asker) {
        if (!NAME.matcher(wanted.principal()).matches()) {
            throw Failure.badRequest("'" + wanted.principal() + "' cannot be the name of a user")
                    .because("a name has 1 to 100 letters, digits and . _ + -");
        }
        PasswordPolicy.check(wanted.principal(), password);
        requireGroups(wanted.groups());
        var account = new InternalUser(wanted.id().value(), wanted.principal(), PasswordHash.of(password), now());
        database.change(tx -> {
            users.insert(tx, wanted);
            repository.insert(tx, account);
            tx.onCommit(() -> passwords.put(account));
            events.add(
                    tx,
                    EventCode.USER_ADDED,
                    asker,
                    Concerns.NOTHING,
                    "User " + wanted.name() + " was added by " + asker.name() + ".");
        });
        return wanted;
    }

    User update(User user, User wanted, Optional<Secret> password, Asker asker) {
        requireGroups(wanted.groups());
        password.ifPresent(secret -> setPassword(user, secret, asker));
        return database.transaction(tx -> {
            var after = users.update(
                    tx,
                    user.id(),
                    before -> before.called(wanted.firstName(), wanted.lastName(), wanted.email(), wanted.department())
                            .in(wanted.groups()));
            boolean moved = !after.groups().equals(user.groups());
            events.add(
                    tx,
                    EventCode.USER_PROFILE_UPDATED,
                    asker,
                    Concerns.NOTHING,
                    "User " + user.name() + " was changed by " + asker.name() + "."
                            + (moved ? " The user's groups are now: " + names(after.groups()) + "." : ""));
            return after;
        });
    }

    private String names(Set<Id<Group>> groups) {
        return groups.isEmpty()
                ? "none"
                : groups.stream()
                        .flatMap(group -> users.group(group).stream())
                        .map(Group::name)
                        .sorted()
                        .collect(Collectors.joining(", "));
    }

    /** Gives the user another password; whoever is signed on with the old one is not any more. */
    void setPassword(User user, Secret password, Asker asker) {
        if (passwords.find(user.id().value()).isEmpty()) {
            throw Failure.conflict("The password of " + user.name() + " cannot be changed here")
                    .because("the directory " + user.domain() + " keeps it");
        }
        PasswordPolicy.check(user.principal(), password);
        var account = new InternalUser(user.id().value(), user.principal(), PasswordHash.of(password), now());
        database.change(tx -> {
            repository.update(tx, account);
            tx.onCommit(() -> passwords.put(account));
            events.add(
                    tx,
                    EventCode.PASSWORD_CHANGED,
                    asker,
                    Concerns.NOTHING,
                    "The password of " + user.name() + " was changed by " + asker.name() + ".");
        });
        lockouts.succeeded(user.id().value());
        tokens.revokeAll(user.id().value());
    }

    void remove(User user, Asker asker) {
        database.change(tx -> {
            grants.forgetUser(tx, user.id());
            users.delete(tx, user.id());
            repository.delete(tx, user.id().value());
            tx.onCommit(() -> passwords.remove(user.id().value()));
            events.add(
                    tx,
                    EventCode.USER_REMOVED,
                    asker,
                    Concerns.NOTHING,
                    "User " + user.name() + " was removed by " + asker.name() + ".");
        });
        tokens.revokeAll(user.id().value());
    }

    Group addGroup(Group group, Asker asker) {
        if (!NAME.matcher(group.name()).matches()) {
            throw Failure.badRequest("'" + group.name() + "' cannot be the name of a group")
                    .because("a name has 1 to 100 letters, digits and . _ + -");
        }
        database.change(tx -> {
            users.insertGroup(tx, group);
            events.add(
                    tx,
                    EventCode.USER_ADDED,
                    asker,
                    Concerns.NOTHING,
                    "Group " + group.name() + " was added by " + asker.name() + ".");
        });
        return group;
    }

    void removeGroup(Group group, Asker asker) {
        database.change(tx -> {
            grants.forgetGroup(tx, group.id());
            users.deleteGroup(tx, group.id());
            events.add(
                    tx,
                    EventCode.GROUP_REMOVED,
                    asker,
                    Concerns.NOTHING,
                    "Group " + group.name() + " was removed by " + asker.name() + ".");
        });
    }

    private void requireGroups(Set<Id<Group>> groups) {
        for (Id<Group> group : groups) {
            if (group.equals(Group.EVERYONE.id())) {
                throw Failure.badRequest("Everyone is in the group Everyone").next("Leave it out");
            }
            users.getGroup(group);
        }
    }

    /** The groups that references mean, by id or name. */
    Set<Id<Group>> referred(List<org.bellwether.api.types.Group> references) {
        var found = new HashSet<Id<Group>>();
        for (var reference : references) {
            var id = reference.id();
            var name = reference.name();
            if (id != null) {
                found.add(users.getGroup(Id.of(id)).id());
            } else if (name != null) {
                found.add(users.groupsNamed(name).stream()
                        .findFirst()
                        .orElseThrow(() -> Failure.notFound("Entity not found: Group " + name))
                        .id());
            }
        }
        return found;
    }

    private static Instant now() {
        return Instant.now().truncatedTo(ChronoUnit.MILLIS);
    }
}
