package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bw permission …}. */
@Command(description = PermissionCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class PermissionCommands {

    static final String DESCRIPTION = "Who holds which role on what.";

    private static final String ON = "What it is on, such as vm/demo or cluster/Default; the system unless told.";

    private final Session session;

    PermissionCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists the permissions on an object, with those that it inherits.")
    void list(@Option(names = "--on", paramLabel = "KIND/NAME", description = ON) @Nullable String object) {
        var path = path(object) + "/permissions";
        var permissions = session.engine().list(path);
        if (session.printer().asJson()) {
            session.printer().list(permissions);
        } else {
            session.printer().list(permissions, columns(session));
        }
    }

    @Command(description = "Gives a role to a user or a group.")
    void add(
            @Option(names = "--role", required = true, paramLabel = "ROLE", description = "Its name or id.")
                    String role,
            @Option(names = "--user-name", paramLabel = "USER", description = "Who is given it.") @Nullable String user,
            @Option(names = "--group", paramLabel = "GROUP", description = "Who are given it.") @Nullable String group,
            @Option(names = "--on", paramLabel = "KIND/NAME", description = ON) @Nullable String object) {
        if ((user == null) == (group == null)) {
            throw CommandFailure.usage("Say --user-name or --group, one of the two.");
        }
        ObjectNode permission = Json.object();
        permission.putObject("role").put("id", RoleCommands.find(session, role).id());
        if (user != null) {
            permission
                    .putObject("user")
                    .put("id", UserCommands.find(session, user).id());
        } else if (group != null) {
            permission
                    .putObject("group")
                    .put("id", GroupCommands.find(session, group).id());
        }
        var made = session.engine().post(path(object) + "/permissions", permission);
        session.printer().done(made, "The role " + role + " is given");
    }

    @Command(description = "Takes a role from a user or a group.")
    void remove(
            @Option(names = "--role", required = true, paramLabel = "ROLE", description = "Its name or id.")
                    String role,
            @Option(names = "--user-name", paramLabel = "USER", description = "Who holds it.") @Nullable String user,
            @Option(names = "--group", paramLabel = "GROUP", description = "Who hold it.") @Nullable String group,
            @Option(names = "--on", paramLabel = "KIND/NAME", description = ON) @Nullable String object) {
        if ((user == null) == (group == null)) {
            throw CommandFailure.usage("Say --user-name or --group, one of the two.");
        }
        var roleId = RoleCommands.find(session, role).id();
        var holder = user != null
                ? UserCommands.find(session, user).id()
                : GroupCommands.find(session, String.valueOf(group)).id();
        var path = path(object) + "/permissions";
        var found = session.engine().list(path).stream()
                .filter(each -> each.text("role.id").equals(roleId))
                .filter(each -> each.text("user.id").equals(holder)
                        || each.text("group.id").equals(holder))
                .findFirst()
                .orElseThrow(() -> CommandFailure.refused(
                        404, "They do not hold the role there. See who does with: bw permission list"));
        session.engine().delete(path + "/" + found.id());
        session.printer().gone(found, "The role " + role + " is taken away");
    }

    static Table table(Session session, String path) {
        return Printer.table(session.engine().list(path), columns(session));
    }

    private static Column[] columns(Session session) {
        Map<String, String> roles = names(session.engine().list("/roles"), "name");
        Map<String, String> users = names(session.engine().list("/users"), "user_name");
        Map<String, String> groups = names(session.engine().list("/groups"), "name");
        return new Column[] {
            new Column("ROLE", each -> named(roles, each.text("role.id"))),
            new Column("USER", each -> named(users, each.text("user.id"))),
            new Column("GROUP", each -> named(groups, each.text("group.id"))),
            new Column("ON", PermissionCommands::object),
            Column.of("ID", "id")
        };
    }

    private static String named(Map<String, String> names, String id) {
        return names.getOrDefault(id, id);
    }

    private static Map<String, String> names(List<Entity> entities, String attribute) {
        Map<String, String> names = new HashMap<>();
        entities.forEach(each -> names.put(each.id(), each.text(attribute)));
        return names;
    }

    private static String object(Entity permission) {
        for (String kind :
                List.of("vm", "template", "disk", "host", "cluster", "storage_domain", "data_center", "vm_pool")) {
            var id = permission.find(kind + ".id");
            if (id.isPresent()) {
                return kind.replace('_', ' ') + " " + id.get();
            }
        }
        return "";
    }

    private String path(@Nullable String object) {
        return object == null ? "" : session.lookup().path(object);
    }
}
