package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw user …}. */
@Command(description = UserCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class UserCommands {

    static final String DESCRIPTION = "Who may sign on.";

    private static final String LOCKOUTS = "/ovirt-engine/services/lockouts";

    private final Session session;

    UserCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists users.")
    void list() {
        session.printer()
                .list(
                        session.engine().list("/users"),
                        Column.of("USER", "user_name"),
                        new Column("NAME", each -> (each.name() + " " + each.text("last_name")).strip()),
                        Column.of("E-MAIL", "email"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Shows a user, the user's groups and permissions.")
    void show(@Parameters(paramLabel = "USER", description = "As joe, joe@internal or by id.") String name) {
        var user = find(session, name);
        session.printer()
                .show(
                        user,
                        each -> new Sheet()
                                .line("User", each.text("user_name"))
                                .line("Id", each.id())
                                .line("Name", (each.name() + " " + each.text("last_name")).strip())
                                .line("E-mail", each.text("email"))
                                .line("Department", each.text("department"))
                                .section(
                                        "Groups",
                                        Printer.table(
                                                session.engine().list("/users/" + each.id() + "/groups"),
                                                Column.of("NAME", "name")))
                                .section(
                                        "Permissions",
                                        PermissionCommands.table(session, "/users/" + each.id() + "/permissions")));
    }

    @Command(description = "Adds a user of the engine's own.")
    void create(
            @Parameters(paramLabel = "USER", description = "The name to sign on with.") String name,
            @Option(
                            names = "--new-password-file",
                            required = true,
                            paramLabel = "FILE",
                            description = "The file that holds the password; - reads it from the input.")
                    Path password,
            @Option(names = "--first-name", paramLabel = "NAME", description = "What people call the user.") @Nullable
                    String first,
            @Option(names = "--last-name", paramLabel = "NAME", description = "The family's name.") @Nullable
                    String last,
            @Option(names = "--email", paramLabel = "ADDRESS", description = "Where mail is sent to.") @Nullable
                    String email) {
        ObjectNode user = Json.object().put("user_name", name).put("password", read(password));
        user.putObject("domain").put("name", "internal-authz");
        said(user, "name", first);
        said(user, "last_name", last);
        said(user, "email", email);
        session.printer().done(session.engine().post("/users", user), "User " + name + " is added");
    }

    @Command(description = "Gives a user another password; who is signed on with the old one is not any more.")
    void password(
            @Parameters(paramLabel = "USER", description = "As joe, joe@internal or by id.") String name,
            @Option(
                            names = "--new-password-file",
                            required = true,
                            paramLabel = "FILE",
                            description = "The file that holds the password; - reads it from the input.")
                    Path password) {
        var user = find(session, name);
        var changed = session.engine().put("/users/" + user.id(), Json.object().put("password", read(password)));
        session.printer().done(changed, "The password of " + user.text("user_name") + " is changed");
    }

    @Command(description = "Lists who cannot sign on for a while because too many wrong passwords came.")
    void locked() {
        session.printer()
                .list(
                        session.engine().list(LOCKOUTS),
                        Column.of("USER", "user_name"),
                        new Column(
                                "UNTIL",
                                each -> each.time("until").map(Object::toString).orElse("")),
                        Column.of("ID", "id"));
    }

    @Command(description = "Lets a user sign on again who is locked out.")
    void unlock(@Parameters(paramLabel = "USER", description = "As joe, joe@internal or by id.") String name) {
        var user = find(session, name);
        session.engine().delete(LOCKOUTS + "?user=" + Paths.encode(user.id()));
        session.printer().line("User " + user.text("user_name") + " may sign on again.");
    }

    @Command(description = "Removes a user with all permissions.")
    void remove(@Parameters(paramLabel = "USER", description = "As joe, joe@internal or by id.") String name) {
        var user = find(session, name);
        session.engine().delete("/users/" + user.id());
        session.printer().gone(user, "User " + user.text("user_name") + " is removed");
    }

    static Entity find(Session session, String name) {
        if (Json.isId(name)) {
            return session.engine().get("/users/" + name);
        }
        return session.engine().list("/users").stream()
                .filter(each -> Stream.of(
                                each.text("user_name"),
                                each.text("principal"),
                                each.text("user_name").replace("@internal-authz", "@internal"))
                        .anyMatch(name::equals))
                .findFirst()
                .orElseThrow(() -> CommandFailure.refused(
                        404,
                        "There is no user named %s. See who there is with: bw user list".formatted(Text.clean(name))));
    }

    /** Groups that a user is in, by reference, with one more or one less. */
    static void regroup(Session session, Entity user, Entity group, boolean in) {
        ObjectNode body = Json.object();
        var groups = body.putObject("groups").putArray("group");
        List<Entity> present = session.engine().list("/users/" + user.id() + "/groups");
        present.stream()
                .filter(each -> !each.id().equals(group.id()))
                .forEach(each -> groups.addObject().put("id", each.id()));
        if (in) {
            groups.addObject().put("id", group.id());
        }
        session.engine().put("/users/" + user.id(), body);
    }

    private static void said(ObjectNode object, String name, @Nullable String value) {
        if (value != null) {
            object.put(name, value);
        }
    }

    static String read(Path file) {
        try {
            return (file.toString().equals("-")
                            ? new String(System.in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8)
                            : Files.readString(file))
                    .strip();
        } catch (IOException e) {
            throw CommandFailure.usage("The password file " + file + " cannot be read: " + e.getMessage() + ".");
        }
    }
}
