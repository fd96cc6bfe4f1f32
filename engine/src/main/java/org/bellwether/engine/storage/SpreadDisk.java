package org.bellwether.engine.storage;

import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Brings a template's disk to one more storage domain, under the same ids. The row of the copy, not ready, is written by
 * whoever begins this, and taken away again when it fails. Machines go on standing on the disk meanwhile: nobody writes it.
 */
final class SpreadDisk implements Operation<SpreadDisk.Request> {

    static final String KIND = "spread-disk";
    private static final String CHOOSE = "choose a host";
    private static final String COPY = "copy its content";

    private final Disks disks;
    private final Volumes volumes;
    private final ImageCopies copies;
    private final Events events;

    SpreadDisk(Disks disks, Volumes volumes, ImageCopies copies, Events events) {
        this.disks = disks;
        this.volumes = volumes;
        this.copies = copies;
        this.events = events;
    }

    record Request(Id<Disk> disk, String name, Id<DiskCopy> copy, Id<StorageDomain> to, String toName, Asker asker) {}

    record Chosen(Id<Host> id, String name) {}

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
        return "Copying Disk " + request.name() + " to Storage Domain " + request.toName();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.disk().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var host = journal.step(CHOOSE, Chosen.class, () -> {
            var disk = disks.get(request.disk());
            var chosen = volumes.hostFor(disk, disk.on(request.to()));
            return new Chosen(chosen.id(), chosen.name());
        });
        journal.step(COPY, () -> {
            var disk = disks.get(request.disk());
            copies.copy(host.id(), volumes.spreading(Tasks.of(journal, COPY), disk, disk.on(request.to())));
        });
        journal.commit("count it", tx -> {
            disks.copyWhole(tx, request.copy());
        });
    }

    @Override
    public void undo(Request request, Journal journal) {
        var host = journal.outcome(CHOOSE, Chosen.class);
        if (host.isPresent() && journal.begun(COPY)) {
            copies.cancel(host.get().id(), Tasks.of(journal, COPY));
            disks.model().find(request.disk()).ifPresent(disk -> volumes.delete(disk.on(request.to())));
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.DISK_COPIED,
                request.asker(),
                Concerns.NOTHING.withStorageDomain(request.to()),
                "The template's disk " + request.name() + " lies on " + request.toName() + " too.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        disks.forgetCopy(tx, request.copy());
        events.add(
                tx,
                EventCode.DISK_COPY_FAILED,
                request.asker(),
                Concerns.NOTHING.withStorageDomain(request.to()),
                "The template's disk " + request.name() + " could not be copied to " + request.toName() + ": "
                        + failure.detail());
    }
}
