package org.bellwether.engine.access;

import java.util.List;

/**
 * Somebody whom a directory knows.
 *
 * @param entry the directory's own id, which stays when the name changes
 * @param principal the name to sign on with
 * @param groups the groups, also those in which others of them are
 */
record DirectoryEntry(
        String entry,
        String principal,
        String firstName,
        String lastName,
        String email,
        String department,
        List<Membership> groups) {
    /** A group of the directory. */
    record Membership(String entry, String name) {}
}
