package org.bellwether.engine.storage;

import java.util.Arrays;
import java.util.List;
import org.bellwether.api.types.DataCenter;
import org.bellwether.api.types.ExternalStatus;
import org.bellwether.api.types.HostStorage;
import org.bellwether.api.types.LogicalUnit;
import org.bellwether.api.types.LunStatus;
import org.bellwether.api.types.NfsVersion;
import org.bellwether.api.types.StorageConnection;
import org.bellwether.api.types.StorageDomainStatus;
import org.bellwether.api.types.StorageDomainType;
import org.bellwether.api.types.StorageFormat;
import org.bellwether.api.types.StorageType;
import org.bellwether.api.types.VolumeGroup;
import org.bellwether.engine.storage.StorageDomain.Connection;
import org.jspecify.annotations.Nullable;

/** Storage domains as the API shows them. */
final class StorageDomainDocuments {

    private final ObservedDomains observed;
    private final Disks disks;

    StorageDomainDocuments(ObservedDomains observed, Disks disks) {
        this.observed = observed;
        this.disks = disks;
    }

    /** As the list of all domains shows it: there, its status is told only while it is of no data center. */
    org.bellwether.api.types.StorageDomain of(StorageDomain domain) {
        var status = observed.status(domain);
        return base(domain)
                .status(status == StorageDomainStatus.UNATTACHED ? status : null)
                .build();
    }

    /** As its data center shows it. */
    org.bellwether.api.types.StorageDomain attached(StorageDomain domain) {
        return base(domain)
                .status(observed.status(domain))
                .dataCenter(domain.dataCenterId()
                        .map(id -> DataCenter.builder().id(id.toString()).build())
                        .orElse(null))
                .build();
    }

    private org.bellwether.api.types.StorageDomain.Builder base(StorageDomain domain) {
        var document = domain.spec().toBuilder()
                .id(domain.id().toString())
                .name(domain.name())
                .type(
                        switch (domain.kind()) {
                            case DATA -> StorageDomainType.DATA;
                            case ISO -> StorageDomainType.ISO;
                        })
                .storage(storage(domain.connection()))
                .storageFormat(StorageFormat.V5)
                .master(domain.master())
                .externalStatus(ExternalStatus.OK)
                .supportsDiscard(false)
                .supportsDiscardZeroesData(false)
                .committed(disks.in(domain.id()).stream()
                        .mapToLong(Disk::provisionedBytes)
                        .sum())
                .dataCenters(domain.dataCenterId().stream()
                        .map(id -> DataCenter.builder().id(id.toString()).build())
                        .toList());
        observed.measured(domain)
                .ifPresent(state -> document.available(state.getAvailableBytes())
                        .used(state.getTotalBytes() - state.getAvailableBytes()));
        return document;
    }

    private static HostStorage storage(Connection place) {
        var storage = HostStorage.builder().type(type(place)).path(place.path());
        switch (place.type()) {
            case LOCALFS -> {
                // The address of a local directory is the engine's own note of its host.
            }
            case POSIXFS -> storage.vfsType(place.vfsType());
            case GLUSTERFS -> storage.address(place.address()).vfsType(place.vfsType());
            case ISCSI, FCP -> storage.path(null).logicalUnits(null).volumeGroup(group(place));
            case NFS -> {
                storage.address(place.address());
                place.nfsOptions()
                        .ifPresent(nfs -> storage.nfsTimeo(nfs.timeout())
                                .nfsRetrans(nfs.retransmissions())
                                .nfsVersion(version(nfs)));
            }
        }
        if (!place.address().isEmpty() && place.type() == Connection.Type.POSIXFS) {
            storage.address(place.address());
        }
        var options = place.mountOptions().shown();
        if (!options.isEmpty()) {
            storage.mountOptions(options);
        }
        return storage.build();
    }

    private static VolumeGroup group(Connection place) {
        var target = place.network().targets().stream().findFirst();
        return VolumeGroup.builder()
                .id(place.path())
                .logicalUnits(place.network().luns().stream()
                        .map(lun -> {
                            var unit = LogicalUnit.builder()
                                    .id(lun.id())
                                    .size(lun.bytes())
                                    .vendorId(lun.vendor())
                                    .productId(lun.product())
                                    .serial(lun.serial())
                                    .lunMapping((long) lun.number())
                                    .paths((long) lun.paths())
                                    .status(LunStatus.USED)
                                    .volumeGroupId(place.path())
                                    .storageDomainId(place.path());
                            target.ifPresent(each -> unit.address(each.address())
                                    .port((long) each.port())
                                    .target(each.name())
                                    .username(each.user()));
                            return unit.build();
                        })
                        .toList())
                .build();
    }

    private static @Nullable NfsVersion version(Connection.Nfs nfs) {
        var version = nfs.version();
        return version == null
                ? null
                : Arrays.stream(NfsVersion.values())
                        .filter(each -> each.wire().equals("v" + version.replace('.', '_')))
                        .findFirst()
                        .orElse(null);
    }

    /** The connection as an object of its own. */
    static StorageConnection connection(Connection connection) {
        if (connection.type() == Connection.Type.ISCSI) {
            return target(connection);
        }
        var place = storage(connection);
        return StorageConnection.builder()
                .id(connection.id().toString())
                .type(place.type())
                .address(place.address())
                .path(place.path())
                .vfsType(place.vfsType())
                .nfsVersion(place.nfsVersion())
                .nfsTimeo(place.nfsTimeo())
                .nfsRetrans(place.nfsRetrans())
                .mountOptions(place.mountOptions())
                .build();
    }

    /** One target; its password is never told. */
    private static StorageConnection target(Connection connection) {
        var document =
                StorageConnection.builder().id(connection.id().toString()).type(StorageType.ISCSI);
        connection
                .network()
                .targets()
                .forEach(target -> document.address(target.address())
                        .port((long) target.port())
                        .portal(target.address() + ":" + target.port() + "," + target.portalGroup())
                        .target(target.name())
                        .username(target.user()));
        return document.build();
    }

    static StorageType type(Connection place) {
        return switch (place.type()) {
            case LOCALFS -> StorageType.LOCALFS;
            case POSIXFS -> StorageType.POSIXFS;
            case GLUSTERFS -> StorageType.GLUSTERFS;
            case NFS -> StorageType.NFS;
            case ISCSI -> StorageType.ISCSI;
            case FCP -> StorageType.FCP;
        };
    }

    /** In the order in which lists show them. */
    List<org.bellwether.api.types.StorageDomain> attached(List<StorageDomain> domains) {
        return domains.stream().map(this::attached).toList();
    }
}
