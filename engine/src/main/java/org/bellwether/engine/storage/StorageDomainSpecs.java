package org.bellwether.engine.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.bellwether.api.types.HostStorage;
import org.bellwether.api.types.LogicalUnit;
import org.bellwether.api.types.NfsVersion;
import org.bellwether.api.types.StorageDomainType;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.engine.storage.StorageDomain.Connection;
import org.jspecify.annotations.Nullable;

/** The decided part of storage domains: what is taken from a request, its defaults and its limits. */
final class StorageDomainSpecs {

    private static final Set<String> OBSERVED = Set.of(
            "available",
            "block_size",
            "committed",
            "external_status",
            "import",
            "master",
            "status",
            "storage",
            "storage_format",
            "supports_discard",
            "supports_discard_zeroes_data",
            "type",
            "used");

    /** What fits the name in a domain's own metadata, and what every client writes. */
    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{N}_.-]([\\p{L}\\p{N} _.-]{0,48}[\\p{L}\\p{N}_.-])?");

    private static final long LOW_SPACE_PERCENT = 10;
    private static final long CRITICAL_SPACE_GIB = 5;

    private StorageDomainSpecs() {}

    static org.bellwether.api.types.StorageDomain defaults() {
        return org.bellwether.api.types.StorageDomain.builder()
                .description("")
                .comment("")
                .backup(false)
                .wipeAfterDelete(false)
                .discardAfterDelete(false)
                .warningLowSpaceIndicator(LOW_SPACE_PERCENT)
                .criticalSpaceActionBlocker(CRITICAL_SPACE_GIB)
                .build();
    }

    /** What a request decides, over what was decided before. */
    static org.bellwether.api.types.StorageDomain over(
            org.bellwether.api.types.StorageDomain before, org.bellwether.api.types.StorageDomain request) {
        var type = org.bellwether.api.types.StorageDomain.TYPE;
        var spec = type.merge(before, Decided.of(type, request, OBSERVED, Set.of()));
        var percent = spec.warningLowSpaceIndicator();
        if (percent != null && (percent < 0 || percent > 100)) {
            throw Failure.badRequest("The warning for low space is a percentage from 0 to 100")
                    .because("it is " + percent);
        }
        var critical = spec.criticalSpaceActionBlocker();
        if (critical != null && critical < 0) {
            throw Failure.badRequest("The critical space is a number of GiB from 0 on")
                    .because("it is " + critical);
        }
        return spec;
    }

    static String checkedName(@Nullable String name) {
        var plain = name == null ? "" : name.strip();
        if (!NAME.matcher(plain).matches()) {
            throw Failure.badRequest("'" + plain + "' cannot be the name of a storage domain")
                    .because("a name has 1 to 50 letters, digits, blanks within, and . _ -");
        }
        return plain;
    }

    static StorageDomain.Kind kind(@Nullable StorageDomainType type) {
        return switch (type) {
            case null -> StorageDomain.Kind.DATA;
            case DATA -> StorageDomain.Kind.DATA;
            case ISO -> StorageDomain.Kind.ISO;
            case EXPORT, IMAGE, VOLUME, MANAGED_BLOCK_STORAGE ->
                throw Failure.badRequest("A storage domain of the type " + type.wire() + " cannot be added")
                        .next("Add one of the type data or iso");
        };
    }

    /** Where the request says the storage is, checked for form. */
    static Connection connection(@Nullable HostStorage storage, Id<Host> host) {
        if (storage == null || storage.type() == null) {
            throw Failure.badRequest("The storage domain's storage has no type")
                    .next("Give storage.type: localfs, nfs, glusterfs, posixfs, iscsi or fcp");
        }
        var path = text(storage.path());
        var address = text(storage.address());
        var options = text(storage.mountOptions());
        return switch (storage.type()) {
            case LOCALFS -> new Connection(Connection.Type.LOCALFS, host.toString(), absolute(path), "", "");
            case GLUSTERFS ->
                new Connection(
                        Connection.Type.GLUSTERFS,
                        required("address", address),
                        required("path", withoutEndSlash(path)),
                        "glusterfs",
                        options);
            case POSIXFS ->
                new Connection(
                        Connection.Type.POSIXFS,
                        address,
                        required("path", path),
                        required("vfs_type", text(storage.vfsType())),
                        options);
            case NFS ->
                new Connection(
                        Connection.Type.NFS,
                        required("address", address),
                        required("path", withoutEndSlash(path)),
                        "",
                        MountOptions.of(options),
                        nfs(storage),
                        null,
                        null);
            case ISCSI -> block(Connection.Type.ISCSI, storage);
            case FCP -> block(Connection.Type.FCP, storage);
            case GLANCE, CINDER, MANAGED_BLOCK_STORAGE ->
                throw Failure.badRequest("Storage of the type "
                                + storage.type().wire().toUpperCase(Locale.ROOT) + " is not served yet")
                        .next("Use localfs, nfs, glusterfs, posixfs, iscsi or fcp");
        };
    }

    /** The group of LUNs; its name is known when the domain's id is. */
    private static Connection block(Connection.Type type, HostStorage storage) {
        var targets = new ArrayList<San.Target>();
        var luns = new ArrayList<San.Lun>();
        for (var unit : units(storage)) {
            if (type == Connection.Type.ISCSI && unit.target() != null) {
                var target = target(unit.address(), unit.port(), unit.target(), unit.username(), unit.password());
                if (targets.stream().noneMatch(target::same)) {
                    targets.add(target);
                }
            }
            if (unit.id() != null) {
                luns.add(new San.Lun(unit.id(), 0, "", "", "", 0, 0));
            }
        }
        if (type == Connection.Type.ISCSI && storage.target() != null) {
            targets.add(target(
                    storage.address(), storage.port(), storage.target(), storage.username(), storage.password()));
        }
        return new Connection(type, "", "", "", "")
                .over(new San(targets, luns, Boolean.TRUE.equals(storage.overrideLuns())));
    }

    static List<LogicalUnit> units(HostStorage storage) {
        var group = storage.volumeGroup();
        var units = storage.logicalUnits() != null || group == null ? storage.logicalUnits() : group.logicalUnits();
        return units == null ? List.of() : units;
    }

    static San.Target target(
            @Nullable String address,
            @Nullable Long port,
            @Nullable String name,
            @Nullable String user,
            @Nullable String password) {
        if (port != null && (port < 1 || port > 65535)) {
            throw Failure.badRequest("The port of an iSCSI target is from 1 to 65535")
                    .because("it is " + port);
        }
        return new San.Target(
                required("address", text(address)),
                port == null ? 3260 : port.intValue(),
                required("target", text(name)),
                0,
                user == null || user.isBlank() ? null : user,
                password == null ? null : Sealed.of(Secret.of(password)));
    }

    private static Connection.@Nullable Nfs nfs(HostStorage storage) {
        var version = storage.nfsVersion();
        if ((version == null || version == NfsVersion.AUTO)
                && storage.nfsTimeo() == null
                && storage.nfsRetrans() == null) {
            return null;
        }
        return new Connection.Nfs(
                version == null || version == NfsVersion.AUTO
                        ? null
                        : version.wire().substring(1).replace('_', '.'),
                positive("nfs_timeo", storage.nfsTimeo()),
                positive("nfs_retrans", storage.nfsRetrans()));
    }

    private static @Nullable Long positive(String name, @Nullable Long value) {
        if (value != null && (value < 1 || value > 65535)) {
            throw Failure.badRequest("The storage's " + name + " must be from 1 to 65535")
                    .because("it is " + value);
        }
        return value;
    }

    private static String text(@Nullable String text) {
        return Optional.ofNullable(text).map(String::strip).orElse("");
    }

    private static String required(String name, String value) {
        if (value.isEmpty()) {
            throw Failure.badRequest("The storage domain's storage has no " + name);
        }
        return value;
    }

    private static String withoutEndSlash(String path) {
        return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static String absolute(String path) {
        if (!path.startsWith("/") || path.equals("/") || path.contains("/../") || path.endsWith("/..")) {
            throw Failure.badRequest("'" + path + "' cannot be the place of a local storage domain")
                    .next("Give the absolute path of a directory on the host, without ..");
        }
        return withoutEndSlash(path);
    }
}
