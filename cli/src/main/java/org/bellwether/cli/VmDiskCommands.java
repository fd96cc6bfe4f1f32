package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw vm disk …}. */
@Command(description = "Disks of a machine.", synopsisSubcommandLabel = "COMMAND")
final class VmDiskCommands {

    private static final String VM = "The machine's name or id.";

    private final Session session;

    VmDiskCommands(Session session) {
        this.session = session;
    }

    private Entity vm(String nameOrId) {
        return session.lookup().find(Kind.VM, nameOrId);
    }

    private static String path(Entity vm) {
        return Kind.VM.path(vm) + "/diskattachments";
    }

    @Command(description = "Lists a machine's disks.")
    void list(@Parameters(paramLabel = "VM", description = VM) String vm) {
        var attachments = session.engine().list(path(vm(vm)) + "?follow=disk.storage_domains");
        session.printer().list(attachments, VmSheet.attachmentColumns());
    }

    @Command(description = "Gives a disk to a machine.")
    void attach(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "DISK", description = "The disk's name or id.") String disk,
            @Option(
                            names = "--interface",
                            paramLabel = "MODEL",
                            defaultValue = "virtio",
                            description = "virtio (the default), virtio_scsi, sata or ide.")
                    String model,
            @Option(names = "--boot", description = "The machine boots from it.") boolean boot,
            @Option(names = "--read-only", description = "The machine cannot write to it.") boolean readOnly,
            @Option(names = "--discard", description = "What the guest discards is given back to the storage.")
                    boolean discard) {
        var machine = vm(vm);
        var found = session.lookup().find(Kind.DISK, disk);
        ObjectNode attachment = Json.object()
                .put("interface", model)
                .put("bootable", Boolean.toString(boot))
                .put("read_only", Boolean.toString(readOnly))
                .put("pass_discard", Boolean.toString(discard))
                .put("active", "true");
        attachment.putObject("disk").put("id", found.id());
        var made = session.engine().post(path(machine), attachment);
        session.printer().done(made, "Machine " + machine.name() + " has the disk " + found.name());
    }

    @Command(description = "Changes how a machine has a disk, while the machine is off or the disk is plugged out.")
    void update(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "DISK", description = "The disk's name or id.") String disk,
            @Option(names = "--interface", paramLabel = "MODEL", description = "virtio, virtio_scsi, sata or ide.")
                    @Nullable
                    String model,
            @Option(names = "--boot", negatable = true, description = "Whether the machine boots from it.") @Nullable
                    Boolean boot,
            @Option(names = "--read-only", negatable = true, description = "Whether the machine cannot write to it.")
                    @Nullable
                    Boolean readOnly,
            @Option(
                            names = "--discard",
                            negatable = true,
                            description = "Whether what the guest discards is given back to the storage.")
                    @Nullable
                    Boolean discard) {
        var machine = vm(vm);
        var attached = attached(machine, disk);
        ObjectNode change = Json.object();
        Optional.ofNullable(model).ifPresent(value -> change.put("interface", value));
        Optional.ofNullable(boot).ifPresent(flag -> change.put("bootable", flag.toString()));
        Optional.ofNullable(readOnly).ifPresent(flag -> change.put("read_only", flag.toString()));
        Optional.ofNullable(discard).ifPresent(flag -> change.put("pass_discard", flag.toString()));
        var now = session.engine().put(path(machine) + "/" + attached.id(), change);
        session.printer()
                .done(now, "Machine " + machine.name() + " has the disk " + attached.text("disk.name") + " so now");
    }

    @Command(description = "Takes a disk from a machine; the disk and what is on it stay.")
    void detach(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "DISK", description = "The disk's name or id.") String disk) {
        var machine = vm(vm);
        var attached = attached(machine, disk);
        session.engine().delete(path(machine) + "/" + attached.id() + "?detach_only=true");
        session.printer()
                .gone(
                        attached.one("disk"),
                        "Machine " + machine.name() + " no longer has the disk " + attached.text("disk.name"));
    }

    @Command(description = "Plugs a disk that a machine has in.")
    void plug(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "DISK", description = "The disk's name or id.") String disk) {
        active(vm, disk, true);
    }

    @Command(description = "Pulls a disk out of a machine, which still has it.")
    void unplug(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "DISK", description = "The disk's name or id.") String disk) {
        active(vm, disk, false);
    }

    private void active(String vm, String disk, boolean active) {
        var machine = vm(vm);
        var attached = attached(machine, disk);
        var now = session.engine()
                .put(path(machine) + "/" + attached.id(), Json.object().put("active", Boolean.toString(active)));
        session.printer().done(now, "Disk " + attached.text("disk.name") + " is plugged " + (active ? "in" : "out"));
    }

    private Entity attached(Entity machine, String disk) {
        var attached = session.engine().list(path(machine) + "?follow=disk").stream()
                .filter(each -> each.id().equalsIgnoreCase(disk)
                        || each.text("disk.name").equals(disk))
                .toList();
        if (attached.size() != 1) {
            throw CommandFailure.refused(
                    404,
                    "Machine %s has %s named %s. See them with: bw vm disk list %s"
                            .formatted(
                                    machine.name(),
                                    attached.isEmpty() ? "no disk" : attached.size() + " disks",
                                    Text.clean(disk),
                                    machine.name()));
        }
        return attached.getFirst();
    }
}
