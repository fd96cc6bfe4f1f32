package org.bellwether.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bw account factor …}. */
@Command(description = AccountFactorCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class AccountFactorCommands {

    static final String DESCRIPTION = "The second factor, without which nobody signs on who has learnt your password.";

    private static final String PLACE = AccountCommands.SERVICES + "second-factor";

    private final Session session;

    AccountFactorCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Shows a secret for your authenticator; it counts after: bw account factor confirm CODE")
    void begin() {
        session.printer()
                .show(
                        session.engine().form(PLACE, Map.of()),
                        each -> new Sheet().line("Secret", each.text("secret")).line("Address", each.text("uri")));
    }

    @Command(description = "Turns the second factor on.")
    void confirm(@Parameters(paramLabel = "CODE", description = "What the authenticator shows.") String code) {
        session.engine().form(PLACE, Map.of("code", code));
        session.printer()
                .done(
                        new Entity(Json.object().put("name", session.login().user())),
                        "From now on you sign on with a second factor: say its code with --otp, or set BW_OTP");
    }

    @Command(description = "Removes the second factor.")
    void remove(@Parameters(paramLabel = "CODE", description = "A code that was not used yet.") String code) {
        session.engine().delete(PLACE + "?code=" + Paths.encode(code));
        session.printer()
                .done(
                        new Entity(Json.object().put("name", session.login().user())),
                        "You sign on without a second factor from now on");
    }

    @Command(description = "Removes that of somebody who has lost their authenticator, for who administers users.")
    void forget(@Parameters(paramLabel = "USER", description = "As joe, joe@internal or by id.") String name) {
        var user = UserCommands.find(session, name);
        session.engine().delete(PLACE + "?user=" + user.id());
        session.printer().done(user, user.text("user_name") + " signs on without a second factor from now on");
    }
}
