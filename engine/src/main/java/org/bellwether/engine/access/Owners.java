package org.bellwether.engine.access;

import java.util.Map;
import org.bellwether.engine.access.ObjectTree.Node;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Whoever makes an object may go on with it: the creator's role is given in the transaction that adds the object, and what
 * was given on it is taken away in the one that removes it.
 */
final class Owners {

    private static final Map<String, Id<Role>> ROLES = Map.of(
            "vm", Id.of("def00006-0000-0000-0000-def000000006"),
            "disk", Id.of("def0000a-0000-0000-0000-def00000000b"),
            "template", Id.of("def0000a-0000-0000-0000-def00000000f"),
            "vm_pool", Id.of("def00007-0000-0000-0000-def000000007"),
            "cluster", Id.of("def00001-0000-0000-0000-def000000001"),
            "data_center", Id.of("def00002-0000-0000-0000-def000000002"),
            "storage_domain", Id.of("def00003-0000-0000-0000-def000000003"),
            "host", Id.of("def00004-0000-0000-0000-def000000004"),
            "network", Id.of("def00005-0000-0000-0000-def000000005"),
            "mac_pool", Id.of("def00013-0000-0000-0000-def000000013"));

    private final ObjectTree tree;
    private final Grants grants;

    Owners(ObjectTree tree, Grants grants) {
        this.tree = tree;
        this.grants = grants;
    }

    void changed(Transaction tx, ObjectChange change) {
        tree.ofTable(change.table()).ifPresent(kind -> {
            switch (change.how()) {
                case ADDED -> added(tx, new Node(kind, change.id()));
                case REMOVED -> grants.forget(tx, change.id());
                case CHANGED -> {
                    // Whose it is does not change with it.
                }
            }
        });
    }

    private void added(Transaction tx, Node object) {
        var role = ROLES.get(object.kind());
        if (role != null) {
            Principal.current()
                    .ifPresent(creator -> grants.insert(tx, Permission.of(Id.of(creator.id()), role, object)));
        }
    }
}
