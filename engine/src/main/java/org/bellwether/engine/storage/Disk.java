package org.bellwether.engine.storage;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.HostStorage;
import org.bellwether.api.types.LogicalUnit;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A disk. Its identity is also that of its image on storage.
 *
 * @param name its alias
 * @param domain where it lies; null while it has no storage, and of a disk that is a LUN
 * @param volume the top of its chain
 * @param provisionedBytes what the guest sees
 * @param actualBytes what it took on storage when it was last looked at
 * @param modified when the engine last changed it: made, filled, enlarged or moved it, changed what it is of a chain, or what
 *     is told of it. What guests write is not counted; null: not since it was made
 */
public record Disk(
        Id<Disk> id,
        String name,
        @Nullable Id<StorageDomain> domain,
        UUID volume,
        Format format,
        boolean sparse,
        long provisionedBytes,
        long actualBytes,
        State state,
        Instant created,
        org.bellwether.api.types.Disk spec,
        @Nullable Instant modified)
        implements Stored<Disk> {

    /** How its top volume is written. */
    public enum Format {
        RAW,
        COW
    }

    /** Locked while an operation makes or changes it; illegal when what is on storage cannot be used. */
    public enum State {
        OK,
        LOCKED,
        ILLEGAL
    }

    /** As it is made. */
    public Disk(
            Id<Disk> id,
            String name,
            @Nullable Id<StorageDomain> domain,
            UUID volume,
            Format format,
            boolean sparse,
            long provisionedBytes,
            long actualBytes,
            State state,
            Instant created,
            org.bellwether.api.types.Disk spec) {
        this(id, name, domain, volume, format, sparse, provisionedBytes, actualBytes, state, created, spec, null);
    }

    Instant lastModified() {
        return modified == null ? created : modified;
    }

    Disk modifiedAt(Instant now) {
        return new Disk(
                id, name, domain, volume, format, sparse, provisionedBytes, actualBytes, state, created, spec, now);
    }

    /** Whether it is another disk than it was, more than locked or looked at. */
    boolean differs(Disk before) {
        return !in(before.state).sized(provisionedBytes, before.actualBytes).equals(before);
    }

    /** The LUN that it is, as it is; empty for a disk of volumes. */
    public Optional<HostStorage> lun() {
        return Optional.ofNullable(spec.lunStorage());
    }

    public Optional<String> lunId() {
        return lun().map(HostStorage::logicalUnits)
                .flatMap(units -> units.stream().findFirst())
                .map(LogicalUnit::id);
    }

    public Optional<Id<StorageDomain>> domainId() {
        return Optional.ofNullable(domain);
    }

    public Disk in(State now) {
        return new Disk(
                id, name, domain, volume, format, sparse, provisionedBytes, actualBytes, now, created, spec, modified);
    }

    public Disk sized(long provisioned, long actual) {
        return new Disk(id, name, domain, volume, format, sparse, provisioned, actual, state, created, spec, modified);
    }

    /** The same disk on another storage domain. */
    public Disk on(Id<StorageDomain> other) {
        return new Disk(
                id, name, other, volume, format, sparse, provisionedBytes, actualBytes, state, created, spec, modified);
    }

    /** The same disk with another top. */
    public Disk topped(UUID top, Format written, boolean thin) {
        return new Disk(
                id, name, domain, top, written, thin, provisionedBytes, actualBytes, state, created, spec, modified);
    }

    public Disk named(String newName, org.bellwether.api.types.Disk newSpec) {
        return new Disk(
                id,
                newName,
                domain,
                volume,
                format,
                sparse,
                provisionedBytes,
                actualBytes,
                state,
                created,
                newSpec,
                modified);
    }
}
