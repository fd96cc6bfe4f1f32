package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
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
            @Option(names = "--boot", description = "The machine boots from it.") boolean boot) {
        var machine = vm(vm);
        var found = session.lookup().find(Kind.DISK, disk);
        ObjectNode attachment = Json.object()
                .put("interface", model)
                .put("bootable", Boolean.toString(boot))
                .put("active", "true");
        attachment.putObject("disk").put("id", found.id());
        var made = session.engine().post(path(machine), attachment);
        session.printer().done(made, "Machine " + machine.name() + " has the disk " + found.name());
    }

    @Command(description = "Takes a disk from a machine; the disk and what is on it stay.")
    void detach(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "DISK", description = "The disk's name or id.") String disk) {
        var machine = vm(vm);
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
        session.engine().delete(path(machine) + "/" + attached.getFirst().id() + "?detach_only=true");
        session.printer()
                .gone(
                        attached.getFirst().one("disk"),
                        "Machine " + machine.name() + " no longer has the disk "
                                + attached.getFirst().text("disk.name"));
    }
}
