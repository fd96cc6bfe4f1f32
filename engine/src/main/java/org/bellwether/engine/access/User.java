package org.bellwether.engine.access;

import java.util.Set;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * Somebody whom the engine knows: one of its own users, or one of a directory.
 *
 * @param name the name with the directory, unique, for instance {@code admin@internal-authz}
 * @param principal the name without it
 * @param domain the directory, for instance {@code internal-authz}
 * @param entry the directory's own id of the user, which stays when the name changes
 * @param groups the groups that the user is in
 */
record User(
        Id<User> id,
        String name,
        String principal,
        String domain,
        String entry,
        String firstName,
        String lastName,
        String email,
        String department,
        Set<Id<Group>> groups)
        implements Stored<User> {

    User {
        groups = Set.copyOf(groups);
    }

    static User internal(Id<User> id, String principal) {
        return new User(
                id,
                principal + "@" + InternalUser.DIRECTORY,
                principal,
                InternalUser.DIRECTORY,
                id.toString(),
                principal,
                "",
                "",
                "",
                Set.of());
    }

    User in(Set<Id<Group>> others) {
        return new User(id, name, principal, domain, entry, firstName, lastName, email, department, others);
    }

    User called(String first, String last, String mail, String office) {
        return new User(id, name, principal, domain, entry, first, last, mail, office, groups);
    }

    /** As the user signs on: with the profile, not the directory behind it. */
    String signOnName() {
        return principal + "@" + (domain.endsWith("-authz") ? domain.substring(0, domain.length() - 6) : domain);
    }
}
