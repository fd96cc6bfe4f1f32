package org.bellwether.engine.platform.store;

import java.util.UUID;

/**
 * An object that comes, changes or goes, told inside the transaction that makes it so.
 *
 * @param table where it is stored, a plural noun such as {@code vms}
 */
public record ObjectChange(String table, UUID id, How how) {
    public enum How {
        ADDED,
        CHANGED,
        REMOVED
    }
}
