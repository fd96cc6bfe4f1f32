package org.bellwether.engine.vm;

import java.util.HashSet;
import java.util.List;
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
import org.bellwether.engine.storage.VmLeases;
import org.bellwether.engine.storage.Volumes;

/** Removes a machine that is down, with the disks that only it had. */
final class RemoveVm implements Operation<RemoveVm.Request> {

    static final String KIND = "remove-vm";

    private final Vms vms;
    private final Snapshots snapshots;
    private final Disks disks;
    private final Volumes volumes;
    private final VmLeases leases;
    private final Events events;

    RemoveVm(Vms vms, Snapshots snapshots, Disks disks, Volumes volumes, VmLeases leases, Events events) {
        this.vms = vms;
        this.snapshots = snapshots;
        this.disks = disks;
        this.volumes = volumes;
        this.leases = leases;
        this.events = events;
    }

    /** @param disks the disks to delete with it; others are kept */
    record Request(Id<Vm> vm, String name, List<Id<Disk>> disks, Asker asker) {}

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
        return "Removing VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<UUID>();
        locks.add(request.vm().value());
        request.disks().forEach(disk -> locks.add(disk.value()));
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.commit("mark its disks", tx -> {
            request.disks().forEach(id -> disks.update(tx, id, disk -> disk.in(Disk.State.LOCKED)));
        });
        for (var id : request.disks()) {
            journal.step("delete the disk " + id, () -> disks.model().find(id).ifPresent(volumes::delete));
        }
        vms.model()
                .find(request.vm())
                .flatMap(Vm::leaseDomain)
                .ifPresent(domain -> journal.step(
                        "remove its lease",
                        () -> leases.remove(domain, request.vm().value())));
        journal.commit("forget it", tx -> {
            disks.ofVm(request.vm()).forEach(attachment -> disks.detach(tx, attachment.id()));
            request.disks().forEach(id -> disks.delete(tx, id));
            snapshots.of(request.vm()).forEach(snapshot -> snapshots.delete(tx, snapshot.id()));
            vms.delete(tx, request.vm());
        });
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_REMOVED,
                request.asker(),
                Concerns.NOTHING,
                "VM " + request.name() + " was removed by " + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        if (journal.begun("mark its disks")) {
            request.disks()
                    .forEach(id -> disks.model().find(id).ifPresent(any -> {
                        disks.update(tx, id, disk -> disk.in(Disk.State.ILLEGAL));
                    }));
        }
        events.add(
                tx,
                EventCode.DISK_REMOVE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "VM " + request.name() + " could not be removed completely; remove it again: " + failure.detail());
    }
}
