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
import org.bellwether.engine.storage.Tasks;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;

/**
 * Takes a machine or a template in from an archive. Its rows are written by whoever begins this, disks locked; here each
 * disk is made of the archive's, where that lies; or, when that fails, all of it is taken away again.
 */
final class ImportMachine implements Operation<ImportMachine.Request> {

    static final String KIND = "import-machine";

    private final Vms vms;
    private final Templates templates;
    private final Disks disks;
    private final Volumes volumes;
    private final HostArchives archives;
    private final Events events;

    ImportMachine(Vms vms, Templates templates, Disks disks, Volumes volumes, HostArchives archives, Events events) {
        this.vms = vms;
        this.templates = templates;
        this.disks = disks;
        this.volumes = volumes;
        this.archives = archives;
        this.events = events;
    }

    /**
     * A disk to be made.
     *
     * @param file what it is called in the archive; empty for a disk without content
     * @param capacityBytes what was seen there; the import refuses another one
     */
    record Part(Id<Disk> disk, String file, long capacityBytes) {}

    record Request(
            UUID id,
            boolean template,
            String name,
            Id<Host> host,
            HostArchives.Place archive,
            List<Part> parts,
            Asker asker) {}

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
        return "Importing " + what(request) + " from " + request.archive().words();
    }

    private static String what(Request request) {
        return (request.template() ? "Template " : "VM ") + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<UUID>(Set.of(request.id()));
        request.archive().disk().ifPresent(disk -> locks.add(disk.value()));
        request.parts().forEach(part -> locks.add(part.disk().value()));
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        for (int number = 1; number <= request.parts().size(); number++) {
            var part = request.parts().get(number - 1);
            journal.step(importing(number), () -> make(request, part, journal));
            var made = journal.step("look at disk " + number, Made.class, () -> {
                var volume = volumes.inspect(disks.get(part.disk()));
                return new Made(volume.getCapacityBytes(), volume.getAllocatedBytes());
            });
            journal.commit("unlock disk " + number, tx -> {
                disks.update(
                        tx,
                        part.disk(),
                        disk -> disk.sized(made.provisionedBytes(), made.actualBytes())
                                .in(Disk.State.OK));
            });
        }
    }

    private void make(Request request, Part part, Journal journal) {
        var disk = disks.get(part.disk());
        if (part.file().isEmpty()) {
            // The archive speaks of a disk without content.
            volumes.create(disk, Optional.empty());
        } else {
            archives.take(
                    request.host(),
                    Tasks.of(journal, disk.id().toString()),
                    request.archive(),
                    part.file(),
                    part.capacityBytes(),
                    disk);
        }
    }

    private static String importing(int number) {
        return "import disk " + number;
    }

    @Override
    public void undo(Request request, Journal journal) {
        for (int number = 1; number <= request.parts().size(); number++) {
            if (journal.begun(importing(number))) {
                var part = request.parts().get(number - 1);
                archives.cancel(request.host(), Tasks.of(journal, part.disk().toString()));
                disks.model().find(part.disk()).ifPresent(volumes::delete);
            }
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                request.template() ? EventCode.TEMPLATE_IMPORTED : EventCode.VM_IMPORTED,
                request.asker(),
                concerns(request),
                what(request) + " was imported from " + request.archive().words() + " by "
                        + request.asker().name() + ".");
    }

    private static Concerns concerns(Request request) {
        return request.template()
                ? Concerns.NOTHING.withTemplate(Id.<Template>of(request.id()))
                : Concerns.NOTHING.withVm(Id.<Vm>of(request.id()));
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        if (request.template()) {
            Id<Template> id = Id.of(request.id());
            disks.ofTemplate(id).forEach(attachment -> disks.detach(tx, attachment.id()));
            request.parts().forEach(part -> disks.delete(tx, part.disk()));
            vms.nicsOfTemplate(id).forEach(nic -> vms.deleteNic(tx, nic));
            templates.delete(tx, id);
        } else {
            Id<Vm> id = Id.of(request.id());
            disks.ofVm(id).forEach(attachment -> disks.detach(tx, attachment.id()));
            request.parts().forEach(part -> disks.delete(tx, part.disk()));
            vms.delete(tx, id);
        }
        events.add(
                tx,
                request.template() ? EventCode.TEMPLATE_IMPORT_FAILED : EventCode.VM_IMPORT_FAILED,
                request.asker(),
                Concerns.NOTHING,
                what(request) + " could not be imported and was removed again: " + failure.detail());
    }
}
