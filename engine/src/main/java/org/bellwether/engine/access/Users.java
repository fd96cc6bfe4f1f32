package org.bellwether.engine.access;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;

/** The users and groups that the engine knows. */
final class Users {

    private final ObjectTable<User> users = new ObjectTable<>("users", "user", User.class, _ -> Map.of());
    private final ObjectTable<Group> groups =
            new ObjectTable<>("groups", "group", Group.class, group -> Map.of("domain", group.domain()));

    void load(Database database) {
        users.load(database);
        groups.load(database);
    }

    Collection<User> all() {
        return users.model().all();
    }

    Optional<User> find(Id<User> id) {
        return users.model().find(id);
    }

    User get(Id<User> id) {
        return users.get(id);
    }

    /** The user of that name with its directory, for instance {@code joe@internal-authz}. */
    Optional<User> named(String name) {
        return users.model().named(name).stream().findFirst();
    }

    List<User> in(Id<Group> group) {
        return users.model().all().stream()
                .filter(user -> user.groups().contains(group))
                .toList();
    }

    void insert(Transaction tx, User user) {
        users.insert(tx, user);
    }

    User update(Transaction tx, Id<User> id, Function<User, User> change) {
        return users.update(tx, id, change);
    }

    void delete(Transaction tx, Id<User> id) {
        users.delete(tx, id);
    }

    Collection<Group> groups() {
        return groups.model().all();
    }

    Optional<Group> group(Id<Group> id) {
        return groups.model().find(id);
    }

    Group getGroup(Id<Group> id) {
        return groups.get(id);
    }

    List<Group> groupsNamed(String name) {
        return groups.model().named(name);
    }

    void insertGroup(Transaction tx, Group group) {
        groups.insert(tx, group);
    }

    /** Removes a group; whoever was in it is not any more. */
    void deleteGroup(Transaction tx, Id<Group> id) {
        if (id.equals(Group.EVERYONE.id())) {
            throw Failure.conflict("The group Everyone cannot be removed").next("Take its permissions away instead");
        }
        for (User user : in(id)) {
            users.update(tx, user.id(), each -> {
                var left = new java.util.HashSet<>(each.groups());
                left.remove(id);
                return each.in(left);
            });
        }
        groups.delete(tx, id);
    }
}
