package org.bellwether.engine.storage;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;

/** The machines that have disks. Machines are a feature above storage, so what is needed of them is handed in. */
public final class DiskUsers {

    /**
     * @param host the host that may have it running; empty while it is down
     * @param looking whether it looks at a snapshot, beside which its disks have a second top
     */
    public record Machine(String name, Optional<Id<Host>> host, boolean looking) {
        public Machine(String name, Optional<Id<Host>> host) {
            this(name, host, false);
        }
    }

    /** A machine that may be running with a disk. */
    public record Running(UUID machine, String name, Id<Host> host) {}

    private final Disks disks;
    private final Function<UUID, Optional<Machine>> machines;
    private final BiFunction<UUID, Id<Disk>, List<String>> snapshots;

    /**
     * @param machines finds a machine by its id
     * @param snapshots the names of a machine's snapshots that hold a state of the disk
     */
    public DiskUsers(
            Disks disks,
            Function<UUID, Optional<Machine>> machines,
            BiFunction<UUID, Id<Disk>, List<String>> snapshots) {
        this.disks = disks;
        this.machines = machines;
        this.snapshots = snapshots;
    }

    /** The names of the machines that have the disk. */
    public List<String> names(Id<Disk> disk) {
        return disks.ofDisk(disk).stream()
                .flatMap(attachment -> attachment.vmId().flatMap(machines).stream())
                .map(Machine::name)
                .sorted()
                .toList();
    }

    /** The machines that may be running with the disk plugged in. */
    public List<Running> running(Id<Disk> disk) {
        return disks.ofDisk(disk).stream()
                .filter(DiskAttachment::active)
                .flatMap(attachment -> attachment.vmId().stream())
                .flatMap(id -> machines.apply(id).stream()
                        .flatMap(machine -> machine.host().map(host -> new Running(id, machine.name(), host)).stream()))
                .toList();
    }

    /** Refuses what would see only one of the two tops that a disk has during a look at a snapshot. */
    void requireNotLooking(Id<Disk> disk, String wish) {
        disks.ofDisk(disk).stream()
                .flatMap(attachment -> attachment.vmId().flatMap(machines).stream())
                .filter(Machine::looking)
                .findFirst()
                .ifPresent(machine -> {
                    throw Failure.conflict(wish + " now")
                            .because("VM " + machine.name() + " looks at a snapshot")
                            .undone("Nothing was changed")
                            .next("Commit or undo the preview first");
                });
    }

    /** Refuses what would put another content under the states that snapshots hold of a disk. */
    void requireNoSnapshots(Id<Disk> disk, String wish) {
        disks.ofDisk(disk).stream()
                .flatMap(attachment -> attachment.vmId().stream())
                .forEach(vm -> {
                    var held = snapshots.apply(vm, disk);
                    if (!held.isEmpty()) {
                        throw Failure.conflict(wish + " now")
                                .because("these snapshots of VM "
                                        + machines.apply(vm).map(Machine::name).orElse("of id " + vm)
                                        + " stand below it and hold earlier states of it: " + String.join(", ", held))
                                .undone("Nothing was changed")
                                .next("Remove these snapshots first, or upload into a new disk");
                    }
                });
    }

    /** The names of the machines that may be running with a disk of the domain. */
    List<String> runningOn(Id<StorageDomain> domain) {
        return disks.in(domain).stream()
                .flatMap(disk -> running(disk.id()).stream())
                .map(Running::name)
                .distinct()
                .sorted()
                .toList();
    }
}
