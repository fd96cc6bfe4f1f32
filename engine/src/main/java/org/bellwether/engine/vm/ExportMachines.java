package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.DiskBackup;
import org.bellwether.api.types.DiskContentType;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.NewDisks;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.template.Template;

/** Machines and templates that are to be written into an archive: what is asked is checked here and begun. */
final class ExportMachines {

    private final Vms vms;
    private final Disks disks;
    private final NewDisks rooms;
    private final Volumes volumes;
    private final Operations operations;
    private final ExportMachine operation;
    private final Events events;
    private final Clock clock;

    ExportMachines(
            Vms vms,
            Disks disks,
            NewDisks rooms,
            Volumes volumes,
            Operations operations,
            ExportMachine operation,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.disks = disks;
        this.rooms = rooms;
        this.volumes = volumes;
        this.operations = operations;
        this.operation = operation;
        this.events = events;
        this.clock = clock;
    }

    /** @param archive the disk that holds the archive when the job has ended; empty when it is a file */
    record Begun(Optional<Id<Disk>> archive, Job job) {}

    private record Source(UUID id, boolean template, String name, List<Id<Disk>> disks) {}

    Begun toFile(Vm vm, Host host, String path, Asker asker) {
        return toFile(source(vm), host, path, asker);
    }

    Begun toFile(Template template, Host host, String path, Asker asker) {
        return toFile(source(template), host, path, asker);
    }

    /** Into a raw disk on a storage domain, from where a client can fetch it. */
    Begun toDisk(Vm vm, StorageDomain domain, Asker asker) {
        return toDisk(source(vm), domain, asker);
    }

    Begun toDisk(Template template, StorageDomain domain, Asker asker) {
        return toDisk(source(template), domain, asker);
    }

    private Source source(Vm vm) {
        operations.requireFree(vm.id(), "exporting VM " + vm.name());
        return new Source(vm.id().value(), false, vm.name(), whole(disks.ofVm(vm.id()), "VM " + vm.name()));
    }

    private Source source(Template template) {
        return new Source(
                template.id().value(),
                true,
                template.name(),
                whole(disks.ofTemplate(template.id()), "Template " + template.name()));
    }

    private List<Id<Disk>> whole(Collection<DiskAttachment> attachments, String whose) {
        // What is on LUNs stays where it is.
        var exported = attachments.stream()
                .filter(each -> disks.get(each.disk()).lun().isEmpty())
                .toList();
        for (var attachment : exported) {
            var disk = disks.get(attachment.disk());
            if (disk.state() != Disk.State.OK) {
                throw Failure.conflict(whose + " cannot be exported now")
                        .because("its disk " + disk.name() + " is "
                                + disk.state().name().toLowerCase(Locale.ROOT));
            }
        }
        return exported.stream()
                .sorted(Comparator.comparing(DiskAttachment::name).thenComparing(DiskAttachment::disk))
                .map(DiskAttachment::disk)
                .toList();
    }

    private Begun toFile(Source source, Host host, String path, Asker asker) {
        var place = HostArchives.Place.of(path);
        return begin(source, host.id(), place, Optional.empty(), asker);
    }

    private Begun toDisk(Source source, StorageDomain domain, Asker asker) {
        long most = source.disks().stream()
                .map(disks::get)
                .mapToLong(disk -> disk.sparse() ? disk.actualBytes() : disk.provisionedBytes())
                .sum();
        rooms.requireRoom(domain, most);
        var disk = new Disk(
                Id.random(),
                source.name() + ".ova",
                domain.id(),
                UUID.randomUUID(),
                Disk.Format.RAW,
                true,
                4096,
                0,
                Disk.State.LOCKED,
                clock.instant(),
                org.bellwether.api.types.Disk.builder()
                        .description("The archive of " + source.name())
                        .backup(DiskBackup.NONE)
                        .contentType(DiskContentType.DATA)
                        .propagateErrors(false)
                        .shareable(false)
                        .wipeAfterDelete(false)
                        .build());
        var reached = source.disks().stream().map(disks::get).toArray(Disk[]::new);
        var needed = java.util.Arrays.copyOf(reached, reached.length + 1);
        needed[reached.length] = disk;
        var host = volumes.hostFor(needed).id();
        return begin(source, host, HostArchives.Place.of(disk.id()), Optional.of(disk), asker);
    }

    private Begun begin(Source source, Id<Host> host, HostArchives.Place place, Optional<Disk> archive, Asker asker) {
        var request = new ExportMachine.Request(
                source.id(), source.template(), source.name(), host, place, source.disks(), asker);
        var job = operations.begin(operation, request, asker, tx -> {
            // With the machine's lock in hand: nothing can start it between this look and the end.
            if (!source.template() && vms.get(Id.of(source.id())).host() != null) {
                throw Failure.conflict("VM " + source.name() + " cannot be exported now")
                        .because("it runs, and its disks change while they would be read")
                        .next("Shut it down first");
            }
            archive.ifPresent(disk -> disks.insert(tx, disk));
            events.add(
                    tx,
                    source.template() ? EventCode.TEMPLATE_EXPORT_STARTED : EventCode.VM_EXPORT_STARTED,
                    asker,
                    ExportMachine.concerns(request),
                    (source.template() ? "Template " : "VM ") + source.name() + " is being exported to " + place.words()
                            + " by " + asker.name() + ".");
        });
        return new Begun(archive.map(Disk::id), job);
    }
}
