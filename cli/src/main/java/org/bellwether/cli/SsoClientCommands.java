package org.bellwether.cli;

import java.util.List;
import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw sso-client …}. */
@Command(description = SsoClientCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class SsoClientCommands {

    static final String DESCRIPTION = "Programs that sign their users on at this engine, by OpenID Connect.";

    private static final String PATH = "/ovirt-engine/services/sso-clients";

    private final Session session;

    SsoClientCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists programs.")
    void list() {
        session.printer()
                .list(
                        session.engine().list(PATH),
                        Column.of("CLIENT ID", "name"),
                        Column.of("MAY ACT AS ITS USERS", "api"),
                        Column.of("ADDRESSES", "redirect_uris"));
    }

    @Command(description = "Shows a program; its secret is nowhere to be seen any more.")
    void show(@Parameters(paramLabel = "CLIENT", description = "Its client id.") String name) {
        session.printer().show(session.engine().get(PATH + "/" + Paths.encode(name)), SsoClientCommands::sheet);
    }

    private static Sheet sheet(Entity client) {
        return new Sheet()
                .line("Client id", client.name())
                .line("Secret", client.text("client_secret"))
                .line("Addresses", client.text("redirect_uris"))
                .line("May act as its users", client.text("api"));
    }

    @Command(
            description = {"Makes a program known, and shows its secret, this once."},
            footer = {
                "The program is told the issuer https://ENGINE/ovirt-engine/sso/openid, where it finds everything else.",
                "It asks for the scopes openid, profile, email and groups; with --api also for ovirt-app-api."
            })
    void create(
            @Parameters(paramLabel = "CLIENT", description = "Its client id.") String name,
            @Option(
                            names = "--redirect",
                            paramLabel = "URL",
                            required = true,
                            description =
                                    "Where browsers come back to, exactly as it says; may be given several times.")
                    List<String> redirects,
            @Option(names = "--api", description = "It may act in the API as who signed on.") boolean api) {
        var body = Json.object()
                .put("name", name)
                .put("redirect_uris", String.join(" ", redirects))
                .put("api", String.valueOf(api));
        session.printer().show(session.engine().post(PATH, body), SsoClientCommands::sheet);
    }

    @Command(description = "Forgets a program; the sessions that were begun for it end.")
    void remove(@Parameters(paramLabel = "CLIENT", description = "Its client id.") String name) {
        var path = PATH + "/" + Paths.encode(name);
        var client = session.engine().get(path);
        session.engine().delete(path);
        session.printer().gone(client, "Nobody signs on to " + client.name() + " any more");
    }
}
