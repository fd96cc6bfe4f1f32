package org.bellwether.engine.vm;

import java.util.HashSet;
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
import org.bellwether.engine.template.Template;

/**
 * Gives a stateless machine that is down disks of its template's newest version, in place of those of an older one. The new
 * disks' rows, locked, are written by whoever begins this; the machine has the old ones until the new ones are all there.
 */
final class FollowTemplate implements Operation<FollowTemplate.Request> {

    static final String KIND = "follow-template";
    private static final String SWAP = "swap the disks";

    private final Vms vms;
    private final Disks disks;
    private final Volumes volumes;
    private final Offspring offspring;
    private final Events events;

    FollowTemplate(Vms vms, Disks disks, Volumes volumes, Offspring offspring, Events events) {
        this.vms = vms;
        this.disks = disks;
        this.volumes = volumes;
        this.offspring = offspring;
        this.events = events;
    }

    record Request(
            Id<Vm> vm,
            String name,
            Id<Template> template,
            long version,
            List<Offspring.Born> born,
            List<Id<Disk>> old,
            Asker asker) {}

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
        return "Updating VM " + request.name() + " to Template Version " + request.version();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<UUID>(Set.of(request.vm().value()));
        request.old().forEach(disk -> locks.add(disk.value()));
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        for (var each : request.born()) {
            journal.step(making(each), () -> {
                var parent = disks.get(each.source().from());
                volumes.create(
                        each.disk(),
                        Optional.of(each.disk().domainId().map(parent::on).orElse(parent)));
            });
        }
        journal.commit(SWAP, tx -> {
            vms.update(tx, request.vm(), vm -> {
                if (vm.host() != null) {
                    throw Failure.conflict("VM " + vm.name() + " runs again");
                }
                return vm.madeFrom(request.template());
            });
            disks.ofVm(request.vm()).forEach(attachment -> disks.detach(tx, attachment.id()));
            request.old().forEach(id -> disks.update(tx, id, disk -> disk.in(Disk.State.LOCKED)));
            offspring.insert(tx, request.born());
            request.born().forEach(each -> disks.update(tx, each.disk().id(), disk -> disk.in(Disk.State.OK)));
        });
        for (var id : request.old()) {
            journal.step(
                    "delete the old disk " + id, () -> disks.model().find(id).ifPresent(volumes::delete));
            journal.commit("forget the old disk " + id, tx -> disks.delete(tx, id));
        }
    }

    private static String making(Offspring.Born born) {
        return "make the disk " + born.disk().id();
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (journal.outcome(SWAP, Boolean.class).isPresent()) {
            return;
        }
        for (var each : request.born()) {
            if (journal.begun(making(each))) {
                volumes.delete(each.disk());
            }
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_UPDATED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "VM " + request.name() + " is made from version " + request.version() + " of its template now.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        boolean swapped = journal.outcome(SWAP, Boolean.class).isPresent();
        if (swapped) {
            request.old()
                    .forEach(id -> disks.model().find(id).ifPresent(any -> {
                        disks.update(tx, id, disk -> disk.in(Disk.State.ILLEGAL));
                    }));
        }
        events.add(
                tx,
                EventCode.VM_UPDATE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                swapped
                        ? "VM " + request.name() + " is made from version " + request.version()
                                + " of its template now, but old disks are left; remove these illegal disks: "
                                + failure.detail()
                        : "VM " + request.name() + " could not be updated to version " + request.version()
                                + " of its template, and is as it was: " + failure.detail());
    }
}
