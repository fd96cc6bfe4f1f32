package org.bellwether.engine.access;

import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.bellwether.engine.access.DirectoryEntry.Membership;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/**
 * The directories beside the engine's own, and what the engine knows of their users. A user is known by the directory's own id
 * of the entry: one who is renamed stays the same, and one who gets the name of somebody who left is somebody else.
 */
final class Directories {
    private final Database database;
    private final Users users;
    private final Events events;
    private final InstantSource clock;
    private final Map<Directory, OpenIdProvider> providers = new ConcurrentHashMap<>();
    private final ObjectTable<Directory> table =
            new ObjectTable<>("directories", "directory", Directory.class, _ -> Map.of());

    Directories(Database database, Users users, Events events, InstantSource clock) {
        this.clock = clock;
        this.database = database;
        this.users = users;
        this.events = events;
    }

    void load() {
        table.load(database);
    }

    ReadModel<Directory> model() {
        return table.model();
    }

    Directory get(Id<Directory> id) {
        return table.get(id);
    }

    void insert(Transaction tx, Directory directory) {
        table.insert(tx, directory);
        requireOneDefault(directory);
    }

    Directory update(Transaction tx, Id<Directory> id, UnaryOperator<Directory> change) {
        Directory changed = table.update(tx, id, change);
        requireOneDefault(changed);
        return changed;
    }

    private void requireOneDefault(Directory directory) {
        table.model().all().stream()
                .filter(other -> directory.isDefault()
                        && other.isDefault()
                        && !other.id().equals(directory.id()))
                .findFirst()
                .ifPresent(other -> {
                    throw Failure.conflict("Names without a profile mean the directory " + other.name() + " already")
                            .undone("Nothing was changed")
                            .next("Take it away there first: bw directory set " + other.name() + " --set default=");
                });
    }

    void delete(Transaction tx, Id<Directory> id) {
        table.delete(tx, id);
    }

    /** The directory that users of a profile sign on with. */
    Optional<Directory> ofProfile(String profile) {
        return table.model().named(profile).stream().findFirst();
    }

    /** What names without a profile mean: the directory that says so, or the engine's own users. */
    String defaultProfile() {
        return table.model().all().stream()
                .filter(Directory::isDefault)
                .map(Directory::name)
                .findFirst()
                .orElse(InternalUser.PROFILE);
    }

    /** The directory that the API calls so, such as {@code corp-authz}. */
    Optional<Directory> ofDomain(String domain) {
        return table.model().all().stream()
                .filter(directory ->
                        directory.domain().equals(domain) || directory.name().equals(domain))
                .findFirst();
    }

    /** What a directory of that kind is asked with; another one once its settings have changed. */
    OpenIdProvider provider(Directory directory) {
        providers.keySet().removeIf(other -> other.id().equals(directory.id()) && !other.equals(directory));
        return providers.computeIfAbsent(directory, each -> new OpenIdProvider(each, clock));
    }

    /** Somebody who signed on at a provider. */
    User arrived(Directory directory, DirectoryEntry entry) {
        return known(directory, entry, Asker.engine());
    }

    /** Who signs on with a password, as the directory tells of them at this moment; empty when it refuses. */
    Optional<User> authenticate(Directory directory, String principal, Secret password) {
        return new LdapClient(directory)
                .authenticate(principal, password)
                .map(entry -> known(directory, entry, Asker.engine()));
    }

    /** Somebody whom a ticket of the directory's realm names. */
    Optional<User> ticketed(Directory directory, String principal) {
        return new LdapClient(directory).find(principal).map(entry -> known(directory, entry, Asker.engine()));
    }

    /** Makes somebody of a directory known, so that permissions can be given to them. */
    User add(Directory directory, String principal, Asker asker) {
        if (directory.kind() == Directory.Kind.OIDC) {
            return users.named(principal + "@" + directory.domain())
                    .orElseThrow(() -> Failure.notFound(
                                    "Nobody called " + principal + " has signed on with " + directory.name())
                            .because("a provider of OpenID Connect tells of people only when they sign on")
                            .next("Let them sign on once, or give permissions to a group"));
        }
        return new LdapClient(directory)
                .find(principal)
                .map(entry -> known(directory, entry, asker))
                .orElseThrow(() -> Failure.notFound("The directory " + directory.name() + " has no user " + principal)
                        .next("Search it: bw directory search " + directory.name() + " '" + principal + "*'"));
    }

    Group addGroup(Directory directory, String name) {
        Membership found = group(directory, name);
        Optional<Group> there = users.groups().stream()
                .filter(group -> group.domain().equals(directory.domain())
                        && group.entry().equals(found.entry()))
                .findFirst();
        return there.orElseGet(() -> {
            var made = new Group(Id.random(), found.name(), directory.domain(), found.entry());
            database.change(tx -> users.insertGroup(tx, made));
            return made;
        });
    }

    /** Providers are not asked for groups: what their users bring along counts once it is known here. */
    private static Membership group(Directory directory, String name) {
        if (directory.kind() == Directory.Kind.OIDC) {
            return new Membership(name, name);
        }
        return new LdapClient(directory)
                .searchGroups(name, 2).stream()
                        .filter(group -> group.name().equalsIgnoreCase(name))
                        .findFirst()
                        .orElseThrow(
                                () -> Failure.notFound("The directory " + directory.name() + " has no group " + name));
    }

    private User known(Directory directory, DirectoryEntry entry, Asker asker) {
        Set<Id<Group>> groups = groups(directory, entry);
        Optional<User> there = users.all().stream()
                .filter(user ->
                        user.domain().equals(directory.domain()) && user.entry().equals(entry.entry()))
                .findFirst();
        return database.transaction(tx -> {
            if (there.isPresent()) {
                User now = as(there.get().id(), directory, entry, groups);
                if (!now.name().equals(there.get().name())) {
                    retire(tx, directory, entry);
                }
                return now.equals(there.get()) ? now : users.update(tx, now.id(), _ -> now);
            }
            retire(tx, directory, entry);
            User made = as(Id.random(), directory, entry, groups);
            users.insert(tx, made);
            events.add(
                    tx,
                    EventCode.USER_ADDED,
                    asker,
                    Concerns.NOTHING,
                    "User " + made.name() + " of the directory " + directory.name() + " is known now.");
            return made;
        });
    }

    /** Somebody else had the name before: they keep what they were given, under a name that nobody signs on with. */
    private void retire(Transaction tx, Directory directory, DirectoryEntry entry) {
        users.named(entry.principal() + "@" + directory.domain())
                .ifPresent(before -> users.update(
                        tx,
                        before.id(),
                        user -> new User(
                                user.id(),
                                user.entry() + "@" + directory.domain(),
                                user.entry(),
                                user.domain(),
                                user.entry(),
                                user.firstName(),
                                user.lastName(),
                                user.email(),
                                user.department(),
                                Set.of())));
    }

    private static User as(Id<User> id, Directory directory, DirectoryEntry entry, Set<Id<Group>> groups) {
        return new User(
                id,
                entry.principal() + "@" + directory.domain(),
                entry.principal(),
                directory.domain(),
                entry.entry(),
                entry.firstName(),
                entry.lastName(),
                entry.email(),
                entry.department(),
                groups);
    }

    /** Of the groups that the directory tells, those that somebody made known here. */
    private Set<Id<Group>> groups(Directory directory, DirectoryEntry entry) {
        Set<String> entries = entry.groups().stream().map(Membership::entry).collect(Collectors.toSet());
        Set<Id<Group>> known = new HashSet<>();
        for (Group group : users.groups()) {
            if (group.domain().equals(directory.domain()) && entries.contains(group.entry())) {
                known.add(group.id());
            }
        }
        return known;
    }

    List<DirectoryEntry> search(Directory directory, String text, int limit) {
        return directory.kind() == Directory.Kind.OIDC
                ? arrived(directory, text, limit)
                : new LdapClient(directory).search(text, limit);
    }

    List<Membership> searchGroups(Directory directory, String text, int limit) {
        if (directory.kind() == Directory.Kind.OIDC) {
            return users.groups().stream()
                    .filter(group -> group.domain().equals(directory.domain()) && fits(group.name(), text))
                    .limit(limit)
                    .map(group -> new Membership(group.entry(), group.name()))
                    .toList();
        }
        return new LdapClient(directory).searchGroups(text, limit);
    }

    private List<DirectoryEntry> arrived(Directory directory, String text, int limit) {
        return users.all().stream()
                .filter(user -> user.domain().equals(directory.domain())
                        && (fits(user.principal(), text) || fits(user.email(), text)))
                .limit(limit)
                .map(user -> new DirectoryEntry(
                        user.entry(),
                        user.principal(),
                        user.firstName(),
                        user.lastName(),
                        user.email(),
                        user.department(),
                        List.of()))
                .toList();
    }

    private static boolean fits(String name, String text) {
        String pattern = text.isBlank() ? "*" : text;
        return name.matches("(?i)" + java.util.regex.Pattern.quote(pattern).replace("*", "\\E.*\\Q"));
    }

    /** Whether anybody of it is known. */
    boolean used(Directory directory) {
        return users.all().stream().anyMatch(user -> user.domain().equals(directory.domain()))
                || users.groups().stream().anyMatch(group -> group.domain().equals(directory.domain()));
    }

    /** For what has no id of its own here yet. */
    static UUID idOf(Directory directory, String entry) {
        return UUID.nameUUIDFromBytes(
                (directory.domain() + "/" + entry).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
