package org.bellwether.engine.storage;

import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Makes a disk on storage. Its row, locked, is written by whoever begins this; here its first volume is made and the
 * row unlocked, or, when that fails, both are taken away again.
 */
public final class CreateDisk implements Operation<CreateDisk.Request> {

    public static final String KIND = "create-disk";

    private final Disks disks;
    private final Volumes volumes;
    private final Events events;

    public CreateDisk(Disks disks, Volumes volumes, Events events) {
        this.disks = disks;
        this.volumes = volumes;
        this.events = events;
    }

    /** @param attachedTo the machine it was made for, by name; absent for a floating disk */
    public record Request(Id<Disk> disk, String name, Optional<String> attachedTo, Asker asker) {}

    record Made(long provisionedBytes, long actualBytes) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Adding Disk " + request.name()
                + request.attachedTo().map(vm -> " to VM " + vm).orElse("");
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.disk().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var made = journal.step("make its volume", Made.class, () -> {
            var volume = volumes.create(disks.get(request.disk()), Optional.empty());
            return new Made(volume.getCapacityBytes(), volume.getAllocatedBytes());
        });
        journal.commit("unlock it", tx -> {
            disks.update(
                    tx,
                    request.disk(),
                    disk -> disk.sized(made.provisionedBytes(), made.actualBytes())
                            .in(Disk.State.OK));
        });
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (journal.begun("make its volume")) {
            disks.model().find(request.disk()).ifPresent(volumes::delete);
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                request.attachedTo().isPresent() ? EventCode.DISK_ADDED_TO_VM : EventCode.DISK_ADDED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.name() + " was made"
                        + request.attachedTo().map(vm -> " for VM " + vm).orElse("") + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        disks.ofDisk(request.disk()).forEach(attachment -> disks.detach(tx, attachment.id()));
        disks.delete(tx, request.disk());
        events.add(
                tx,
                request.attachedTo().isPresent() ? EventCode.DISK_ADD_TO_VM_FAILED : EventCode.DISK_ADD_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.name() + " could not be made and was removed again: " + failure.detail());
    }
}
