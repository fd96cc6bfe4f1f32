package org.bellwether.engine.storage;

import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/** What people ask of disks that are there: what is asked is checked here and begun as an operation. */
final class DiskActions {

    private final StorageDomains domains;
    private final Disks disks;
    private final DiskUsers users;
    private final NewDisks rooms;
    private final Operations operations;
    private final MoveDisk move;
    private final CopyDisk copy;
    private final SpreadDisk spread;
    private final RemakeDisk remake;
    private final Events events;
    private final Clock clock;

    DiskActions(
            StorageDomains domains,
            Disks disks,
            DiskUsers users,
            NewDisks rooms,
            Operations operations,
            MoveDisk move,
            CopyDisk copy,
            SpreadDisk spread,
            RemakeDisk remake,
            Events events,
            Clock clock) {
        this.domains = domains;
        this.disks = disks;
        this.users = users;
        this.rooms = rooms;
        this.operations = operations;
        this.move = move;
        this.copy = copy;
        this.spread = spread;
        this.remake = remake;
        this.events = events;
        this.clock = clock;
    }

    Job move(Disk disk, StorageDomain to, Asker asker) {
        var from = home(disk, "moved");
        if (from.id().equals(to.id())) {
            throw Failure.conflict("The disk " + disk.name() + " lies on the storage domain " + to.name() + " already");
        }
        if (!from.cluster().equals(to.cluster())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be moved to the storage domain " + to.name())
                    .because("that belongs to another cluster");
        }
        if (disks.ofDisk(disk.id()).stream().anyMatch(each -> each.templateId().isPresent())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be moved")
                    .because("it is a template's, and thin disks may stand on it")
                    .next("Copy it instead");
        }
        users.requireNotLooking(disk.id(), "The disk " + disk.name() + " cannot be moved");
        rooms.requireRoom(to, disk.sparse() ? disk.actualBytes() : disk.provisionedBytes());
        var running = users.running(disk.id());
        if (running.size() > 1) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be moved now")
                    .because("several machines run with it")
                    .next("Stop all of them but one");
        }
        var user = running.stream().findFirst();
        return operations.begin(
                move,
                new MoveDisk.Request(disk.id(), disk.name(), from.id(), to.id(), to.name(), user, asker),
                asker,
                tx -> {
                    // Under a running machine it stays in use; otherwise nobody may start one with it.
                    claim(tx, disk, user.isEmpty());
                    events.add(
                            tx,
                            EventCode.DISK_MOVE_STARTED,
                            asker,
                            Concerns.NOTHING.withStorageDomain(to.id()),
                            "The disk " + disk.name() + " is being moved to " + to.name() + " by " + asker.name()
                                    + ".");
                });
    }

    /** Brings a template's disk to another domain too, so that thin disks can stand on it there. */
    Job spread(Disk disk, StorageDomain to, Asker asker) {
        var from = home(disk, "copied");
        if (!from.cluster().equals(to.cluster())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be copied to the storage domain " + to.name())
                    .because("that belongs to another cluster");
        }
        if (from.id().equals(to.id())
                || disks.copiesOf(disk.id()).stream()
                        .anyMatch(copy -> copy.domain().equals(to.id()))) {
            throw Failure.conflict("The disk " + disk.name() + " lies on the storage domain " + to.name() + " already");
        }
        if (disk.state() != Disk.State.OK) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be used now")
                    .because("it is " + DiskDocuments.status(disk).wire());
        }
        rooms.requireRoom(to, disk.sparse() ? disk.actualBytes() : disk.provisionedBytes());
        var made = new DiskCopy(Id.random(), disk.name(), disk.id(), to.id(), false);
        var wanted = new SpreadDisk.Request(disk.id(), disk.name(), made.id(), to.id(), to.name(), asker);
        return operations.begin(spread, wanted, asker, tx -> {
            disks.insertCopy(tx, made);
            events.add(
                    tx,
                    EventCode.DISK_COPY_STARTED,
                    asker,
                    Concerns.NOTHING.withStorageDomain(to.id()),
                    "The template's disk " + disk.name() + " is being copied to " + to.name() + " by " + asker.name()
                            + ".");
        });
    }

    boolean ofTemplate(Disk disk) {
        return disks.ofDisk(disk.id()).stream()
                .anyMatch(each -> each.templateId().isPresent());
    }

    /** A copy that was begun, and the job that makes it. */
    record Copied(Disk disk, Job job) {}

    Copied copy(Disk disk, StorageDomain to, Optional<String> name, Asker asker) {
        var from = home(disk, "copied");
        if (!from.cluster().equals(to.cluster())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be copied to the storage domain " + to.name())
                    .because("that belongs to another cluster");
        }
        requireStill(disk, "copied");
        rooms.requireRoom(to, disk.sparse() ? disk.actualBytes() : disk.provisionedBytes());
        var made = new Disk(
                Id.random(),
                name.orElse(disk.name()),
                to.id(),
                UUID.randomUUID(),
                disk.format(),
                disk.sparse(),
                disk.provisionedBytes(),
                0,
                Disk.State.LOCKED,
                clock.instant(),
                disk.spec());
        var job = operations.begin(
                copy, new CopyDisk.Request(disk.id(), disk.name(), made.id(), made.name(), asker), asker, tx -> {
                    claim(tx, disk, true);
                    disks.insert(tx, made);
                    events.add(
                            tx,
                            EventCode.DISK_COPY_STARTED,
                            asker,
                            Concerns.NOTHING.withStorageDomain(to.id()),
                            "The disk " + disk.name() + " is being copied to " + to.name() + " by " + asker.name()
                                    + ".");
                });
        return new Copied(made, job);
    }

    Job sparsify(Disk disk, Asker asker) {
        home(disk, "sparsified");
        if (!disk.sparse()) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be sparsified")
                    .because("it is preallocated");
        }
        return remake(disk, disk.format(), true, true, asker);
    }

    Job convert(Disk disk, Disk.Format format, boolean sparse, Asker asker) {
        if (disk.format() == format && disk.sparse() == sparse) {
            throw Failure.conflict("The disk " + disk.name() + " is of that format already");
        }
        if (!sparse && format == Disk.Format.COW) {
            throw Failure.badRequest("A disk of the format cow cannot be preallocated on this storage");
        }
        if (format == Disk.Format.COW && Boolean.TRUE.equals(disk.spec().shareable())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be converted to cow")
                    .because("several machines may share it")
                    .next("Make it not shareable first");
        }
        return remake(disk, format, sparse, false, asker);
    }

    private Job remake(Disk disk, Disk.Format format, boolean sparse, boolean sparsify, Asker asker) {
        var domain = home(disk, sparsify ? "sparsified" : "converted");
        requireStill(disk, sparsify ? "sparsified" : "converted");
        if (disks.ofDisk(disk.id()).stream().anyMatch(each -> each.templateId().isPresent())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be changed")
                    .because("it is a template's, and thin disks may stand on it");
        }
        rooms.requireRoom(domain, sparse ? disk.actualBytes() : disk.provisionedBytes());
        var request = new RemakeDisk.Request(
                disk.id(),
                disk.name(),
                disk.volume(),
                disk.format(),
                disk.sparse(),
                UUID.randomUUID(),
                format,
                sparse,
                sparsify,
                asker);
        return operations.begin(remake, request, asker, tx -> {
            claim(tx, disk, true);
            if (sparsify) {
                events.add(
                        tx,
                        EventCode.SPARSIFY_STARTED,
                        asker,
                        Concerns.NOTHING,
                        "The disk " + disk.name() + " is being sparsified by " + asker.name() + ".");
            }
        });
    }

    private void claim(Transaction tx, Disk disk, boolean lock) {
        disks.update(tx, disk.id(), now -> {
            if (now.state() != Disk.State.OK) {
                throw Failure.conflict("The disk " + now.name() + " cannot be used now")
                        .because("it is " + DiskDocuments.status(now).wire());
            }
            return lock ? now.in(Disk.State.LOCKED) : now;
        });
    }

    private StorageDomain home(Disk disk, String wish) {
        return disk.domainId()
                .map(domains::get)
                .orElseThrow(() -> Failure.conflict("The disk " + disk.name() + " cannot be " + wish)
                        .because(
                                disk.lun().isPresent()
                                        ? "it is a LUN, and what is on that is its machine's"
                                        : "it lies on no storage domain"));
    }

    private void requireStill(Disk disk, String wish) {
        var running = users.running(disk.id());
        if (!running.isEmpty()) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be " + wish + " now")
                    .because("these machines run with it: "
                            + Names.some(running.stream()
                                    .map(DiskUsers.Running::name)
                                    .toList()))
                    .next("Stop them first");
        }
    }
}
