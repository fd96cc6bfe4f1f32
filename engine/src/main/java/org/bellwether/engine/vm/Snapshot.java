package org.bellwether.engine.vm;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.jspecify.annotations.Nullable;

/**
 * A machine as it was: how it was made up, and for each disk the volume that held everything up to then.
 *
 * @param name what people call it: its description in the API
 * @param memory the disk that holds the machine's memory
 * @param resume the machine's next start goes on with that memory
 */
public record Snapshot(
        Id<Snapshot> id,
        String name,
        Id<Vm> vm,
        Kind kind,
        State state,
        Instant date,
        List<SavedDisk> disks,
        @Nullable Id<Disk> memory,
        boolean resume,
        SavedMachine machine)
        implements Stored<Snapshot> {

    public Snapshot {
        disks = List.copyOf(disks);
    }

    /** Why there is one. */
    public enum Kind {
        REGULAR,
        /** What the machine was before it looks at an older one. */
        PREVIEW
    }

    /** Locked while it is being taken; removing when it is partly merged, and then only good for being removed. */
    public enum State {
        OK,
        LOCKED,
        REMOVING,
        IN_PREVIEW
    }

    /**
     * A disk as it was.
     *
     * @param volume the top of its chain then
     * @param next the top that was made for going on; null once it is known that the machine did
     */
    public record SavedDisk(
            Id<Disk> disk,
            UUID volume,
            @Nullable UUID next,
            String name,
            Disk.Format format,
            boolean sparse,
            long provisionedBytes,
            boolean active,
            org.bellwether.api.types.DiskAttachment spec) {

        static SavedDisk of(Disk disk, DiskAttachment attachment, @Nullable UUID next) {
            return new SavedDisk(
                    disk.id(),
                    disk.volume(),
                    next,
                    disk.name(),
                    disk.format(),
                    disk.sparse(),
                    disk.provisionedBytes(),
                    attachment.active(),
                    attachment.spec());
        }

        SavedDisk at(UUID other, Disk.Format written, boolean thin) {
            return new SavedDisk(disk, other, next, name, written, thin, provisionedBytes, active, spec);
        }

        SavedDisk settled() {
            return new SavedDisk(disk, volume, null, name, format, sparse, provisionedBytes, active, spec);
        }

        /** The disk as it is read there. */
        Disk of(Disk now) {
            return now.topped(volume, format, sparse).sized(provisionedBytes, now.actualBytes());
        }
    }

    /**
     * What else the machine was.
     *
     * @param definition what ran, in the words of agents and in base64; null when nothing ran
     */
    public record SavedMachine(
            org.bellwether.api.types.Vm spec,
            List<Nic> nics,
            @Nullable String definition) {
        public SavedMachine {
            nics = List.copyOf(nics);
        }
    }

    Optional<Id<Disk>> memoryId() {
        return Optional.ofNullable(memory);
    }

    Optional<SavedDisk> disk(Id<Disk> disk) {
        return disks.stream().filter(each -> each.disk().equals(disk)).findFirst();
    }

    Snapshot in(State now) {
        return new Snapshot(id, name, vm, kind, now, date, disks, memory, resume, machine);
    }

    Snapshot with(List<SavedDisk> others) {
        return new Snapshot(id, name, vm, kind, state, date, others, memory, resume, machine);
    }

    Snapshot without(Id<Disk> disk) {
        return with(disks.stream().filter(each -> !each.disk().equals(disk)).toList());
    }

    Snapshot resuming(boolean nextStart) {
        return new Snapshot(id, name, vm, kind, state, date, disks, memory, nextStart, machine);
    }

    Snapshot withoutMemory() {
        return new Snapshot(id, name, vm, kind, state, date, disks, null, false, machine);
    }

    Snapshot settled() {
        return in(State.OK).with(disks.stream().map(SavedDisk::settled).toList());
    }
}
