package org.bellwether.engine.access;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** All permissions that were given. */
final class Grants {

    private record Holding(UUID grantee, Id<Role> role) {}

    private final ObjectTable<Permission> table =
            new ObjectTable<>("permissions", "permission", Permission.class, Grants::columns);
    private final Lookup<UUID, Permission> byObject =
            table.model().indexedBy(each -> Optional.of(each.object().id()));
    private final Lookup<UUID, Permission> byGrantee = table.model().indexedBy(each -> Optional.of(each.grantee()));
    private final Lookup<Id<Role>, Permission> byRole = table.model().indexedBy(each -> Optional.of(each.role()));
    private final Lookup<Holding, Permission> byHolding =
            table.model().indexedBy(each -> Optional.of(new Holding(each.grantee(), each.role())));
    private final AtomicLong version = new AtomicLong();

    private static Map<String, Object> columns(Permission permission) {
        var columns = new HashMap<String, Object>();
        columns.put("role_id", permission.role().value());
        columns.put("user_id", permission.userId().map(Id::value).orElse(null));
        columns.put("group_id", permission.groupId().map(Id::value).orElse(null));
        columns.put("object_id", permission.object().id());
        return columns;
    }

    void load(Database database) {
        table.load(database);
    }

    ReadModel<Permission> model() {
        return table.model();
    }

    /** Grows with every change. */
    long version() {
        return version.get();
    }

    Collection<Permission> on(ObjectTree.Node object) {
        return byObject.of(object.id());
    }

    Collection<Permission> of(UUID grantee) {
        return byGrantee.of(grantee);
    }

    Collection<Permission> ofRole(Id<Role> role) {
        return byRole.of(role);
    }

    boolean holds(UUID grantee, Id<Role> role) {
        return !byHolding.of(new Holding(grantee, role)).isEmpty();
    }

    void insert(Transaction tx, Permission permission) {
        table.insert(tx, permission);
        tx.onCommit(version::incrementAndGet);
    }

    void delete(Transaction tx, Id<Permission> id) {
        table.delete(tx, id);
        tx.onCommit(version::incrementAndGet);
    }

    /** Takes away what was given on an object that goes, as the transaction sees it. */
    void forget(Transaction tx, UUID object) {
        table.matching(tx, "object_id", object).forEach(permission -> delete(tx, permission.id()));
    }

    /** Takes away what somebody was given who goes. */
    void forgetUser(Transaction tx, Id<User> user) {
        table.matching(tx, "user_id", user.value()).forEach(permission -> delete(tx, permission.id()));
    }

    void forgetGroup(Transaction tx, Id<Group> group) {
        table.matching(tx, "group_id", group.value()).forEach(permission -> delete(tx, permission.id()));
    }
}
