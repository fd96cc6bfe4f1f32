package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw vm numa …}. */
@Command(
        description = "NUMA nodes of a machine: which of its processors are near to which of its memory.",
        synopsisSubcommandLabel = "COMMAND")
final class VmNumaCommands {

    private static final String VM = "The machine's name or id.";
    private static final String INDEX = "The node's number, from 0.";

    private final Session session;

    VmNumaCommands(Session session) {
        this.session = session;
    }

    private Entity vm(String nameOrId) {
        return session.lookup().find(Kind.VM, nameOrId);
    }

    private static String path(Entity vm) {
        return Kind.VM.path(vm) + "/numanodes";
    }

    /** What is said of a node. */
    static final class NodeOptions {
        @Option(names = "--memory", paramLabel = "SIZE", description = "The memory in it, such as 512M.")
        @Nullable
        String memory;

        @Option(
                names = "--cpus",
                paramLabel = "NUMBER",
                split = ",",
                description = "The machine's processors in it, from 0.")
        @Nullable
        List<Integer> cpus;

        @Option(
                names = "--host-node",
                paramLabel = "NUMBER",
                split = ",",
                description = "Nodes of the host from which its memory comes; wherever there is room unless told.")
        @Nullable
        List<Integer> nodes;

        @Option(names = "--tune", paramLabel = "MODE", description = "How strictly: interleave, preferred or strict.")
        @Nullable
        String mode;

        ObjectNode into(ObjectNode node) {
            if (memory != null) {
                node.put("memory", Long.toString(Text.bytes(memory, "memory") >> 20));
            }
            if (cpus != null) {
                var list = node.putObject("cpu").putObject("cores").putArray("core");
                cpus.forEach(cpu -> list.addObject().put("index", cpu.toString()));
            }
            if (nodes != null) {
                var list = node.putObject("numa_node_pins").putArray("numa_node_pin");
                nodes.forEach(each -> list.addObject().put("index", each.toString()));
            }
            if (mode != null) {
                node.put("numa_tune_mode", mode);
            }
            return node;
        }
    }

    @Command(description = "Lists a machine's NUMA nodes.")
    void list(@Parameters(paramLabel = "VM", description = VM) String vm) {
        session.printer()
                .list(
                        session.engine().list(path(vm(vm))),
                        Column.of("NODE", "index"),
                        new Column("MEMORY", each -> each.text("memory") + "M"),
                        new Column("CPUS", each -> numbers(each, "cpu.cores")),
                        new Column("HOST NODES", each -> numbers(each, "numa_node_pins")),
                        Column.of("TUNE", "numa_tune_mode"));
    }

    private static String numbers(Entity node, String list) {
        return node.list(list).stream().map(each -> each.text("index")).collect(Collectors.joining(","));
    }

    @Command(description = "Gives a machine another NUMA node, from its next start on.")
    void add(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NODE", description = INDEX) int index,
            @Mixin NodeOptions node) {
        var machine = vm(vm);
        var made = session.engine().post(path(machine), node.into(Json.object().put("index", Integer.toString(index))));
        session.printer().done(made, "Machine " + machine.name() + " has the NUMA node " + index);
    }

    @Command(description = "Changes a NUMA node of a machine, from its next start on.")
    void update(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NODE", description = INDEX) int index,
            @Mixin NodeOptions node) {
        var machine = vm(vm);
        var known = found(machine, index);
        var now = session.engine().put(path(machine) + "/" + known.id(), node.into(Json.object()));
        session.printer().done(now, "The NUMA node " + index + " of machine " + machine.name() + " is changed");
    }

    @Command(description = "Takes a NUMA node from a machine, from its next start on.")
    void remove(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "NODE", description = INDEX) int index) {
        var machine = vm(vm);
        var known = found(machine, index);
        session.engine().delete(path(machine) + "/" + known.id());
        session.printer().gone(known, "Machine " + machine.name() + " no longer has the NUMA node " + index);
    }

    private Entity found(Entity vm, int index) {
        return session.engine().list(path(vm)).stream()
                .filter(node -> node.number("index").orElse(-1) == index)
                .findFirst()
                .orElseThrow(() -> CommandFailure.refused(
                        404,
                        "Machine " + vm.name() + " has no NUMA node " + index
                                + ". See what there is with: bw vm numa list " + vm.name()));
    }
}
