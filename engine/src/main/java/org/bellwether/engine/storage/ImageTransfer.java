package org.bellwether.engine.storage;

import java.time.Instant;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * A disk's content on its way in or out. It is stored while it is under way; what became of it is remembered for a while
 * only.
 *
 * @param idleSeconds after so long without a byte it is given up
 */
public record ImageTransfer(
        Id<ImageTransfer> id,
        String name,
        Id<Disk> disk,
        Direction direction,
        Phase phase,
        long idleSeconds,
        Instant created)
        implements Stored<ImageTransfer> {

    /** Seen from the client. */
    public enum Direction {
        UPLOAD,
        DOWNLOAD
    }

    /** How far it is. */
    public enum Phase {
        INITIALIZING,
        TRANSFERRING,
        FINALIZING_SUCCESS,
        FINISHED_SUCCESS,
        FINISHED_FAILURE,
        CANCELLED_USER,
        CANCELLED_SYSTEM
    }

    ImageTransfer in(Phase now) {
        return new ImageTransfer(id, name, disk, direction, now, idleSeconds, created);
    }
}
