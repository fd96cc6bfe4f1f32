package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.bellwether.api.types.DiskInterface;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.DirectLuns;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.NewDisks;
import org.bellwether.engine.storage.StorageDomains;

/** Disks given to machines and taken from them; a machine that runs has them plugged in or out. */
public final class VmDiskAttachments {

    /** Clients expect a disk to be plugged when the answer comes; what takes longer goes on as a job. */
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private static final Set<String> OBSERVED = Set.of("active", "disk", "logical_name");

    private final Database database;
    private final Vms vms;
    private final Snapshots snapshots;
    private final Disks disks;
    private final NewDisks newDisks;
    private final DirectLuns luns;
    private final StorageDomains domains;
    private final Operations operations;
    private final PlugDisk plug;
    private final Events events;

    public VmDiskAttachments(
            Database database,
            Vms vms,
            Snapshots snapshots,
            Disks disks,
            NewDisks newDisks,
            DirectLuns luns,
            StorageDomains domains,
            Operations operations,
            PlugDisk plug,
            Events events) {
        this.database = database;
        this.vms = vms;
        this.snapshots = snapshots;
        this.disks = disks;
        this.newDisks = newDisks;
        this.luns = luns;
        this.domains = domains;
        this.operations = operations;
        this.plug = plug;
        this.events = events;
    }

    private static org.bellwether.api.types.DiskAttachment defaults() {
        return org.bellwether.api.types.DiskAttachment.builder()
                .bootable(false)
                .interface_(DiskInterface.VIRTIO)
                .passDiscard(false)
                .readOnly(false)
                .usesScsiReservation(false)
                .build();
    }

    private static org.bellwether.api.types.DiskAttachment over(
            org.bellwether.api.types.DiskAttachment before, org.bellwether.api.types.DiskAttachment request) {
        var type = org.bellwether.api.types.DiskAttachment.TYPE;
        return type.merge(before, Decided.of(type, request, OBSERVED, Set.of()));
    }

    /** Makes a new disk for the machine, or attaches one that is there when the request names it. */
    DiskAttachment add(Vm vm, org.bellwether.api.types.DiskAttachment request, Asker asker) {
        operations.requireFree(vm.id(), "attaching a disk to VM " + vm.name());
        var spec = over(defaults(), request);
        boolean active = !Boolean.FALSE.equals(request.active());
        var wanted = request.disk();
        if (wanted == null) {
            throw Failure.badRequest("The attachment has no disk")
                    .next("Give disk.id of a disk that is there, or the disk to be made");
        }
        if (DirectLuns.meant(wanted) && wanted.id() == null) {
            var disk = luns.add(
                    wanted,
                    Optional.of(vm.cluster()),
                    nextName(vm),
                    asker,
                    (tx, made) -> link(tx, vm, made, active && !runs(vm), spec));
            return active ? plugged(vm, attachment(vm, disk.id()), asker) : attachment(vm, disk.id());
        }
        boolean existing = wanted.provisionedSize() == null && (wanted.id() != null || wanted.name() != null);
        if (existing) {
            var disk = References.find(disks.model(), wanted, "disk");
            var attached = database.transaction(tx -> attach(tx, vm, disk, active && !runs(vm), spec, asker));
            return active ? plugged(vm, attached, asker) : attached;
        }
        var begun = newDisks.add(wanted, Optional.of(vm.name()), nextName(vm), asker, (tx, disk) -> {
            requireOfCluster(vm, disk);
            link(tx, vm, disk, active && !runs(vm), spec);
        });
        if (active && runs(vm)) {
            operations.await(begun.job(), PATIENCE);
            return plugged(vm, attachment(vm, begun.disk().id()), asker);
        }
        return attachment(vm, begun.disk().id());
    }

    private static boolean runs(Vm vm) {
        return vm.hostId().isPresent();
    }

    /** Plugs it into the machine if that runs; should that fail, it stays attached and is not active. */
    private DiskAttachment plugged(Vm vm, DiskAttachment attachment, Asker asker) {
        if (runs(vm) && !attachment.active()) {
            operations.await(begin(vm, attachment, true, asker), PATIENCE);
        }
        return attachment(vm, attachment.disk());
    }

    private Job begin(Vm vm, DiskAttachment attachment, boolean in, Asker asker) {
        var host = vm.hostId().orElseThrow();
        return operations.begin(
                plug,
                new PlugDisk.Request(
                        vm.id(), vm.name(), host, attachment.id(), attachment.disk(), attachment.name(), in, asker),
                asker,
                tx -> vms.update(tx, vm.id(), now -> {
                    if (!now.hostId().equals(Optional.of(host))) {
                        throw Failure.conflict("VM " + vm.name() + " stopped or moved a moment ago")
                                .next("Ask again");
                    }
                    return now;
                }));
    }

    /** "demo_Disk2", as clients expect it where nobody gave a name. */
    private String nextName(Vm vm) {
        return vm.name() + "_Disk" + (disks.ofVm(vm.id()).size() + 1);
    }

    private DiskAttachment attach(
            Transaction tx,
            Vm vm,
            Disk disk,
            boolean active,
            org.bellwether.api.types.DiskAttachment spec,
            Asker asker) {
        operations.requireFree(disk.id(), "attaching the disk " + disk.name());
        if (disk.spec().contentType() == org.bellwether.api.types.DiskContentType.MEMORY_DUMP_VOLUME) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be attached")
                    .because("it is the memory of a snapshot");
        }
        if (disk.state() != Disk.State.OK) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be attached")
                    .because("it is " + disk.state().name().toLowerCase(java.util.Locale.ROOT));
        }
        requireOfCluster(vm, disk);
        disks.update(tx, disk.id(), unchanged -> unchanged);
        var present = disks.ofDisk(disk.id());
        if (present.stream().anyMatch(each -> each.templateId().isPresent())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be attached")
                    .because("it is a template's");
        }
        if (present.stream()
                .anyMatch(each -> each.vmId().equals(Optional.of(vm.id().value())))) {
            throw Failure.conflict("The disk " + disk.name() + " is attached to VM " + vm.name() + " already");
        }
        if (!present.isEmpty() && !Boolean.TRUE.equals(disk.spec().shareable())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be attached")
                    .because("another machine has it, and it is not shareable")
                    .next("Detach it there first");
        }
        events.add(
                tx,
                EventCode.DISK_ATTACHED,
                asker,
                Concerns.NOTHING.withVm(vm.id()),
                "The disk " + disk.name() + " was attached to VM " + vm.name() + " by " + asker.name() + ".");
        return link(tx, vm, disk, active, spec);
    }

    private DiskAttachment link(
            Transaction tx, Vm vm, Disk disk, boolean active, org.bellwether.api.types.DiskAttachment spec) {
        // The machine's row is held to the end, so that no start reads its disks in between.
        vms.update(tx, vm.id(), now -> {
            requireIdle(now, active, "attaching a disk");
            return now;
        });
        requireOneBootable(vm, disk.id(), spec);
        var attachment = new DiskAttachment(Id.random(), disk.name(), vm.id().value(), null, disk.id(), active, spec);
        disks.attach(tx, attachment);
        return attachment;
    }

    private void requireOneBootable(Vm vm, Id<Disk> disk, org.bellwether.api.types.DiskAttachment spec) {
        if (!Boolean.TRUE.equals(spec.bootable())) {
            return;
        }
        disks.ofVm(vm.id()).stream()
                .filter(other -> !other.disk().equals(disk)
                        && Boolean.TRUE.equals(other.spec().bootable()))
                .findFirst()
                .ifPresent(other -> {
                    throw Failure.conflict("VM " + vm.name() + " cannot have two bootable disks")
                            .because("its disk " + other.name() + " is bootable already")
                            .next("Take that from the other disk first");
                });
    }

    private void requireOfCluster(Vm vm, Disk disk) {
        disk.domainId()
                .map(domains::get)
                .filter(domain -> !domain.cluster().equals(vm.cluster()))
                .ifPresent(domain -> {
                    throw Failure.conflict("VM " + vm.name() + " cannot have the disk " + disk.name())
                            .because("it lies on the storage domain " + domain.name()
                                    + ", which belongs to another cluster")
                            .next("Choose a storage domain of the machine's own cluster");
                });
    }

    private static void requireIdle(Vm vm, boolean touched, String wish) {
        if (touched && vm.hostId().isPresent()) {
            throw Failure.conflict("Cannot do this while VM " + vm.name() + " runs: " + wish)
                    .because("a running machine's disk can only be plugged in or out")
                    .undone("Nothing was changed")
                    .next("Shut the machine down first");
        }
    }

    DiskAttachment update(
            Vm vm, DiskAttachment attachment, org.bellwether.api.types.DiskAttachment request, Asker asker) {
        operations.requireFree(vm.id(), "changing a disk of VM " + vm.name());
        var spec = over(attachment.spec(), request);
        boolean active = request.active() == null ? attachment.active() : request.active();
        if (runs(vm) && active != attachment.active() && spec.equals(attachment.spec())) {
            operations.await(begin(vm, attachment, active, asker), PATIENCE);
            return attachment(vm, attachment.disk());
        }
        boolean changed = active != attachment.active() || !spec.equals(attachment.spec());
        if (changed) {
            requireIdle(vm, attachment.active() || active, "changing how a disk is attached");
            requireOneBootable(vm, attachment.disk(), spec);
        }
        if (request.disk() != null) {
            newDisks.update(disks.get(attachment.disk()), request.disk(), asker);
        }
        if (changed) {
            database.change(tx -> {
                vms.update(tx, vm.id(), now -> {
                    requireIdle(now, attachment.active() || active, "changing how a disk is attached");
                    return now;
                });
                disks.updateAttachment(
                        tx,
                        attachment.id(),
                        now -> new DiskAttachment(
                                now.id(),
                                now.name(),
                                now.vm(),
                                now.template(),
                                now.disk(),
                                active,
                                over(now.spec(), request)));
                events.add(
                        tx,
                        EventCode.VM_DISK_UPDATED,
                        asker,
                        Concerns.NOTHING.withVm(vm.id()),
                        "The disk " + attachment.name() + " of VM " + vm.name() + " was changed by " + asker.name()
                                + ".");
            });
        }
        return attachment(vm, attachment.disk());
    }

    /** Takes the disk from the machine; deletes it too when it is not only to be detached. */
    Optional<Job> remove(Vm vm, DiskAttachment attachment, boolean detachOnly, Asker asker) {
        operations.requireFree(vm.id(), "detaching a disk of VM " + vm.name());
        var disk = disks.get(attachment.disk());
        operations.requireFree(disk.id(), "detaching the disk " + disk.name());
        requireNoSnapshots(vm, disk, detachOnly);
        if (runs(vm) && attachment.active()) {
            operations.await(begin(vm, attachment, false, asker), PATIENCE);
        }
        if (!detachOnly) {
            return Optional.of(newDisks.remove(disk, asker));
        }
        database.change(tx -> {
            vms.update(tx, vm.id(), now -> {
                requireIdle(now, attachment(now, attachment.disk()).active(), "detaching a disk");
                return now;
            });
            disks.detach(tx, attachment.id());
            events.add(
                    tx,
                    EventCode.DISK_DETACHED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "The disk " + disk.name() + " was detached from VM " + vm.name() + " by " + asker.name() + ".");
        });
        return Optional.empty();
    }

    private void requireNoSnapshots(Vm vm, Disk disk, boolean detachOnly) {
        boolean looking = snapshots.previewed(vm.id()).isPresent();
        if (looking || (detachOnly && !snapshots.ofDisk(vm.id(), disk.id()).isEmpty())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be taken from VM " + vm.name())
                    .because(
                            looking
                                    ? "the machine looks at a snapshot"
                                    : "it has snapshots, which only the machine can use")
                    .undone("Nothing was changed")
                    .next(
                            looking
                                    ? "Commit or undo the preview first"
                                    : "Remove the snapshots first, or the disk with them");
        }
    }

    /** How the machine has the disk, or a failure that says that it has it not. */
    DiskAttachment attachment(Vm vm, Id<Disk> disk) {
        return disks.ofVm(vm.id()).stream()
                .filter(each -> each.disk().equals(disk))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("VM " + vm.name() + " has no disk with the id " + disk));
    }
}
