package org.bellwether.engine.storage;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A disk's content on its way in or out. It is stored while it is under way; what became of it is remembered for a while
 * only.
 *
 * @param idleSeconds after so long without a byte its policy says what becomes of it
 * @param rawView what a guest sees is sent or fetched, whatever the disk's format
 * @param backup the backup whose bytes these are; null: the disk's own
 */
public record ImageTransfer(
        Id<ImageTransfer> id,
        String name,
        Id<Disk> disk,
        Direction direction,
        Phase phase,
        long idleSeconds,
        Instant created,
        boolean rawView,
        @Nullable Idle policy,
        @Nullable UUID backup)
        implements Stored<ImageTransfer> {

    /** Seen from the client. */
    public enum Direction {
        UPLOAD,
        DOWNLOAD
    }

    /** What becomes of one that nobody uses. */
    public enum Idle {
        CANCEL,
        PAUSE
    }

    /** How far it is. */
    public enum Phase {
        INITIALIZING,
        TRANSFERRING,
        PAUSED_USER,
        PAUSED_SYSTEM,
        RESUMING,
        FINALIZING_SUCCESS,
        FINISHED_SUCCESS,
        FINISHED_FAILURE,
        CANCELLED_USER,
        CANCELLED_SYSTEM
    }

    boolean paused() {
        return phase == Phase.PAUSED_USER || phase == Phase.PAUSED_SYSTEM;
    }

    /** Somebody said that it is to end, and it does. */
    boolean ending() {
        return phase == Phase.FINALIZING_SUCCESS || phase == Phase.CANCELLED_USER || phase == Phase.CANCELLED_SYSTEM;
    }

    Optional<UUID> backupId() {
        return Optional.ofNullable(backup);
    }

    ImageTransfer in(Phase now) {
        return new ImageTransfer(id, name, disk, direction, now, idleSeconds, created, rawView, policy, backup);
    }
}
