package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.DiskBackup;
import org.bellwether.api.types.DiskContentType;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.network.VnicProfile;
import org.bellwether.engine.ovf.ArchivedMachine;
import org.bellwether.engine.ovf.LibvirtReader;
import org.bellwether.engine.ovf.OvaReader;
import org.bellwether.engine.ovf.OvfMachine;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.NewDisks;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;
import org.bellwether.protocol.ArchiveDescription;
import org.bellwether.protocol.ArchivedFile;

/** Machines and templates in archives: looked at before anything is written, then begun as an operation. */
final class ImportMachines {

    private final Vms vms;
    private final Templates templates;
    private final Disks disks;
    private final NewDisks rooms;
    private final Volumes volumes;
    private final HostArchives archives;
    private final OvfNics nics;
    private final OvfSpecs specs;
    private final Operations operations;
    private final ImportMachine operation;
    private final Events events;
    private final Clock clock;

    ImportMachines(
            Vms vms,
            Templates templates,
            Disks disks,
            NewDisks rooms,
            Volumes volumes,
            HostArchives archives,
            Networks networks,
            OvfSpecs specs,
            Operations operations,
            ImportMachine operation,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.templates = templates;
        this.disks = disks;
        this.rooms = rooms;
        this.volumes = volumes;
        this.archives = archives;
        this.nics = new OvfNics(vms, networks);
        this.specs = specs;
        this.operations = operations;
        this.operation = operation;
        this.events = events;
        this.clock = clock;
    }

    /**
     * What is wanted.
     *
     * @param host who is to read the archive; empty only for one that lies on a disk
     * @param profiles by the name of an interface or of its network
     */
    record Wish(
            HostArchives.Place archive,
            Optional<Host> host,
            Cluster cluster,
            StorageDomain domain,
            Optional<String> name,
            boolean template,
            boolean sparse,
            Map<String, Id<VnicProfile>> profiles) {}

    record Begun(UUID id, Job job) {}

    private record Born(Disk disk, DiskAttachment attachment, ImportMachine.Part part) {}

    Begun begin(Wish wish, Asker asker) {
        if (!wish.domain().cluster().equals(wish.cluster().id())) {
            throw Failure.conflict("The storage domain " + wish.domain().name() + " cannot take the machine")
                    .because("it belongs to another cluster than "
                            + wish.cluster().name());
        }
        rooms.requireRoom(wish.domain(), 0);
        var host = host(wish);
        var seen = archives.inspect(host, wish.archive());
        var machine = wish.archive().machine().isPresent()
                ? LibvirtReader.read(seen.getOvf())
                : OvaReader.read(seen.getOvf());
        var id = UUID.randomUUID();
        var name = Names.checked(wish.name().orElse(machine.name()), wish.template() ? "a template" : "a machine");
        var born = born(machine, seen, wish, id);
        rooms.requireRoom(
                wish.domain(),
                born.stream()
                        .mapToLong(
                                each -> each.disk().sparse() ? 0 : each.disk().provisionedBytes())
                        .sum());
        var arrived = specs.of(plain(machine, id));
        var request = new ImportMachine.Request(
                id,
                wish.template(),
                name,
                host,
                wish.archive(),
                born.stream().map(Born::part).toList(),
                asker);
        var job = operations.begin(
                operation, request, asker, tx -> insert(tx, wish, machine, request, arrived, born, asker));
        return new Begun(id, job);
    }

    private void insert(
            Transaction tx,
            Wish wish,
            ArchivedMachine machine,
            ImportMachine.Request request,
            OvfSpecs.Arrived arrived,
            List<Born> born,
            Asker asker) {
        var cluster = wish.cluster().id();
        var now = clock.instant();
        if (wish.template()) {
            Id<Template> id = Id.of(request.id());
            templates.insert(
                    tx, new Template(id, request.name(), 1, id, cluster, now, templates.specOf(arrived.spec())));
        } else {
            vms.insert(
                    tx,
                    new Vm(
                            Id.of(request.id()),
                            request.name(),
                            cluster,
                            Template.BLANK,
                            null,
                            0,
                            now,
                            null,
                            null,
                            null,
                            arrived.spec()));
        }
        born.forEach(each -> disks.insert(tx, each.disk()));
        born.forEach(each -> disks.attach(tx, each.attachment()));
        nics.insert(
                tx,
                wish.cluster().dataCenterId(),
                wish.template() ? Optional.empty() : Optional.of(wish.cluster().id()),
                machine.nics(),
                wish.profiles(),
                wish.template() ? Optional.empty() : Optional.of(Id.<Vm>of(request.id())),
                wish.template() ? Optional.of(Id.<Template>of(request.id())) : Optional.empty(),
                false);
        events.add(
                tx,
                wish.template() ? EventCode.TEMPLATE_IMPORT_STARTED : EventCode.VM_IMPORT_STARTED,
                asker,
                Concerns.NOTHING.withCluster(cluster),
                (wish.template() ? "Template " : "VM ") + request.name() + " is being imported from "
                        + wish.archive().words() + " by " + asker.name() + arrived.without() + ".");
    }

    private Id<Host> host(Wish wish) {
        if (wish.archive().disk().isPresent()) {
            var disk = disks.get(wish.archive().disk().get());
            if (disk.format() != Disk.Format.RAW || disk.state() != Disk.State.OK) {
                throw Failure.conflict("The disk " + disk.name() + " holds no archive that can be read now")
                        .because(
                                disk.format() != Disk.Format.RAW
                                        ? "it is not of the format raw"
                                        : "it is " + disk.state().name().toLowerCase(java.util.Locale.ROOT))
                        .next("Upload the archive, byte for byte, into a raw disk");
            }
            return volumes.hostFor(disk, disk.on(wish.domain().id())).id();
        }
        var host = wish.host()
                .orElseThrow(() -> Failure.badRequest("Which host has the archive is not said")
                        .next("Name the host"));
        if (!host.cluster().equals(wish.domain().cluster())) {
            throw Failure.conflict("The host " + host.name() + " cannot import to the storage domain "
                            + wish.domain().name())
                    .because("it belongs to another cluster");
        }
        return host.id();
    }

    private List<Born> born(ArchivedMachine machine, ArchiveDescription seen, Wish wish, UUID owner) {
        var born = new ArrayList<Born>();
        for (var told : machine.disks()) {
            long bytes = told.file().isEmpty()
                    ? told.capacityBytes()
                    : usable(told, seen).getCapacityBytes();
            if (bytes < 1) {
                throw Failure.conflict("The disk " + told.alias() + " of " + machine.name() + " has no size");
            }
            long rounded = Math.ceilDiv(bytes, 4096L) * 4096;
            var format = format(told, seen, wish);
            var disk = new Disk(
                    Id.random(),
                    named(told.alias()),
                    wish.domain().id(),
                    UUID.randomUUID(),
                    format,
                    wish.sparse() || wish.archive().machine().isPresent(),
                    rounded,
                    0,
                    Disk.State.LOCKED,
                    clock.instant(),
                    org.bellwether.api.types.Disk.builder()
                            .description(told.description())
                            .backup(
                                    told.manner().incrementalBackup() && format == Disk.Format.COW
                                            ? DiskBackup.INCREMENTAL
                                            : DiskBackup.NONE)
                            .contentType(DiskContentType.DATA)
                            .propagateErrors(false)
                            .shareable(told.manner().shareable() && format == Disk.Format.RAW)
                            .wipeAfterDelete(told.manner().wipeAfterDelete())
                            .build());
            var attachment = new DiskAttachment(
                    Id.random(),
                    disk.name(),
                    wish.template() ? null : owner,
                    wish.template() ? owner : null,
                    disk.id(),
                    true,
                    org.bellwether.api.types.DiskAttachment.builder()
                            .bootable(told.bootable() && born.stream().noneMatch(ImportMachines::boots))
                            .interface_(OvfSpecs.bus(told.bus()))
                            .passDiscard(told.manner().passDiscard())
                            .readOnly(told.manner().readOnly())
                            .usesScsiReservation(false)
                            .build());
            born.add(new Born(disk, attachment, new ImportMachine.Part(disk.id(), told.file(), bytes)));
        }
        return born;
    }

    /** A machine has one disk to boot from, whatever is said. */
    private static boolean boots(Born other) {
        return Boolean.TRUE.equals(other.attachment().spec().bootable());
    }

    /** What another libvirt has comes as it is. */
    private static Disk.Format format(ArchivedMachine.ArchivedDisk disk, ArchiveDescription seen, Wish wish) {
        if (wish.archive().machine().isPresent() && !disk.file().isEmpty()) {
            return usable(disk, seen).getFormat().equals("qcow2") ? Disk.Format.COW : Disk.Format.RAW;
        }
        return wish.sparse() ? Disk.Format.COW : Disk.Format.RAW;
    }

    private static String named(String alias) {
        var plain = alias.replaceAll("\\p{Cntrl}", "").strip();
        return plain.isEmpty() ? "disk" : plain.substring(0, Math.min(plain.length(), 255));
    }

    private static ArchivedFile usable(ArchivedMachine.ArchivedDisk disk, ArchiveDescription seen) {
        var file = seen.getFilesList().stream()
                .filter(each -> each.getName().equals(disk.file()))
                .findFirst()
                .orElseThrow(() -> Failure.conflict("The archive is not whole")
                        .because("its description speaks of the file " + disk.file() + ", which it does not have"));
        if (!file.getTrouble().isEmpty()) {
            throw Failure.conflict("The disk " + disk.alias() + " cannot be imported")
                    .because(file.getTrouble())
                    .undone("Nothing was changed");
        }
        return file;
    }

    private OvfMachine plain(ArchivedMachine machine, UUID id) {
        var conduct = machine.conduct()
                .orElse(new ArchivedMachine.Conduct(1, machine.memoryMib(), machine.memoryMib() * 4, true, false, 0));
        return new OvfMachine(
                id,
                machine.name(),
                machine.description(),
                machine.template(),
                clock.instant(),
                machine.memoryMib(),
                conduct.guaranteedMib(),
                conduct.maxMib(),
                machine.sockets(),
                machine.cores(),
                machine.threads(),
                machine.osType(),
                machine.biosType(),
                conduct.kind(),
                conduct.highlyAvailable(),
                conduct.priority(),
                conduct.ballooning(),
                "",
                Template.BLANK.value(),
                "",
                machine.equipment(),
                List.of(),
                machine.nics());
    }
}
