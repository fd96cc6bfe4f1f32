package org.bellwether.cli;

import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bw certificate …}. */
@Command(description = CertificateCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class CertificateCommands {

    static final String DESCRIPTION = "The certificates of engine and hosts, and who signs them.";
    private static final String PATH = "/ovirt-engine/services/certificates";

    private final Session session;

    CertificateCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Shows the authority, how far its replacement is, and each host's certificate.")
    void show() {
        session.printer().show(session.engine().get(PATH), CertificateCommands::sheet);
    }

    @Command(
            description =
                    "Replaces the certificate authority without a stop. Clients that keep a copy of the engine's ca.crt must"
                            + " fetch it again before the time that is shown.")
    void roll(
            @Option(
                            names = "--now",
                            description = "The next one signs as soon as the hosts know it; clients get no time.")
                    boolean now) {
        session.printer()
                .show(
                        session.engine().post(now ? PATH + "?now=true" : PATH, Json.object()),
                        CertificateCommands::sheet);
    }

    private static Sheet sheet(Entity shown) {
        return new Sheet()
                .line("Stage", shown.text("stage"))
                .line("Authority", shown.text("authority.subject"))
                .line("Good until", shown.text("authority.until"))
                .line("Replaced from", shown.text("replaced_at"))
                .line("The other one", shown.text("other.subject"))
                .line("Signs after", shown.text("signs_after"))
                .line("HTTPS server", shown.text("web.subject"))
                .line("Good until", shown.text("web.until"))
                .section(
                        "Hosts",
                        Printer.table(
                                shown.plain("hosts"),
                                Column.of("HOST", "name"),
                                Column.of("GOOD UNTIL", "until"),
                                Column.of("RENEWED AT", "renewed_at"),
                                Column.of("WAITED FOR", "holds_up")));
    }
}
