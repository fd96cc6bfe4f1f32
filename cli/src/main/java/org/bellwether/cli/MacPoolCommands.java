package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw macpool …}. */
@Command(description = MacPoolCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class MacPoolCommands {

    static final String DESCRIPTION = "The MAC addresses that machines of clusters get.";

    private final Session session;

    MacPoolCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists MAC pools.")
    void list() {
        session.printer()
                .list(
                        session.engine().list("/macpools"),
                        Column.of("NAME", "name"),
                        new Column(
                                "RANGES",
                                each -> each.list("ranges.range").stream()
                                        .map(range -> range.text("from") + " to " + range.text("to"))
                                        .collect(Collectors.joining(", "))),
                        Column.of("DUPLICATES", "allow_duplicates"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Makes a MAC pool.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(
                            names = "--range",
                            paramLabel = "FROM,TO",
                            required = true,
                            description = "Such as 56:6f:00:00:00:00,56:6f:00:00:ff:ff; as often as needed.")
                    List<String> ranges,
            @Option(names = "--duplicates", description = "The same address may be given to several by hand.")
                    boolean duplicates) {
        ObjectNode pool = Json.object().put("name", name).put("allow_duplicates", Boolean.toString(duplicates));
        var list = pool.putObject("ranges").putArray("range");
        for (String range : ranges) {
            String[] ends = range.split(",");
            if (ends.length != 2) {
                throw CommandFailure.usage(
                        "'" + range + "' is no range. Write the first and the last address with a comma.");
            }
            list.addObject().put("from", ends[0]).put("to", ends[1]);
        }
        session.printer().done(session.engine().post("/macpools", pool), "The MAC pool " + name + " is made");
    }

    @Command(description = "Removes a MAC pool that no cluster uses.")
    void remove(@Parameters(paramLabel = "POOL", description = "Its name or id.") String name) {
        var pool = session.lookup().find("/macpools", "MAC pool", name);
        session.engine().delete("/macpools/" + pool.id());
        session.printer().gone(pool, "The MAC pool " + pool.name() + " is removed");
    }
}
