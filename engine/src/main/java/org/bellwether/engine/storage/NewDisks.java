package org.bellwether.engine.storage;

import java.time.Clock;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;

/** Disks as people add, change and remove them: what is asked is checked here and begun as an operation. */
public final class NewDisks {

    private final Database database;
    private final StorageDomains domains;
    private final ObservedDomains observed;
    private final Disks disks;
    private final DiskUsers users;
    private final Operations operations;
    private final CreateDisk create;
    private final ExtendDisk extend;
    private final RemoveDisk remove;
    private final Events events;
    private final Clock clock;

    public NewDisks(
            Database database,
            StorageDomains domains,
            ObservedDomains observed,
            Disks disks,
            DiskUsers users,
            Operations operations,
            CreateDisk create,
            ExtendDisk extend,
            RemoveDisk remove,
            Events events,
            Clock clock) {
        this.database = database;
        this.domains = domains;
        this.observed = observed;
        this.disks = disks;
        this.users = users;
        this.operations = operations;
        this.create = create;
        this.extend = extend;
        this.remove = remove;
        this.events = events;
        this.clock = clock;
    }

    /** A disk that was begun, and the job that makes it. */
    public record Begun(Disk disk, Job job) {}

    /**
     * Begins to make a disk.
     *
     * @param machine the name of the machine it is made for
     * @param name what it is called when the request does not say
     * @param first further changes of the same transaction, such as attaching it
     */
    public Begun add(
            org.bellwether.api.types.Disk request,
            Optional<String> machine,
            String name,
            Asker asker,
            java.util.function.BiConsumer<Transaction, Disk> first) {
        var domain = References.find(domains.model(), DiskSpecs.domain(request), "storage domain");
        var layout = DiskSpecs.layout(request).on(domain.connection().block());
        var spec = DiskSpecs.over(DiskSpecs.defaults(), request, layout.format());
        long bytes = DiskSpecs.size(request.provisionedSize());
        requireRoom(domain, layout.sparse() ? 0 : bytes);
        Id<Disk> id = chosenId(request.id());
        var disk = new Disk(
                id,
                DiskSpecs.name(request).orElse(name.isEmpty() ? id.toString() : name),
                domain.id(),
                UUID.randomUUID(),
                layout.format(),
                layout.sparse(),
                bytes,
                0,
                Disk.State.LOCKED,
                clock.instant(),
                spec);
        var job = operations.begin(create, new CreateDisk.Request(id, disk.name(), machine, asker), asker, tx -> {
            disks.insert(tx, disk);
            first.accept(tx, disk);
            events.add(
                    tx,
                    machine.isPresent() ? EventCode.DISK_ADDED_TO_VM_STARTED : EventCode.DISK_ADD_STARTED,
                    asker,
                    Concerns.NOTHING.withStorageDomain(domain.id()),
                    "The disk " + disk.name() + " is being made on " + domain.name() + " by " + asker.name() + ".");
        });
        return new Begun(disk, job);
    }

    /** Clients that move disks between systems choose the id themselves. */
    static Id<Disk> chosenId(@org.jspecify.annotations.Nullable String wished) {
        if (wished == null) {
            return Id.random();
        }
        try {
            return Id.of(wished);
        } catch (IllegalArgumentException malformed) {
            throw Failure.badRequest("The id of a disk must be a UUID").because("it is '" + wished + "'");
        }
    }

    /** Refuses work on a domain that is not in service, or has no room for it. */
    public void requireRoom(StorageDomain domain, long bytes) {
        if (domain.wanted() != StorageDomain.Wanted.ACTIVE || !observed.reachedSoon(domain)) {
            throw Failure.conflict("The storage domain " + domain.name() + " cannot take disks now")
                    .because("it is " + observed.status(domain).wire().replace('_', ' '))
                    .next("Activate it, or choose another one");
        }
        if (domain.kind() != StorageDomain.Kind.DATA) {
            throw Failure.conflict("The storage domain " + domain.name() + " takes no disks")
                    .because("it is not of the type data");
        }
        observed.measured(domain)
                .filter(state -> Space.of(domain, state.getAvailableBytes(), state.getTotalBytes()) == Space.CRITICAL)
                .ifPresent(state -> {
                    throw Failure.conflict("The storage domain " + domain.name() + " takes no more disks")
                            .because(state.getAvailableBytes() + " bytes are free, less than its critical "
                                    + domain.spec().criticalSpaceActionBlocker() + " GiB")
                            .next("Free some room, or lower critical_space_action_blocker of the storage domain");
                });
        observed.measured(domain)
                .filter(state -> state.getAvailableBytes() < bytes)
                .ifPresent(state -> {
                    throw Failure.conflict("The storage domain " + domain.name()
                                    + " has no room for a preallocated disk of " + bytes + " bytes")
                            .because(state.getAvailableBytes() + " bytes are free")
                            .next("Make it sparse, free some room, or choose another storage domain");
                });
    }

    /**
     * Changes what was decided of a disk; a larger size is an operation.
     *
     * @throws Failure CONFLICT when it would become smaller or is being worked on
     */
    public Optional<Job> update(Disk disk, org.bellwether.api.types.Disk request, Asker asker) {
        operations.requireFree(disk.id(), "changing the disk " + disk.name());
        if (request.format() != null
                && (request.format() == org.bellwether.api.types.DiskFormat.COW)
                        != (disk.format() == Disk.Format.COW)) {
            throw Failure.conflict("The format of the disk " + disk.name() + " cannot be changed")
                    .next("Make a new disk of that format and copy the data");
        }
        if (disk.lun().isPresent()
                && request.provisionedSize() != null
                && request.provisionedSize() != disk.provisionedBytes()) {
            throw Failure.conflict("The size of the disk " + disk.name() + " cannot be changed here")
                    .because("it is a LUN")
                    .next("Change the LUN on its storage server, then refresh the disk (refreshlun)");
        }
        var spec = DiskSpecs.over(disk.spec(), request, disk.format());
        var name = DiskSpecs.name(request).orElse(disk.name());
        var bytes = Optional.ofNullable(request.provisionedSize()).map(DiskSpecs::size);
        bytes.filter(wanted -> wanted < disk.provisionedBytes()).ifPresent(wanted -> {
            throw Failure.conflict("The disk " + disk.name() + " cannot become smaller")
                    .because("it has " + disk.provisionedBytes() + " bytes, and " + wanted + " are asked for")
                    .next("Make a smaller disk and copy the data");
        });
        var larger = bytes.filter(wanted -> wanted > disk.provisionedBytes());
        if (larger.isPresent()) {
            requireWhole(disk);
        }
        Consumer<Transaction> change = tx -> {
            if (!name.equals(disk.name()) || !Objects.equals(spec, disk.spec())) {
                disks.update(tx, disk.id(), now -> now.named(name, DiskSpecs.over(now.spec(), request, now.format())));
                events.add(
                        tx,
                        EventCode.DISK_UPDATED,
                        asker,
                        Concerns.NOTHING,
                        "The disk " + name + " was changed by " + asker.name() + ".");
            }
        };
        if (larger.isEmpty()) {
            database.change(change);
            return Optional.empty();
        }
        var running = users.running(disk.id());
        if (running.size() > 1) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be extended now")
                    .because("several machines run with it")
                    .next("Stop all of them but one");
        }
        var user = running.stream().findFirst();
        var wanted = new ExtendDisk.Request(
                disk.id(),
                name,
                larger.get(),
                user.map(DiskUsers.Running::host),
                user.map(each -> each.machine().toString()).orElse(""),
                asker);
        return Optional.of(operations.begin(extend, wanted, asker, change));
    }

    private static void requireWhole(Disk disk) {
        if (disk.state() != Disk.State.OK) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be used now")
                    .because("it is " + DiskDocuments.status(disk).wire());
        }
    }

    private static void requireNoMemory(Disk disk) {
        if (disk.spec().contentType() == org.bellwether.api.types.DiskContentType.MEMORY_DUMP_VOLUME) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be removed by itself")
                    .because("it is the memory of a snapshot")
                    .next("Remove the snapshot; its memory goes with it");
        }
    }

    /** Deletes a disk, also one that machines that are down still have. */
    public Job remove(Disk disk, Asker asker) {
        operations.requireFree(disk.id(), "removing the disk " + disk.name());
        var running = users.running(disk.id());
        if (!running.isEmpty()) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be removed")
                    .because("these machines run with it: "
                            + Names.some(running.stream()
                                    .map(DiskUsers.Running::name)
                                    .toList()))
                    .next("Stop them first");
        }
        users.requireNotLooking(disk.id(), "The disk " + disk.name() + " cannot be removed");
        requireNoMemory(disk);
        var attachments = disks.ofDisk(disk.id());
        if (attachments.stream().anyMatch(attachment -> attachment.templateId().isPresent())) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be removed")
                    .because("it is a template's")
                    .next("Remove the template; its disks go with it");
        }
        return operations.begin(remove, new RemoveDisk.Request(disk.id(), disk.name(), asker), asker, tx -> {
            attachments.forEach(attachment -> disks.detach(tx, attachment.id()));
            events.add(
                    tx,
                    EventCode.DISK_REMOVE_STARTED,
                    asker,
                    Concerns.NOTHING,
                    "The disk " + disk.name() + " is being removed by " + asker.name() + ".");
        });
    }
}
