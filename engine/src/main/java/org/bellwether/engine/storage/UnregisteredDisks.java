package org.bellwether.engine.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.DiskBackup;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;

/** Disks that lie on a storage domain and that this engine does not know. */
public final class UnregisteredDisks {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String OVF_STORE = "OVFS";

    private final Database database;
    private final Disks disks;
    private final OvfStores stores;
    private final Events events;
    private final Clock clock;

    public UnregisteredDisks(Database database, Disks disks, OvfStores stores, Events events, Clock clock) {
        this.database = database;
        this.disks = disks;
        this.stores = stores;
        this.events = events;
        this.clock = clock;
    }

    /**
     * A whole disk as it was seen.
     *
     * @param volumes how many of its own it has
     */
    public record Seen(
            UUID id,
            UUID top,
            String name,
            String description,
            Disk.Format format,
            boolean sparse,
            long provisionedBytes,
            long actualBytes,
            boolean iso,
            int volumes) {

        /** A document of its machine knows better what it is called. */
        public Seen named(String otherName, String otherDescription) {
            return new Seen(
                    id,
                    top,
                    otherName.isEmpty() ? name : otherName,
                    otherDescription,
                    format,
                    sparse,
                    provisionedBytes,
                    actualBytes,
                    iso,
                    volumes);
        }
    }

    /** What only a document of its machine tells of a disk. */
    public record Told(boolean shareable, boolean wipeAfterDelete, boolean incrementalBackup) {
        static final Told NOTHING = new Told(false, false, false);
    }

    /** Those whose volumes are all legal and free of trouble. */
    public List<Seen> on(StorageDomain domain) {
        return stores.images(domain).stream()
                .filter(image -> disks.model().find(Id.of(image.getImageId())).isEmpty())
                .flatMap(image -> seen(image).stream())
                .toList();
    }

    private static Optional<Seen> seen(ImageDescription image) {
        var own = image.getVolumesList().stream()
                .filter(volume -> volume.getVolume().getImageId().equals(image.getImageId()))
                .toList();
        boolean whole = !own.isEmpty()
                && image.getVolumesList().stream()
                        .allMatch(volume ->
                                volume.getLegal() && volume.getTrouble().isEmpty())
                && own.stream().noneMatch(UnregisteredDisks::store);
        if (!whole) {
            return Optional.empty();
        }
        var top = own.getLast();
        var text = text(top.getDescription());
        return Optional.of(new Seen(
                UUID.fromString(image.getImageId()),
                UUID.fromString(top.getVolume().getVolumeId()),
                text.path("DiskAlias").asText(image.getImageId()),
                text.path("DiskDescription").asText(""),
                top.getFormat() == VolumeFormat.QCOW2 ? Disk.Format.COW : Disk.Format.RAW,
                !top.getPreallocated(),
                top.getCapacityBytes(),
                own.stream().mapToLong(VolumeDescription::getAllocatedBytes).sum(),
                top.getDiskType().equals("ISOF"),
                own.size()));
    }

    private static boolean store(VolumeDescription volume) {
        return volume.getDiskType().equals(OVF_STORE) || volume.getDescription().contains("OVF_STORE");
    }

    private static JsonNode text(String description) {
        try {
            return JSON.readTree(description.isBlank() ? "{}" : description);
        } catch (com.fasterxml.jackson.core.JsonProcessingException other) {
            return JSON.createObjectNode();
        }
    }

    /** Makes it a disk of this engine. */
    Disk register(StorageDomain domain, UUID id, Optional<String> name, Asker asker) {
        var seen = on(domain).stream()
                .filter(each -> each.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Failure.notFound(
                        "The storage domain " + domain.name() + " has no unregistered disk with the id " + id));
        var wanted = name.map(given -> seen.named(given, seen.description())).orElse(seen);
        return database.transaction(tx -> {
            events.add(
                    tx,
                    EventCode.DISK_ADDED,
                    asker,
                    Concerns.NOTHING.withStorageDomain(domain.id()),
                    "The disk " + wanted.name() + " was registered from " + domain.name() + " by " + asker.name()
                            + ".");
            return insert(tx, domain, wanted, Told.NOTHING);
        });
    }

    /** A disk is only what its format can be, whatever is told: see where disks are decided. */
    public Disk insert(Transaction tx, StorageDomain domain, Seen seen, Told told) {
        var disk = document(domain, seen, told);
        disks.insert(tx, disk);
        return disk;
    }

    Disk document(StorageDomain domain, Seen seen) {
        return document(domain, seen, Told.NOTHING);
    }

    private Disk document(StorageDomain domain, Seen seen, Told told) {
        boolean raw = seen.format() == Disk.Format.RAW;
        return new Disk(
                Id.of(seen.id()),
                seen.name(),
                domain.id(),
                seen.top(),
                seen.format(),
                seen.sparse(),
                seen.provisionedBytes(),
                seen.actualBytes(),
                Disk.State.OK,
                clock.instant(),
                DiskSpecs.defaults().toBuilder()
                        .description(seen.description())
                        .shareable(told.shareable() && raw)
                        .wipeAfterDelete(told.wipeAfterDelete())
                        .backup(told.incrementalBackup() && !raw ? DiskBackup.INCREMENTAL : DiskBackup.NONE)
                        .contentType(
                                seen.iso()
                                        ? org.bellwether.api.types.DiskContentType.ISO
                                        : org.bellwether.api.types.DiskContentType.DATA)
                        .build());
    }
}
