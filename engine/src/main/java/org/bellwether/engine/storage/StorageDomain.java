package org.bellwether.engine.storage;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * A storage domain.
 *
 * @param dataCenter the data center it is attached to; null while it is not
 * @param cluster the one cluster it belongs to: that of the host which made it
 * @param wanted whether hosts are to have it connected
 * @param spec the rest, as the API's own document
 */
public record StorageDomain(
        Id<StorageDomain> id,
        String name,
        @Nullable Id<DataCenter> dataCenter,
        Id<Cluster> cluster,
        Connection connection,
        Kind kind,
        boolean master,
        Wanted wanted,
        org.bellwether.api.types.StorageDomain spec)
        implements Stored<StorageDomain> {

    /** What it is for. */
    public enum Kind {
        DATA,
        ISO
    }

    /** What a person asked of it last. */
    public enum Wanted {
        /** Its layout is being made or removed. */
        LOCKED,
        /** Known, but of no data center. */
        UNATTACHED,
        ACTIVE,
        MAINTENANCE
    }

    /**
     * Where it is.
     *
     * @param address the server; of a local directory the id of the host that has it
     * @param path export, volume name or directory; of block storage the domain's id, which is its volume group's name
     * @param vfsType for POSIX: what mount(8) calls the type
     * @param nfs for NFS only: what was said of how to mount it
     * @param chosenId its identity in the API; null: it follows from its place
     * @param san for block storage only: its targets and LUNs
     */
    public record Connection(
            Type type,
            String address,
            String path,
            String vfsType,
            MountOptions mountOptions,
            @Nullable Nfs nfs,
            @Nullable UUID chosenId,
            @Nullable San san) {

        public Connection(Type type, String address, String path, String vfsType, String mountOptions) {
            this(type, address, path, vfsType, MountOptions.of(mountOptions), null, null, null);
        }

        /** What is null is left to the hosts. */
        public record Nfs(
                @Nullable String version,
                @Nullable Long timeout,
                @Nullable Long retransmissions) {}

        Optional<Nfs> nfsOptions() {
            return Optional.ofNullable(nfs);
        }

        /** Its identity in the API. */
        UUID id() {
            return chosenId == null ? UUID.nameUUIDFromBytes(place().getBytes(StandardCharsets.UTF_8)) : chosenId;
        }

        Connection identified(UUID id) {
            return new Connection(type, address, path, vfsType, mountOptions, nfs, id, san);
        }

        /** What there is beside {@code path} of block storage; nothing of others. */
        San network() {
            return san == null ? San.NONE : san;
        }

        Connection over(San network) {
            return new Connection(type, address, path, vfsType, mountOptions, nfs, chosenId, network);
        }

        /** Whether it has secrets as an older engine wrote them. */
        boolean plain() {
            return mountOptions.plain() || network().plain();
        }

        /** With every secret encrypted, also those that an older engine wrote as they are. */
        Connection sealed() {
            return new Connection(
                    type,
                    address,
                    path,
                    vfsType,
                    mountOptions.sealed(),
                    nfs,
                    chosenId,
                    san == null ? null : san.sealed());
        }

        /** With the secrets of an earlier one where this has only the stars that stand for them. */
        Connection knowing(Connection before) {
            return new Connection(
                    type, address, path, vfsType, mountOptions.over(before.mountOptions), nfs, chosenId, san);
        }

        /** The volume group, which has the domain's id. */
        Connection group(String id) {
            return new Connection(type, address, id, vfsType, mountOptions, nfs, chosenId, san);
        }

        boolean block() {
            return type == Type.ISCSI || type == Type.FCP;
        }

        /** As the API counts connections: each target of iSCSI is one, Fibre Channel has none. */
        List<Connection> each() {
            return switch (type) {
                case LOCALFS, POSIXFS, GLUSTERFS, NFS -> List.of(this);
                case FCP -> List.of();
                case ISCSI -> network().targets().stream().map(Connection::to).toList();
            };
        }

        static Connection to(San.Target target) {
            return new Connection(
                    Type.ISCSI,
                    target.address(),
                    "",
                    "",
                    MountOptions.NONE,
                    null,
                    null,
                    new San(List.of(target), List.of(), false));
        }

        /** What the API calls storage type. */
        public enum Type {
            LOCALFS,
            POSIXFS,
            GLUSTERFS,
            NFS,
            ISCSI,
            FCP
        }

        /** Whether a host is meant to see it; {@code address} of a local directory is the id of its host. */
        boolean isFor(Id<Host> host) {
            return type != Type.LOCALFS || address.equals(host.toString());
        }

        /** The one place this names; two domains cannot be there. */
        public String place() {
            return type == Type.ISCSI && path.isEmpty()
                    ? type + " " + network().targets()
                    : type + " " + address + " " + path;
        }
    }

    /** Whether several hosts see it, and so need leases to agree. */
    public boolean shared() {
        return connection.type() != Connection.Type.LOCALFS;
    }

    public Optional<Id<DataCenter>> dataCenterId() {
        return Optional.ofNullable(dataCenter);
    }

    StorageDomain attachedTo(Id<DataCenter> target, boolean asMaster, Wanted now) {
        return new StorageDomain(id, name, target, cluster, connection, kind, asMaster, now, spec);
    }

    StorageDomain detached() {
        return new StorageDomain(id, name, null, cluster, connection, kind, false, Wanted.UNATTACHED, spec);
    }

    StorageDomain asMaster(boolean now) {
        return new StorageDomain(id, name, dataCenter, cluster, connection, kind, now, wanted, spec);
    }

    StorageDomain wanting(Wanted now) {
        return new StorageDomain(id, name, dataCenter, cluster, connection, kind, master, now, spec);
    }

    StorageDomain at(Connection place) {
        return new StorageDomain(id, name, dataCenter, cluster, place, kind, master, wanted, spec);
    }

    StorageDomain named(String newName, org.bellwether.api.types.StorageDomain newSpec) {
        return new StorageDomain(id, newName, dataCenter, cluster, connection, kind, master, wanted, newSpec);
    }
}
