package org.bellwether.engine.vm;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.bellwether.api.types.DiskFormat;
import org.bellwether.api.types.DiskSnapshot;
import org.bellwether.api.types.DiskStatus;
import org.bellwether.api.types.DiskStorageType;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomain;

/** Single volumes that snapshots keep, seen from their disk or from where they lie: {@code …/disksnapshots}. */
final class DiskSnapshotsApi {

    private final Disks disks;
    private final Snapshots snapshots;

    DiskSnapshotsApi(Disks disks, Snapshots snapshots) {
        this.disks = disks;
        this.snapshots = snapshots;
    }

    void serve(ApiRoutes routes) {
        routes.read("disk_snapshots", "list", request -> Reply.list(found(request, request.flag("include_active"))));
        routes.read(
                "disk_snapshot",
                "get",
                request -> Reply.of(found(request, true)
                        .filter(each -> request.pathId().equals(each.id()))
                        .findFirst()
                        .orElseThrow(
                                () -> Failure.notFound("There is no disk snapshot with the id " + request.pathId()))));
    }

    private Stream<DiskSnapshot> found(ApiRequest request, boolean withActive) {
        boolean ofDisk = request.targets().getFirst().service().equals("disk");
        List<Disk> shown = ofDisk
                ? List.of(disks.get(request.<Disk>id(0)))
                : disks.in(request.<StorageDomain>id(0)).stream()
                        .sorted(java.util.Comparator.comparing(Disk::id))
                        .toList();
        return shown.stream().flatMap(disk -> of(disk, withActive));
    }

    private Stream<DiskSnapshot> of(Disk disk, boolean withActive) {
        return disks.ofDisk(disk.id()).stream()
                .flatMap(attachment -> attachment.vmId().stream())
                .flatMap(id -> {
                    Id<Vm> vm = Id.of(id);
                    var kept = snapshots.ofDisk(vm, disk.id()).stream()
                            .map(each -> document(
                                    each.disk(disk.id()).orElseThrow().of(disk),
                                    each.id().value(),
                                    each.name()));
                    return withActive
                            ? Stream.concat(
                                    kept,
                                    Stream.of(
                                            document(disk, Snapshots.active(vm).value(), "Active VM")))
                            : kept;
                });
    }

    private static DiskSnapshot document(Disk disk, UUID snapshot, String description) {
        return DiskSnapshot.builder()
                .id(disk.volume().toString())
                .imageId(disk.volume().toString())
                .alias(disk.name())
                .name(disk.name())
                .description(description)
                .provisionedSize(disk.provisionedBytes())
                .format(disk.format() == Disk.Format.COW ? DiskFormat.COW : DiskFormat.RAW)
                .sparse(disk.sparse())
                .status(DiskStatus.OK)
                .storageType(DiskStorageType.IMAGE)
                .disk(org.bellwether.api.types.Disk.builder()
                        .id(disk.id().toString())
                        .build())
                .snapshot(org.bellwether.api.types.Snapshot.builder()
                        .id(snapshot.toString())
                        .build())
                .storageDomains(disk.domainId()
                        .map(id -> List.of(org.bellwether.api.types.StorageDomain.builder()
                                .id(id.toString())
                                .build()))
                        .orElse(List.of()))
                .build();
    }
}
