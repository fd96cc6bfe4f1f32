package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw host power …}. */
@Command(description = HostPowerCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class HostPowerCommands {

    static final String DESCRIPTION = "A host's power: fence agents, and what they switch.";

    private static final String HOST = "Its name or id.";

    private final Session session;

    HostPowerCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists a host's fence agents.")
    void list(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        session.printer()
                .list(
                        session.engine().list(agents(host(name))),
                        Column.of("ORDER", "order"),
                        Column.of("TYPE", "type"),
                        Column.of("ADDRESS", "address"),
                        Column.of("USER", "username"),
                        Column.of("CONCURRENT", "concurrent"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Gives a host a fence agent, and has the host fenced when it is silent for too long.")
    void add(
            @Parameters(paramLabel = "HOST", description = HOST) String name,
            @Option(
                            names = "--type",
                            paramLabel = "TYPE",
                            defaultValue = "ipmilan",
                            description = "ipmilan unless told.")
                    String type,
            @Option(names = "--address", paramLabel = "ADDRESS", required = true, description = "Of its controller.")
                    String address,
            @Option(names = "--port", paramLabel = "PORT", description = "The usual one unless told.") @Nullable
                    Integer port,
            @Option(
                            names = "--agent-user",
                            paramLabel = "USER",
                            defaultValue = "",
                            description = "Whom the controller knows.")
                    String user,
            @Option(
                            names = "--agent-password-file",
                            paramLabel = "FILE",
                            description = "A file whose first line is the controller's password.")
                    @Nullable
                    Path passwordFile,
            @Option(names = "--concurrent", description = "It switches a part of the power only.") boolean concurrent,
            @Option(
                            names = "--set",
                            paramLabel = "NAME=VALUE",
                            description =
                                    "An option of the fence agent, such as lanplus=1; may be given more than once.")
                    @Nullable
                    Map<String, String> options) {
        var host = host(name);
        var agent = Json.object()
                .put("type", type)
                .put("address", address)
                .put("username", user)
                .put("password", password(passwordFile))
                .put("concurrent", Boolean.toString(concurrent))
                .put(
                        "order",
                        Integer.toString(session.engine().list(agents(host)).size() + 1));
        if (port != null) {
            agent.put("port", port.toString());
        }
        var list = agent.putObject("options").putArray("option");
        if (options != null) {
            options.forEach((key, value) -> list.addObject().put("name", key).put("value", value));
        }
        var made = session.engine().post(agents(host), agent);
        var enabled = Json.object();
        enabled.putObject("power_management").put("enabled", "true");
        session.engine().put(Kind.HOST.path(host), enabled);
        session.printer().done(made, "Host " + host.name() + " has the fence agent " + type + " at " + address);
    }

    private static String password(@Nullable Path file) {
        if (file == null) {
            return "";
        }
        try {
            return Files.readAllLines(file).stream().findFirst().orElse("");
        } catch (IOException e) {
            throw CommandFailure.usage("The password cannot be read from " + file + ".");
        }
    }

    @Command(description = "Says by whom and when a host's power may be switched; what is not named stays.")
    void set(
            @Parameters(paramLabel = "HOST", description = HOST) String name,
            @Option(
                            names = "--fencing",
                            negatable = true,
                            fallbackValue = "true",
                            description = "Whether it is fenced when it is silent for too long.")
                    @Nullable
                    Boolean fencing,
            @Option(
                            names = "--automatic",
                            negatable = true,
                            fallbackValue = "true",
                            description =
                                    "Whether its cluster's scheduling policy switches it off while nobody needs it.")
                    @Nullable
                    Boolean automatic,
            @Option(
                            names = "--kdump",
                            negatable = true,
                            fallbackValue = "true",
                            description = "Whether its crashed kernel may write its memory away first.")
                    @Nullable
                    Boolean kdump,
            @Option(
                            names = "--proxies",
                            split = ",",
                            paramLabel = "WHERE",
                            description =
                                    "Where hosts are looked for that switch its power, in that order: cluster, dc, other_dc.")
                    @Nullable
                    List<String> proxies) {
        var host = host(name);
        var change = Json.object();
        var management = change.putObject("power_management");
        put(management, "enabled", fencing);
        put(management, "automatic_pm_enabled", automatic);
        put(management, "kdump_detection", kdump);
        if (proxies != null) {
            var list = management.putObject("pm_proxies").putArray("pm_proxy");
            proxies.forEach(where -> list.addObject().put("type", where));
        }
        if (management.isEmpty()) {
            throw CommandFailure.usage("Nothing is to be changed: name --fencing, --automatic, --kdump or --proxies.");
        }
        session.printer()
                .done(
                        session.engine().put(Kind.HOST.path(host), change),
                        "The power management of host " + host.name() + " was changed");
    }

    private static void put(ObjectNode into, String key, @Nullable Boolean value) {
        if (value != null) {
            into.put(key, value.toString());
        }
    }

    @Command(description = "Takes a fence agent away.")
    void remove(
            @Parameters(paramLabel = "HOST", description = HOST) String name,
            @Parameters(paramLabel = "ID", description = "Of the fence agent.") String id) {
        var host = host(name);
        var agent = session.lookup().find(agents(host), "fence agent", id);
        session.engine().delete(agents(host) + "/" + agent.id());
        session.printer().gone(agent, "Host " + host.name() + " has lost its fence agent " + agent.text("type"));
    }

    @Command(description = "Asks a host's controllers whether it is on: the test of its power management.")
    void status(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        var host = host(name);
        var said = fence(host, "status");
        session.printer().done(said, "Host " + host.name() + " is " + said.text("power_management.status"));
    }

    @Command(description = "Switches a host on.")
    void start(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        told(name, "start", "being switched on");
    }

    @Command(description = "Switches a host off; its machines, if it was silent, are free then.")
    void stop(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        told(name, "stop", "being switched off");
    }

    @Command(description = "Switches a host off and on; its machines, if it was silent, are free in between.")
    void restart(@Parameters(paramLabel = "HOST", description = HOST) String name) {
        told(name, "restart", "being switched off and on");
    }

    private void told(String name, String type, String what) {
        var host = host(name);
        session.printer().done(fence(host, type), "Host " + host.name() + " is " + what);
    }

    private Entity fence(Entity host, String type) {
        return session.engine()
                .post(Kind.HOST.path(host) + "/fence", Json.object().put("fence_type", type));
    }

    private Entity host(String name) {
        return session.lookup().find(Kind.HOST, name);
    }

    private static String agents(Entity host) {
        return Kind.HOST.path(host) + "/fenceagents";
    }
}
