package org.bellwether.engine.storage;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bellwether.api.types.DiskBackup;
import org.bellwether.api.types.DiskContentType;
import org.bellwether.api.types.DiskFormat;
import org.bellwether.api.types.DiskStorageType;
import org.bellwether.api.types.StorageDomain;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/** The decided part of disks: what is taken from a request, its defaults and its limits. */
final class DiskSpecs {

    private static final Set<String> OBSERVED = Set.of(
            "active",
            "actual_size",
            "alias",
            "bootable",
            "format",
            "image_id",
            "initial_size",
            "interface",
            "logical_name",
            "lun_storage",
            "provisioned_size",
            "qcow_version",
            "read_only",
            "sparse",
            "status",
            "storage_type",
            "total_size",
            "uses_scsi_reservation");
    private static final Set<String> KEPT_LINKS = Set.of("disk_profile", "quota");

    /** The largest that the field's clients and QEMU's formats are known to work with. */
    private static final long MOST_BYTES = 128L << 40;

    private static final int LONGEST_NAME = 255;
    private static final long SECTOR = 4096;

    private DiskSpecs() {}

    /** How a disk is to be written. */
    record Layout(Disk.Format format, boolean sparse) {
        /** A raw logical volume has all its bytes from the beginning. */
        Layout on(boolean block) {
            return new Layout(format, sparse && !(block && format == Disk.Format.RAW));
        }
    }

    static org.bellwether.api.types.Disk defaults() {
        return org.bellwether.api.types.Disk.builder()
                .description("")
                .backup(DiskBackup.NONE)
                .contentType(DiskContentType.DATA)
                .propagateErrors(false)
                .shareable(false)
                .wipeAfterDelete(false)
                .build();
    }

    /** What a request decides, over what was decided before. */
    static org.bellwether.api.types.Disk over(
            org.bellwether.api.types.Disk before, org.bellwether.api.types.Disk request, Disk.Format format) {
        var type = org.bellwether.api.types.Disk.TYPE;
        var spec = type.merge(before, Decided.of(type, request, OBSERVED, KEPT_LINKS));
        var kind =
                before.lunStorage() != null || DirectLuns.meant(request) ? DiskStorageType.LUN : DiskStorageType.IMAGE;
        if (request.storageType() != null && request.storageType() != kind) {
            throw Failure.badRequest("The disk cannot have the storage type "
                            + request.storageType().wire())
                    .because("a disk is of the type image, on a storage domain, or lun, and stays of its type");
        }
        if (spec.contentType() != DiskContentType.DATA && spec.contentType() != DiskContentType.ISO) {
            throw Failure.badRequest("A disk with the content type "
                            + (spec.contentType() == null
                                    ? "?"
                                    : spec.contentType().wire()) + " is not for people to make")
                    .next("Use data or iso");
        }
        if (Boolean.TRUE.equals(spec.shareable()) && format == Disk.Format.COW) {
            throw Failure.badRequest("A disk that several machines share must have the format raw")
                    .because("the tables of a cow disk can be kept by one machine only");
        }
        if (spec.backup() == DiskBackup.INCREMENTAL && format == Disk.Format.RAW) {
            throw Failure.badRequest("A disk for incremental backup must have the format cow")
                    .because("a raw disk cannot keep track of what changed");
        }
        return spec;
    }

    static Layout layout(org.bellwether.api.types.Disk request) {
        boolean preallocated = Boolean.FALSE.equals(request.sparse());
        boolean incremental = request.backup() == DiskBackup.INCREMENTAL;
        var format = request.format() == null
                ? (preallocated || Boolean.TRUE.equals(request.shareable())) && !incremental
                        ? Disk.Format.RAW
                        : Disk.Format.COW
                : request.format() == DiskFormat.RAW ? Disk.Format.RAW : Disk.Format.COW;
        if (preallocated && format == Disk.Format.COW) {
            throw Failure.badRequest("A disk of the format cow cannot be preallocated on this storage")
                    .next("Leave sparse out, or use the format raw");
        }
        return new Layout(format, !preallocated);
    }

    /** The size for a guest in bytes, rounded up to what storage keeps. */
    static long size(@Nullable Long bytes) {
        if (bytes == null) {
            throw Failure.badRequest("The disk has no size").next("Give provisioned_size, in bytes");
        }
        if (bytes < 1 || bytes > MOST_BYTES) {
            throw Failure.badRequest("The size of a disk must be between 1 byte and 128 TiB")
                    .because("it is " + bytes + " bytes");
        }
        return Math.ceilDiv(bytes, SECTOR) * SECTOR;
    }

    /** Its name, which the API also calls alias. */
    static Optional<String> name(org.bellwether.api.types.Disk request) {
        var name = Optional.ofNullable(request.name())
                .or(() -> Optional.ofNullable(request.alias()))
                .map(String::strip)
                .filter(text -> !text.isEmpty());
        name.ifPresent(text -> {
            if (text.length() > LONGEST_NAME || text.codePoints().anyMatch(Character::isISOControl)) {
                throw Failure.badRequest("A disk cannot have this name")
                        .because("a name has at most 255 characters, and no control characters");
            }
        });
        return name;
    }

    /** The one storage domain that a request names. */
    static @Nullable StorageDomain domain(org.bellwether.api.types.Disk request) {
        List<StorageDomain> named = request.storageDomains();
        if (named == null || named.isEmpty()) {
            return request.storageDomain();
        }
        if (named.size() > 1) {
            throw Failure.badRequest("A disk lies on one storage domain").because(named.size() + " are named");
        }
        return named.getFirst();
    }
}
