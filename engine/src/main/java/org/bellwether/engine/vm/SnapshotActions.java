package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.DiskContentType;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.vm.Snapshot.SavedDisk;
import org.bellwether.engine.vm.Snapshot.SavedMachine;

/** What people ask of snapshots: what is asked is checked here and begun as an operation. */
final class SnapshotActions {

    private static final int LONGEST_DESCRIPTION = 4000;
    /** What QEMU saves beside the guest's memory: devices, video memory, its own format. */
    private static final long MEMORY_ROOM = 64L << 20;

    private final Vms vms;
    private final Disks disks;
    private final Snapshots snapshots;
    private final SnapshotConditions conditions;
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
            Snapshots snapshots,
            SnapshotConditions conditions,
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
        this.snapshots = snapshots;
        this.conditions = conditions;
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
        conditions.settled(vm, "taking a snapshot of VM " + vm.name());
        conditions.requireNoPreview(vm, "no snapshot can be taken");
        var host = conditions.host(vm);
        Id<Snapshot> id = Id.random();
        var saved = new ArrayList<SavedDisk>();
        var layers = new ArrayList<TakeSnapshot.Layer>();
        for (var attachment : conditions.snapshotted(vm, chosen)) {
            var disk = disks.get(attachment.disk());
            SnapshotConditions.requireOk(disk);
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
            conditions.requireUnchanged(tx, vm, host);
            memory.ifPresent(disk -> disks.insert(tx, disk));
            layers.forEach(layer -> conditions.claim(tx, layer.disk(), layer.old(), host.isEmpty()));
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
        conditions.settled(vm, "removing a snapshot of VM " + vm.name());
        conditions.requireNoPreview(vm, "no snapshot can be removed");
        var now = snapshots.get(snapshot.id());
        var host = conditions.host(vm);
        var merged = now.disks().stream()
                .map(SavedDisk::disk)
                .filter(disk -> disks.model().find(disk).isPresent())
                .toList();
        var request =
                new RemoveSnapshot.Request(vm.id(), vm.name(), now.id(), now.name(), merged, now.memoryId(), asker);
        return operations.begin(remove, request, asker, tx -> {
            conditions.requireUnchanged(tx, vm, host);
            merged.forEach(disk -> conditions.claim(tx, disk, disks.get(disk).volume(), host.isEmpty()));
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
        conditions.settled(vm, "going back to a snapshot of VM " + vm.name());
        conditions.requireNoPreview(vm, "it cannot go to another one");
        conditions.requireDown(vm);
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
            SnapshotConditions.requireOk(disk);
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
            conditions.requireUnchanged(tx, vm, Optional.empty());
            before.forEach(saved -> conditions.claim(tx, saved.disk(), saved.volume(), true));
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
        conditions.settled(vm, "leaving the preview of VM " + vm.name());
        var before = snapshots
                .previewed(vm.id())
                .filter(row -> row.state() == Snapshot.State.OK)
                .orElseThrow(() -> Failure.conflict("VM " + vm.name() + " does not look at a snapshot")
                        .next("Preview one first"));
        conditions.requireDown(vm);
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
            conditions.requireUnchanged(tx, vm, Optional.empty());
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
