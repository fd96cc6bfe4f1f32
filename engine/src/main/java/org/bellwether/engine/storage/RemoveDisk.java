package org.bellwether.engine.storage;

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

/** Deletes a disk that nobody has attached any more: from storage first, then from the engine. */
public final class RemoveDisk implements Operation<RemoveDisk.Request> {

    public static final String KIND = "remove-disk";

    private final Disks disks;
    private final Volumes volumes;
    private final Events events;

    public RemoveDisk(Disks disks, Volumes volumes, Events events) {
        this.disks = disks;
        this.volumes = volumes;
        this.events = events;
    }

    public record Request(Id<Disk> disk, String name, Asker asker) {}

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
        return "Removing Disk " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.disk().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        // The mark comes first: from here on what is on storage may be half gone, and nobody may use it.
        journal.commit("mark it", tx -> disks.update(tx, request.disk(), disk -> disk.in(Disk.State.LOCKED)));
        journal.step("delete it from storage", () -> volumes.delete(disks.get(request.disk())));
        journal.commit("forget it", tx -> disks.delete(tx, request.disk()));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.DISK_REMOVED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.name() + " was removed.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        if (journal.begun("mark it")) {
            disks.update(tx, request.disk(), disk -> disk.in(Disk.State.ILLEGAL));
        }
        events.add(
                tx,
                EventCode.DISK_REMOVE_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.name() + " could not be removed from storage completely; remove it again: "
                        + failure.detail());
    }
}
