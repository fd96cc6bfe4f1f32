package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw host …}. */
@Command(description = HostCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class HostCommands {

    static final String DESCRIPTION = "Hosts, on which machines run.";

    private static final String HOST = "Its name or id.";

    private final Session session;

    HostCommands(Session session) {
        this.session = session;
    }

    private Entity host(String nameOrId) {
        return session.lookup().find(Kind.HOST, nameOrId);
    }

    @Command(description = "Lists hosts.")
    void list() {
        var hosts = session.engine().list("/hosts");
        var printer = session.printer();
        Map<String, String> clusters =
                printer.asJson() ? Map.of() : session.lookup().names(Kind.CLUSTER);
        printer.list(
                hosts,
                Column.of("NAME", "name"),
                Column.of("STATUS", "status"),
                Column.of("ADDRESS", "address"),
                new Column("CLUSTER", host -> clusters.getOrDefault(host.text("cluster.id"), "")),
                Column.of("MACHINES", "summary.active"),
                new Column("MEMORY", host -> Text.size(host.number("memory"))),
                new Column("CPUS", VmSheet::cpus));
    }

    @Command(description = "Shows a host.")
    void show(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        var found = session.engine().get(Kind.HOST.path(host(name)) + "?follow=cluster");
        session.printer()
                .show(
                        found,
                        host -> new Sheet()
                                .line("Name", host.name())
                                .line("Id", host.id())
                                .line(
                                        "Status",
                                        host.status().replace('_', ' ')
                                                + host.find("status_detail")
                                                        .map(detail -> " (" + detail + ")")
                                                        .orElse(""))
                                .line("Address", host.text("address"))
                                .line("Cluster", host.text("cluster.name"))
                                .line("Memory", Text.size(host.number("memory")))
                                .line("CPU", host.text("cpu.name"))
                                .line("CPUs", VmSheet.cpus(host))
                                .line(
                                        "Operating system",
                                        (host.text("os.type") + " " + host.text("os.version.full_version")).strip())
                                .line("libvirt", host.text("libvirt_version.full_version"))
                                .line("Machines", host.text("summary.active")));
    }

    @Command(description = "Takes a host into service.")
    void activate(@Parameters(paramLabel = "HOST", description = HOST) String name, @Mixin WaitOptions waiting) {
        var host = host(name);
        session.engine().post(Kind.HOST.path(host) + "/activate", Json.object());
        become(host, "up", "is in service", waiting);
    }

    @Command(description = "Takes a host out of service; its machines move to other hosts.")
    void maintenance(
            @Parameters(paramLabel = "HOST", description = HOST) String name,
            @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for whoever wonders.") @Nullable
                    String reason,
            @Option(names = "--plan", description = "Only tells which machine would go where, and which cannot.")
                    boolean plan,
            @Mixin WaitOptions waiting) {
        var host = host(name);
        if (plan) {
            plan(host);
            return;
        }
        ObjectNode action = Json.object();
        if (reason != null) {
            action.put("reason", reason);
        }
        session.engine().post(Kind.HOST.path(host) + "/deactivate", action);
        become(host, "maintenance", "is in maintenance", waiting);
    }

    @Command(
            name = "confirm-rebooted",
            description = "Says that a silent host is off or was rebooted: its machines are set down, and the highly"
                    + " available ones are restarted. Look first; if a machine still runs there its disks are"
                    + " destroyed.")
    void confirmRebooted(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        var host = host(name);
        session.engine().post(Kind.HOST.path(host) + "/fence", Json.object().put("fence_type", "manual"));
        session.printer().done(host, "Host " + host.name() + " is taken for rebooted; its machines are set down");
    }

    private void plan(Entity host) {
        var moves = session.engine().get("/ovirt-engine/services/placement/hosts/" + host.id());
        var printer = session.printer();
        printer.list(
                moves.plain("moves"),
                Column.of("MACHINE", "name"),
                new Column("GOES TO", move -> move.find("to_name").orElse("nowhere")),
                Column.of("BECAUSE", "reason"));
        if (moves.plain("moves").isEmpty()) {
            session.remark("No machine runs on host " + host.name() + ".");
        }
    }

    @Command(description = "Lists the devices of a host that machines can be given.")
    void devices(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        VmDeviceCommands.ofHost(session, host(name));
    }

    @Command(description = "Lists the parts of a host's memory (NUMA), and the processors near to each.")
    void numa(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        session.printer()
                .list(
                        session.engine().list(Kind.HOST.path(host(name)) + "/numanodes"),
                        Column.of("NODE", "index"),
                        new Column(
                                "MEMORY",
                                each -> Text.size(
                                        OptionalLong.of(each.number("memory").orElse(0) << 20))),
                        new Column(
                                "PROCESSORS",
                                each -> each.one("cpu").list("cores").stream()
                                        .map(core -> core.text("index"))
                                        .collect(Collectors.joining(","))),
                        new Column(
                                "DISTANCES", each -> each.text("node_distance").replace(';', ' ')));
    }

    @Command(
            description =
                    "Prints an address that opens Cockpit on a host as root, once, within half a minute. It is as good as"
                            + " root's password for that time.")
    void cockpit(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        var host = host(name);
        var way = session.engine().post("/ovirt-engine/services/cockpit/" + host.id(), Json.object());
        session.printer().show(way, found -> new Sheet().line("Address", found.text("url")));
    }

    @Command(description = "Reads anew what a host is and has.")
    void refresh(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        var host = host(name);
        session.engine().post(Kind.HOST.path(host) + "/refresh", Json.object());
        session.printer().done(session.engine().get(Kind.HOST.path(host)), "Host " + host.name() + " was read anew");
    }

    @Command(
            description =
                    "Makes a machine a host, over SSH: installs what it lacks and the agent, and takes it into service."
                            + " Without a password the engine's key must be in its /root/.ssh/authorized_keys.")
    void add(
            @Parameters(paramLabel = "NAME", description = "The name that it gets.") String name,
            @Option(
                            names = "--address",
                            paramLabel = "ADDRESS",
                            required = true,
                            description = "Where the engine and other hosts reach it.")
                    String address,
            @Option(
                            names = "--cluster",
                            paramLabel = "CLUSTER",
                            description = "The cluster it will belong to; the only one unless told.")
                    @Nullable
                    String cluster,
            @Mixin SshOptions ssh,
            @Mixin WaitOptions waiting) {
        ObjectNode host = ssh.into(Json.object().put("name", name).put("address", address));
        host.set("cluster", Json.object().put("id", cluster(cluster)));
        var added = session.engine().post("/hosts", host);
        session.remark("Its SSH key is " + added.text("ssh.fingerprint")
                + "; compare that on the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
        become(added, "up", "is installed and in service", waiting);
    }

    @Command(description = "Installs a host again that is in maintenance, or goes on with an installation that failed.")
    void install(
            @Parameters(paramLabel = "HOST", description = HOST) String name,
            @Mixin SshOptions ssh,
            @Mixin WaitOptions waiting) {
        var host = host(name);
        session.engine().post(Kind.HOST.path(host) + "/install", ssh.into(Json.object()));
        become(host, "up", "is installed and in service", waiting);
    }

    @Command(
            name = "check-updates",
            description = "Looks for what could be renewed on a host, and changes nothing there.")
    void checkUpdates(@Parameters(paramLabel = "HOST", description = HOST) String name, @Mixin WaitOptions waiting) {
        var host = host(name);
        var begun = session.engine().post(Kind.HOST.path(host) + "/upgradecheck", Json.object());
        if (!waiting.wait) {
            session.printer().done(host, "Host " + host.name() + " is being looked at; its events tell what is found");
            return;
        }
        session.waiting(waiting).untilJobsEnd("host " + host.name() + " to be looked at");
        // The engine may have been about it already: then that is what was answered, and it is somebody else's job.
        session.waiting(waiting)
                .until(
                        "/jobs/" + begun.text("job.id"),
                        "host " + host.name() + " to be looked at",
                        job -> !job.text("status").equals("started"));
        var now = session.engine().get(Kind.HOST.path(host));
        var found = session.engine()
                .list("/events?max=1&search=" + Paths.encode("type=843 and host.name=\"" + host.name() + "\""));
        session.printer()
                .done(
                        now,
                        now.text("update_available").equals("true") && !found.isEmpty()
                                ? found.getFirst().text("description").replaceFirst("\\.$", "")
                                : "There is nothing to be renewed on host " + host.name());
    }

    @Command(
            description =
                    "Renews a host's packages, for which its machines leave first, and its agent, under which they"
                            + " stay; restarts it when that is needed. It serves afterwards if it did before.")
    void upgrade(
            @Parameters(paramLabel = "HOST", description = HOST) String name,
            @Option(
                            names = "--no-restart",
                            description =
                                    "Leaves it in the boot that it is in, even where something new needs another.")
                    boolean noRestart,
            @Mixin WaitOptions waiting) {
        var host = host(name);
        session.engine().post(Kind.HOST.path(host) + "/upgrade", Json.object().put("reboot", !noRestart));
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("host " + host.name() + " to be upgraded");
        }
        session.printer()
                .done(
                        session.engine().get(Kind.HOST.path(host)),
                        "Host " + host.name() + (waiting.wait ? " is upgraded" : " is being upgraded"));
    }

    @Command(description = "Forgets a host that is in maintenance.")
    void remove(
            @Parameters(paramLabel = "HOST", description = HOST) String name,
            @Option(names = "--force", description = "Also when the host does not answer and never will.")
                    boolean force,
            @Mixin WaitOptions waiting) {
        var host = host(name);
        session.engine().delete(Kind.HOST.path(host) + (force ? "?force=true" : ""));
        if (waiting.wait) {
            session.waiting(waiting).untilGone(Kind.HOST.path(host), "host " + host.name());
        }
        session.printer().gone(host, "Host " + host.name() + " is removed");
    }

    @Command(
            description =
                    "Makes the line that makes a machine a host when root pastes it there, good once and for one hour."
                            + " A name and an address for the host may follow on it.")
    void token(
            @Option(
                            names = "--cluster",
                            paramLabel = "CLUSTER",
                            description = "The cluster it will belong to; the only one unless told.")
                    @Nullable
                    String cluster) {
        ObjectNode wish = Json.object();
        wish.set("cluster", Json.object().put("id", cluster(cluster)));
        var made = session.engine().post("/ovirt-engine/services/host-token", wish);
        var printer = session.printer();
        if (printer.asJson()) {
            printer.json(Json.object().put("token", made.text("token")).put("command", made.text("command")));
        } else {
            printer.line(made.text("command"));
            session.remark("Paste it on the machine, as root; the token in it is good once and for one hour.");
        }
    }

    private String cluster(@Nullable String nameOrId) {
        if (nameOrId != null) {
            return session.lookup().find(Kind.CLUSTER, nameOrId).id();
        }
        var clusters = session.engine().list("/clusters");
        if (clusters.size() != 1) {
            throw CommandFailure.usage("There are " + clusters.size()
                    + " clusters, so say with --cluster to which the host will belong. See them with: bw cluster list");
        }
        return clusters.getFirst().id();
    }

    private void become(Entity host, String status, String sentence, WaitOptions waiting) {
        var now = waiting.wait
                ? session.waiting(waiting).untilStatus(Kind.HOST.path(host), "host " + host.name(), status)
                : session.engine().get(Kind.HOST.path(host));
        session.printer()
                .done(now, "Host " + host.name() + " " + (waiting.wait ? sentence : "is on its way to " + status));
    }
}
