package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw vm nic …}. */
@Command(description = "Network interfaces of a machine.", synopsisSubcommandLabel = "COMMAND")
final class VmNicCommands {

    private static final String VM = "The machine's name or id.";

    private final Session session;

    VmNicCommands(Session session) {
        this.session = session;
    }

    private String path(Entity vm) {
        return Kind.VM.path(vm) + "/nics";
    }

    private Entity vm(String nameOrId) {
        return session.lookup().find(Kind.VM, nameOrId);
    }

    @Command(description = "Lists a machine's network interfaces.")
    void list(@Parameters(paramLabel = "VM", description = VM) String vm) {
        var nics = session.engine().list(path(vm(vm)) + "?follow=vnic_profile");
        session.printer().list(nics, VmSheet.nicColumns());
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
        var machine = vm(vm);
        ObjectNode nic = Json.object().put("name", name).put("interface", model);
        nic.putObject("vnic_profile")
                .put("id", session.lookup().find(Kind.VNIC_PROFILE, profile).id());
        if (mac != null) {
            nic.putObject("mac").put("address", mac);
        }
        var made = session.engine().post(path(machine), nic);
        session.printer().done(made, "Machine " + machine.name() + " has the network interface " + name);
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
        var machine = vm(vm);
        var nic = session.lookup().find(path(machine), "network interface", name);
        var wish = Json.object();
        if (linked != null) {
            wish.put("linked", linked.toString());
        }
        if (plugged != null) {
            wish.put("plugged", plugged.toString());
        }
        if (profile != null) {
            wish.putObject("vnic_profile")
                    .put("id", session.lookup().find(Kind.VNIC_PROFILE, profile).id());
        }
        if (mac != null) {
            wish.putObject("mac").put("address", mac);
        }
        var now = session.engine().put(path(machine) + "/" + nic.id(), wish);
        session.printer()
                .done(now, "The network interface " + nic.name() + " of machine " + machine.name() + " is changed");
    }

    @Command(description = "Takes a network interface from a machine.")
    void remove(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NIC", description = "The interface's name or id.") String name) {
        var machine = vm(vm);
        var nic = session.lookup().find(path(machine), "network interface", name);
        session.engine().delete(path(machine) + "/" + nic.id());
        session.printer().gone(nic, "Machine " + machine.name() + " no longer has the network interface " + nic.name());
    }
}
