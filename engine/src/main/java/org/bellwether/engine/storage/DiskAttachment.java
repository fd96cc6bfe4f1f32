package org.bellwether.engine.storage;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A disk as a machine or a template has it; exactly one of the two is set.
 *
 * @param vm the machine's id (machines are a feature above storage, so it is plain here)
 * @param active whether it is plugged in
 */
public record DiskAttachment(
        Id<DiskAttachment> id,
        String name,
        @Nullable UUID vm,
        @Nullable UUID template,
        Id<Disk> disk,
        boolean active,
        org.bellwether.api.types.DiskAttachment spec)
        implements Stored<DiskAttachment> {

    public Optional<UUID> vmId() {
        return Optional.ofNullable(vm);
    }

    public Optional<UUID> templateId() {
        return Optional.ofNullable(template);
    }
}
