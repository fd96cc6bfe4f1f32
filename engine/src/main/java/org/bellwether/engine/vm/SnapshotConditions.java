package org.bellwether.engine.vm;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.api.types.DiskContentType;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;

/** What must hold of a machine and of its disks before their snapshots are touched. */
final class SnapshotConditions {

    private final Vms vms;
    private final Disks disks;
    private final Snapshots snapshots;
    private final StatelessDisks stateless;
    private final UnsettledSnapshots unsettled;
    private final Operations operations;

    SnapshotConditions(
            Vms vms,
            Disks disks,
            Snapshots snapshots,
            StatelessDisks stateless,
            UnsettledSnapshots unsettled,
            Operations operations) {
        this.vms = vms;
        this.disks = disks;
        this.snapshots = snapshots;
        this.stateless = stateless;
        this.unsettled = unsettled;
        this.operations = operations;
    }

    void settled(Vm vm, String wish) {
        if (!stateless.of(vm.id()).isEmpty()) {
            throw Failure.conflict("VM " + vm.name() + " has no snapshots while it is stateless")
                    .because("what it writes now is forgotten when it is off")
                    .next("Stop it first, and wait until its disks are what they were");
        }
        operations.requireFree(vm.id(), wish);
        unsettled.settle(vm.id());
    }

    void requireNoPreview(Vm vm, String so) {
        if (snapshots.previewed(vm.id()).isPresent()) {
            throw Failure.conflict("VM " + vm.name() + " looks at a snapshot: " + so)
                    .undone("Nothing was changed")
                    .next("Commit or undo the preview first");
        }
    }

    void requireDown(Vm vm) {
        if (vms.get(vm.id()).hostId().isPresent()) {
            throw Failure.conflict("VM " + vm.name() + " cannot be taken to another state while it runs")
                    .undone("Nothing was changed")
                    .next("Shut it down first");
        }
    }

    /** Where the machine runs, in a state in which its disks may be worked on. */
    Optional<Id<Host>> host(Vm vm) {
        var now = vms.get(vm.id());
        return switch (vms.status(now)) {
            case DOWN, UP, PAUSED, POWERING_UP, IMAGE_LOCKED -> now.hostId();
            case MIGRATING,
                    NOT_RESPONDING,
                    POWERING_DOWN,
                    REBOOT_IN_PROGRESS,
                    RESTORING_STATE,
                    SAVING_STATE,
                    SUSPENDED,
                    UNKNOWN,
                    WAIT_FOR_LAUNCH ->
                throw Failure.conflict("The snapshots of VM " + vm.name() + " cannot be changed now")
                        .because("it is "
                                + vms.status(now)
                                        .name()
                                        .toLowerCase(Locale.ROOT)
                                        .replace('_', ' '))
                        .undone("Nothing was changed");
        };
    }

    void requireUnchanged(Transaction tx, Vm vm, Optional<Id<Host>> host) {
        vms.update(tx, vm.id(), now -> {
            if (!now.hostId().equals(host)) {
                throw Failure.conflict("VM " + vm.name() + " was started, stopped or moved a moment ago")
                        .next("Ask again");
            }
            return now;
        });
    }

    void claim(Transaction tx, Id<Disk> id, UUID top, boolean lock) {
        disks.update(tx, id, disk -> {
            requireOk(disk);
            if (!disk.volume().equals(top)) {
                throw Failure.conflict("The disk " + disk.name() + " was changed a moment ago")
                        .next("Ask again");
            }
            return lock ? disk.in(Disk.State.LOCKED) : disk;
        });
    }

    static void requireOk(Disk disk) {
        if (disk.state() != Disk.State.OK) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be used now")
                    .because("it is " + disk.state().name().toLowerCase(Locale.ROOT));
        }
    }

    /** Disks that others share, or that lie on no storage domain, have no snapshots. */
    List<DiskAttachment> snapshotted(Vm vm, List<Id<Disk>> chosen) {
        Set<Id<Disk>> left = new HashSet<>(chosen);
        var found = disks.ofVm(vm.id()).stream()
                .filter(each -> chosen.isEmpty() || left.remove(each.disk()))
                .filter(each -> {
                    var disk = disks.get(each.disk());
                    return disk.domainId().isPresent()
                            && !Boolean.TRUE.equals(disk.spec().shareable())
                            && !Boolean.TRUE.equals(each.spec().readOnly())
                            && disk.spec().contentType() != DiskContentType.ISO;
                })
                .sorted(java.util.Comparator.comparing(DiskAttachment::name).thenComparing(DiskAttachment::disk))
                .toList();
        left.stream().findFirst().ifPresent(missing -> {
            throw Failure.badRequest("VM " + vm.name() + " has no disk with the id " + missing);
        });
        return found;
    }
}
