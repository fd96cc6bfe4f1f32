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
 * Makes a new disk of all that is seen in another one. Its row, locked, is written by whoever begins this, and taken away
 * again when it fails.
 */
public final class CopyDisk implements Operation<CopyDisk.Request> {

    public static final String KIND = "copy-disk";
    private static final String CHOOSE = "choose a host";
    private static final String COPY = "copy its content";

    private final Disks disks;
    private final Volumes volumes;
    private final ImageCopies copies;
    private final Events events;

    public CopyDisk(Disks disks, Volumes volumes, ImageCopies copies, Events events) {
        this.disks = disks;
        this.volumes = volumes;
        this.copies = copies;
        this.events = events;
    }

    public record Request(Id<Disk> from, String fromName, Id<Disk> to, String name, Asker asker) {}

    record Chosen(Id<Host> id, String name) {}

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
        return "Copying Disk " + request.fromName() + " to " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.from().value(), request.to().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var host = journal.step(CHOOSE, Chosen.class, () -> {
            var chosen = volumes.hostFor(disks.get(request.from()), disks.get(request.to()));
            return new Chosen(chosen.id(), chosen.name());
        });
        journal.step(
                COPY,
                () -> copies.copy(
                        host.id(),
                        volumes.copying(
                                Tasks.of(journal, "copy"), disks.get(request.from()), disks.get(request.to()), false)));
        var made = journal.step("look at the copy", Made.class, () -> {
            var volume = volumes.inspect(disks.get(request.to()));
            return new Made(volume.getCapacityBytes(), volume.getAllocatedBytes());
        });
        journal.commit("unlock both", tx -> {
            disks.update(tx, request.from(), disk -> disk.in(Disk.State.OK));
            disks.update(
                    tx,
                    request.to(),
                    disk -> disk.sized(made.provisionedBytes(), made.actualBytes())
                            .in(Disk.State.OK));
        });
    }

    @Override
    public void undo(Request request, Journal journal) {
        var host = journal.outcome(CHOOSE, Chosen.class);
        if (host.isPresent() && journal.begun(COPY)) {
            copies.cancel(host.get().id(), Tasks.of(journal, "copy"));
            disks.model().find(request.to()).ifPresent(volumes::delete);
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.DISK_COPIED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.fromName() + " was copied to " + request.name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        if (disks.model().find(request.from()).isPresent()) {
            disks.update(tx, request.from(), disk -> disk.in(Disk.State.OK));
        }
        disks.delete(tx, request.to());
        events.add(
                tx,
                EventCode.DISK_COPY_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.fromName() + " could not be copied to " + request.name() + ": "
                        + failure.detail());
    }
}
