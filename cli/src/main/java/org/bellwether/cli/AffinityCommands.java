package org.bellwether.cli;

import java.util.List;
import java.util.Map;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw affinity …}. */
@Command(description = AffinityCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class AffinityCommands {

    static final String DESCRIPTION =
            "Affinity groups: which machines of a cluster belong together, apart, or on hosts.";

    private static final String CLUSTER = "Its name or id.";
    private static final String GROUP = "Its name or id.";
    private static final Map<String, String> MEMBERS = Map.of("vm", "vms", "host", "hosts");

    private final Session session;

    AffinityCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists the affinity groups of a cluster.")
    void list(@Parameters(paramLabel = "CLUSTER", description = CLUSTER) String cluster) {
        session.printer()
                .list(
                        session.engine().list(groups(cluster)),
                        Column.of("NAME", "name"),
                        new Column("MACHINES", each -> rule(each, "vms_rule", "together", "apart")),
                        new Column("HOSTS", each -> rule(each, "hosts_rule", "on them", "off them")),
                        Column.of("PRIORITY", "priority"),
                        new Column("HOLDS", each -> each.flag("broken") ? "no" : "yes"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Shows an affinity group and who is in it.")
    void show(
            @Parameters(paramLabel = "CLUSTER", description = CLUSTER) String cluster,
            @Parameters(paramLabel = "GROUP", description = GROUP) String name) {
        var group = group(cluster, name);
        session.printer()
                .show(
                        group,
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Id", each.id())
                                .line("Machines", rule(each, "vms_rule", "together", "apart"))
                                .line("Hosts", rule(each, "hosts_rule", "on them", "off them"))
                                .line("Priority", each.text("priority"))
                                .line("Holds", each.flag("broken") ? "no" : "yes")
                                .line("Machines in it", names(Kind.VM, each.list("vms.vm")))
                                .line("Hosts in it", names(Kind.HOST, each.list("hosts.host"))));
    }

    private String names(Kind kind, List<Entity> members) {
        if (members.isEmpty()) {
            return "";
        }
        var names = session.lookup().names(kind);
        return String.join(
                ", ",
                members.stream()
                        .map(each -> names.getOrDefault(each.id(), each.id()))
                        .sorted()
                        .toList());
    }

    private static String rule(Entity group, String rule, String positive, String negative) {
        if (!group.flag(rule + ".enabled")) {
            return "-";
        }
        return (group.flag(rule + ".enforcing") ? "must be " : "should be ")
                + (group.flag(rule + ".positive") ? positive : negative);
    }

    /** What the rule for machines says. */
    enum Together {
        TOGETHER,
        APART
    }

    /** What the rule for hosts says. */
    enum OnHosts {
        ON,
        OFF
    }

    @Command(description = "Makes an affinity group.")
    void create(
            @Parameters(paramLabel = "CLUSTER", description = CLUSTER) String cluster,
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(names = "--machines", paramLabel = "together|apart", description = "How its machines belong.")
                    @Nullable
                    Together machines,
            @Option(names = "--hosts", paramLabel = "on|off", description = "Whether they belong on its hosts or off.")
                    @Nullable
                    OnHosts hosts,
            @Option(names = "--wish", description = "It may be broken where it cannot be fulfilled.") boolean wish,
            @Option(
                            names = "--priority",
                            paramLabel = "NUMBER",
                            description = "How much it counts among wishes; 1 unless told.")
                    @Nullable
                    Integer priority) {
        if (machines == null && hosts == null) {
            throw CommandFailure.usage("A group without a rule does nothing: give --machines, --hosts or both.");
        }
        var group = Json.object().put("name", name);
        if (machines != null) {
            group.putObject("vms_rule")
                    .put("positive", machines == Together.TOGETHER ? "true" : "false")
                    .put("enforcing", wish ? "false" : "true");
        }
        if (hosts != null) {
            group.putObject("hosts_rule")
                    .put("positive", hosts == OnHosts.ON ? "true" : "false")
                    .put("enforcing", wish ? "false" : "true");
        }
        if (priority != null) {
            group.put("priority", priority.toString());
        }
        session.printer()
                .done(session.engine().post(groups(cluster), group), "The affinity group " + name + " is made");
    }

    @Command(description = "Puts a machine or a host into an affinity group.")
    void put(
            @Parameters(paramLabel = "CLUSTER", description = CLUSTER) String cluster,
            @Parameters(paramLabel = "GROUP", description = GROUP) String name,
            @Parameters(paramLabel = "KIND/NAME", description = "Such as vm/demo or host/host1.") String object) {
        var group = group(cluster, name);
        var member = member(object);
        session.engine()
                .post(
                        groups(cluster) + "/" + group.id() + "/" + member.list(),
                        Json.object().put("id", member.id()));
        session.printer().done(group, object + " is in the affinity group " + group.name());
    }

    @Command(description = "Takes a machine or a host out of an affinity group.")
    void take(
            @Parameters(paramLabel = "CLUSTER", description = CLUSTER) String cluster,
            @Parameters(paramLabel = "GROUP", description = GROUP) String name,
            @Parameters(paramLabel = "KIND/NAME", description = "Such as vm/demo or host/host1.") String object) {
        var group = group(cluster, name);
        var member = member(object);
        session.engine().delete(groups(cluster) + "/" + group.id() + "/" + member.list() + "/" + member.id());
        session.printer().done(group, object + " is not in the affinity group " + group.name() + " any more");
    }

    @Command(description = "Removes an affinity group.")
    void remove(
            @Parameters(paramLabel = "CLUSTER", description = CLUSTER) String cluster,
            @Parameters(paramLabel = "GROUP", description = GROUP) String name) {
        var group = group(cluster, name);
        session.engine().delete(groups(cluster) + "/" + group.id());
        session.printer().gone(group, "The affinity group " + group.name() + " is removed");
    }

    private record Member(String list, String id) {}

    private Member member(String object) {
        int slash = object.indexOf('/');
        var list = slash < 0 ? null : MEMBERS.get(object.substring(0, slash));
        if (list == null) {
            throw CommandFailure.usage(
                    "'" + Text.clean(object) + "' is neither a machine nor a host: say vm/NAME or host/NAME.");
        }
        var kind = list.equals("vms") ? Kind.VM : Kind.HOST;
        return new Member(
                list, session.lookup().find(kind, object.substring(slash + 1)).id());
    }

    private String groups(String cluster) {
        return Kind.CLUSTER.path(session.lookup().find(Kind.CLUSTER, cluster)) + "/affinitygroups";
    }

    private Entity group(String cluster, String name) {
        return session.lookup().find(groups(cluster), "affinity group", name);
    }
}
