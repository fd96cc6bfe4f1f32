package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.api.types.DiskContentType;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.vm.Snapshot.SavedDisk;
import org.bellwether.engine.vm.Snapshot.SavedMachine;

/** What people ask of snapshots: what is asked is checked here and begun as an operation. */
final class SnapshotActions {

    private static final int LONGEST_DESCRIPTION = 4000;
    private static final Set<StorageDomain.Connection.Type> BLOCK =
            Set.of(StorageDomain.Connection.Type.ISCSI, StorageDomain.Connection.Type.FCP);
    /** What QEMU saves beside the guest's memory: devices, video memory, its own format. */
    private static final long MEMORY_ROOM = 64L << 20;

    private final Vms vms;
    private final Disks disks;
    private final StorageDomains domains;
    private final Snapshots snapshots;
    private final StatelessDisks stateless;
    private final UnsettledSnapshots unsettled;
    private final Abandoned abandoned;
    private final Operations operations;
    private final TakeSnapshot take;
    private final RemoveSnapshot remove;
    private final GoBackToSnapshot goBack;
    private final LeavePreview leave;
    private final Events events;
    private final Clock clock;

    SnapshotActions(
            Vms vms,
            Disks disks,
            StorageDomains domains,
            Snapshots snapshots,
            StatelessDisks stateless,
            UnsettledSnapshots unsettled,
            Abandoned abandoned,
            Operations operations,
            TakeSnapshot take,
            RemoveSnapshot remove,
            GoBackToSnapshot goBack,
            LeavePreview leave,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.disks = disks;
        this.domains = domains;
        this.snapshots = snapshots;
        this.stateless = stateless;
        this.unsettled = unsettled;
        this.abandoned = abandoned;
        this.operations = operations;
        this.take = take;
        this.remove = remove;
        this.goBack = goBack;
        this.leave = leave;
        this.events = events;
        this.clock = clock;
    }

    /**
     * @param chosen the disks it is to be of; empty: all
     * @param withMemory whether what a running machine has in its memory is kept too
     */
    Snapshot take(Vm vm, String description, List<Id<Disk>> chosen, boolean withMemory, Asker asker) {
        var name = checked(description);
        settled(vm, "taking a snapshot of VM " + vm.name());
        requireNoPreview(vm, "no snapshot can be taken");
        var host = host(vm);
        Id<Snapshot> id = Id.random();
        var saved = new ArrayList<SavedDisk>();
        var layers = new ArrayList<TakeSnapshot.Layer>();
        for (var attachment : snapshotted(vm, chosen)) {
            var disk = disks.get(attachment.disk());
            requireOk(disk);
            requireFiles(disk);
            var top = UUID.randomUUID();
            saved.add(SavedDisk.of(disk, attachment, top));
            layers.add(new TakeSnapshot.Layer(disk.id(), disk.name(), disk.volume(), top, attachment.active()));
        }
        var memory = withMemory && host.isPresent() ? Optional.of(memory(vm, name, saved)) : Optional.<Disk>empty();
        var snapshot = new Snapshot(
                id,
                name,
                vm.id(),
                Snapshot.Kind.REGULAR,
                Snapshot.State.LOCKED,
                clock.instant(),
                saved,
                memory.map(Disk::id).orElse(null),
                false,
                machine(vm));
        var request = new TakeSnapshot.Request(
                vm.id(), vm.name(), id, name, host, List.copyOf(layers), memory.map(Disk::id), asker);
        operations.begin(take, request, asker, tx -> {
            requireUnchanged(tx, vm, host);
            memory.ifPresent(disk -> disks.insert(tx, disk));
            layers.forEach(layer -> claim(tx, layer.disk(), layer.old(), host.isEmpty()));
            snapshots.insert(tx, snapshot);
            events.add(
                    tx,
                    EventCode.SNAPSHOT_STARTED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "The snapshot " + name + " of VM " + vm.name() + " is being taken by " + asker.name() + ".");
        });
        return snapshot;
    }

    Job remove(Vm vm, Snapshot snapshot, Asker asker) {
        settled(vm, "removing a snapshot of VM " + vm.name());
        requireNoPreview(vm, "no snapshot can be removed");
        var now = snapshots.get(snapshot.id());
        var host = host(vm);
        var merged = now.disks().stream()
                .map(SavedDisk::disk)
                .filter(disk -> disks.model().find(disk).isPresent())
                .toList();
        var request =
                new RemoveSnapshot.Request(vm.id(), vm.name(), now.id(), now.name(), merged, now.memoryId(), asker);
        return operations.begin(remove, request, asker, tx -> {
            requireUnchanged(tx, vm, host);
            merged.forEach(disk -> claim(tx, disk, disks.get(disk).volume(), host.isEmpty()));
            snapshots.update(tx, now.id(), each -> each.in(Snapshot.State.REMOVING));
            events.add(
                    tx,
                    EventCode.SNAPSHOT_REMOVE_STARTED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "The snapshot " + now.name() + " of VM " + vm.name() + " is being removed by " + asker.name()
                            + ".");
        });
    }

    /**
     * Takes the machine back to a snapshot.
     *
     * @param look whether only to look at it
     * @param chosen the disks that go back; empty: all
     */
    Job goBack(Vm vm, Snapshot snapshot, boolean look, List<Id<Disk>> chosen, boolean resume, Asker asker) {
        settled(vm, "going back to a snapshot of VM " + vm.name());
        requireNoPreview(vm, "it cannot go to another one");
        requireDown(vm);
        var there = snapshots.get(snapshot.id());
        if (there.state() != Snapshot.State.OK) {
            throw Failure.conflict("VM " + vm.name() + " cannot go back to the snapshot " + there.name())
                    .because(
                            there.state() == Snapshot.State.REMOVING
                                    ? "its removal has begun and did not come to its end"
                                    : "it is " + there.state().name().toLowerCase(Locale.ROOT))
                    .next("Remove it again, or choose another one");
        }
        var before = new ArrayList<SavedDisk>();
        var branches = new ArrayList<GoBackToSnapshot.Branch>();
        for (var saved : there.disks()) {
            var attachment = disks.ofVm(vm.id()).stream()
                    .filter(each -> each.disk().equals(saved.disk()))
                    .findFirst();
            if (attachment.isEmpty() || (!chosen.isEmpty() && !chosen.contains(saved.disk()))) {
                continue;
            }
            var disk = disks.get(saved.disk());
            requireOk(disk);
            before.add(SavedDisk.of(disk, attachment.get(), null));
            branches.add(new GoBackToSnapshot.Branch(disk.id(), disk.name(), saved.volume(), UUID.randomUUID()));
        }
        Optional<Id<Snapshot>> row = look ? Optional.of(Id.random()) : Optional.empty();
        var request = new GoBackToSnapshot.Request(
                vm.id(),
                vm.name(),
                there.id(),
                there.name(),
                row,
                List.copyOf(branches),
                look ? List.of() : abandoned.memories(there),
                resume && there.memoryId().isPresent(),
                asker);
        return operations.begin(goBack, request, asker, tx -> {
            requireUnchanged(tx, vm, Optional.empty());
            before.forEach(saved -> claim(tx, saved.disk(), saved.volume(), true));
            row.ifPresent(id -> snapshots.insert(
                    tx,
                    new Snapshot(
                            id,
                            "Active VM before the preview",
                            vm.id(),
                            Snapshot.Kind.PREVIEW,
                            Snapshot.State.LOCKED,
                            clock.instant(),
                            before,
                            null,
                            false,
                            machine(vm))));
            snapshots.update(tx, there.id(), now -> now.in(Snapshot.State.LOCKED));
            events.add(
                    tx,
                    look ? EventCode.SNAPSHOT_PREVIEW_STARTED : EventCode.SNAPSHOT_RESTORE_STARTED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "VM " + vm.name() + " is being taken back to the snapshot " + there.name() + " by " + asker.name()
                            + ".");
        });
    }

    /** Ends a look at a snapshot. */
    Job leave(Vm vm, boolean stay, Asker asker) {
        settled(vm, "leaving the preview of VM " + vm.name());
        var before = snapshots
                .previewed(vm.id())
                .filter(row -> row.state() == Snapshot.State.OK)
                .orElseThrow(() -> Failure.conflict("VM " + vm.name() + " does not look at a snapshot")
                        .next("Preview one first"));
        requireDown(vm);
        var there = snapshots.of(vm.id()).stream()
                .filter(each -> each.state() == Snapshot.State.IN_PREVIEW)
                .findFirst()
                .orElseThrow(() -> Failure.conflict("VM " + vm.name() + " does not look at a snapshot any more"));
        var changed = before.disks().stream()
                .map(SavedDisk::disk)
                .filter(disk -> disks.model().find(disk).isPresent())
                .toList();
        var request = new LeavePreview.Request(
                vm.id(),
                vm.name(),
                before.id(),
                there.id(),
                there.name(),
                stay,
                changed,
                stay ? abandoned.memories(there) : List.of(),
                asker);
        return operations.begin(leave, request, asker, tx -> {
            requireUnchanged(tx, vm, Optional.empty());
            leave.decide(tx, request);
            events.add(
                    tx,
                    stay ? EventCode.SNAPSHOT_COMMIT_STARTED : EventCode.SNAPSHOT_UNDO_STARTED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "The preview of the snapshot " + there.name() + " of VM " + vm.name() + " is being "
                            + (stay ? "committed" : "undone") + " by " + asker.name() + ".");
        });
    }

    private void settled(Vm vm, String wish) {
        if (!stateless.of(vm.id()).isEmpty()) {
            throw Failure.conflict("VM " + vm.name() + " has no snapshots while it is stateless")
                    .because("what it writes now is forgotten when it is off")
                    .next("Stop it first, and wait until its disks are what they were");
        }
        operations.requireFree(vm.id(), wish);
        unsettled.settle(vm.id());
    }

    private void requireNoPreview(Vm vm, String so) {
        if (snapshots.previewed(vm.id()).isPresent()) {
            throw Failure.conflict("VM " + vm.name() + " looks at a snapshot: " + so)
                    .undone("Nothing was changed")
                    .next("Commit or undo the preview first");
        }
    }

    private void requireDown(Vm vm) {
        if (vms.get(vm.id()).hostId().isPresent()) {
            throw Failure.conflict("VM " + vm.name() + " cannot be taken to another state while it runs")
                    .undone("Nothing was changed")
                    .next("Shut it down first");
        }
    }

    /** Where the machine runs, in a state in which its disks may be worked on. */
    private Optional<Id<Host>> host(Vm vm) {
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

    private void requireUnchanged(Transaction tx, Vm vm, Optional<Id<Host>> host) {
        vms.update(tx, vm.id(), now -> {
            if (!now.hostId().equals(host)) {
                throw Failure.conflict("VM " + vm.name() + " was started, stopped or moved a moment ago")
                        .next("Ask again");
            }
            return now;
        });
    }

    private void claim(Transaction tx, Id<Disk> id, UUID top, boolean lock) {
        disks.update(tx, id, disk -> {
            requireOk(disk);
            if (!disk.volume().equals(top)) {
                throw Failure.conflict("The disk " + disk.name() + " was changed a moment ago")
                        .next("Ask again");
            }
            return lock ? disk.in(Disk.State.LOCKED) : disk;
        });
    }

    /** A logical volume has to grow before it takes in another one, which merging does not do yet. */
    private void requireFiles(Disk disk) {
        disk.domainId()
                .map(domains::get)
                .filter(domain -> BLOCK.contains(domain.connection().type()))
                .ifPresent(domain -> {
                    throw Failure.conflict("No snapshot can be taken of the disk " + disk.name())
                            .because("it lies on the storage domain " + domain.name()
                                    + ", and snapshots on block storage are not served yet")
                            .undone("Nothing was changed")
                            .next("Move the disk to a storage domain with files, or leave it out of the snapshot");
                });
    }

    private static void requireOk(Disk disk) {
        if (disk.state() != Disk.State.OK) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be used now")
                    .because("it is " + disk.state().name().toLowerCase(Locale.ROOT));
        }
    }

    /** Disks that others share, or that lie on no storage domain, have no snapshots. */
    private List<DiskAttachment> snapshotted(Vm vm, List<Id<Disk>> chosen) {
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

    /** A disk of the engine's own: nobody attaches it. It lies beside the first of the machine's disks. */
    private Disk memory(Vm vm, String snapshot, List<SavedDisk> saved) {
        var domain = saved.stream()
                .flatMap(each -> disks.get(each.disk()).domainId().stream())
                .findFirst()
                .orElseThrow(() -> Failure.conflict("The memory of VM " + vm.name() + " cannot be saved")
                        .because("the snapshot is of no disk that lies on a storage domain")
                        .next("Take it without the memory"));
        return new Disk(
                Id.random(),
                vm.name() + " memory",
                domain,
                UUID.randomUUID(),
                Disk.Format.RAW,
                true,
                vms.memoryBytes(vm) + MEMORY_ROOM,
                0,
                Disk.State.LOCKED,
                clock.instant(),
                org.bellwether.api.types.Disk.builder()
                        .description("Memory of the snapshot " + snapshot + " of VM " + vm.name())
                        .contentType(DiskContentType.MEMORY_DUMP_VOLUME)
                        .shareable(false)
                        .wipeAfterDelete(false)
                        .propagateErrors(false)
                        .build());
    }

    private SavedMachine machine(Vm vm) {
        return new SavedMachine(vms.get(vm.id()).spec(), List.copyOf(vms.nicsOf(vm.id())), null);
    }

    private static String checked(String description) {
        var name = description.strip();
        if (name.length() > LONGEST_DESCRIPTION || name.codePoints().anyMatch(Character::isISOControl)) {
            throw Failure.badRequest("A snapshot cannot have this description")
                    .because("it has at most " + LONGEST_DESCRIPTION + " characters, and no control characters");
        }
        return name.isEmpty() ? "Snapshot" : name;
    }
}
