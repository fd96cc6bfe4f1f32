package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw role …}. */
@Command(description = RoleCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class RoleCommands {

    static final String DESCRIPTION = "Sets of permits that users and groups are given.";

    private final Session session;

    RoleCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists roles.")
    void list() {
        session.printer()
                .list(
                        session.engine().list("/roles"),
                        Column.of("NAME", "name"),
                        new Column("KIND", each -> each.flag("administrative") ? "admin" : "user"),
                        new Column("OWN", each -> each.flag("mutable") ? "yes" : ""),
                        Column.of("DESCRIPTION", "description"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Shows a role and its permits.")
    void show(@Parameters(paramLabel = "ROLE", description = "Its name or id.") String name) {
        var role = find(session, name);
        session.printer()
                .show(
                        role,
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Id", each.id())
                                .line("Description", each.text("description"))
                                .line("Kind", each.flag("administrative") ? "admin" : "user")
                                .section(
                                        "Permits",
                                        Printer.table(
                                                session.engine().list("/roles/" + each.id() + "/permits"),
                                                Column.of("NAME", "name"),
                                                Column.of("ID", "id"))));
    }

    @Command(description = "Makes a role.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(
                            names = "--permit",
                            required = true,
                            paramLabel = "PERMIT",
                            description = "Such as run_vm; may be given again.")
                    List<String> permits,
            @Option(names = "--admin", description = "Its holders are administrators.") boolean administrative,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description) {
        ObjectNode role = Json.object().put("name", name).put("administrative", Boolean.toString(administrative));
        if (description != null) {
            role.put("description", description);
        }
        var array = role.putObject("permits").putArray("permit");
        permits.forEach(permit -> array.addObject().put("name", permit));
        session.printer().done(session.engine().post("/roles", role), "Role " + name + " is made");
    }

    @Command(description = "Removes a role that nobody holds.")
    void remove(@Parameters(paramLabel = "ROLE", description = "Its name or id.") String name) {
        var role = find(session, name);
        session.engine().delete("/roles/" + role.id());
        session.printer().gone(role, "Role " + role.name() + " is removed");
    }

    static Entity find(Session session, String name) {
        return session.lookup().find("/roles", "role", name);
    }
}
