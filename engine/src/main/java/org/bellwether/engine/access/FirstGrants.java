package org.bellwether.engine.access;

import java.util.List;
import java.util.UUID;
import org.bellwether.engine.access.ObjectTree.Node;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;

/** What users, groups and permissions there are from the first start. */
final class FirstGrants {

    private static final Id<Role> PROFILE_EDITOR = Id.of("def00021-0000-0000-0000-def000000015");
    private static final Id<Role> TEMPLATE_BASED = Id.of("def00009-0000-0000-0000-def000000009");
    private static final Id<Role> VNIC_PROFILE_USER = Id.of("def0000a-0000-0000-0000-def000000010");
    private static final UUID BLANK = new UUID(0, 0);
    private static final UUID MANAGEMENT_PROFILE = UUID.fromString("0000000a-000a-000a-000a-000000000398");

    private final Database database;
    private final Users users;
    private final Grants grants;

    FirstGrants(Database database, Users users, Grants grants) {
        this.database = database;
        this.users = users;
        this.grants = grants;
    }

    /** At every start: the administrator always is one. What everyone may do is given once, for people may take it away. */
    void prepare(List<InternalUser> accounts, Id<User> administrator) {
        for (InternalUser account : accounts) {
            Id<User> id = Id.of(account.id());
            if (users.find(id).isEmpty()) {
                database.change(tx -> users.insert(tx, User.internal(id, account.name())));
            }
        }
        boolean administers = grants.on(Node.SYSTEM).stream()
                .anyMatch(each -> each.grantee().equals(administrator.value())
                        && each.role().equals(Role.SUPER_USER));
        if (!administers) {
            database.change(tx -> grants.insert(tx, Permission.of(administrator, Role.SUPER_USER, Node.SYSTEM)));
        }
        if (users.group(Group.EVERYONE.id()).isEmpty()) {
            database.change(tx -> {
                users.insertGroup(tx, Group.EVERYONE);
                grants.insert(tx, Permission.of(Group.EVERYONE, PROFILE_EDITOR, Node.SYSTEM));
                grants.insert(tx, Permission.of(Group.EVERYONE, TEMPLATE_BASED, new Node("template", BLANK)));
                grants.insert(
                        tx,
                        Permission.of(Group.EVERYONE, VNIC_PROFILE_USER, new Node("vnic_profile", MANAGEMENT_PROFILE)));
            });
        }
    }
}
