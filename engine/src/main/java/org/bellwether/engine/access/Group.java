package org.bellwether.engine.access;

import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * Users who are given permissions together.
 *
 * @param name unique within its directory
 * @param domain the directory; empty for Everyone
 * @param entry the directory's own id of the group
 */
record Group(Id<Group> id, String name, String domain, String entry) implements Stored<Group> {

    /** Whoever signs on is in it; clients know its id. */
    static final Group EVERYONE = new Group(
            Id.of("eee00000-0000-0000-0000-123456789eee"), "Everyone", "", "eee00000-0000-0000-0000-123456789eee");
}
