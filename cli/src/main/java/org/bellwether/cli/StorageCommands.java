package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw storage …}. A domain has a status only within its data center, so that is where most words go. */
@Command(description = StorageCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class StorageCommands {

    static final String DESCRIPTION = "Storage domains, on which disks are.";

    private static final String DOMAIN = "Its name or id.";

    private final Session session;

    StorageCommands(Session session) {
        this.session = session;
    }

    private Entity domain(String nameOrId) {
        return session.lookup().find(Kind.STORAGE_DOMAIN, nameOrId);
    }

    @Command(description = "Lists storage domains.")
    void list() {
        var engine = session.engine();
        Map<String, Entity> attached = new HashMap<>();
        Map<String, String> centers = new HashMap<>();
        engine.list("/datacenters")
                .forEach(center -> engine.list(Kind.DATA_CENTER.path(center) + "/storagedomains")
                        .forEach(domain -> {
                            attached.put(domain.id(), domain);
                            centers.put(domain.id(), center.name());
                        }));
        List<Entity> domains = new ArrayList<>();
        engine.list("/storagedomains").forEach(each -> domains.add(attached.getOrDefault(each.id(), each)));
        session.printer()
                .list(
                        domains,
                        Column.of("NAME", "name"),
                        Column.of("STATUS", "status"),
                        new Column("DATA CENTER", each -> centers.getOrDefault(each.id(), "")),
                        Column.of("TYPE", "storage.type"),
                        new Column("PLACE", StorageCommands::place),
                        new Column("USED", each -> Text.size(each.number("used"))),
                        new Column("FREE", each -> Text.size(each.number("available"))),
                        new Column("MASTER", each -> each.flag("master") ? "yes" : "no"));
    }

    @Command(description = "Shows a storage domain.")
    void show(@Parameters(paramLabel = "STORAGE", description = DOMAIN) String name) {
        var domain = domain(name);
        var found = attachment(domain).map(path -> session.engine().get(path)).orElse(domain);
        session.printer()
                .show(
                        found,
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Id", each.id())
                                .line("Description", each.text("description"))
                                .line("Status", each.status())
                                .line(
                                        "Data center",
                                        center(domain)
                                                .map(id -> session.engine()
                                                        .get("/datacenters/" + id)
                                                        .name()))
                                .line("Type", each.text("type") + " on " + each.text("storage.type"))
                                .line("Place", place(each))
                                .line("Mount options", each.text("storage.mount_options"))
                                .line("Master", each.flag("master") ? "yes" : "no")
                                .line("Used", Text.size(each.number("used")))
                                .line("Free", Text.size(each.number("available")))
                                .line("Promised to disks", Text.size(each.number("committed")))
                                .line("Warns below", each.text("warning_low_space_indicator") + " % free")
                                .line("Refuses disks below", each.text("critical_space_action_blocker") + " GB free"));
    }

    @Command(description = "Formats storage as a new domain. It belongs to no data center until it is attached.")
    void add(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(
                            names = "--type",
                            paramLabel = "TYPE",
                            required = true,
                            description = "localfs, posixfs, glusterfs or nfs.")
                    String type,
            @Option(names = "--path", paramLabel = "PATH", required = true, description = "The directory or volume.")
                    String path,
            @Option(names = "--address", paramLabel = "ADDRESS", description = "The server.") @Nullable String address,
            @Option(
                            names = "--host",
                            paramLabel = "HOST",
                            required = true,
                            description = "The host that formats it, by name or id.")
                    String host,
            @Option(names = "--vfs-type", paramLabel = "TYPE", description = "For posixfs: what mount is told.")
                    @Nullable
                    String vfsType,
            @Option(names = "--mount-options", paramLabel = "OPTIONS", description = "As mount takes them.") @Nullable
                    String mountOptions,
            @Option(names = "--nfs-version", paramLabel = "VERSION", description = "For nfs: v3, v4, v4_1 or v4_2.")
                    @Nullable
                    String nfsVersion,
            @Option(names = "--iso", description = "It is to hold ISO images instead of disks.") boolean iso,
            @Mixin WaitOptions waiting) {
        ObjectNode domain = Json.object().put("name", name).put("type", iso ? "iso" : "data");
        ObjectNode storage = domain.putObject("storage").put("type", type).put("path", path);
        Optional.ofNullable(address).ifPresent(value -> storage.put("address", value));
        Optional.ofNullable(vfsType)
                .or(() -> type.equals("glusterfs") ? Optional.of("glusterfs") : Optional.empty())
                .ifPresent(value -> storage.put("vfs_type", value));
        Optional.ofNullable(mountOptions).ifPresent(value -> storage.put("mount_options", value));
        Optional.ofNullable(nfsVersion).ifPresent(value -> storage.put("nfs_version", value));
        domain.set("host", Json.reference(host));
        var made = session.engine().post("/storagedomains", domain);
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("storage domain " + name + " to be formatted");
            made = session.engine().get(Kind.STORAGE_DOMAIN.path(made));
        }
        session.printer()
                .done(made, "Storage domain " + name + " is formatted; attach it with: bw storage attach " + name);
    }

    @Command(name = "import", description = "Takes in a domain that is on storage already, with what is on it.")
    void takeIn(
            @Option(
                            names = "--type",
                            paramLabel = "TYPE",
                            required = true,
                            description = "localfs, posixfs, glusterfs or nfs.")
                    String type,
            @Option(names = "--path", paramLabel = "PATH", required = true, description = "The directory or volume.")
                    String path,
            @Option(names = "--address", paramLabel = "ADDRESS", description = "The server.") @Nullable String address,
            @Option(names = "--host", paramLabel = "HOST", required = true, description = "The host that looks there.")
                    String host,
            @Option(names = "--vfs-type", paramLabel = "TYPE", description = "For posixfs: what mount is told.")
                    @Nullable
                    String vfsType,
            @Option(names = "--mount-options", paramLabel = "OPTIONS", description = "As mount takes them.") @Nullable
                    String mountOptions,
            @Mixin WaitOptions waiting) {
        ObjectNode domain = Json.object().put("type", "data").put("import", "true");
        ObjectNode storage = domain.putObject("storage").put("type", type).put("path", path);
        Optional.ofNullable(address).ifPresent(value -> storage.put("address", value));
        Optional.ofNullable(vfsType).ifPresent(value -> storage.put("vfs_type", value));
        Optional.ofNullable(mountOptions).ifPresent(value -> storage.put("mount_options", value));
        domain.set("host", Json.reference(host));
        takeIn(session, domain, waiting);
    }

    /** Lets the engine know a domain that is there already, as {@code domain} says. */
    static void takeIn(Session session, ObjectNode domain, WaitOptions waiting) {
        var found = session.engine().post("/storagedomains", domain);
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("the storage domain to be taken in");
            found = session.engine().get(Kind.STORAGE_DOMAIN.path(found));
        }
        session.printer()
                .done(
                        found,
                        "Storage domain " + found.name() + " is known; attach it with: bw storage attach "
                                + found.name());
    }

    @Command(description = "Changes a domain: its name, and when low space is warned of.")
    void update(
            @Parameters(paramLabel = "STORAGE", description = DOMAIN) String name,
            @Option(names = "--name", paramLabel = "NAME", description = "Its new name.") @Nullable String newName,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description,
            @Option(
                            names = "--warn-below",
                            paramLabel = "PERCENT",
                            description = "An event warns when less of it is free.")
                    @Nullable
                    Integer warnBelow,
            @Option(
                            names = "--refuse-below",
                            paramLabel = "GB",
                            description = "New disks are refused when so many gigabytes or less are free.")
                    @Nullable
                    Integer refuseBelow,
            @Option(
                            names = "--wipe-after-delete",
                            negatable = true,
                            description = "Whether new disks are overwritten when they are deleted.")
                    @Nullable
                    Boolean wipe,
            @Mixin WaitOptions waiting) {
        var domain = domain(name);
        ObjectNode change = Json.object();
        Optional.ofNullable(newName).ifPresent(value -> change.put("name", value));
        Optional.ofNullable(description).ifPresent(value -> change.put("description", value));
        Optional.ofNullable(warnBelow).ifPresent(value -> change.put("warning_low_space_indicator", value.toString()));
        Optional.ofNullable(refuseBelow)
                .ifPresent(value -> change.put("critical_space_action_blocker", value.toString()));
        Optional.ofNullable(wipe).ifPresent(value -> change.put("wipe_after_delete", value.toString()));
        session.engine().put(Kind.STORAGE_DOMAIN.path(domain), change);
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("storage domain " + name + " to be changed");
        }
        var now = session.engine().get(Kind.STORAGE_DOMAIN.path(domain));
        session.printer().done(now, "Storage domain " + now.name() + " is changed");
    }

    @Command(description = "Lists the images of an ISO domain.")
    void files(@Parameters(paramLabel = "STORAGE", description = DOMAIN) String name) {
        session.printer()
                .list(
                        session.engine().list(Kind.STORAGE_DOMAIN.path(domain(name)) + "/files"),
                        Column.of("NAME", "name"),
                        Column.of("TYPE", "type"));
    }

    @Command(
            name = "update-ovf",
            description = "Writes the descriptions of the machines to the domain now, as happens by itself.")
    void updateOvf(@Parameters(paramLabel = "STORAGE", description = DOMAIN) String name) {
        var domain = domain(name);
        session.engine().post(Kind.STORAGE_DOMAIN.path(domain) + "/updateovfstore", Json.object());
        session.printer().done(domain, "Storage domain " + domain.name() + " describes its machines as they are now");
    }

    @Command(description = "Gives a domain to a data center, where disks can be made on it.")
    void attach(
            @Parameters(paramLabel = "STORAGE", description = DOMAIN) String name,
            @Option(
                            names = "--datacenter",
                            paramLabel = "DATACENTER",
                            description = "By name or id; the only one unless told.")
                    @Nullable
                    String dataCenter,
            @Mixin WaitOptions waiting) {
        var domain = domain(name);
        var center = DataCenterCommands.chosen(session, dataCenter);
        var list = Kind.DATA_CENTER.path(center) + "/storagedomains";
        session.engine().post(list, Json.object().put("id", domain.id()));
        become(domain, list + "/" + domain.id(), "active", waiting);
    }

    @Command(description = "Takes a domain into service again.")
    void activate(@Parameters(paramLabel = "STORAGE", description = DOMAIN) String name, @Mixin WaitOptions waiting) {
        var domain = domain(name);
        var path = attached(domain);
        session.engine().post(path + "/activate", Json.object());
        become(domain, path, "active", waiting);
    }

    @Command(description = "Takes a domain out of service; no machine may run from it.")
    void maintenance(
            @Parameters(paramLabel = "STORAGE", description = DOMAIN) String name, @Mixin WaitOptions waiting) {
        var domain = domain(name);
        var path = attached(domain);
        session.engine().post(path + "/deactivate", Json.object());
        become(domain, path, "maintenance", waiting);
    }

    @Command(description = "Takes a domain in maintenance from its data center; what is on it stays.")
    void detach(@Parameters(paramLabel = "STORAGE", description = DOMAIN) String name, @Mixin WaitOptions waiting) {
        var domain = domain(name);
        var path = attached(domain);
        session.engine().delete(path);
        if (waiting.wait) {
            session.waiting(waiting).untilGone(path, "storage domain " + domain.name() + " in its data center");
        }
        session.printer().done(domain, "Storage domain " + domain.name() + " belongs to no data center");
    }

    @Command(description = "Forgets a domain that belongs to no data center.")
    void remove(
            @Parameters(paramLabel = "STORAGE", description = DOMAIN) String name,
            @Option(names = "--format", description = "Also erase it, for which a host is needed.") boolean format,
            @Option(names = "--host", paramLabel = "HOST", description = "The host that erases it.") @Nullable
                    String host,
            @Option(names = "--destroy", description = "Forget it even though nobody can reach it.") boolean destroy,
            @Mixin WaitOptions waiting) {
        var domain = domain(name);
        List<String> parameters = new ArrayList<>();
        if (format) {
            parameters.add("format=true");
        }
        if (destroy) {
            parameters.add("destroy=true");
        }
        if (host != null) {
            parameters.add("host=" + Paths.encode(host));
        }
        session.engine()
                .delete(Kind.STORAGE_DOMAIN.path(domain)
                        + (parameters.isEmpty() ? "" : "?" + String.join("&", parameters)));
        if (waiting.wait) {
            session.waiting(waiting).untilGone(Kind.STORAGE_DOMAIN.path(domain), "storage domain " + domain.name());
        }
        session.printer().gone(domain, "Storage domain " + domain.name() + " is removed");
    }

    private void become(Entity domain, String path, String status, WaitOptions waiting) {
        var now = waiting.wait
                ? session.waiting(waiting).untilStatus(path, "storage domain " + domain.name(), status)
                : session.engine().get(path);
        session.printer()
                .done(
                        now,
                        "Storage domain " + domain.name() + " is "
                                + (waiting.wait ? (status.equals("active") ? status : "in " + status) : now.status()));
    }

    private static Optional<String> center(Entity domain) {
        return domain.list("data_centers").stream().map(Entity::id).findFirst();
    }

    /** Where the domain stands within its data center. */
    private static Optional<String> attachment(Entity domain) {
        return center(domain).map(id -> "/datacenters/" + id + "/storagedomains/" + domain.id());
    }

    private static String attached(Entity domain) {
        return attachment(domain)
                .orElseThrow(() -> CommandFailure.refused(
                        409,
                        "Storage domain " + domain.name()
                                + " belongs to no data center. Attach it with: bw storage attach " + domain.name()));
    }

    private static String place(Entity domain) {
        String address = domain.text("storage.address");
        String path = domain.text("storage.path");
        return address.isEmpty() ? path : address + ":" + path;
    }
}
