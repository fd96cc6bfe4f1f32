package org.bellwether.cli;

import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bw session …}. */
@Command(description = SessionCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class SessionCommands {

    static final String DESCRIPTION = "Who is signed on, and programs' tokens.";

    private static final String PLACE = "/ovirt-engine/services/sessions";

    private final Session session;

    SessionCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists sessions and tokens: one's own, or all for who administers users.")
    void list() {
        session.printer()
                .list(
                        session.engine().list(PLACE),
                        Column.of("USER", "user_name"),
                        Column.of("KIND", "kind"),
                        Column.of("NAME", "name"),
                        Column.of("FROM", "remote"),
                        new Column(
                                "ENDS",
                                each -> each.time("ends").map(Object::toString).orElse("")),
                        Column.of("ID", "id"));
    }

    @Command(description = "Ends a session or a token.")
    void end(@Parameters(paramLabel = "ID", description = "Its id.") String id) {
        session.engine().delete(PLACE + "?id=" + Paths.encode(id));
        session.printer().line("The session is ended.");
    }
}
