package org.bellwether.agent.storage;

import java.nio.file.Path;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.StorageConnection;

/**
 * Where a connection appears on this host, and what is mounted there. The place follows from the connection as in
 * oVirt: "_" doubled, then "/" replaced by "_", so that every host of a cluster has a volume at the same path.
 *
 * @param point the mount point, or the symbolic link of a local directory
 * @param source what is mounted: a directory, device or server:/export
 * @param vfsType for mount(8); empty for a local directory
 * @param options for mount(8); may be empty
 */
record Mount(StorageConnection.Type type, Path point, String source, String vfsType, String options) {
    private static final Pattern VFS_TYPE = Pattern.compile("[a-z0-9][a-z0-9._-]*");
    private static final Pattern SLASHES = Pattern.compile("/{2,}");
    private static final Pattern SERVER = Pattern.compile("[A-Za-z0-9._:\\[\\]-]+");

    /**
     * The place of a connection.
     *
     * @throws Refusal BAD_REQUEST when something is missing, or the kind of storage is none of files
     */
    static Mount of(StorageConnection connection, Path mountRoot) {
        String path = printable("path", connection.getPath());
        String options = printable("mount options", connection.getMountOptions());
        return switch (connection.getType()) {
            case LOCAL -> {
                Path directory = Path.of(path).normalize();
                if (!directory.isAbsolute()
                        || directory.equals(directory.getRoot())
                        || directory.startsWith(mountRoot)) {
                    throw Refusal.badRequest("A local storage domain cannot be at \"" + path + "\"")
                            .next("Give the absolute path of a directory, not / and none under " + mountRoot + ".");
                }
                String source = directory.toString();
                yield new Mount(connection.getType(), mountRoot.resolve(name(source)), source, "", "");
            }
            case POSIX -> {
                if (!VFS_TYPE.matcher(connection.getVfsType()).matches()) {
                    throw Refusal.badRequest("A POSIX storage connection needs the type of file system to mount, not \""
                            + connection.getVfsType() + "\"");
                }
                String source = normalised(required("path", path));
                yield new Mount(
                        connection.getType(),
                        mountRoot.resolve(name(source)),
                        source,
                        connection.getVfsType(),
                        options);
            }
            case GLUSTER -> {
                String server = required("address", connection.getAddress());
                if (!SERVER.matcher(server).matches()) {
                    throw Refusal.badRequest("The Gluster server \"" + server + "\" is no host name or address");
                }
                String volume = required("path", path);
                String source = normalised(bracketed(server) + ":" + (volume.startsWith("/") ? volume : "/" + volume));
                yield new Mount(
                        connection.getType(),
                        mountRoot.resolve("glusterSD").resolve(name(source)),
                        source,
                        "glusterfs",
                        uncached(options));
            }
            case NFS -> {
                String server = required("address", connection.getAddress());
                if (!SERVER.matcher(server).matches()) {
                    throw Refusal.badRequest("The NFS server \"" + server + "\" is no host name or address");
                }
                String export = required("path", path);
                if (!export.startsWith("/")) {
                    throw Refusal.badRequest("The NFS export \"" + export + "\" does not begin with /");
                }
                String source = normalised(bracketed(server) + ":" + export);
                yield new Mount(
                        connection.getType(),
                        mountRoot.resolve(name(source)),
                        source,
                        "nfs",
                        NfsOptions.of(connection, options));
            }
            case ISCSI, FIBRE_CHANNEL -> {
                Path tree = mountRoot.resolve(BlockVolumes.TREE);
                yield new Mount(
                        connection.getType(),
                        path.isEmpty() ? tree : tree.resolve(Ids.checked("storage domain", path)),
                        path.isEmpty() ? "LUNs" : "volume group " + path,
                        "",
                        "");
            }
            case TYPE_UNSPECIFIED, UNRECOGNIZED -> throw Refusal.badRequest("The storage connection has no type");
        };
    }

    boolean local() {
        return type == StorageConnection.Type.LOCAL;
    }

    /** What V5 calls this kind of storage. */
    String domainType() {
        return switch (type) {
            case LOCAL -> "LOCALFS";
            case GLUSTER -> "GLUSTERFS";
            case POSIX -> "POSIXFS";
            case NFS -> "NFS";
            case ISCSI -> "ISCSI";
            case FIBRE_CHANNEL -> "FCP";
            case TYPE_UNSPECIFIED, UNRECOGNIZED -> throw new IllegalStateException(type.name());
        };
    }

    /**
     * Past the page cache: Gluster's client does not empty it when another host has written (seen with 10.3 under Linux 6.18),
     * so that libvirt and this agent would read of a chain what it was before it was merged elsewhere.
     */
    private static String uncached(String options) {
        if (options.contains("direct-io-mode")) {
            return options;
        }
        return (options.isEmpty() ? "" : options + ",") + "direct-io-mode=enable";
    }

    /** Whether it is a volume group, or all of them, and nothing is mounted. */
    boolean block() {
        return BlockVolumes.holds(point);
    }

    /** Where all block domains are. */
    Path tree() {
        return anyGroup() ? point : point.resolveSibling("");
    }

    /** Whether it names no domain. */
    boolean anyGroup() {
        return String.valueOf(point.getFileName()).equals(BlockVolumes.TREE);
    }

    DomainPlace domain(String id) {
        if (block()) {
            return new DomainPlace(tree().resolve(Ids.checked("storage domain", id)), id, false);
        }
        return new DomainPlace(point.resolve(Ids.checked("storage domain", id)), id, local());
    }

    static String name(String source) {
        return source.replace("_", "__").replace('/', '_');
    }

    private static String bracketed(String server) {
        return server.indexOf(':') >= 0 && !server.startsWith("[") ? "[" + server + "]" : server;
    }

    private static String normalised(String source) {
        String collapsed = SLASHES.matcher(source).replaceAll("/");
        return collapsed.length() > 1 && collapsed.endsWith("/")
                ? collapsed.substring(0, collapsed.length() - 1)
                : collapsed;
    }

    private static String required(String what, String value) {
        if (value.isEmpty() || value.startsWith("-")) {
            throw Refusal.badRequest("The storage connection's " + what + " \"" + value + "\" cannot be");
        }
        return value;
    }

    private static String printable(String what, String value) {
        if (value.codePoints().anyMatch(Character::isISOControl)) {
            throw Refusal.badRequest("The storage connection's " + what + " must not contain control characters");
        }
        return value;
    }
}
