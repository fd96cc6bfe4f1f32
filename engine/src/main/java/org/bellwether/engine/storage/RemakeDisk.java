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
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Makes the top of a disk's chain anew beside the old one: in another format, or without the zeroes that take up space.
 * The old one goes when the disk stands on the new one.
 */
public final class RemakeDisk implements Operation<RemakeDisk.Request> {

    public static final String KIND = "remake-disk";
    private static final String CHOOSE = "choose a host";
    private static final String COPY = "make its top anew";
    private static final String SETTLE = "let it stand on the new top";
    private static final String REMOVE = "remove the old top";

    private final Database database;
    private final Disks disks;
    private final Volumes volumes;
    private final ImageCopies copies;
    private final Events events;

    public RemakeDisk(Database database, Disks disks, Volumes volumes, ImageCopies copies, Events events) {
        this.database = database;
        this.disks = disks;
        this.volumes = volumes;
        this.copies = copies;
        this.events = events;
    }

    /**
     * @param old the volume that is its top now
     * @param top the volume to be
     * @param sparsify only its zeroes are to go; else its format changes, which only a disk on its own can
     */
    public record Request(
            Id<Disk> disk,
            String name,
            UUID old,
            Disk.Format oldFormat,
            boolean oldSparse,
            UUID top,
            Disk.Format format,
            boolean sparse,
            boolean sparsify,
            Asker asker) {}

    record Chosen(Id<Host> id, String name, boolean onParent) {}

    record Made(long provisionedBytes, long actualBytes) {}

    record Left(String why) {}

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
        return (request.sparsify() ? "Sparsifying Disk " : "Converting Disk ") + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.disk().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var host = journal.step(CHOOSE, Chosen.class, () -> choose(request));
        journal.step(
                COPY,
                () -> copies.copy(
                        host.id(),
                        volumes.remaking(
                                Tasks.of(journal, "remake"), before(request), after(request), host.onParent())));
        var made = journal.step("look at the new top", Made.class, () -> {
            var volume = volumes.inspect(after(request));
            return new Made(volume.getCapacityBytes(), volume.getAllocatedBytes());
        });
        journal.commit(SETTLE, tx -> {
            disks.update(
                    tx,
                    request.disk(),
                    disk -> disk.topped(request.top(), request.format(), request.sparse())
                            .sized(made.provisionedBytes(), made.actualBytes())
                            .in(Disk.State.OK));
        });
        journal.step(REMOVE, Left.class, () -> remove(request));
    }

    private Chosen choose(Request request) {
        var host = volumes.hostFor(before(request));
        boolean onParent = !volumes.inspect(before(request)).getParentVolumeId().isEmpty();
        if (onParent && !request.sparsify()) {
            throw Failure.conflict("The disk " + request.name() + " cannot be converted")
                    .because("it stands on a snapshot or on a template, and such a disk is always cow")
                    .next("Remove its snapshots, or copy it: a copy stands on its own");
        }
        return new Chosen(host.id(), host.name(), onParent);
    }

    private Left remove(Request request) {
        try {
            volumes.deleteVolume(before(request));
            return new Left("");
        } catch (Failure failure) {
            return new Left(failure.detail());
        }
    }

    private Disk before(Request request) {
        return disks.get(request.disk()).topped(request.old(), request.oldFormat(), request.oldSparse());
    }

    private Disk after(Request request) {
        return disks.get(request.disk()).topped(request.top(), request.format(), request.sparse());
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (disks.model().find(request.disk()).isEmpty()
                || journal.outcome(SETTLE, Boolean.class).isPresent()) {
            return;
        }
        var host = journal.outcome(CHOOSE, Chosen.class);
        if (host.isPresent() && journal.begun(COPY)) {
            copies.cancel(host.get().id(), Tasks.of(journal, "remake"));
            volumes.deleteVolume(after(request));
        }
        database.change(tx -> disks.update(tx, request.disk(), now -> now.in(Disk.State.OK)));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var left = journal.outcome(REMOVE, Left.class)
                .map(Left::why)
                .filter(why -> !why.isEmpty())
                .map(why -> " Its old volume could not be removed: " + why)
                .orElse("");
        events.add(
                tx,
                request.sparsify() ? EventCode.DISK_SPARSIFIED : EventCode.DISK_UPDATED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.name()
                        + (request.sparsify()
                                ? " was sparsified."
                                : " has the format " + request.format().name().toLowerCase(java.util.Locale.ROOT)
                                        + " now.")
                        + left);
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                request.sparsify() ? EventCode.SPARSIFY_FAILED : EventCode.DISK_UPDATE_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "The disk " + request.name() + " could not be " + (request.sparsify() ? "sparsified: " : "converted: ")
                        + failure.detail());
    }
}
