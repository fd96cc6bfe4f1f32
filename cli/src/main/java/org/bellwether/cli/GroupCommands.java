package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bw group …}. */
@Command(description = GroupCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class GroupCommands {

    static final String DESCRIPTION = "Users who are given permissions together.";

    private final Session session;

    GroupCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists groups.")
    void list() {
        session.printer().list(session.engine().list("/groups"), Column.of("NAME", "name"), Column.of("ID", "id"));
    }

    @Command(description = "Makes a group of the engine's own.")
    void create(@Parameters(paramLabel = "NAME", description = "Its name.") String name) {
        ObjectNode group = Json.object().put("name", name);
        group.putObject("domain").put("name", "internal-authz");
        session.printer().done(session.engine().post("/groups", group), "Group " + name + " is made");
    }

    @Command(description = "Puts a user into a group.")
    void add(
            @Parameters(paramLabel = "GROUP", description = "Its name or id.") String name,
            @Parameters(paramLabel = "USER", description = "As joe, joe@internal or by id.") String userName) {
        var group = find(session, name);
        var user = UserCommands.find(session, userName);
        UserCommands.regroup(session, user, group, true);
        session.printer().done(group, "User " + user.text("user_name") + " is in group " + group.name());
    }

    @Command(description = "Takes a user out of a group.")
    void drop(
            @Parameters(paramLabel = "GROUP", description = "Its name or id.") String name,
            @Parameters(paramLabel = "USER", description = "As joe, joe@internal or by id.") String userName) {
        var group = find(session, name);
        var user = UserCommands.find(session, userName);
        UserCommands.regroup(session, user, group, false);
        session.printer().done(group, "User " + user.text("user_name") + " is not in group " + group.name());
    }

    @Command(description = "Removes a group with all its permissions.")
    void remove(@Parameters(paramLabel = "GROUP", description = "Its name or id.") String name) {
        var group = find(session, name);
        session.engine().delete("/groups/" + group.id());
        session.printer().gone(group, "Group " + group.name() + " is removed");
    }

    static Entity find(Session session, String name) {
        return session.lookup().find("/groups", "group", name);
    }
}
