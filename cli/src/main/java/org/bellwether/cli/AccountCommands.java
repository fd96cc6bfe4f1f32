package org.bellwether.cli;

import java.nio.file.Path;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw account …}: what people do with their own account. */
@Command(description = AccountCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class AccountCommands {

    static final String DESCRIPTION = "Your own account: password, second factor, tokens for programs.";

    static final String SERVICES = "/ovirt-engine/services/";

    private final Session session;

    AccountCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Shows who is signed on.")
    void show() {
        var own = session.engine().get("").text("authenticated_user.id");
        session.printer()
                .show(
                        session.engine().get("/users/" + own),
                        each -> new Sheet()
                                .line("User", each.text("user_name"))
                                .line("Id", each.id())
                                .line("Name", (each.name() + " " + each.text("last_name")).strip())
                                .line("E-mail", each.text("email"))
                                .section(
                                        "Permissions",
                                        PermissionCommands.table(session, "/users/" + each.id() + "/permissions")));
    }

    @Command(description = "Gives you another password; all your sessions end, tokens of programs too.")
    void password(
            @Option(
                            names = "--new-password-file",
                            required = true,
                            paramLabel = "FILE",
                            description = "The file that holds the new one; - reads it from the input.")
                    Path password) {
        var login = session.login();
        session.engine()
                .form(
                        SERVICES + "password",
                        Map.of(
                                "password",
                                login.password(),
                                "new_password",
                                UserCommands.read(password),
                                "otp",
                                login.otp()));
        session.printer().done(new Entity(Json.object().put("name", login.user())), "Your password is changed");
    }

    @Command(
            description = {"Makes a token for a program, and shows it, this once."},
            footer = {"bw uses one as BW_TOKEN or --token-file. See and end them with: bw session list, bw session end"
            })
    void token(
            @Parameters(paramLabel = "NAME", description = "What uses it, so that you know when you end it.")
                    String name,
            @Option(
                            names = "--days",
                            paramLabel = "N",
                            defaultValue = "365",
                            description = "Until it ends; 1 to 3660, 365 if not said.")
                    int days,
            @Option(names = "--read-only", description = "It may look and change nothing.") boolean readOnly) {
        var made = session.engine()
                .form(
                        SERVICES + "tokens",
                        Map.of("name", name, "days", String.valueOf(days), "read_only", String.valueOf(readOnly)));
        session.printer()
                .show(
                        made,
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Token", each.text("token"))
                                .line(
                                        "Ends",
                                        each.time("ends").map(Object::toString).orElse("")));
    }
}
