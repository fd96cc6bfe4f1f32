package org.bellwether.agent.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Undo;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes and grows volumes. A volume is marked illegal before its data is made and legal when all of it is there;
 * whoever repeats the creation after a crash finds the mark and begins anew. Each call is made on the lane of the
 * domain's mount.
 */
final class Volumes {
    private static final Logger LOG = LoggerFactory.getLogger(Volumes.class);
    private static final long CAPACITY_STEP = 4096;
    /** What a thin logical volume has at first; more comes when it is written. */
    private static final long FIRST_CHUNK = 1L << 30;

    private final VolumeFiles files;
    private final Ownership ownership;
    private final Clock clock;

    Volumes(VolumeFiles files, Ownership ownership, Clock clock) {
        this.files = files;
        this.ownership = ownership;
        this.clock = clock;
    }

    /** The volume is there, legal and as asked when this returns. */
    void create(DomainPlace domain, CreateVolumeRequest request) throws IOException {
        VolumePlace volume = domain.volume(request.getVolume());
        VolumeMetadata wanted = wanted(domain, request);
        Optional<VolumeMetadata> present = files.find(volume);
        if (present.isPresent() && present.get().legal()) {
            requireSame(volume, present.get(), wanted);
            return;
        }
        requireNoChildren(volume);
        Parent parent = request.hasParent() ? parent(domain, volume, request, wanted) : null;
        try (Undo undo = new Undo()) {
            begin(domain, volume, wanted, room(wanted, request.getInitialBytes()), undo);
            if (parent != null) {
                adopt(volume, parent, undo);
            }
            // A raw logical volume is all there when it is made.
            if (!domain.block() || wanted.format() == VolumeMetadata.Format.COW) {
                QemuImg.create(
                        volume.image(),
                        volume.id(),
                        wanted.format(),
                        request.getPreallocated() && !domain.block(),
                        wanted.capacity(),
                        parent == null ? null : parent.volume.id(),
                        parent == null ? null : parent.metadata.format());
            }
            complete(domain, volume, wanted, undo);
        }
        LOG.info("created volume {} of image {} on storage domain {}", volume.id(), volume.imageId(), domain.id());
    }

    /**
     * How large a logical volume is made: a preallocated one with all its capacity, another one with a chunk beyond what
     * it is known to get first. qcow2 may be larger than its capacity by its tables.
     */
    static long room(VolumeMetadata wanted, long known) {
        if (wanted.format() == VolumeMetadata.Format.RAW) {
            return wanted.capacity();
        }
        long most = most(wanted.capacity());
        return wanted.allocation() == VolumeMetadata.Allocation.PREALLOCATED
                ? most
                : Math.min(most, known > 0 ? extents(known) + Lvm.EXTENT : FIRST_CHUNK);
    }

    /** The most that a qcow2 of a capacity ever takes. */
    static long most(long capacity) {
        return extents(capacity + capacity / 10);
    }

    static long extents(long bytes) {
        return (bytes + Lvm.EXTENT - 1) / Lvm.EXTENT * Lvm.EXTENT;
    }

    /**
     * Marks the place of a volume to come; what a crash left there goes.
     *
     * @param room bytes to begin with, where that must be said
     */
    void begin(DomainPlace domain, VolumePlace volume, VolumeMetadata wanted, long room, Undo undo) throws IOException {
        Path image = volume.image();
        if (!Files.isDirectory(image)) {
            Files.createDirectory(image);
            ownership.give(image, Ownership.DIRECTORY);
            AtomicFile.forceDirectory(domain.images());
            undo.add("remove image directory " + image, () -> Domains.deleteTree(image));
        }
        files.delete(volume);
        undo.add("delete half-made volume " + volume.id(), () -> files.delete(volume));
        files.allocate(volume, wanted.withLegality(VolumeMetadata.Legality.ILLEGAL), room);
    }

    /** Gives the data of a volume to come to its owner, before all of it is there. */
    void own(VolumePlace volume) throws IOException {
        ownership.give(volume.data(), Ownership.DATA);
    }

    /** Gives owner, lease and the legal mark to a volume whose data is complete. */
    void complete(DomainPlace domain, VolumePlace volume, VolumeMetadata wanted, Undo undo) throws IOException {
        ownership.give(volume.data(), Ownership.DATA);
        force(volume.data());
        if (!domain.local()) {
            writeLease(domain, volume);
        }
        files.write(volume, wanted);
        undo.keep();
    }

    /**
     * Grows a volume that no machine uses.
     *
     * @return the new capacity: never smaller than asked
     */
    long extend(DomainPlace domain, VolumeReference reference, long asked) throws IOException {
        VolumePlace volume = domain.volume(reference);
        VolumeMetadata metadata = requireGrowable(volume, asked);
        long capacity = rounded(asked);
        if (capacity > metadata.capacity()) {
            files.activate(volume);
            new ChainCheck(files).require(volume);
            if (domain.block() && metadata.allocation() == VolumeMetadata.Allocation.PREALLOCATED) {
                files.block().extend(volume, room(metadata.withCapacity(capacity), 0));
            }
            if (!domain.block() || metadata.format() == VolumeMetadata.Format.COW) {
                QemuImg.resize(
                        volume.image(),
                        volume.id(),
                        metadata.format(),
                        metadata.allocation() == VolumeMetadata.Allocation.PREALLOCATED
                                && metadata.format() == VolumeMetadata.Format.RAW,
                        capacity);
            }
            files.write(volume, metadata.withCapacity(capacity));
            LOG.info("extended volume {} of image {} to {} bytes", volume.id(), volume.imageId(), capacity);
        }
        return Math.max(capacity, metadata.capacity());
    }

    /** Deletes a volume that nothing stands on: marked illegal first, so that a half-deleted one is never used. */
    void delete(VolumePlace volume) throws IOException {
        Optional<VolumeMetadata> metadata = files.find(volume);
        if (metadata.isEmpty()) {
            files.delete(volume);
            return;
        }
        VolumeMetadata text = metadata.get();
        if (text.role() == VolumeMetadata.Role.SHARED
                || !files.children(volume.image(), volume.id()).isEmpty()) {
            throw Refusal.of(
                            Error.Code.IN_USE,
                            "Volume " + volume.id() + " of image " + volume.imageId()
                                    + " is not deleted: others stand on it")
                    .next("Delete or merge those first.");
        }
        files.write(volume, text.withLegality(VolumeMetadata.Legality.ILLEGAL));
        files.delete(volume);
        if (text.hasParent()) {
            files.recheckLeaf(new VolumePlace(volume.image(), text.parent()));
        }
        LOG.info("deleted volume {} of image {}", volume.id(), volume.imageId());
    }

    /** After QEMU itself has grown the volume of a running machine. */
    void recordCapacity(DomainPlace domain, VolumeReference reference, long capacity) throws IOException {
        VolumePlace volume = domain.volume(reference);
        VolumeMetadata metadata = files.require(volume);
        if (capacity > metadata.capacity()) {
            files.write(volume, metadata.withCapacity(capacity));
        }
    }

    VolumeMetadata requireGrowable(VolumePlace volume, long asked) throws IOException {
        VolumeMetadata metadata = files.require(volume);
        if (metadata.role() != VolumeMetadata.Role.LEAF) {
            throw Refusal.wrongState("Volume " + volume.id() + " of image " + volume.imageId()
                    + " cannot grow: it is not the top of its chain");
        }
        if (!metadata.legal()) {
            throw illegal(volume);
        }
        if (asked < metadata.capacity()) {
            throw Refusal.badRequest(
                    "Volume " + volume.id() + " has " + metadata.capacity() + " bytes and cannot shrink to " + asked);
        }
        return metadata;
    }

    static Refusal illegal(VolumePlace volume) {
        return Refusal.of(
                        Error.Code.BROKEN,
                        "Volume " + volume.id() + " of image " + volume.imageId()
                                + " is marked illegal: work on it did not come to its end")
                .next("Repeat what was begun, or delete the disk.");
    }

    static long rounded(long capacity) {
        return (capacity + CAPACITY_STEP - 1) / CAPACITY_STEP * CAPACITY_STEP;
    }

    VolumeMetadata wanted(DomainPlace domain, CreateVolumeRequest request) {
        if (request.getCapacityBytes() <= 0 || request.getCapacityBytes() > Long.MAX_VALUE / 2) {
            throw Refusal.badRequest(
                    "A volume cannot have " + Long.toUnsignedString(request.getCapacityBytes()) + " bytes");
        }
        if (request.hasParent() && request.getPreallocated()) {
            throw Refusal.badRequest("A volume with a parent cannot be preallocated");
        }
        boolean raw = format(request) == VolumeMetadata.Format.RAW;
        return new VolumeMetadata(
                // A guest sees all of a raw logical volume.
                domain.block() && raw ? extents(request.getCapacityBytes()) : rounded(request.getCapacityBytes()),
                clock.instant().getEpochSecond(),
                checkedText("description", request.getDescription()),
                request.getDiskType().isEmpty() ? "DATA" : checkedText("disk type", request.getDiskType()),
                domain.id(),
                raw ? VolumeMetadata.Format.RAW : VolumeMetadata.Format.COW,
                0,
                request.getVolume().getImageId(),
                VolumeMetadata.Legality.LEGAL,
                request.hasParent()
                        ? Ids.checked("parent volume", request.getParent().getVolumeId())
                        : VolumeMetadata.NO_PARENT,
                1,
                // A raw logical volume has all its bytes from the beginning.
                request.getPreallocated() || (domain.block() && raw)
                        ? VolumeMetadata.Allocation.PREALLOCATED
                        : VolumeMetadata.Allocation.SPARSE,
                VolumeMetadata.Role.LEAF);
    }

    private static VolumeMetadata.Format format(CreateVolumeRequest request) {
        return request.hasParent() ? VolumeMetadata.Format.COW : format(request.getFormat());
    }

    static VolumeMetadata.Format format(VolumeFormat format) {
        return switch (format) {
            case RAW -> VolumeMetadata.Format.RAW;
            case QCOW2 -> VolumeMetadata.Format.COW;
            case VOLUME_FORMAT_UNSPECIFIED, UNRECOGNIZED ->
                throw Refusal.badRequest("A volume needs the format raw or qcow2");
        };
    }

    static String checkedText(String what, String text) {
        if (text.codePoints().anyMatch(c -> Character.isISOControl(c) || c == 0x2028 || c == 0x2029)) {
            throw Refusal.badRequest("The " + what + " of a volume must not contain control characters or line ends");
        }
        return text;
    }

    private record Parent(VolumePlace volume, VolumeMetadata metadata) {}

    private Parent parent(DomainPlace domain, VolumePlace child, CreateVolumeRequest request, VolumeMetadata wanted)
            throws IOException {
        VolumeReference reference = request.getParent();
        if (!reference.getDomainId().equals(domain.id())) {
            throw Refusal.badRequest("The parent of a volume must be on the same storage domain");
        }
        VolumePlace volume = domain.volume(reference);
        VolumeMetadata metadata = files.require(volume);
        if (!metadata.legal()) {
            throw illegal(volume);
        }
        if (wanted.capacity() < metadata.capacity()) {
            throw Refusal.badRequest("A volume with " + wanted.capacity() + " bytes cannot stand on its parent with "
                    + metadata.capacity() + " bytes");
        }
        boolean sameImage = volume.image().equals(child.image());
        if (!sameImage && metadata.hasParent()) {
            throw Refusal.wrongState("Volume " + volume.id() + " cannot be a template's: it has a parent itself");
        }
        if (sameImage && !request.getBranch() && hasOtherChild(volume, child)) {
            throw Refusal.wrongState("Volume " + volume.id() + " already has a child in its image");
        }
        return new Parent(volume, metadata);
    }

    /** What was merged or never became complete does not count. */
    private boolean hasOtherChild(VolumePlace parent, VolumePlace child) throws IOException {
        return files.all(parent.image()).entrySet().stream()
                .anyMatch(entry -> entry.getValue().parent().equals(parent.id())
                        && entry.getValue().legal()
                        && !entry.getKey().equals(child.id()));
    }

    /** Makes the parent one: internal in its own image; shared, with its files linked here, as a template's. */
    private void adopt(VolumePlace child, Parent parent, Undo undo) throws IOException {
        if (parent.volume.image().equals(child.image())) {
            if (parent.metadata.role() == VolumeMetadata.Role.LEAF) {
                undo.add("make " + parent.volume.id() + " a leaf again", () -> {
                    files.delete(child);
                    files.recheckLeaf(parent.volume);
                });
                files.write(parent.volume, parent.metadata.withRole(VolumeMetadata.Role.INTERNAL));
            }
            return;
        }
        if (parent.metadata.role() != VolumeMetadata.Role.SHARED) {
            files.write(parent.volume, parent.metadata.withRole(VolumeMetadata.Role.SHARED));
        }
        files.share(parent.volume, child.image());
    }

    private void requireNoChildren(VolumePlace volume) throws IOException {
        if (!files.children(volume.image(), volume.id()).isEmpty()) {
            throw Refusal.of(
                            Error.Code.BROKEN,
                            "Volume " + volume.id() + " of image " + volume.imageId()
                                    + " is illegal but has children: it is not made anew")
                    .next("Inspect the image; restore the volume from a backup if it is damaged.");
        }
    }

    private static void requireSame(VolumePlace volume, VolumeMetadata present, VolumeMetadata wanted) {
        boolean same = present.format() == wanted.format()
                && present.parent().equals(wanted.parent())
                && present.capacity() >= wanted.capacity() // it may have grown since
                && present.image().equals(wanted.image());
        if (!same) {
            throw Refusal.wrongState("Volume " + volume.id() + " of image " + volume.imageId()
                            + " is already there, and is not what was asked for")
                    .next("Use another id, or delete it first.");
        }
    }

    private void writeLease(DomainPlace domain, VolumePlace volume) throws IOException {
        if (domain.block()) {
            files.block().writeLease(volume, LeaseArea.resource(domain.id(), volume.id()));
            return;
        }
        Files.write(volume.lease(), LeaseArea.resource(domain.id(), volume.id()));
        ownership.give(volume.lease(), Ownership.DATA);
        force(volume.lease());
    }

    static void force(Path file) throws IOException {
        try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "r")) {
            open.getFD().sync();
        }
    }
}
