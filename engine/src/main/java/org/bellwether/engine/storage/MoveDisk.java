package org.bellwether.engine.storage;

import java.util.HashSet;
import java.util.Optional;
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
 * Moves a disk to another storage domain, also while a machine runs with it: then QEMU mirrors what the machine writes,
 * and what lies below is copied, for nobody writes it. The old place is given up only when the engine knows that the disk
 * lies at the new one.
 */
public final class MoveDisk implements Operation<MoveDisk.Request> {

    public static final String KIND = "move-disk";
    private static final String CHOOSE = "choose a host";
    private static final String MIRROR = "mirror it";
    private static final String SWITCH = "go on at the new place";
    private static final String SETTLE = "let it lie on the new storage domain";
    private static final String COPY = "copy its volumes";
    private static final String CLEAR = "clear the new place";

    private final Database database;
    private final Disks disks;
    private final Volumes volumes;
    private final ImageCopies copies;
    private final DiskMirrors mirrors;
    private final Events events;

    public MoveDisk(
            Database database, Disks disks, Volumes volumes, ImageCopies copies, DiskMirrors mirrors, Events events) {
        this.database = database;
        this.disks = disks;
        this.volumes = volumes;
        this.copies = copies;
        this.mirrors = mirrors;
        this.events = events;
    }

    /** @param user the machine that runs with it */
    public record Request(
            Id<Disk> disk,
            String name,
            Id<StorageDomain> from,
            Id<StorageDomain> to,
            String toName,
            Optional<DiskUsers.Running> user,
            Asker asker) {}

    record Chosen(Id<Host> id, String name) {}

    record Below(int volumes) {}

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
        return "Moving Disk " + request.name() + " to Storage Domain " + request.toName();
    }

    /** A machine that runs with it must neither stop nor move meanwhile. */
    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<>(Set.of(request.disk().value()));
        request.user().ifPresent(user -> locks.add(user.machine()));
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        var there = there(request);
        var host = journal.step(CHOOSE, Chosen.class, () -> choose(request));
        // What an earlier move could not remove would be in the way, and nobody needs it.
        journal.step(CLEAR, () -> volumes.delete(there, host(request)));
        if (request.user().isPresent()) {
            mirror(request, journal, host, request.user().get());
        } else {
            journal.step(
                    COPY, () -> copies.copy(host.id(), volumes.moving(task(journal), here(request), there, false)));
        }
        journal.commit(SETTLE, tx -> {
            disks.update(tx, request.disk(), disk -> disk.on(request.to()).in(Disk.State.OK));
        });
        journal.step("remove it from the old storage domain", Left.class, () -> remove(request));
    }

    private Chosen choose(Request request) {
        var able = volumes.hostsFor(here(request), there(request));
        var host = able.stream()
                .filter(each -> request.user()
                        .map(user -> user.host().equals(each.id()))
                        .orElse(true))
                .findFirst()
                .orElseThrow(() -> Failure.conflict("The disk " + request.name() + " cannot be moved there now")
                        .because("the host of the machine that runs with it does not reach both storage domains"));
        return new Chosen(host.id(), host.name());
    }

    private void mirror(Request request, Journal journal, Chosen host, DiskUsers.Running user) {
        var below = journal.step(
                "see what it stands on",
                Below.class,
                () -> new Below((int) volumes.chain(here(request)).stream()
                        .filter(volume -> volume.getVolume()
                                .getImageId()
                                .equals(request.disk().toString()))
                        .filter(volume -> !volume.getVolume()
                                .getVolumeId()
                                .equals(here(request).volume().toString()))
                        .count()));
        boolean topOnly = below.volumes() > 0;
        if (topOnly) {
            journal.step(
                    COPY,
                    () -> copies.copy(host.id(), volumes.moving(task(journal), here(request), there(request), true)));
        }
        journal.step("make its top there", () -> makeTop(request, topOnly));
        journal.step(MIRROR, () -> mirrors.mirror(user, there(request), topOnly));
        journal.step(SWITCH, () -> mirrors.pivot(user, there(request)));
    }

    private void makeTop(Request request, boolean topOnly) {
        if (!topOnly) {
            volumes.create(there(request), Optional.empty());
            return;
        }
        var parent = volumes.inspect(here(request)).getParentVolumeId();
        volumes.createOn(there(request), UUID.fromString(parent));
    }

    /** The disk is where it should be: what cannot be removed now is told, and is no reason to fail. */
    private Left remove(Request request) {
        try {
            volumes.delete(here(request), host(request));
            return new Left("");
        } catch (Failure failure) {
            return new Left(failure.detail());
        }
    }

    private Disk here(Request request) {
        return disks.get(request.disk()).on(request.from());
    }

    private Disk there(Request request) {
        return disks.get(request.disk()).on(request.to());
    }

    /** Only the host of a machine knows which of the two places it works on. */
    private static Optional<Id<Host>> host(Request request) {
        return request.user().map(DiskUsers.Running::host);
    }

    private static String task(Journal journal) {
        return Tasks.of(journal, "copy");
    }

    @Override
    public void undo(Request request, Journal journal) {
        var disk = disks.model().find(request.disk());
        if (disk.isEmpty() || journal.outcome(SETTLE, Boolean.class).isPresent()) {
            return;
        }
        if (request.user().isPresent() && journal.begun(MIRROR)) {
            var switched = mirrors.switched(request.user().get(), there(request));
            if (switched.orElse(false)) {
                // Its machine writes there already: the only way is forward.
                settle(request);
                remove(request);
                return;
            }
            if (switched.isPresent()) {
                mirrors.cancel(request.user().get(), there(request));
            } else if (journal.begun(SWITCH) && !volumes.inspect(here(request)).getLegal()) {
                settle(request);
                remove(request);
                return;
            }
        }
        var host = journal.outcome(CHOOSE, Chosen.class);
        if (host.isPresent() && journal.begun(COPY)) {
            copies.cancel(host.get().id(), task(journal));
        }
        if (journal.begun(CLEAR)) {
            volumes.delete(there(request), host(request));
        }
        database.change(tx -> disks.update(tx, request.disk(), now -> now.in(Disk.State.OK)));
    }

    private void settle(Request request) {
        database.change(tx ->
                disks.update(tx, request.disk(), now -> now.on(request.to()).in(Disk.State.OK)));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var left = journal.outcome("remove it from the old storage domain", Left.class)
                .map(Left::why)
                .filter(why -> !why.isEmpty())
                .map(why -> " Its old place could not be cleared: " + why)
                .orElse("");
        events.add(
                tx,
                EventCode.DISK_MOVED,
                request.asker(),
                concerns(request),
                "The disk " + request.name() + " was moved to " + request.toName() + "." + left);
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.DISK_MOVE_FAILED,
                request.asker(),
                concerns(request),
                "The disk " + request.name() + " could not be moved to " + request.toName() + ": " + failure.detail());
    }

    private static Concerns concerns(Request request) {
        return Concerns.NOTHING.withStorageDomain(request.to());
    }
}
