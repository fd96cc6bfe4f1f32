package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw vm nic …}. */
@Command(description = "Network interfaces of a machine.", synopsisSubcommandLabel = "COMMAND")
final class VmNicCommands {

    private static final String VM = "The machine's name or id.";

    private final Session session;
    private final Nics nics;

    VmNicCommands(Session session) {
        this.session = session;
        nics = new Nics(session, Kind.VM, "Machine");
    }

    @Command(description = "Lists a machine's network interfaces.")
    void list(@Parameters(paramLabel = "VM", description = VM) String vm) {
        nics.list(vm);
    }

    @Command(description = "Gives a machine another network interface.")
    void add(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NAME", description = "The interface's name, such as nic2.") String name,
            @Option(
                            names = {"--profile", "--network"},
                            paramLabel = "PROFILE",
                            defaultValue = "ovirtmgmt",
                            description = "The vNIC profile it is plugged into; ovirtmgmt unless told.")
                    String profile,
            @Option(
                            names = "--interface",
                            paramLabel = "MODEL",
                            defaultValue = "virtio",
                            description = "virtio (the default), e1000, e1000e or rtl8139.")
                    String model,
            @Option(names = "--mac", paramLabel = "ADDRESS", description = "The engine chooses unless told.") @Nullable
                    String mac) {
        ObjectNode nic = Json.object().put("name", name).put("interface", model);
        nics.plugInto(nic, profile);
        if (mac != null) {
            nic.putObject("mac").put("address", mac);
        }
        nics.add(vm, nic);
    }

    @Command(description = "Changes a network interface of a machine; its link and its profile also while it runs.")
    void update(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NIC", description = "The interface's name or id.") String name,
            @Option(
                            names = "--linked",
                            negatable = true,
                            fallbackValue = "true",
                            description = "Whether its cable is plugged in.")
                    @Nullable
                    Boolean linked,
            @Option(
                            names = "--plugged",
                            negatable = true,
                            fallbackValue = "true",
                            description = "Whether the machine has it now.")
                    @Nullable
                    Boolean plugged,
            @Option(
                            names = {"--profile", "--network"},
                            paramLabel = "PROFILE",
                            description = "Another vNIC profile.")
                    @Nullable
                    String profile,
            @Option(names = "--mac", paramLabel = "ADDRESS", description = "Another address; not while it is plugged.")
                    @Nullable
                    String mac) {
        var machine = nics.owner(vm);
        var nic = nics.find(machine, name);
        var wish = Json.object();
        if (linked != null) {
            wish.put("linked", linked.toString());
        }
        if (plugged != null) {
            wish.put("plugged", plugged.toString());
        }
        if (profile != null) {
            nics.plugInto(wish, profile);
        }
        if (mac != null) {
            wish.putObject("mac").put("address", mac);
        }
        var now = session.engine().put(nics.path(machine) + "/" + nic.id(), wish);
        session.printer()
                .done(now, "The network interface " + nic.name() + " of machine " + machine.name() + " is changed");
    }

    @Command(
            description = {
                "Says what the network filter of an interface is told, such as IP=192.0.2.7 for clean-traffic.",
                "Those that are not said any more are taken away; without any, all."
            })
    void filter(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NIC", description = "The interface's name or id.") String name,
            @Parameters(paramLabel = "NAME=VALUE", arity = "0..*", description = "A parameter of the filter.") @Nullable
                    List<String> parameters) {
        var machine = nics.owner(vm);
        var nic = nics.find(machine, name);
        var path = nics.path(machine) + "/" + nic.id() + "/networkfilterparameters";
        var wanted = new ArrayList<>(parameters == null ? List.of() : parameters);
        for (String each : wanted) {
            if (each.indexOf('=') < 1) {
                throw CommandFailure.usage("'" + Text.clean(each) + "' is no parameter: write it as NAME=VALUE.");
            }
        }
        for (Entity known : session.engine().list(path)) {
            if (!wanted.remove(known.name() + "=" + known.text("value"))) {
                session.engine().delete(path + "/" + known.id());
            }
        }
        for (String each : wanted) {
            int equal = each.indexOf('=');
            session.engine()
                    .post(
                            path,
                            Json.object()
                                    .put("name", each.substring(0, equal))
                                    .put("value", each.substring(equal + 1)));
        }
        session.printer()
                .done(nic, "The network interface " + nic.name() + " of machine " + machine.name() + " is changed");
    }

    @Command(description = "Takes a network interface from a machine.")
    void remove(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NIC", description = "The interface's name or id.") String name) {
        nics.remove(vm, name);
    }
}
