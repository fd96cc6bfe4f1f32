package org.bellwether.engine.access;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/** A role that a user or a group holds on an object, and so on all that lies in it; exactly one of the two is set. */
record Permission(
        Id<Permission> id,
        Id<Role> role,
        @Nullable Id<User> user,
        @Nullable Id<Group> group,
        ObjectTree.Node object) implements Stored<Permission> {

    static Permission of(Id<User> user, Id<Role> role, ObjectTree.Node object) {
        return new Permission(Id.random(), role, user, null, object);
    }

    static Permission of(Group group, Id<Role> role, ObjectTree.Node object) {
        return new Permission(Id.random(), role, null, group.id(), object);
    }

    /** Nobody calls a permission by a name. */
    @Override
    public String name() {
        return id.toString();
    }

    Optional<Id<User>> userId() {
        return Optional.ofNullable(user);
    }

    Optional<Id<Group>> groupId() {
        return Optional.ofNullable(group);
    }

    UUID grantee() {
        return user != null ? user.value() : groupId().orElseThrow().value();
    }
}
