package org.bellwether.cli;

import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw engine-machine …}. */
@Command(description = EngineMachineCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class EngineMachineCommands {

    static final String DESCRIPTION = "The machine that the engine runs in, and the hosts that keep it alive.";
    static final String PATH = "/ovirt-engine/services/engine-machine";

    private final Session session;

    EngineMachineCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Shows where it is, and how each host could run it.")
    void show() {
        session.printer().show(session.engine().get(PATH), EngineMachineCommands::sheet);
    }

    private static Sheet sheet(Entity machine) {
        var sheet = new Sheet().line("Kept by the hosts", machine.text("configured"));
        if (!machine.flag("configured")) {
            return sheet;
        }
        return sheet.line("Machine", machine.text("vm"))
                .line("Address", machine.text("address"))
                .line("Global maintenance", machine.text("global_maintenance"))
                .section(
                        "Hosts",
                        Printer.table(
                                machine.plain("hosts"),
                                Column.of("HOST", "name"),
                                Column.of("SCORE", "score"),
                                Column.of("ENGINE", "engine"),
                                Column.of("HEALTH", "health"),
                                Column.of("MAINTENANCE", "local_maintenance"),
                                Column.of("DETAIL", "detail")));
    }

    @Command(description = "Lets all hosts leave it alone, or one host not run it, or ends that.")
    void maintenance(
            @Parameters(paramLabel = "on|off", description = "Whether.") String whether,
            @Option(names = "--host", paramLabel = "HOST", description = "This host only; all of them unless told.")
                    String host) {
        if (!whether.equals("on") && !whether.equals("off")) {
            throw CommandFailure.usage("Maintenance is on or off, not " + Text.clean(whether) + ".");
        }
        var wish = Json.object().put(host == null ? "global" : "local", String.valueOf(whether.equals("on")));
        if (host != null) {
            wish.put("host", host);
        }
        session.printer().show(session.engine().put(PATH, wish), EngineMachineCommands::sheet);
    }
}
