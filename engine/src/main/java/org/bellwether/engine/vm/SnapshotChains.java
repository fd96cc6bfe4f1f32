package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.protocol.MachineDiskRequest;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MergeState;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;

/**
 * The volumes that snapshots are made of, as they really are: on storage, and in QEMU while the machine runs. Everything
 * here may be asked again, and asks before it acts.
 */
final class SnapshotChains {

    private static final Duration HOST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration LOOK_LIMIT = Duration.ofSeconds(60);
    private static final Duration MERGE_PATIENCE = Duration.ofMinutes(2);
    private static final Duration STANDSTILL = Duration.ofMinutes(5);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(300);

    private final Database database;
    private final Vms vms;
    private final Snapshots snapshots;
    private final Disks disks;
    private final Volumes volumes;
    private final Agents agents;
    private final ObservedMachines observed;
    private final Events events;

    SnapshotChains(
            Database database,
            Vms vms,
            Snapshots snapshots,
            Disks disks,
            Volumes volumes,
            Agents agents,
            ObservedMachines observed,
            Events events) {
        this.database = database;
        this.vms = vms;
        this.snapshots = snapshots;
        this.disks = disks;
        this.volumes = volumes;
        this.agents = agents;
        this.observed = observed;
        this.events = events;
    }

    /** The host that may have the machine running; one whose own word is that it does not is let go of. */
    Optional<Id<Host>> runningOn(Id<Vm> id) {
        var vm = vms.get(id);
        var host = vm.hostId();
        if (host.isEmpty() || !agents.connected(host.get().value())) {
            return host;
        }
        var state = observed.on(host.get(), id);
        if (state.filter(VmStatus::lives).isPresent()) {
            return host;
        }
        database.change(tx -> {
            vms.release(tx, id, host.get(), "it was found off");
            events.add(
                    tx,
                    EventCode.VM_DOWN,
                    Asker.engine(),
                    Concerns.NOTHING.withVm(id).withHost(host.get()),
                    "VM " + vm.name() + " is down: it was found off.");
        });
        forget(id, host.get());
        return Optional.empty();
    }

    private void forget(Id<Vm> vm, Id<Host> host) {
        try {
            agents.of(host.value(), HOST_PATIENCE)
                    .ask(
                            LOOK_LIMIT,
                            agent -> agent.forgetMachine(MachineRequest.newBuilder()
                                    .setMachineId(vm.toString())
                                    .build()));
            observed.remove(host, vm);
        } catch (Failure stays) {
            org.slf4j.LoggerFactory.getLogger(SnapshotChains.class)
                    .info("The definition of machine {} stays on its host for now: {}", vm, stays.detail());
        }
    }

    /** The volume that the running machine writes for a disk; empty when it does not run on that host any more. */
    Optional<UUID> activeVolume(Id<Vm> vm, Id<Host> host, Id<Disk> disk) {
        try {
            var state = agents.of(host.value(), HOST_PATIENCE)
                    .ask(
                            LOOK_LIMIT,
                            agent -> agent.inspectMirror(MachineDiskRequest.newBuilder()
                                    .setMachineId(vm.toString())
                                    .setDiskId(disk.toString())
                                    .build()));
            return Optional.of(UUID.fromString(state.getActive().getVolumeId()));
        } catch (Failure failure) {
            if (failure.kind() == Failure.Kind.UNAVAILABLE) {
                throw failure;
            }
            return Optional.empty();
        }
    }

    /** A disk's own volumes, after what a crash left was mended; also what was merged and not yet removed. */
    List<VolumeDescription> own(Disk disk) {
        return volumes.settle(disk).stream()
                .filter(volume ->
                        volume.getVolume().getImageId().equals(disk.id().toString()))
                .toList();
    }

    static Optional<VolumeDescription> find(List<VolumeDescription> all, UUID volume) {
        return all.stream()
                .filter(each -> each.getVolume().getVolumeId().equals(volume.toString()))
                .findFirst();
    }

    static Disk.Format format(VolumeDescription volume) {
        return volume.getFormat() == VolumeFormat.QCOW2 ? Disk.Format.COW : Disk.Format.RAW;
    }

    /** Follows the marks of what was merged to the volume that counts. */
    static UUID counting(List<VolumeDescription> all, UUID volume) {
        var id = volume;
        for (int steps = 0; steps <= all.size(); steps++) {
            var into = find(all, id).map(VolumeDescription::getMergedInto).filter(text -> !text.isEmpty());
            if (into.isEmpty()) {
                return id;
            }
            id = UUID.fromString(into.get());
        }
        return id;
    }

    /** What stands on a volume on the way to the top; empty when it is the top itself. */
    static Optional<UUID> above(List<VolumeDescription> all, UUID volume, UUID top) {
        var id = top;
        for (int steps = 0; steps <= all.size() && !id.equals(volume); steps++) {
            var parent = find(all, id)
                    .map(VolumeDescription::getParentVolumeId)
                    .filter(text -> !text.isEmpty())
                    .map(UUID::fromString);
            if (parent.isEmpty()) {
                throw Failure.conflict("Volume " + volume + " is no part of the chain below volume " + top);
            }
            if (parent.get().equals(volume)) {
                return Optional.of(id);
            }
            id = parent.get();
        }
        return Optional.empty();
    }

    /** Brings in line what the engine has written down of a disk with what really is the case. */
    void settle(Id<Vm> vm, Id<Disk> id) {
        var disk = disks.get(id);
        if (disk.domainId().isEmpty()) {
            return;
        }
        var all = own(disk);
        var top = counting(all, disk.volume());
        if (!top.equals(disk.volume())) {
            settleMerged(vm, id, disk.volume(), top, all);
        }
        for (var volume : snapshots.volumes(vm, id)) {
            var counts = counting(all, volume);
            if (!counts.equals(volume)) {
                settleMerged(vm, id, volume, counts, all);
            }
        }
    }

    private void settleMerged(Id<Vm> vm, Id<Disk> disk, UUID from, UUID into, List<VolumeDescription> all) {
        var base = find(all, into).orElseThrow(() -> Failure.conflict("Disk " + disk + " has no volume " + into));
        database.change(tx -> {
            // Whoever stood for the base before is gone: its content is now that of the one above.
            for (var snapshot : snapshots.ofDisk(vm, disk)) {
                if (snapshot.disk(disk).orElseThrow().volume().equals(into)) {
                    snapshots.update(tx, snapshot.id(), now -> now.without(disk));
                }
            }
            snapshots.merged(tx, vm, disk, from, into, format(base), !base.getPreallocated());
            disks.update(
                    tx,
                    disk,
                    now -> now.volume().equals(from) ? now.topped(into, format(base), !base.getPreallocated()) : now);
        });
    }

    /** Deletes the volumes of a disk that neither the machine nor a snapshot needs; only while nothing runs with it. */
    void sweep(Id<Vm> vm, Id<Disk> id) {
        settle(vm, id);
        var disk = disks.get(id);
        var needed = new HashSet<>(snapshots.volumes(vm, id));
        needed.add(disk.volume());
        snapshots.of(vm).stream()
                .flatMap(snapshot -> snapshot.disk(id).stream())
                .flatMap(saved -> Optional.ofNullable(saved.next()).stream())
                .forEach(needed::add);
        while (true) {
            var all = own(disk);
            var kept = withParents(all, needed);
            var parents = new HashSet<String>();
            all.forEach(volume -> parents.add(volume.getParentVolumeId()));
            var gone = all.stream()
                    .map(volume -> volume.getVolume().getVolumeId())
                    .filter(volume -> !kept.contains(UUID.fromString(volume)) && !parents.contains(volume))
                    .toList();
            if (gone.isEmpty()) {
                return;
            }
            gone.forEach(
                    volume -> volumes.deleteVolume(disk.topped(UUID.fromString(volume), disk.format(), disk.sparse())));
        }
    }

    private static Set<UUID> withParents(List<VolumeDescription> all, Set<UUID> needed) {
        var kept = new HashSet<UUID>();
        for (var each : needed) {
            var id = Optional.of(each);
            while (id.isPresent() && kept.add(id.get())) {
                id = find(all, id.get())
                        .map(VolumeDescription::getParentVolumeId)
                        .filter(text -> !text.isEmpty())
                        .map(UUID::fromString);
            }
        }
        return kept;
    }

    /** Merges a volume into the one below it and returns when that is done, wherever the machine is meanwhile. */
    void merge(Id<Vm> vm, Disk disk, UUID base, UUID top) {
        long began = System.nanoTime();
        long answered = began;
        long moved = began;
        long best = -1;
        int begun = 0;
        while (true) {
            var host = runningOn(vm);
            try {
                var state = volumes.merges()
                        .merge(
                                disk,
                                base,
                                top,
                                host,
                                host.map(any -> vm.toString()).orElse(""));
                answered = System.nanoTime();
                if (state.getDone()) {
                    return;
                }
                begun += state.getBegun() ? 1 : 0;
                if (state.getDoneBytes() > best || state.getBegun()) {
                    best = state.getDoneBytes();
                    moved = answered;
                }
            } catch (Failure failure) {
                boolean away = failure.kind() == Failure.Kind.UNAVAILABLE;
                boolean patient = System.nanoTime() - answered < MERGE_PATIENCE.toNanos();
                if (!patient || !(away || wentElsewhere(vm, host) || heldElsewhere(failure))) {
                    throw failure;
                }
                sleep(Duration.ofSeconds(1));
            }
            if (begun > 5 || System.nanoTime() - moved > STANDSTILL.toNanos()) {
                throw Failure.conflict("The volumes of disk " + disk.name() + " cannot be merged")
                        .because(begun > 5 ? "QEMU ended the merge again and again" : "the merge stands still")
                        .next("Look at the storage domain, then remove the snapshot again");
            }
            sleep(LOOK_AGAIN);
        }
    }

    /** A guest that shuts down lets the merge go on in the files; the host's word of it comes a moment later. */
    private boolean wentElsewhere(Id<Vm> vm, Optional<Id<Host>> host) {
        sleep(Duration.ofSeconds(1));
        return !runningOn(vm).equals(host);
    }

    /** A merge that outlived its agent holds the files until it has ended. */
    private static boolean heldElsewhere(Failure failure) {
        return org.bellwether.engine.platform.agents.AgentErrors.code(failure)
                .filter(code -> code == org.bellwether.protocol.Error.Code.IN_USE)
                .isPresent();
    }

    /** Gives up a merge; true when it had come to its end already. */
    boolean cancelMerge(Id<Vm> vm, Disk disk, UUID base, UUID top) {
        var host = runningOn(vm);
        MergeState state = volumes.merges()
                .cancel(disk, base, top, host, host.map(any -> vm.toString()).orElse(""));
        return state.getDone();
    }

    static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while waiting for a host");
        }
    }
}
