package org.bellwether.cli;

import java.nio.file.Path;
import java.util.Optional;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw vm …}. */
@Command(description = VmCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class VmCommands {

    static final String DESCRIPTION = "Virtual machines: make, run, move and remove them.";

    /** What the API knows a machine's one CD drive by. */
    private static final String DRIVE = "00000000-0000-0000-0000-000000000000";

    private static final String VM = "Its name or id.";

    private final Session session;

    VmCommands(Session session) {
        this.session = session;
    }

    private Entity vm(String nameOrId) {
        return session.lookup().find(Kind.VM, nameOrId);
    }

    @Command(description = "Lists machines.")
    void list(
            @Option(
                            names = "--search",
                            paramLabel = "QUERY",
                            description = "Only those that the query finds, such as 'status=up and name=web*'.")
                    @Nullable
                    String search) {
        var vms = session.engine().list("/vms" + (search == null ? "" : "?search=" + Paths.encode(search)));
        var printer = session.printer();
        var hosts = printer.asJson()
                ? java.util.Map.<String, String>of()
                : session.lookup().names(Kind.HOST);
        var clusters = printer.asJson()
                ? java.util.Map.<String, String>of()
                : session.lookup().names(Kind.CLUSTER);
        printer.list(
                vms,
                Column.of("NAME", "name"),
                Column.of("STATUS", "status"),
                new Column("HOST", vm -> hosts.getOrDefault(vm.text("host.id"), "")),
                new Column("CLUSTER", vm -> clusters.getOrDefault(vm.text("cluster.id"), "")),
                new Column("MEMORY", vm -> Text.size(vm.number("memory"))),
                new Column("CPUS", VmSheet::cpus),
                Column.of("HOST NAME", "fqdn"));
    }

    @Command(description = "Shows which running machines use the most.")
    void top(
            @Option(
                            names = "--by",
                            paramLabel = "MEASURE",
                            defaultValue = "cpu",
                            description = "cpu, memory_used, received, sent, read or written; cpu unless told.")
                    String by,
            @Option(
                            names = "--max",
                            paramLabel = "NUMBER",
                            defaultValue = "10",
                            description = "How many; 10 unless told.")
                    int max) {
        var used = session.engine().list("/ovirt-engine/services/usage/vms?by=" + Paths.encode(by) + "&max=" + max);
        var printer = session.printer();
        var names = printer.asJson()
                ? java.util.Map.<String, String>of()
                : session.lookup().names(Kind.VM);
        printer.list(
                used,
                new Column("NAME", vm -> names.getOrDefault(vm.text("id"), vm.text("id"))),
                new Column("CPU %", vm -> vm.text("cpu")),
                new Column("MEMORY USED", vm -> Text.size(vm.number("memory_used"))),
                new Column("MEMORY", vm -> Text.size(vm.number("memory"))),
                new Column("RECEIVED/S", vm -> Text.size(vm.number("received"))),
                new Column("SENT/S", vm -> Text.size(vm.number("sent"))),
                new Column("READ/S", vm -> Text.size(vm.number("read"))),
                new Column("WRITTEN/S", vm -> Text.size(vm.number("written"))));
    }

    @Command(description = "Shows a machine: where it runs, what its guest reports, its disks and network interfaces.")
    void show(@Parameters(paramLabel = "VM", description = VM) String name) {
        var found = session.engine().get(Kind.VM.path(vm(name)) + "?follow=" + VmSheet.FOLLOWED);
        session.printer().show(found, VmSheet::of);
    }

    @Command(description = "Says whether a machine is to run again when its host fails, and where its lease is.")
    void ha(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(names = "--off", description = "It is not restarted any more; its lease stays.") boolean off,
            @Option(
                            names = "--lease",
                            paramLabel = "STORAGE",
                            description = "A shared storage domain for its lease: the proof that it runs nowhere else.")
                    @Nullable
                    String lease,
            @Option(names = "--no-lease", description = "Takes its lease away.") boolean noLease,
            @Option(
                            names = "--storage-error",
                            paramLabel = "WHAT",
                            description = "When its storage failed: auto_resume (it goes on when the storage is back),"
                                    + " leave_paused, or kill (as auto_resume, but it is ended after 80 s).")
                    @Nullable
                    String storageError) {
        if (lease != null && noLease) {
            throw CommandFailure.usage(
                    "A machine has a lease or none, so --lease and --no-lease contradict each other.");
        }
        var machine = vm(name);
        var wish = Json.object();
        wish.putObject("high_availability").put("enabled", off ? "false" : "true");
        if (storageError != null) {
            wish.put("storage_error_resume_behaviour", storageError);
        }
        if (lease != null) {
            wish.putObject("lease")
                    .putObject("storage_domain")
                    .put("id", session.lookup().find(Kind.STORAGE_DOMAIN, lease).id());
        } else if (noLease) {
            wish.putObject("lease");
        }
        var now = session.engine().put(Kind.VM.path(machine), wish);
        boolean leased = now.find("lease.storage_domain.id").isPresent();
        session.printer()
                .done(
                        now,
                        "Machine " + machine.name()
                                + (off
                                        ? " is not restarted when its host fails"
                                        : leased
                                                ? " is restarted when its lease proves that its host has failed"
                                                : " is restarted when its failed host is confirmed to be rebooted"));
    }

    @Command(description = "Makes a machine from a template.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(
                            names = "--template",
                            paramLabel = "TEMPLATE",
                            defaultValue = "Blank",
                            description = "What it is made from; Blank unless told.")
                    String template,
            @Option(
                            names = "--cluster",
                            paramLabel = "CLUSTER",
                            description = "Where it may run; the template's cluster, or the only one, unless told.")
                    @Nullable
                    String cluster,
            @Mixin VmSettings settings,
            @Mixin FirstBootOptions firstBoot,
            @Mixin VmDraft.DiskOptions disks,
            @Mixin WaitOptions waiting) {
        var made = new VmDraft(session).create(name, template, cluster, settings, firstBoot, disks, waiting);
        session.printer().done(made, "Machine " + name + " is " + (waiting.wait ? "made" : "being made"));
    }

    @Command(
            description =
                    "Changes a machine. Of one that runs, what cannot be changed under it waits for its next start.")
    void update(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(names = "--name", paramLabel = "NAME", description = "Another name.") @Nullable String renamed,
            @Option(names = "--next-run", description = "All of it waits for the next start.") boolean nextRun,
            @Mixin VmSettings settings,
            @Mixin FirstBootOptions firstBoot) {
        var vm = vm(name);
        var wish = Json.object();
        if (renamed != null) {
            wish.put("name", renamed);
        }
        settings.into(wish, session, Optional.of(vm));
        firstBoot.into(wish);
        if (!wish.isEmpty()) {
            session.engine().put(Kind.VM.path(vm) + (nextRun ? "?next_run=true" : ""), wish);
        }
        settings.beside(vm, session);
        var now = session.engine().get(Kind.VM.path(vm));
        session.printer()
                .done(
                        now,
                        "Machine " + now.name() + " is changed"
                                + (now.flag("next_run_configuration_exists")
                                        ? "; some of it waits for its next start"
                                        : ""));
    }

    @Command(description = "Makes a machine like another one that is down, with copies of its disks.")
    void clone(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Parameters(paramLabel = "NAME", description = "The new machine's name.") String wished,
            @Option(
                            names = "--domain",
                            paramLabel = "DOMAIN",
                            description = "The storage domain for its disks; where the others lie unless told.")
                    @Nullable
                    String domain,
            @Mixin WaitOptions waiting) {
        var made = new VmDraft(session).clone(vm(name), wished, domain, waiting);
        session.printer().done(made, "Machine " + wished + " is " + (waiting.wait ? "made" : "being made"));
    }

    @Command(
            name = "import",
            description =
                    "Makes a machine from an archive (OVA) of oVirt, VMware or this engine, or of one that a libvirt"
                            + " has (qemu+ssh://root@HOST/system#NAME).")
    void take(
            @Parameters(paramLabel = "FILE", description = "The archive, on this machine or on a host.") String file,
            @Mixin Archive.ImportOptions wish,
            @Mixin WaitOptions waiting) {
        var made = new Archive(session, Kind.VM, waiting).take(file, wish);
        session.printer().done(made, "Machine " + made.name() + " is " + (waiting.wait ? "made" : "being made"));
    }

    @Command(name = "export", description = "Writes a machine that is down into an archive (OVA).")
    void give(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Mixin Archive.ExportOptions wish,
            @Mixin WaitOptions waiting) {
        var vm = vm(name);
        var where = new Archive(session, Kind.VM, waiting).give(vm, wish);
        session.printer()
                .done(vm, "Machine " + vm.name() + " is " + (waiting.wait ? "" : "being ") + "written to " + where);
    }

    @Command(
            description = "Backs a machine's disks up into a directory: all of them the first time, later what changed"
                    + " since.")
    void backup(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(
                            names = "--dir",
                            paramLabel = "DIRECTORY",
                            required = true,
                            description = "Where the machine's backups are kept; one directory for each machine.")
                    Path directory,
            @Option(names = "--full", description = "Everything, also when less would do.") boolean full,
            @Option(names = "--once", description = "Do not have the disks note what changes from now on.")
                    boolean once,
            @Mixin WaitOptions waiting) {
        if (!waiting.wait) {
            throw CommandFailure.usage("A backup cannot go on without the command: leave out --no-wait.");
        }
        var machine = vm(name);
        var made = new VmBackup(session, waiting).take(machine, new BackupDirectory(directory), full, !once);
        session.printer()
                .done(
                        machine,
                        "Machine " + machine.name() + " is backed up "
                                + (made.incremental() ? "by what changed" : "in full") + " in " + made.place());
    }

    @Command(description = "Makes a new machine from backups of one.")
    void restore(
            @Parameters(paramLabel = "NAME", description = "The new machine's name.") String name,
            @Option(
                            names = "--dir",
                            paramLabel = "DIRECTORY",
                            required = true,
                            description = "Where the machine's backups are kept.")
                    Path directory,
            @Option(
                            names = "--storage",
                            paramLabel = "STORAGE",
                            required = true,
                            description = "The storage domain for its disks.")
                    String storage,
            @Option(names = "--backup", paramLabel = "NUMBER", description = "Which; the newest unless told.") @Nullable
                    String number,
            @Option(
                            names = "--cluster",
                            paramLabel = "CLUSTER",
                            description = "Where it may run; the only one unless told.")
                    @Nullable
                    String cluster,
            @Mixin WaitOptions waiting) {
        if (!waiting.wait) {
            throw CommandFailure.usage("A restore cannot go on without the command: leave out --no-wait.");
        }
        var made = new VmRestore(session, waiting)
                .restore(new BackupDirectory(directory), Optional.ofNullable(number), name, storage, cluster);
        session.printer().done(made, "Machine " + name + " is made from the backups in " + directory);
    }

    @Command(
            description =
                    "Starts a machine; what is said beside the host holds for this run only, and nothing of it stays.")
    void start(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(names = "--host", paramLabel = "HOST", description = "Where; the engine chooses unless told.")
                    @Nullable
                    String host,
            @Mixin VmPower.OnceOptions once,
            @Mixin FirstBootOptions firstBoot,
            @Mixin WaitOptions waiting) {
        new VmPower(session, waiting).start(vm(name), host, once, firstBoot);
    }

    @Command(description = "Lets a machine go on that stands still.")
    void resume(@Parameters(paramLabel = "VM", description = VM) String name, @Mixin WaitOptions waiting) {
        new VmPower(session, waiting).resume(vm(name));
    }

    @Command(description = "Switches a machine off, as by pulling its plug.")
    void stop(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(names = "--reason", paramLabel = "TEXT", description = "Why; it is shown until it is started.")
                    @Nullable
                    String reason,
            @Mixin WaitOptions waiting) {
        new VmPower(session, waiting).stop(vm(name), reason);
    }

    @Command(description = "Asks the guest to shut down.")
    void shutdown(@Parameters(paramLabel = "VM", description = VM) String name, @Mixin WaitOptions waiting) {
        new VmPower(session, waiting).shutdown(vm(name));
    }

    @Command(description = "Writes a running machine to its storage; its next start goes on from there.")
    void suspend(@Parameters(paramLabel = "VM", description = VM) String name, @Mixin WaitOptions waiting) {
        new VmPower(session, waiting).suspend(vm(name));
    }

    @Command(description = "Puts a CD into a machine's drive, or takes it out.")
    void cd(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(
                            names = "--disk",
                            paramLabel = "DISK",
                            description = "A disk whose content is an ISO; without it the drive is emptied.")
                    @Nullable
                    String disk,
            @Option(names = "--next", description = "At the next start, also of a machine that runs.") boolean next) {
        var vm = vm(name);
        String id = disk == null ? "" : session.lookup().find(Kind.DISK, disk).id();
        boolean now = !next && !vm.status().equals("down") && !vm.status().equals("suspended");
        var change = Json.object();
        change.putObject("file").put("id", id);
        session.engine().put(Kind.VM.path(vm) + "/cdroms/" + DRIVE + (now ? "?current=true" : ""), change);
        session.printer()
                .done(
                        vm,
                        "Machine " + vm.name() + " has " + (disk == null ? "no CD" : "the CD " + disk) + " in its drive"
                                + (now ? "" : " at its next start"));
    }

    @Command(description = "Restarts a machine.")
    void reboot(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(names = "--force", description = "Without asking the guest.") boolean force,
            @Mixin WaitOptions waiting) {
        new VmPower(session, waiting).reboot(vm(name), force);
    }

    @Command(description = "Moves a running machine to another host; the guest does not notice.")
    void migrate(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(names = "--host", paramLabel = "HOST", description = "Where to; the engine chooses unless told.")
                    @Nullable
                    String host,
            @Mixin WaitOptions waiting) {
        new VmPower(session, waiting).migrate(vm(name), host);
    }

    @Command(description = "Tells why a machine runs where it does, or nowhere, and what the last placements were.")
    void why(@Parameters(paramLabel = "VM", description = VM) String name) {
        var vm = vm(name);
        session.printer()
                .show(
                        session.engine().get("/ovirt-engine/services/placement/vms/" + vm.id()),
                        why -> PlacementSheet.of(vm, why));
    }

    @Command(description = "Removes a machine that is down, and its disks.")
    void remove(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(names = "--keep-disks", description = "Leave its disks, detached.") boolean keepDisks,
            @Mixin WaitOptions waiting) {
        var vm = vm(name);
        session.engine().delete(Kind.VM.path(vm) + (keepDisks ? "?detach_only=true" : ""));
        if (waiting.wait) {
            session.waiting(waiting).untilGone(Kind.VM.path(vm), "machine " + vm.name());
        }
        session.printer().gone(vm, "Machine " + vm.name() + " is " + (waiting.wait ? "removed" : "being removed"));
    }

    @Command(description = "A running machine's serial port in this terminal; Ctrl-] leaves it.")
    void console(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(
                            names = "--viewer-file",
                            paramLabel = "FILE",
                            description = "Instead, write the file with which remote-viewer shows its screen, once.")
                    @Nullable
                    Path viewer) {
        var screen = new VmScreen(session);
        if (viewer == null) {
            screen.console(vm(name));
        } else {
            screen.viewerFile(vm(name), viewer);
        }
    }

    @Command(description = "Takes a picture of a running machine's screen.")
    void screenshot(
            @Parameters(paramLabel = "VM", description = VM) String name,
            @Option(names = "--file", paramLabel = "FILE", description = "Where to; NAME.png unless told.") @Nullable
                    Path file) {
        var vm = vm(name);
        new VmScreen(session).screenshot(vm, file == null ? Path.of(vm.name() + ".png") : file);
    }
}
