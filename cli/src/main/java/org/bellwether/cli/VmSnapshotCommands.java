package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw vm snapshot …}. */
@Command(
        description = "Snapshots of a machine: what it was, to look at, to go back to, to make others from.",
        synopsisSubcommandLabel = "COMMAND")
final class VmSnapshotCommands {

    private static final String VM = "The machine's name or id.";
    private static final String SNAPSHOT = "The snapshot's description or id.";

    private final Session session;

    VmSnapshotCommands(Session session) {
        this.session = session;
    }

    private Entity vm(String nameOrId) {
        return session.lookup().find(Kind.VM, nameOrId);
    }

    private static String path(Entity vm) {
        return Kind.VM.path(vm) + "/snapshots";
    }

    private Entity snapshot(Entity vm, String description) {
        var all = session.engine().list(path(vm));
        List<Entity> found = all.stream()
                .filter(each -> each.id().equalsIgnoreCase(description)
                        || (each.text("description").equals(description)
                                && each.text("snapshot_type").equals("regular")))
                .toList();
        if (found.size() != 1) {
            throw CommandFailure.refused(
                    found.isEmpty() ? 404 : 409,
                    "Machine %s has %s called %s. See them with: bw vm snapshot list %s"
                            .formatted(
                                    vm.name(),
                                    found.isEmpty() ? "no snapshot" : found.size() + " snapshots",
                                    Text.clean(description),
                                    vm.name()));
        }
        return found.getFirst();
    }

    @Command(description = "Lists a machine's snapshots, oldest first; the last is the machine as it is.")
    void list(@Parameters(paramLabel = "VM", description = VM) String vm) {
        session.printer()
                .list(
                        session.engine().list(path(vm(vm))),
                        Column.of("DESCRIPTION", "description"),
                        Column.of("TYPE", "snapshot_type"),
                        Column.of("STATUS", "snapshot_status"),
                        new Column(
                                "TAKEN",
                                each -> each.time("date").map(Text::time).orElse("")),
                        new Column(
                                "MEMORY",
                                each -> each.text("persist_memorystate").equals("true") ? "yes" : "no"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Takes a snapshot of a machine, running or not.")
    void create(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "DESCRIPTION", description = "What it is called.") String description,
            @Option(
                            names = "--memory",
                            negatable = true,
                            defaultValue = "false",
                            fallbackValue = "true",
                            description = "With what a running machine has in its memory; without, unless told.")
                    boolean memory,
            @Option(names = "--disk", paramLabel = "DISK", description = "Only of this disk; may be said again.")
                    @Nullable
                    List<String> chosen,
            @Mixin WaitOptions waiting) {
        var machine = vm(vm);
        ObjectNode wish =
                Json.object().put("description", description).put("persist_memorystate", Boolean.toString(memory));
        if (chosen != null) {
            var attachments = wish.putObject("disk_attachments").putArray("disk_attachment");
            for (var disk : chosen) {
                attachments
                        .addObject()
                        .putObject("disk")
                        .put("id", session.lookup().find(Kind.DISK, disk).id());
            }
        }
        var made = session.engine().post(path(machine), wish);
        if (waiting.wait) {
            made = session.waiting(waiting)
                    .until(
                            path(machine) + "/" + made.id(),
                            "snapshot " + description,
                            each -> each.text("snapshot_status").equals("ok"));
        }
        session.printer()
                .done(
                        made,
                        "The snapshot " + description + " of machine " + machine.name() + " is "
                                + (waiting.wait ? "taken" : "being taken"));
    }

    @Command(description = "Removes a snapshot; the machine stays as it is.")
    void delete(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "SNAPSHOT", description = SNAPSHOT) String name,
            @Mixin WaitOptions waiting) {
        var machine = vm(vm);
        var found = snapshot(machine, name);
        session.engine().delete(path(machine) + "/" + found.id());
        if (waiting.wait) {
            session.waiting(waiting).untilGone(path(machine) + "/" + found.id(), "snapshot " + name);
        }
        session.printer()
                .gone(
                        found,
                        "The snapshot " + found.text("description") + " of machine " + machine.name() + " is "
                                + (waiting.wait ? "removed" : "being removed"));
    }

    @Command(description = "Lets a machine that is down look at a snapshot: start it, then commit or undo.")
    void preview(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "SNAPSHOT", description = SNAPSHOT) String name,
            @Option(names = "--memory", description = "The next start goes on with its memory.") boolean memory,
            @Option(
                            names = "--disk",
                            paramLabel = "DISK",
                            description = "Only with this disk as it was; the others stay. May be said again.")
                    @Nullable
                    List<String> chosen,
            @Mixin WaitOptions waiting) {
        var machine = vm(vm);
        ObjectNode action = Json.object().put("restore_memory", Boolean.toString(memory));
        action.putObject("snapshot").put("id", snapshot(machine, name).id());
        if (chosen != null) {
            var disks = action.putObject("disks").putArray("disk");
            chosen.forEach(disk -> disks.addObject()
                    .put("id", session.lookup().find(Kind.DISK, disk).id()));
        }
        act(machine, Kind.VM.path(machine) + "/previewsnapshot", action, waiting, "looks at the snapshot " + name);
    }

    @Command(description = "Stays at the snapshot that is looked at; what the machine was before is removed.")
    void commit(@Parameters(paramLabel = "VM", description = VM) String vm, @Mixin WaitOptions waiting) {
        var machine = vm(vm);
        act(machine, Kind.VM.path(machine) + "/commitsnapshot", Json.object(), waiting, "stays at the snapshot");
    }

    @Command(description = "Leaves the snapshot that is looked at; the machine is again what it was before.")
    void undo(@Parameters(paramLabel = "VM", description = VM) String vm, @Mixin WaitOptions waiting) {
        var machine = vm(vm);
        act(machine, Kind.VM.path(machine) + "/undosnapshot", Json.object(), waiting, "is again what it was");
    }

    @Command(description = "Puts a machine that is down back to a snapshot; younger snapshots are removed.")
    void restore(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "SNAPSHOT", description = SNAPSHOT) String name,
            @Option(names = "--memory", description = "The next start goes on with its memory.") boolean memory,
            @Mixin WaitOptions waiting) {
        var machine = vm(vm);
        var found = snapshot(machine, name);
        act(
                machine,
                path(machine) + "/" + found.id() + "/restore",
                Json.object().put("restore_memory", Boolean.toString(memory)),
                waiting,
                "was put back to the snapshot " + name);
    }

    @Command(description = "Makes another machine of a snapshot, with disks of its own.")
    void clone(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "SNAPSHOT", description = SNAPSHOT) String name,
            @Parameters(paramLabel = "NAME", description = "The new machine's name.") String clone,
            @Mixin WaitOptions waiting) {
        var machine = vm(vm);
        ObjectNode wish = Json.object().put("name", clone);
        wish.putObject("cluster").put("id", machine.text("cluster.id"));
        wish.putObject("snapshots")
                .putArray("snapshot")
                .addObject()
                .put("id", snapshot(machine, name).id());
        var made = session.engine().post(Kind.VM.path(), wish);
        if (waiting.wait) {
            made = session.waiting(waiting).untilStatus(Kind.VM.path(made), "machine " + clone, "down");
        }
        session.printer().done(made, "Machine " + clone + " is " + (waiting.wait ? "made" : "being made"));
    }

    private void act(Entity machine, String path, ObjectNode action, WaitOptions waiting, String done) {
        session.engine().post(path, action);
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("machine " + machine.name());
        }
        session.printer()
                .done(
                        session.engine().get(Kind.VM.path(machine)),
                        waiting.wait
                                ? "Machine " + machine.name() + " " + done
                                : "Begun: machine " + machine.name() + " " + done);
    }
}
