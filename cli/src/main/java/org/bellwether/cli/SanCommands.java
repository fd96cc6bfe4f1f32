package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw san …}: LUNs of iSCSI and Fibre Channel, and domains on them. */
@Command(description = SanCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class SanCommands {

    static final String DESCRIPTION = "LUNs of iSCSI and Fibre Channel, and storage domains on them.";

    private static final String HOST = "The host that looks, by name or id.";

    private final Session session;

    SanCommands(Session session) {
        this.session = session;
    }

    private String host(String nameOrId) {
        return Kind.HOST.path(session.lookup().find(Kind.HOST, nameOrId));
    }

    @Command(description = "Lists the LUNs that a host sees.")
    void luns(@Parameters(paramLabel = "HOST", description = HOST) String host) {
        session.printer()
                .list(
                        session.engine().list(host(host) + "/storage"),
                        Column.of("ID", "id"),
                        Column.of("TYPE", "type"),
                        new Column(
                                "SIZE",
                                each -> unit(each)
                                        .map(lun -> Text.size(lun.number("size")))
                                        .orElse("")),
                        new Column(
                                "STATUS", each -> unit(each).map(Entity::status).orElse("")),
                        new Column(
                                "VENDOR",
                                each -> unit(each)
                                        .map(lun -> lun.text("vendor_id"))
                                        .orElse("")),
                        new Column(
                                "PRODUCT",
                                each -> unit(each)
                                        .map(lun -> lun.text("product_id"))
                                        .orElse("")),
                        new Column(
                                "SERIAL",
                                each -> unit(each)
                                        .map(lun -> lun.text("serial"))
                                        .orElse("")),
                        new Column(
                                "DOMAIN",
                                each -> unit(each)
                                        .map(lun -> lun.text("storage_domain_id"))
                                        .orElse("")),
                        new Column(
                                "TARGET",
                                each -> unit(each)
                                        .map(lun -> lun.text("target"))
                                        .orElse("")));
    }

    private static Optional<Entity> unit(Entity storage) {
        return storage.list("logical_units.logical_unit").stream().findFirst();
    }

    @Command(description = "Lists the iSCSI targets that a portal offers.")
    void discover(
            @Parameters(paramLabel = "HOST", description = HOST) String host,
            @Parameters(paramLabel = "ADDRESS", description = "The portal.") String address,
            @Option(names = "--port", paramLabel = "PORT", description = "3260 unless told.") @Nullable String port,
            @Option(names = "--chap-user", paramLabel = "USER", description = "For CHAP.") @Nullable String user,
            @Option(names = "--chap-password-file", paramLabel = "FILE", description = "Holds the CHAP password.")
                    @Nullable
                    Path password) {
        var found = session.engine()
                .post(host(host) + "/discoveriscsi", iscsi(address, port, null, user, password))
                .list("discovered_targets.iscsi_details");
        session.printer()
                .list(found, Column.of("TARGET", "target"), Column.of("ADDRESS", "address"), Column.of("PORT", "port"));
    }

    @Command(description = "Logs a host in to an iSCSI target, whose LUNs it sees then.")
    void login(
            @Parameters(paramLabel = "HOST", description = HOST) String host,
            @Parameters(paramLabel = "ADDRESS", description = "The portal.") String address,
            @Parameters(paramLabel = "TARGET", description = "The target's name.") String target,
            @Option(names = "--port", paramLabel = "PORT", description = "3260 unless told.") @Nullable String port,
            @Option(names = "--chap-user", paramLabel = "USER", description = "For CHAP.") @Nullable String user,
            @Option(names = "--chap-password-file", paramLabel = "FILE", description = "Holds the CHAP password.")
                    @Nullable
                    Path password) {
        var done = session.engine().post(host(host) + "/iscsilogin", iscsi(address, port, target, user, password));
        session.printer().done(done, "Logged in to " + target);
    }

    private static ObjectNode iscsi(
            String address,
            @Nullable String port,
            @Nullable String target,
            @Nullable String user,
            @Nullable Path file) {
        ObjectNode action = Json.object();
        ObjectNode iscsi = action.putObject("iscsi").put("address", address);
        Optional.ofNullable(port).ifPresent(value -> iscsi.put("port", value));
        Optional.ofNullable(target).ifPresent(value -> iscsi.put("target", value));
        Optional.ofNullable(user).ifPresent(value -> iscsi.put("username", value));
        Optional.ofNullable(file).ifPresent(value -> iscsi.put("password", read(value)));
        return action;
    }

    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            throw CommandFailure.refused(400, "The password file " + file + " cannot be read: " + e.getMessage());
        }
    }

    @Command(description = "Lists storage domains on LUNs of a host that the engine does not know.")
    void domains(@Parameters(paramLabel = "HOST", description = HOST) String host) {
        var found = session.engine()
                .post(host(host) + "/unregisteredstoragedomainsdiscover", Json.object())
                .list("storage_domains.storage_domain");
        session.printer()
                .list(found, Column.of("NAME", "name"), Column.of("ID", "id"), Column.of("TYPE", "storage.type"));
    }

    @Command(name = "import", description = "Takes in a domain that is on LUNs already, with what is on it.")
    void takeIn(
            @Parameters(paramLabel = "HOST", description = HOST) String host,
            @Parameters(paramLabel = "ID", description = "The domain's id, as domains shows it.") String id,
            @Option(names = "--fibre-channel", description = "Its LUNs are not iSCSI.") boolean fibreChannel,
            @Mixin WaitOptions waiting) {
        ObjectNode domain = Json.object().put("id", id).put("type", "data").put("import", "true");
        domain.putObject("storage").put("type", fibreChannel ? "fcp" : "iscsi");
        domain.set("host", Json.reference(host));
        StorageCommands.takeIn(session, domain, waiting);
    }

    @Command(description = "Formats LUNs as a new domain. It belongs to no data center until it is attached.")
    void add(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(names = "--host", paramLabel = "HOST", required = true, description = "The host that formats them.")
                    String host,
            @Option(names = "--lun", paramLabel = "LUN", required = true, description = "A LUN's id; may be repeated.")
                    List<String> luns,
            @Option(names = "--fibre-channel", description = "They are not iSCSI.") boolean fibreChannel,
            @Option(names = "--overwrite", description = "Also take LUNs that hold data, which is lost.")
                    boolean overwrite,
            @Mixin WaitOptions waiting) {
        ObjectNode domain = Json.object().put("name", name).put("type", "data");
        ObjectNode storage = domain.putObject("storage").put("type", fibreChannel ? "fcp" : "iscsi");
        storage.put("override_luns", Boolean.toString(overwrite));
        units(storage, luns);
        domain.set("host", Json.reference(host));
        var made = session.engine().post("/storagedomains", domain);
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("storage domain " + name + " to be formatted");
            made = session.engine().get(Kind.STORAGE_DOMAIN.path(made));
        }
        session.printer()
                .done(made, "Storage domain " + name + " is formatted; attach it with: bw storage attach " + name);
    }

    @Command(description = "Gives more LUNs to a domain.")
    void extend(
            @Parameters(paramLabel = "STORAGE", description = "Its name or id.") String name,
            @Parameters(paramLabel = "LUN", arity = "1..*", description = "The LUNs' ids.") List<String> luns,
            @Option(names = "--overwrite", description = "Also take LUNs that hold data, which is lost.")
                    boolean overwrite) {
        var found = session.lookup().find(Kind.STORAGE_DOMAIN, name);
        ObjectNode domain = Json.object();
        ObjectNode storage = domain.putObject("storage").put("override_luns", Boolean.toString(overwrite));
        units(storage, luns);
        var now = session.engine().put(Kind.STORAGE_DOMAIN.path(found), domain);
        session.printer().done(now, "Storage domain " + found.name() + " is extended");
    }

    @Command(description = "Takes in what the LUNs of a domain have grown by.")
    void refresh(@Parameters(paramLabel = "STORAGE", description = "Its name or id.") String name) {
        var found = session.lookup().find(Kind.STORAGE_DOMAIN, name);
        session.engine().post(Kind.STORAGE_DOMAIN.path(found) + "/refreshluns", Json.object());
        session.printer().done(found, "The LUNs of storage domain " + found.name() + " are seen anew");
    }

    @Command(
            description = "Takes LUNs out of a domain in maintenance; what lies on them moves to its other LUNs first.")
    void reduce(
            @Parameters(paramLabel = "STORAGE", description = "Its name or id.") String name,
            @Parameters(paramLabel = "LUN", arity = "1..*", description = "The LUNs' ids.") List<String> luns,
            @Mixin WaitOptions waiting) {
        var found = session.lookup().find(Kind.STORAGE_DOMAIN, name);
        ObjectNode action = Json.object();
        units(action, luns);
        session.engine().post(Kind.STORAGE_DOMAIN.path(found) + "/reduceluns", action);
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("what lies on the LUNs of " + found.name() + " to be moved");
            found = session.engine().get(Kind.STORAGE_DOMAIN.path(found));
        }
        session.printer().done(found, "Storage domain " + found.name() + " loses " + String.join(", ", luns));
    }

    @Command(
            name = "add-disk",
            description = "Makes a disk of a LUN as it is. Attach it to a machine as any other: bw vm disk attach.")
    void addDisk(
            @Parameters(paramLabel = "NAME", description = "The disk's name.") String name,
            @Option(names = "--host", paramLabel = "HOST", required = true, description = HOST) String host,
            @Option(names = "--lun", paramLabel = "LUN", required = true, description = "The LUN's id.") String lun,
            @Option(names = "--shareable", description = "Several machines may have it.") boolean shareable,
            @Option(
                            names = "--scsi-commands",
                            description = "SCSI commands of the guest go to the LUN, on virtio_scsi.")
                    boolean commands,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description) {
        ObjectNode disk = Json.object()
                .put("name", name)
                .put("storage_type", "lun")
                .put("shareable", Boolean.toString(shareable));
        if (commands) {
            disk.put("sgio", "filtered");
        }
        Optional.ofNullable(description).ifPresent(text -> disk.put("description", text));
        ObjectNode storage = disk.putObject("lun_storage");
        storage.set("host", Json.reference(host));
        units(storage, List.of(lun));
        session.printer().done(session.engine().post("/disks", disk), "Disk " + name + " is the LUN " + lun);
    }

    @Command(name = "refresh-disk", description = "Looks again how large the LUN of a disk is.")
    void refreshDisk(
            @Parameters(paramLabel = "DISK", description = "Its name or id.") String name,
            @Option(names = "--host", paramLabel = "HOST", required = true, description = HOST) String host) {
        var found = session.lookup().find(Kind.DISK, name);
        ObjectNode action = Json.object();
        action.set("host", Json.reference(host));
        session.engine().post(Kind.DISK.path(found) + "/refreshlun", action);
        var now = session.engine().get(Kind.DISK.path(found));
        session.printer().done(now, "Disk " + found.name() + " has " + Text.size(now.number("provisioned_size")));
    }

    private static void units(ObjectNode storage, List<String> luns) {
        ArrayNode units = storage.putObject("logical_units").putArray("logical_unit");
        luns.forEach(lun -> units.addObject().put("id", lun));
    }
}
