package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw network …}. */
@Command(description = NetworkCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class NetworkCommands {

    static final String DESCRIPTION = "Logical networks, into which machines are plugged.";

    private final Session session;

    NetworkCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists logical networks.")
    void list() {
        var networks = session.engine().list("/networks");
        var printer = session.printer();
        Map<String, String> centers =
                printer.asJson() ? Map.of() : session.lookup().names(Kind.DATA_CENTER);
        printer.list(
                networks,
                Column.of("NAME", "name"),
                new Column("DATA CENTER", each -> centers.getOrDefault(each.text("data_center.id"), "")),
                Column.of("VLAN", "vlan.id"),
                new Column("MTU", NetworkCommands::mtu),
                new Column("USED FOR", NetworkCommands::usages),
                Column.of("ID", "id"));
    }

    @Command(description = "Shows a logical network.")
    void show(@Parameters(paramLabel = "NETWORK", description = "Its name or id.") String name) {
        var network = session.lookup().find(Kind.NETWORK, name);
        session.printer()
                .show(
                        network,
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Id", each.id())
                                .line("Description", each.text("description"))
                                .line(
                                        "Data center",
                                        each.find("data_center.id")
                                                .map(id -> session.engine()
                                                        .get("/datacenters/" + id)
                                                        .name()))
                                .line("VLAN", each.text("vlan.id"))
                                .line("MTU", mtu(each))
                                .line("Used for", usages(each)));
    }

    @Command(description = "Makes a logical network, and a vNIC profile of its name.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name, of 15 characters at most.") String name,
            @Option(
                            names = "--datacenter",
                            paramLabel = "DATACENTER",
                            description = "By name or id; the only one unless told.")
                    @Nullable
                    String dataCenter,
            @Option(names = "--vlan", paramLabel = "ID", description = "Its VLAN.") @Nullable Integer vlan,
            @Option(names = "--mtu", paramLabel = "BYTES", description = "Its largest packet.") @Nullable Integer mtu,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description) {
        ObjectNode network = Json.object().put("name", name);
        network.putObject("data_center")
                .put("id", DataCenterCommands.chosen(session, dataCenter).id());
        if (vlan != null) {
            network.putObject("vlan").put("id", vlan.toString());
        }
        if (mtu != null) {
            network.put("mtu", mtu.toString());
        }
        if (description != null) {
            network.put("description", description);
        }
        session.printer().done(session.engine().post("/networks", network), "Network " + name + " is made");
    }

    @Command(description = "Gives a network to a cluster, or changes what it is for there.")
    void attach(
            @Parameters(paramLabel = "NETWORK", description = "Its name or id.") String name,
            @Option(names = "--cluster", paramLabel = "CLUSTER", required = true, description = "By name or id.")
                    String cluster,
            @Option(names = "--required", negatable = true, description = "Whether every host must have it.")
                    boolean required,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            description = "What it is for: display, migration, default_route, management.")
                    @Nullable
                    List<String> roles) {
        var network = session.lookup().find(Kind.NETWORK, name);
        var networks = Kind.CLUSTER.path(session.lookup().find(Kind.CLUSTER, cluster)) + "/networks";
        ObjectNode wish = Json.object().put("id", network.id()).put("required", required);
        if (roles != null) {
            var usages = wish.putObject("usages").putArray("usage").add("vm");
            roles.forEach(usages::add);
        }
        boolean there = session.engine().list(networks).stream()
                .anyMatch(each -> each.id().equals(network.id()));
        if (there) {
            session.engine().put(networks + "/" + network.id(), wish);
        } else {
            session.engine().post(networks, wish);
        }
        session.printer().done(network, "Cluster " + cluster + " has the network " + network.name());
    }

    @Command(description = "Takes a network from a cluster.")
    void detach(
            @Parameters(paramLabel = "NETWORK", description = "Its name or id.") String name,
            @Option(names = "--cluster", paramLabel = "CLUSTER", required = true, description = "By name or id.")
                    String cluster) {
        var network = session.lookup().find(Kind.NETWORK, name);
        session.engine()
                .delete(Kind.CLUSTER.path(session.lookup().find(Kind.CLUSTER, cluster)) + "/networks/" + network.id());
        session.printer().done(network, "Cluster " + cluster + " no longer has the network " + network.name());
    }

    @Command(description = "Removes a logical network that no machine uses.")
    void remove(@Parameters(paramLabel = "NETWORK", description = "Its name or id.") String name) {
        var network = session.lookup().find(Kind.NETWORK, name);
        session.engine().delete(Kind.NETWORK.path(network));
        session.printer().gone(network, "Network " + network.name() + " is removed");
    }

    /** The API writes 0 where hosts decide. */
    private static String mtu(Entity network) {
        return network.find("mtu").filter(mtu -> !mtu.equals("0")).orElse("default");
    }

    /** A list of plain values: {@code {"usage": ["vm"]}}. */
    private static String usages(Entity network) {
        return network.list("usages").stream().map(each -> each.json().asText()).collect(Collectors.joining(", "));
    }
}
