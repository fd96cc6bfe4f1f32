package org.bellwether.cli;

import picocli.CommandLine.Command;

/** {@code bw audit …}. */
@Command(description = AuditCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class AuditCommands {

    static final String DESCRIPTION = "The log of events as evidence.";

    private final Session session;

    AuditCommands(Session session) {
        this.session = session;
    }

    @Command(
            description = "Verifies that nobody changed the log of events.",
            footer = "Note the head down elsewhere: with it you find out later whether the end of the log was cut off.")
    void verify() {
        var verdict = session.engine().get("/ovirt-engine/services/audit");
        if (!verdict.flag("intact")) {
            throw CommandFailure.refused(
                    409,
                    "The log of events was changed: its chain breaks at event number %s. Compare it with a backup of the database."
                            .formatted(verdict.text("broken_at")));
        }
        session.printer()
                .done(
                        verdict,
                        "The log is intact: %s events, head %s"
                                .formatted(verdict.text("events"), verdict.text("head")));
    }
}
