package org.bellwether.engine.vm;

import java.util.HashSet;
import java.util.List;
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
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.ImageCopies;
import org.bellwether.engine.storage.Tasks;
import org.bellwether.engine.storage.VmLeases;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.protocol.VolumeDescription;

/**
 * Makes a machine from a template or from another machine. Its rows are written by whoever begins this, disks locked; here
 * each disk gets its content, as a thin child of a template's or as a whole copy, and is unlocked; or, when that fails, the
 * whole machine is taken away again.
 */
final class AddVm implements Operation<AddVm.Request> {

    static final String KIND = "add-vm";

    private final Vms vms;
    private final Disks disks;
    private final Volumes volumes;
    private final ImageCopies copies;
    private final VmLeases leases;
    private final Events events;

    AddVm(Vms vms, Disks disks, Volumes volumes, ImageCopies copies, VmLeases leases, Events events) {
        this.vms = vms;
        this.disks = disks;
        this.volumes = volumes;
        this.copies = copies;
        this.leases = leases;
        this.events = events;
    }

    /**
     * A disk to be made, and whose content it gets.
     *
     * @param thin whether it stands on the other disk, which is a template's; else it is a copy of it
     */
    record Source(Id<Disk> disk, Id<Disk> from, boolean thin) {}

    /**
     * @param cloned the machine whose disks are copied, which must not start meanwhile
     * @param independent whether the machine lets go of its template when all is copied
     */
    record Request(
            Id<Vm> vm,
            String name,
            String cluster,
            List<Source> disks,
            Optional<Id<Vm>> cloned,
            boolean independent,
            Asker asker) {}

    record Chosen(Id<Host> id, String name) {}

    record Made(long provisionedBytes, long actualBytes) {}

    /** 2: copies beside thin disks. */
    @Override
    public int version() {
        return 2;
    }

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
        var locks = new HashSet<UUID>(Set.of(request.vm().value()));
        request.cloned().ifPresent(machine -> locks.add(machine.value()));
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        makeLease(request, journal);
        for (var each : request.disks()) {
            var made = each.thin() ? thin(each, journal) : copy(each, journal);
            journal.commit("unlock the disk " + each.disk(), tx -> {
                disks.update(
                        tx,
                        each.disk(),
                        disk -> disk.sized(made.provisionedBytes(), made.actualBytes())
                                .in(Disk.State.OK));
            });
        }
        if (request.independent()) {
            journal.commit("let go of the template", tx -> {
                vms.update(tx, request.vm(), Vm::independent);
            });
        }
    }

    private Made thin(Source source, Journal journal) {
        return journal.step(making(source), Made.class, () -> {
            var disk = disks.get(source.disk());
            var parent = disks.get(source.from());
            return made(volumes.create(
                    disk, Optional.of(disk.domainId().map(parent::on).orElse(parent))));
        });
    }

    private Made copy(Source source, Journal journal) {
        var host = journal.step(choosing(source), Chosen.class, () -> {
            var chosen = volumes.hostFor(disks.get(source.from()), disks.get(source.disk()));
            return new Chosen(chosen.id(), chosen.name());
        });
        journal.step(
                making(source),
                () -> copies.copy(
                        host.id(),
                        volumes.copying(
                                Tasks.of(journal, source.disk().toString()),
                                disks.get(source.from()),
                                disks.get(source.disk()),
                                false)));
        return journal.step(
                "look at the disk " + source.disk(), Made.class, () -> made(volumes.inspect(disks.get(source.disk()))));
    }

    private static Made made(VolumeDescription volume) {
        return new Made(volume.getCapacityBytes(), volume.getAllocatedBytes());
    }

    private static String choosing(Source source) {
        return "choose a host to copy the disk " + source.disk();
    }

    private static String making(Source source) {
        return "make the disk " + source.disk();
    }

    /** Not a step of its own in the request: the machine's row says whether there is one to be made. */
    private void makeLease(Request request, Journal journal) {
        vms.get(request.vm())
                .leaseDomain()
                .ifPresent(domain -> journal.step(
                        "make its lease", () -> leases.make(domain, request.vm().value())));
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (journal.begun("make its lease")) {
            vms.model()
                    .find(request.vm())
                    .flatMap(Vm::leaseDomain)
                    .ifPresent(domain -> leases.remove(domain, request.vm().value()));
        }
        for (var each : request.disks()) {
            if (journal.begun(making(each))) {
                journal.outcome(choosing(each), Chosen.class)
                        .ifPresent(host -> copies.cancel(
                                host.id(), Tasks.of(journal, each.disk().toString())));
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
