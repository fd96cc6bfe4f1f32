package org.bellwether.engine.backup;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.vm.Vm;
import org.jspecify.annotations.Nullable;

/**
 * An instant of a machine's disks, kept to be fetched until somebody says that he has it.
 *
 * @param host the host that keeps it; null until one is chosen
 * @param running whether the machine runs on that host; else it is off, and its disks are locked meanwhile
 * @param from the checkpoint since which changes are wanted; null: all is
 * @param to the checkpoint of this instant; null: none of the disks notes changes
 */
public record Backup(
        Id<Backup> id,
        String name,
        Id<Vm> vm,
        @Nullable Id<Host> host,
        boolean running,
        Phase phase,
        @Nullable UUID from,
        @Nullable UUID to,
        List<Part> disks,
        Instant created,
        Instant modified,
        @Nullable String description)
        implements Stored<Backup> {

    /** How far it is. */
    public enum Phase {
        INITIALIZING,
        STARTING,
        READY,
        FINALIZING,
        SUCCEEDED,
        FAILED
    }

    /**
     * A disk of it.
     *
     * @param incremental only what changed is told; known when it is ready
     * @param noted from this instant on its changes are noted
     */
    public record Part(Id<Disk> disk, boolean incremental, boolean noted) {}

    public Backup {
        disks = List.copyOf(disks);
    }

    Optional<Id<Host>> hostId() {
        return Optional.ofNullable(host);
    }

    Optional<UUID> since() {
        return Optional.ofNullable(from);
    }

    Optional<UUID> checkpoint() {
        return Optional.ofNullable(to);
    }

    boolean over() {
        return phase == Phase.SUCCEEDED || phase == Phase.FAILED;
    }

    Backup in(Phase now, Instant when) {
        return new Backup(id, name, vm, host, running, now, from, to, disks, created, when, description);
    }

    Backup ready(Id<Host> where, List<Part> parts, Instant when) {
        return new Backup(id, name, vm, where, running, Phase.READY, from, to, parts, created, when, description);
    }
}
