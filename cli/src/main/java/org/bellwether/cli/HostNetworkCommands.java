package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw host network …}. */
@Command(description = HostNetworkCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class HostNetworkCommands {

    static final String DESCRIPTION = "The networks of a host: NICs, bonds, and what is attached to them.";

    private static final String HOST = "The host's name or id.";
    private static final String NETWORK = "The network's name or id.";

    private final Session session;

    HostNetworkCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists the NICs, VLANs and bonds of a host.")
    void nics(@Parameters(paramLabel = "HOST", description = HOST) String host) {
        session.printer()
                .list(
                        session.engine().list(path(host) + "/nics"),
                        Column.of("NAME", "name"),
                        Column.of("STATUS", "status"),
                        Column.of("NETWORK", "network.name"),
                        Column.of("ADDRESS", "ip.address"),
                        Column.of("VLAN", "vlan.id"),
                        Column.of("MTU", "mtu"),
                        new Column("BOND OF", HostNetworkCommands::slaves),
                        Column.of("MAC", "mac.address"));
    }

    private static String slaves(Entity nic) {
        return nic.list("bonding.slaves").stream().map(Entity::name).collect(Collectors.joining(" "));
    }

    @Command(description = "Lists the networks that are attached to a host, and where they differ from what is wanted.")
    void list(@Parameters(paramLabel = "HOST", description = HOST) String host) {
        session.printer()
                .list(
                        session.engine().list(path(host) + "/networkattachments"),
                        Column.of("NETWORK", "network.name"),
                        Column.of("ON", "host_nic.name"),
                        new Column("ADDRESS", HostNetworkCommands::address),
                        new Column("AS WANTED", each -> each.flag("in_sync") ? "yes" : "no"),
                        new Column("DIFFERENCES", HostNetworkCommands::differences));
    }

    private static String address(Entity attachment) {
        return attachment.list("ip_address_assignments").stream()
                .map(each -> each.text("ip.address").isEmpty()
                        ? each.text("assignment_method")
                        : each.text("ip.address") + "/" + each.text("ip.netmask"))
                .filter(each -> !each.equals("none"))
                .collect(Collectors.joining(", "));
    }

    private static String differences(Entity attachment) {
        return attachment.list("reported_configurations").stream()
                .filter(field -> !field.flag("in_sync"))
                .map(field -> field.name() + ": " + or(field.text("actual_value"), "none") + " instead of "
                        + or(field.text("expected_value"), "none"))
                .collect(Collectors.joining("; "));
    }

    private static String or(String text, String otherwise) {
        return text.isEmpty() ? otherwise : text;
    }

    @Command(description = "Attaches a network to a NIC or bond of a host, or changes its address there.")
    void attach(
            @Parameters(paramLabel = "HOST", description = HOST) String host,
            @Parameters(paramLabel = "NETWORK", description = NETWORK) String network,
            @Option(names = "--nic", paramLabel = "NIC", description = "The NIC or bond; where it is unless told.")
                    @Nullable
                    String nic,
            @Option(
                            names = "--address",
                            paramLabel = "ADDRESS",
                            description = "Such as 10.1.2.3/24, or dhcp, or none; as it is unless told.")
                    @Nullable
                    String address,
            @Option(names = "--gateway", paramLabel = "ADDRESS", description = "The way to everywhere else.") @Nullable
                    String gateway) {
        ObjectNode attachment = Json.object();
        attachment
                .putObject("network")
                .put("id", session.lookup().find(Kind.NETWORK, network).id());
        if (nic != null) {
            attachment.putObject("host_nic").put("name", nic);
        }
        if (address != null) {
            attachment
                    .putObject("ip_address_assignments")
                    .putArray("ip_address_assignment")
                    .add(assignment(address, gateway));
        }
        ObjectNode change = change();
        change.putObject("modified_network_attachments")
                .putArray("network_attachment")
                .add(attachment);
        setUp(host, change, "The network " + network + " is attached");
    }

    private static ObjectNode assignment(String address, @Nullable String gateway) {
        ObjectNode assignment = Json.object();
        if (address.equals("dhcp") || address.equals("none")) {
            return assignment.put("assignment_method", address);
        }
        var parts = address.split("/", -1);
        if (parts.length != 2) {
            throw CommandFailure.usage(
                    "'" + address + "' is no address with the length of its prefix, such as 10.1.2.3/24");
        }
        var ip = assignment
                .put("assignment_method", "static")
                .putObject("ip")
                .put("version", address.contains(":") ? "v6" : "v4")
                .put("address", parts[0])
                .put("netmask", parts[1]);
        if (gateway != null) {
            ip.put("gateway", gateway);
        }
        return assignment;
    }

    @Command(description = "Takes a network off a host.")
    void detach(
            @Parameters(paramLabel = "HOST", description = HOST) String host,
            @Parameters(paramLabel = "NETWORK", description = NETWORK) String network) {
        ObjectNode change = change();
        change.putObject("removed_network_attachments")
                .putArray("network_attachment")
                .addObject()
                .putObject("network")
                .put("id", session.lookup().find(Kind.NETWORK, network).id());
        setUp(host, change, "The network " + network + " is detached");
    }

    @Command(description = "Makes a bond of NICs, or changes one.")
    void bond(
            @Parameters(paramLabel = "HOST", description = HOST) String host,
            @Parameters(paramLabel = "BOND", description = "Its name, such as bond0.") String bond,
            @Option(names = "--nic", paramLabel = "NIC", required = true, description = "Each of its NICs.")
                    List<String> nics,
            @Option(
                            names = "--mode",
                            paramLabel = "MODE",
                            defaultValue = "1",
                            description = "0 to 6, as the kernel numbers them; 1, one NIC at a time, unless told.")
                    String mode) {
        ObjectNode change = change();
        ObjectNode nic = change.putObject("modified_bonds")
                .putArray("host_nic")
                .addObject()
                .put("name", bond);
        ObjectNode bonding = nic.putObject("bonding");
        bonding.putObject("options")
                .putArray("option")
                .add(Json.object().put("name", "mode").put("value", mode))
                .add(Json.object().put("name", "miimon").put("value", "100"));
        var slaves = bonding.putObject("slaves").putArray("host_nic");
        nics.forEach(each -> slaves.addObject().put("name", each));
        setUp(host, change, "The bond " + bond + " is made");
    }

    @Command(description = "Takes a bond apart.")
    void unbond(
            @Parameters(paramLabel = "HOST", description = HOST) String host,
            @Parameters(paramLabel = "BOND", description = "Its name.") String bond) {
        ObjectNode change = change();
        change.putObject("removed_bonds").putArray("host_nic").addObject().put("name", bond);
        setUp(host, change, "The bond " + bond + " is gone");
    }

    @Command(description = "Makes all networks of a host as they are wanted.")
    void sync(@Parameters(paramLabel = "HOST", description = HOST) String host) {
        session.engine().post(path(host) + "/syncallnetworks", Json.object());
        session.printer()
                .done(session.engine().get(path(host)), "The networks of host " + host + " are as they are wanted");
    }

    /** It holds only if the engine still reaches the host afterwards, and comes back when the host boots. */
    private static ObjectNode change() {
        return Json.object().put("check_connectivity", true).put("commit_on_success", true);
    }

    private void setUp(String host, ObjectNode change, String done) {
        session.engine().post(path(host) + "/setupnetworks", change);
        session.printer().done(session.engine().get(path(host)), done + " on host " + host);
    }

    private String path(String host) {
        return Kind.HOST.path(session.lookup().find(Kind.HOST, host));
    }
}
