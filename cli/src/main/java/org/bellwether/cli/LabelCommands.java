package org.bellwether.cli;

import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw label …}. */
@Command(description = LabelCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class LabelCommands {

    static final String DESCRIPTION = "Affinity labels: which machines belong on which hosts.";

    private static final String ON = "Such as vm/demo or host/host1.";

    private final Session session;

    LabelCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists affinity labels.")
    void list() {
        session.printer()
                .list(
                        session.engine().list("/affinitylabels"),
                        Column.of("NAME", "name"),
                        Column.of("BINDS", "has_implicit_affinity_group"),
                        new Column(
                                "MACHINES",
                                each -> Integer.toString(each.list("vms.vm").size())),
                        new Column(
                                "HOSTS",
                                each -> Integer.toString(each.list("hosts.host").size())),
                        Column.of("ID", "id"));
    }

    @Command(description = "Makes an affinity label.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(names = "--binds", description = "Machines with it run only on hosts with it.") boolean binds) {
        var label = Json.object().put("name", name).put("has_implicit_affinity_group", Boolean.toString(binds));
        session.printer().done(session.engine().post("/affinitylabels", label), "The label " + name + " is made");
    }

    @Command(description = "Puts a label on a machine or a host.")
    void put(
            @Parameters(paramLabel = "LABEL", description = "Its name or id.") String name,
            @Parameters(paramLabel = "KIND/NAME", description = ON) String object) {
        var label = session.engine().post(session.lookup().path(object) + "/affinitylabels", Json.reference(name));
        session.printer().done(label, "The label " + label.name() + " is on " + object);
    }

    @Command(description = "Takes a label off a machine or a host.")
    void take(
            @Parameters(paramLabel = "LABEL", description = "Its name or id.") String name,
            @Parameters(paramLabel = "KIND/NAME", description = ON) String object) {
        var path = session.lookup().path(object) + "/affinitylabels";
        var label = session.lookup().find(path, "label", name);
        session.engine().delete(path + "/" + label.id());
        session.printer().gone(label, "The label " + label.name() + " is off " + object);
    }

    @Command(description = "Removes an affinity label.")
    void remove(@Parameters(paramLabel = "LABEL", description = "Its name or id.") String name) {
        var label = session.lookup().find("/affinitylabels", "label", name);
        session.engine().delete("/affinitylabels/" + label.id());
        session.printer().gone(label, "The label " + label.name() + " is removed");
    }
}
