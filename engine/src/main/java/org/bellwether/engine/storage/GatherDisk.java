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

/** Takes a template's disk away from one of the storage domains that it lies on; on another one it stays. */
public final class GatherDisk implements Operation<GatherDisk.Request> {

    public static final String KIND = "gather-disk";

    private final Disks disks;
    private final Volumes volumes;
    private final Events events;

    public GatherDisk(Disks disks, Volumes volumes, Events events) {
        this.disks = disks;
        this.volumes = volumes;
        this.events = events;
    }

    public record Request(Id<Disk> disk, String name, Id<StorageDomain> from, String fromName, Asker asker) {}

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
        return "Removing Disk " + request.name() + " from Storage Domain " + request.fromName();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.disk().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        // From here on nothing new can come to stand on it there.
        journal.commit("forget that it lies there", tx -> {
            var copies = disks.copiesOf(request.disk());
            var there = copies.stream()
                    .filter(copy -> copy.domain().equals(request.from()))
                    .findFirst();
            if (there.isPresent()) {
                disks.forgetCopy(tx, there.get().id());
                return;
            }
            var other = copies.stream()
                    .filter(DiskCopy::ready)
                    .findFirst()
                    .orElseThrow(
                            () -> Failure.conflict("The disk " + request.name() + " lies on no other storage domain"));
            disks.update(tx, request.disk(), disk -> disk.on(other.domain()));
            disks.forgetCopy(tx, other.id());
        });
        journal.step("delete it there", () -> {
            volumes.delete(disks.get(request.disk()).on(request.from()));
        });
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.DISK_REMOVED,
                request.asker(),
                Concerns.NOTHING.withStorageDomain(request.from()),
                "The template's disk " + request.name() + " was removed from " + request.fromName() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.DISK_REMOVE_FAILED,
                request.asker(),
                Concerns.NOTHING.withStorageDomain(request.from()),
                "The template's disk " + request.name() + " was not removed completely from " + request.fromName()
                        + ": " + failure.detail());
    }
}
