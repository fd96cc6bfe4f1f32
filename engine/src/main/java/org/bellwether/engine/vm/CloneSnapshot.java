package org.bellwether.engine.vm;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
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
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.ImageCopies;
import org.bellwether.engine.storage.Volumes;

/**
 * Makes another machine of a snapshot, with disks of its own: what is read at the snapshot is copied, also while the machine
 * runs, for nobody writes there. Its rows are written by whoever begins this, or are taken away again when it fails.
 */
final class CloneSnapshot implements Operation<CloneSnapshot.Request> {

    static final String KIND = "clone-snapshot";

    private final Vms vms;
    private final Disks disks;
    private final Volumes volumes;
    private final ImageCopies copies;
    private final Events events;

    CloneSnapshot(Vms vms, Disks disks, Volumes volumes, ImageCopies copies, Events events) {
        this.vms = vms;
        this.disks = disks;
        this.volumes = volumes;
        this.copies = copies;
        this.events = events;
    }

    /** @param saved what is copied */
    record Copy(Snapshot.SavedDisk saved, Id<Disk> to) {}

    record Request(
            Id<Vm> vm,
            String name,
            String sourceName,
            Id<Snapshot> snapshot,
            String description,
            List<Copy> copies,
            Asker asker) {}

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
        return "Creating VM " + request.name() + " from Snapshot " + request.description() + " of VM "
                + request.sourceName();
    }

    /** The source may be started and stopped meanwhile, but no volume of it may be merged. */
    @Override
    public Set<UUID> locks(Request request) {
        var locks =
                new HashSet<>(Set.of(request.vm().value(), request.snapshot().value()));
        request.copies().forEach(copy -> {
            locks.add(copy.saved().disk().value());
            locks.add(copy.to().value());
        });
        return locks;
    }

    private static String choosing(int number) {
        return "choose a host to copy disk " + number;
    }

    private static String copying(int number) {
        return "copy disk " + number;
    }

    private static String task(Journal journal, Copy copy) {
        var text = journal.job().id() + " " + copy.to();
        return UUID.nameUUIDFromBytes(text.getBytes(StandardCharsets.UTF_8)).toString();
    }

    private Disk from(Copy copy) {
        return copy.saved().of(disks.get(copy.saved().disk()));
    }

    @Override
    public void run(Request request, Journal journal) {
        for (int number = 1; number <= request.copies().size(); number++) {
            var copy = request.copies().get(number - 1);
            var host = journal.step(choosing(number), Chosen.class, () -> {
                var chosen = volumes.hostFor(from(copy), disks.get(copy.to()));
                return new Chosen(chosen.id(), chosen.name());
            });
            journal.step(
                    copying(number),
                    () -> copies.copy(
                            host.id(), volumes.copying(task(journal, copy), from(copy), disks.get(copy.to()), false)));
            var made = journal.step("look at the copy of disk " + number, Made.class, () -> {
                var volume = volumes.inspect(disks.get(copy.to()));
                return new Made(volume.getCapacityBytes(), volume.getAllocatedBytes());
            });
            journal.commit("unlock the copy of disk " + number, tx -> {
                disks.update(
                        tx,
                        copy.to(),
                        disk -> disk.sized(made.provisionedBytes(), made.actualBytes())
                                .in(Disk.State.OK));
            });
        }
    }

    @Override
    public void undo(Request request, Journal journal) {
        for (int number = 1; number <= request.copies().size(); number++) {
            var copy = request.copies().get(number - 1);
            var host = journal.outcome(choosing(number), Chosen.class);
            if (host.isPresent() && journal.begun(copying(number))) {
                copies.cancel(host.get().id(), task(journal, copy));
                disks.model().find(copy.to()).ifPresent(volumes::delete);
            }
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_ADD_FINISHED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "VM " + request.name() + " was created from the snapshot " + request.description() + " of VM "
                        + request.sourceName() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        disks.ofVm(request.vm()).forEach(attachment -> disks.detach(tx, attachment.id()));
        request.copies().stream()
                .filter(copy -> disks.model().find(copy.to()).isPresent())
                .forEach(copy -> disks.delete(tx, copy.to()));
        vms.delete(tx, request.vm());
        events.add(
                tx,
                EventCode.VM_ADD_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "VM " + request.name() + " could not be created from the snapshot " + request.description() + " of VM "
                        + request.sourceName() + " and was removed again: " + failure.detail());
    }
}
