package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw storage unregistered …}: what a domain brings that the engine does not know. */
@Command(
        description = "What a domain brings that nobody has registered yet: machines, templates and disks.",
        synopsisSubcommandLabel = "COMMAND")
final class StorageUnregisteredCommands {

    private static final String STORAGE = "The domain's name or id.";

    private final Session session;

    StorageUnregisteredCommands(Session session) {
        this.session = session;
    }

    private String path(String storage) {
        return Kind.STORAGE_DOMAIN.path(session.lookup().find(Kind.STORAGE_DOMAIN, storage));
    }

    private record Found(String kind, Entity what) {}

    private List<Found> found(String domain, String... kinds) {
        return Stream.of(kinds)
                .flatMap(kind -> session.engine().list(domain + "/" + kind + "?unregistered=true").stream()
                        .map(each -> new Found(kind, each)))
                .toList();
    }

    @Command(description = "Lists machines, templates and disks that can be registered.")
    void list(@Parameters(paramLabel = "STORAGE", description = STORAGE) String storage) {
        var all = found(path(storage), "vms", "templates", "disks");
        Map<String, String> kinds = all.stream()
                .collect(java.util.stream.Collectors.toMap(
                        each -> each.what().id(),
                        each -> each.kind().substring(0, each.kind().length() - 1),
                        (one, other) -> one));
        session.printer()
                .list(
                        all.stream().map(Found::what).toList(),
                        new Column("KIND", each -> kinds.getOrDefault(each.id(), "")),
                        Column.of("NAME", "name"),
                        new Column("MEMORY", each -> Text.size(each.number("memory"))),
                        new Column("SIZE", each -> Text.size(each.number("provisioned_size"))),
                        Column.of("ID", "id"));
    }

    @Command(description = "Takes in a machine or template that a domain brings, with its disks.")
    void register(
            @Parameters(paramLabel = "STORAGE", description = STORAGE) String storage,
            @Parameters(paramLabel = "NAME", description = "Its name or id, as list shows it.") String wanted,
            @Option(names = "--name", paramLabel = "NAME", description = "What it is to be called here.") @Nullable
                    String name,
            @Option(names = "--partial", description = "Also without disks that are not there.") boolean partial,
            @Option(names = "--fresh-macs", description = "Give its interfaces new MAC addresses.") boolean freshMacs,
            @Option(
                            names = "--network",
                            paramLabel = "NETWORK=PROFILE",
                            description =
                                    "What interfaces on that network are plugged into here: a vNIC profile, by id or"
                                            + " name. May be repeated.")
                    @Nullable
                    Map<String, String> networks) {
        var domain = path(storage);
        var found = one(found(domain, "vms", "templates"), storage, wanted);
        ObjectNode action = Json.object()
                .put("allow_partial_import", Boolean.toString(partial))
                .put("reassign_bad_macs", Boolean.toString(freshMacs));
        if (name != null) {
            action.putObject(found.kind().equals("vms") ? "vm" : "template").put("name", name);
        }
        if (networks != null) {
            ArrayNode mappings = action.putObject("registration_configuration")
                    .putObject("vnic_profile_mappings")
                    .putArray("registration_vnic_profile_mapping");
            networks.forEach((network, profile) -> {
                ObjectNode mapping = mappings.addObject();
                mapping.putObject("from").putObject("network").put("name", network);
                mapping.putObject("to")
                        .put(
                                "id",
                                session.lookup()
                                        .find(Kind.VNIC_PROFILE, profile)
                                        .id());
            });
        }
        session.engine().post(domain + "/" + found.kind() + "/" + found.what().id() + "/register", action);
        session.printer().done(found.what(), found.what().name() + " is registered");
    }

    @Command(name = "register-disk", description = "Takes in a disk that no machine has.")
    void registerDisk(
            @Parameters(paramLabel = "STORAGE", description = STORAGE) String storage,
            @Parameters(paramLabel = "DISK", description = "Its name or id, as list shows it.") String wanted) {
        var domain = path(storage);
        var found = one(found(domain, "disks"), storage, wanted);
        var made = session.engine()
                .post(
                        domain + "/disks?unregistered=true",
                        Json.object().put("id", found.what().id()));
        session.printer().done(made, "Disk " + found.what().name() + " is registered");
    }

    private static Found one(List<Found> all, String storage, String wanted) {
        var fitting = all.stream()
                .filter(each ->
                        each.what().id().equals(wanted) || each.what().name().equals(wanted))
                .toList();
        if (fitting.size() != 1) {
            throw CommandFailure.refused(
                    404,
                    "Storage domain %s brings %s %s. See what it brings with: bw storage unregistered list %s"
                            .formatted(
                                    storage,
                                    fitting.isEmpty() ? "no" : "several that are called",
                                    Text.clean(wanted),
                                    storage));
        }
        return fitting.getFirst();
    }
}
