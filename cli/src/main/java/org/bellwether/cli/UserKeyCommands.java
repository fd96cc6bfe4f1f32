package org.bellwether.cli;

import java.nio.file.Path;
import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bw user key …}. */
@Command(description = UserKeyCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class UserKeyCommands {

    static final String DESCRIPTION = "The public SSH keys of a user; everybody keeps their own.";

    private static final String USER = "As joe, joe@internal or by id.";
    private static final int SHOWN = 60;

    private final Session session;

    UserKeyCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists keys.")
    void list(@Parameters(paramLabel = "USER", description = USER) String name) {
        session.printer()
                .list(
                        session.engine().list(path(name)),
                        new Column("TYPE", each -> words(each)[0]),
                        new Column("COMMENT", UserKeyCommands::comment),
                        new Column("KEY", UserKeyCommands::shortened),
                        Column.of("ID", "id"));
    }

    @Command(description = "Adds a key.")
    void add(
            @Parameters(paramLabel = "USER", description = USER) String name,
            @Parameters(paramLabel = "FILE", description = "What ssh-keygen wrote, such as ~/.ssh/id_ed25519.pub.")
                    Path file) {
        var made = session.engine().post(path(name), Json.object().put("content", UserCommands.read(file)));
        session.printer().done(made, "The key is kept for " + name);
    }

    @Command(description = "Removes a key.")
    void remove(
            @Parameters(paramLabel = "USER", description = USER) String name,
            @Parameters(paramLabel = "KEY", description = "Its id or its comment.") String wanted) {
        var path = path(name);
        var found = session.engine().list(path).stream()
                .filter(each -> each.id().equals(wanted) || comment(each).equals(wanted))
                .toList();
        if (found.size() != 1) {
            throw CommandFailure.refused(
                    found.isEmpty() ? 404 : 409,
                    "%s has %s key %s. See which there are with: bw user key list %s"
                            .formatted(
                                    Text.clean(name),
                                    found.isEmpty() ? "no" : "more than one",
                                    Text.clean(wanted),
                                    Text.clean(name)));
        }
        var key = found.getFirst();
        session.engine().delete(path + "/" + key.id());
        session.printer().gone(key, "The key is removed");
    }

    private String path(String name) {
        return "/users/" + UserCommands.find(session, name).id() + "/sshpublickeys";
    }

    /** The type, the key and the comment; of what is none of these, only the first. */
    private static String[] words(Entity key) {
        return key.text("content").split(" ", 3);
    }

    private static String comment(Entity key) {
        var words = words(key);
        return words.length < 3 ? "" : words[2];
    }

    /** Its end, in which keys differ. */
    private static String shortened(Entity key) {
        var words = words(key);
        var body = words.length < 2 ? "" : words[1];
        return body.length() <= SHOWN ? body : "…" + body.substring(body.length() - SHOWN);
    }
}
