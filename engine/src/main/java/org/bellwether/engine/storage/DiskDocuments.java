package org.bellwether.engine.storage;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.bellwether.api.types.DiskFormat;
import org.bellwether.api.types.DiskStatus;
import org.bellwether.api.types.DiskStorageType;
import org.bellwether.api.types.QcowVersion;
import org.bellwether.api.types.StorageDomain;

/** Disks as the API shows them. */
public final class DiskDocuments {

    private DiskDocuments() {}

    public static org.bellwether.api.types.Disk of(Disk disk) {
        if (disk.lun().isPresent()) {
            return lun(disk);
        }
        boolean cow = disk.format() == Disk.Format.COW;
        return disk.spec().toBuilder()
                .id(disk.id().toString())
                .name(disk.name())
                .alias(disk.name())
                .imageId(disk.volume().toString())
                .format(cow ? DiskFormat.COW : DiskFormat.RAW)
                .qcowVersion(cow ? QcowVersion.QCOW2_V3 : null)
                .sparse(disk.sparse())
                .provisionedSize(disk.provisionedBytes())
                .actualSize(disk.actualBytes())
                .totalSize(disk.actualBytes())
                .storageType(DiskStorageType.IMAGE)
                .status(status(disk))
                .storageDomains(disk.domainId()
                        .map(id -> List.of(
                                StorageDomain.builder().id(id.toString()).build()))
                        .orElse(List.of()))
                .build();
    }

    /** What is on a LUN, and how, nobody knows but its machine. */
    private static org.bellwether.api.types.Disk lun(Disk disk) {
        return disk.spec().toBuilder()
                .id(disk.id().toString())
                .name(disk.name())
                .alias(disk.name())
                .provisionedSize(disk.provisionedBytes())
                .storageType(DiskStorageType.LUN)
                .status(status(disk))
                .build();
    }

    /** With the other storage domains that a template's disk lies on. */
    static org.bellwether.api.types.Disk of(Disk disk, Collection<DiskCopy> copies) {
        var document = of(disk);
        if (copies.isEmpty()) {
            return document;
        }
        return document.toBuilder()
                .storageDomains(Stream.concat(
                                disk.domainId().stream(),
                                copies.stream().filter(DiskCopy::ready).map(DiskCopy::domain))
                        .map(id -> StorageDomain.builder().id(id.toString()).build())
                        .toList())
                .status(copies.stream().allMatch(DiskCopy::ready) ? status(disk) : DiskStatus.LOCKED)
                .build();
    }

    static DiskStatus status(Disk disk) {
        return switch (disk.state()) {
            case OK -> DiskStatus.OK;
            case LOCKED -> DiskStatus.LOCKED;
            case ILLEGAL -> DiskStatus.ILLEGAL;
        };
    }
}
