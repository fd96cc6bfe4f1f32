package org.bellwether.cli;

import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw datacenter …}. */
@Command(description = DataCenterCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class DataCenterCommands {

    static final String DESCRIPTION = "Data centers, which hold clusters, storage and networks.";

    private final Session session;

    DataCenterCommands(Session session) {
        this.session = session;
    }

    /** The data center that was named, or the only one there is. */
    static Entity chosen(Session session, @Nullable String nameOrId) {
        if (nameOrId != null) {
            return session.lookup().find(Kind.DATA_CENTER, nameOrId);
        }
        var all = session.engine().list("/datacenters");
        if (all.size() != 1) {
            throw CommandFailure.usage("There are " + all.size()
                    + " data centers, so say which with --datacenter. See them with: bw datacenter list");
        }
        return all.getFirst();
    }

    @Command(description = "Lists data centers.")
    void list() {
        session.printer()
                .list(
                        session.engine().list("/datacenters"),
                        Column.of("NAME", "name"),
                        Column.of("STATUS", "status"),
                        new Column("LEVEL", ClusterCommands::level),
                        Column.of("ID", "id"));
    }

    @Command(description = "Shows a data center and its clusters.")
    void show(@Parameters(paramLabel = "DATACENTER", description = "Its name or id.") String name) {
        var center = session.lookup().find(Kind.DATA_CENTER, name);
        session.printer()
                .show(
                        center,
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Id", each.id())
                                .line("Description", each.text("description"))
                                .line("Status", each.status())
                                .line("Level", ClusterCommands.level(each))
                                .section(
                                        "Clusters",
                                        Printer.table(
                                                session.engine().list(Kind.DATA_CENTER.path(each) + "/clusters"),
                                                Column.of("NAME", "name"),
                                                Column.of("CPU TYPE", "cpu.type"),
                                                Column.of("ID", "id"))));
    }

    @Command(description = "Makes a data center.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(names = "--local", description = "For one host and its own directories only.") boolean local,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description) {
        var center = Json.object().put("name", name).put("local", Boolean.toString(local));
        if (description != null) {
            center.put("description", description);
        }
        session.printer().done(session.engine().post("/datacenters", center), "Data center " + name + " is made");
    }

    @Command(description = "Removes a data center without clusters and storage.")
    void remove(@Parameters(paramLabel = "DATACENTER", description = "Its name or id.") String name) {
        var center = session.lookup().find(Kind.DATA_CENTER, name);
        session.engine().delete(Kind.DATA_CENTER.path(center));
        session.printer().gone(center, "Data center " + center.name() + " is removed");
    }
}
