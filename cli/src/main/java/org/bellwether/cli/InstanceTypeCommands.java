package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw instance-type …}. */
@Command(description = InstanceTypeCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class InstanceTypeCommands {

    static final String DESCRIPTION = "Sizes that machines are made in.";

    private static final String TYPES = "/instancetypes";
    private static final String TYPE = "Its name or id.";

    private final Session session;

    InstanceTypeCommands(Session session) {
        this.session = session;
    }

    /** What is said of a size; the rest stays as it is. */
    static final class Size {
        @Option(names = "--memory", paramLabel = "SIZE", description = "Its memory, such as 512M or 2G.")
        @Nullable
        String memory;

        @Option(
                names = "--cpus",
                paramLabel = "NUMBER",
                description = "How many processors; NUMBER or SOCKETS:CORES:THREADS.")
        @Nullable
        String cpus;

        @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
        @Nullable
        String description;

        @Option(
                names = "--ha",
                negatable = true,
                fallbackValue = "true",
                description = "Whether such machines are restarted when their host fails.")
        @Nullable
        Boolean available;

        void into(ObjectNode type) {
            if (description != null) {
                type.put("description", description);
            }
            if (memory != null) {
                type.put("memory", Long.toString(Text.bytes(memory, "memory")));
            }
            if (cpus != null) {
                VmSettings.topology(type, cpus);
            }
            if (available != null) {
                type.putObject("high_availability").put("enabled", available.toString());
            }
        }
    }

    private Entity type(String nameOrId) {
        return session.lookup().find(TYPES, "instance type", nameOrId);
    }

    @Command(description = "Lists the sizes.")
    void list() {
        session.printer()
                .list(
                        session.engine().list(TYPES),
                        Column.of("NAME", "name"),
                        new Column("MEMORY", each -> Text.size(each.number("memory"))),
                        new Column("CPUS", VmSheet::cpus),
                        new Column("HA", each -> each.flag("high_availability.enabled") ? "yes" : "no"),
                        Column.of("DESCRIPTION", "description"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Makes a size.")
    void create(@Parameters(paramLabel = "NAME", description = "Its name.") String name, @Mixin Size size) {
        ObjectNode type = Json.object().put("name", name);
        size.into(type);
        session.printer().done(session.engine().post(TYPES, type), "The instance type " + name + " is made");
    }

    @Command(description = "Changes a size; machines that were made in it stay as they are.")
    void update(
            @Parameters(paramLabel = "TYPE", description = TYPE) String name,
            @Option(names = "--name", paramLabel = "NAME", description = "Another name.") @Nullable String renamed,
            @Mixin Size size) {
        ObjectNode change = Json.object();
        if (renamed != null) {
            change.put("name", renamed);
        }
        size.into(change);
        var changed = session.engine().put(TYPES + "/" + type(name).id(), change);
        session.printer().done(changed, "The instance type " + changed.name() + " is changed");
    }

    @Command(description = "Removes a size; machines that were made in it stay as they are.")
    void remove(@Parameters(paramLabel = "TYPE", description = TYPE) String name) {
        var type = type(name);
        session.engine().delete(TYPES + "/" + type.id());
        session.printer().gone(type, "The instance type " + type.name() + " is removed");
    }
}
