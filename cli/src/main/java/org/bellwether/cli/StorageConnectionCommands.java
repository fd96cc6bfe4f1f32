package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw storage connection …}. Connections have no names. */
@Command(description = "Where storage domains are: servers, paths and targets.", synopsisSubcommandLabel = "COMMAND")
final class StorageConnectionCommands {

    private static final String ID = "The connection's id.";
    private static final String PATH = "/storageconnections";

    private final Session session;

    StorageConnectionCommands(Session session) {
        this.session = session;
    }

    private Entity domain(String nameOrId) {
        return session.lookup().find(Kind.STORAGE_DOMAIN, nameOrId);
    }

    private String ofDomain(String name) {
        return Kind.STORAGE_DOMAIN.path(domain(name)) + PATH;
    }

    /** What can be said of a place. */
    static final class Place {
        @Option(names = "--path", paramLabel = "PATH", description = "The directory or volume.")
        @Nullable
        String path;

        @Option(names = "--address", paramLabel = "ADDRESS", description = "The server or portal.")
        @Nullable
        String address;

        @Option(names = "--port", paramLabel = "PORT", description = "The portal's.")
        @Nullable
        String port;

        @Option(names = "--target", paramLabel = "TARGET", description = "For iscsi: the target's name.")
        @Nullable
        String target;

        @Option(names = "--chap-user", paramLabel = "USER", description = "For iscsi with CHAP.")
        @Nullable
        String user;

        @Option(names = "--chap-password-file", paramLabel = "FILE", description = "Holds the CHAP password.")
        @Nullable
        Path password;

        @Option(names = "--vfs-type", paramLabel = "TYPE", description = "For posixfs: what mount is told.")
        @Nullable
        String vfsType;

        @Option(names = "--mount-options", paramLabel = "OPTIONS", description = "As mount takes them.")
        @Nullable
        String mountOptions;

        @Option(names = "--nfs-version", paramLabel = "VERSION", description = "For nfs: v3, v4, v4_1 or v4_2.")
        @Nullable
        String nfsVersion;

        private ObjectNode over(ObjectNode connection) {
            put(connection, "path", path);
            put(connection, "address", address);
            put(connection, "port", port);
            put(connection, "target", target);
            put(connection, "username", user);
            put(connection, "password", password == null ? null : SanCommands.read(password));
            put(connection, "vfs_type", vfsType);
            put(connection, "mount_options", mountOptions);
            put(connection, "nfs_version", nfsVersion);
            return connection;
        }

        private static void put(ObjectNode connection, String name, @Nullable String value) {
            Optional.ofNullable(value).ifPresent(text -> connection.put(name, text));
        }
    }

    @Command(description = "Lists connections: all, or those of a domain.")
    void list(
            @Parameters(paramLabel = "STORAGE", arity = "0..1", description = "The domain's name or id.") @Nullable
                    String storage) {
        List<Entity> found = session.engine().list(storage == null ? PATH : ofDomain(storage));
        session.printer()
                .list(
                        found,
                        Column.of("ID", "id"),
                        Column.of("TYPE", "type"),
                        Column.of("ADDRESS", "address"),
                        Column.of("PATH", "path"),
                        Column.of("TARGET", "target"),
                        Column.of("OPTIONS", "mount_options"));
    }

    @Command(description = "Notes a connection that a domain may get later.")
    void add(
            @Option(
                            names = "--type",
                            paramLabel = "TYPE",
                            required = true,
                            description = "localfs, posixfs, glusterfs, nfs or iscsi.")
                    String type,
            @Mixin Place place,
            @Option(names = "--host", paramLabel = "HOST", description = "A host that is to prove that it reaches it.")
                    @Nullable
                    String host) {
        ObjectNode connection = place.over(Json.object().put("type", type));
        if (host != null) {
            connection.set("host", Json.reference(host));
        }
        var made = session.engine().post(PATH, connection);
        session.printer().done(made, "The connection has the id " + made.id());
    }

    @Command(description = "Changes a connection; the domains that have it must be in maintenance.")
    void update(@Parameters(paramLabel = "ID", description = ID) String id, @Mixin Place place) {
        var changed = session.engine().put(path(id), place.over(Json.object()));
        session.printer().done(changed, "Connection " + id + " is changed");
    }

    @Command(description = "Forgets a connection that no domain has.")
    void remove(@Parameters(paramLabel = "ID", description = ID) String id) {
        var found = session.engine().get(path(id));
        session.engine().delete(path(id));
        session.printer().gone(found, "Connection " + id + " is removed");
    }

    @Command(description = "Gives a connection to a domain, as another way to it.")
    void attach(
            @Parameters(paramLabel = "STORAGE", description = "The domain's name or id.") String storage,
            @Parameters(paramLabel = "ID", description = ID) String id) {
        var made = session.engine().post(ofDomain(storage), Json.object().put("id", id));
        session.printer().done(made, "Storage domain " + storage + " has the connection " + id);
    }

    @Command(description = "Takes a connection from a domain, which must have others.")
    void detach(
            @Parameters(paramLabel = "STORAGE", description = "The domain's name or id.") String storage,
            @Parameters(paramLabel = "ID", description = ID) String id) {
        var path = ofDomain(storage) + "/" + Paths.encode(id);
        var found = session.engine().get(path);
        session.engine().delete(path);
        session.printer().gone(found, "Storage domain " + storage + " no longer has the connection " + id);
    }

    private static String path(String id) {
        return PATH + "/" + Paths.encode(id);
    }
}
