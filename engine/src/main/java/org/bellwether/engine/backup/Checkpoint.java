package org.bellwether.engine.backup;

import java.time.Instant;
import java.util.List;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.vm.Vm;
import org.jspecify.annotations.Nullable;

/**
 * An instant since which disks note what changes. The notes lie in the disks' volumes, in a bitmap of the checkpoint's id.
 *
 * @param parent the one before it
 */
public record Checkpoint(
        Id<Checkpoint> id,
        String name,
        Id<Vm> vm,
        @Nullable Id<Checkpoint> parent,
        List<Id<Disk>> disks,
        Instant created,
        @Nullable String description)
        implements Stored<Checkpoint> {

    public Checkpoint {
        disks = List.copyOf(disks);
    }

    Checkpoint under(@Nullable Id<Checkpoint> other) {
        return new Checkpoint(id, name, vm, other, disks, created, description);
    }
}
