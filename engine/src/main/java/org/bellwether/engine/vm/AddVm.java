package org.bellwether.engine.vm;

import java.util.List;
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
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;

/**
 * Makes a machine from a template. Its rows are written by whoever begins this, disks locked; here each disk gets its
 * volume, a thin child of the template's, and is unlocked; or, when that fails, the whole machine is taken away again.
 */
final class AddVm implements Operation<AddVm.Request> {

    static final String KIND = "add-vm";

    private final Vms vms;
    private final Disks disks;
    private final Volumes volumes;
    private final Events events;

    AddVm(Vms vms, Disks disks, Volumes volumes, Events events) {
        this.vms = vms;
        this.disks = disks;
        this.volumes = volumes;
        this.events = events;
    }

    /** A disk to be made, and the template's it is made from. */
    record Clone(Id<Disk> disk, Id<Disk> parent) {}

    record Request(Id<Vm> vm, String name, String cluster, List<Clone> disks, Asker asker) {}

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
        return "Creating VM " + request.name() + " in Cluster " + request.cluster();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        for (var each : request.disks()) {
            var made = journal.step("make the disk " + each.disk(), Made.class, () -> {
                var volume = volumes.create(disks.get(each.disk()), Optional.of(disks.get(each.parent())));
                return new Made(volume.getCapacityBytes(), volume.getAllocatedBytes());
            });
            journal.commit("unlock the disk " + each.disk(), tx -> {
                disks.update(
                        tx,
                        each.disk(),
                        disk -> disk.sized(made.provisionedBytes(), made.actualBytes())
                                .in(Disk.State.OK));
            });
        }
    }

    @Override
    public void undo(Request request, Journal journal) {
        for (var each : request.disks()) {
            if (journal.begun("make the disk " + each.disk())) {
                disks.model().find(each.disk()).ifPresent(volumes::delete);
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
                "VM " + request.name() + " was created by " + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        disks.ofVm(request.vm()).forEach(attachment -> disks.detach(tx, attachment.id()));
        request.disks().forEach(each -> disks.delete(tx, each.disk()));
        vms.delete(tx, request.vm());
        events.add(
                tx,
                EventCode.VM_ADD_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "VM " + request.name() + " could not be created and was removed again: " + failure.detail());
    }
}
