package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.ovf.OvaWriter;
import org.bellwether.engine.ovf.OvfMachine;
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
 * Writes a machine that is down, or a template, into an archive: a file on a host, or a raw disk whose row, locked, is
 * written by whoever begins this.
 */
final class ExportMachine implements Operation<ExportMachine.Request> {

    static final String KIND = "export-machine";
    private static final String WRITE = "write the archive";
    private static final String MAKE = "make the disk for the archive";
    /** What the tar has beside descriptions and disks. */
    private static final long BLOCK = 512;

    private final Vms vms;
    private final Templates templates;
    private final Disks disks;
    private final Volumes volumes;
    private final OvfDocuments documents;
    private final HostArchives archives;
    private final Events events;

    ExportMachine(
            Vms vms,
            Templates templates,
            Disks disks,
            Volumes volumes,
            OvfDocuments documents,
            HostArchives archives,
            Events events) {
        this.vms = vms;
        this.templates = templates;
        this.disks = disks;
        this.volumes = volumes;
        this.documents = documents;
        this.archives = archives;
        this.events = events;
    }

    record Request(
            UUID id,
            boolean template,
            String name,
            Id<Host> host,
            HostArchives.Place archive,
            List<Id<Disk>> disks,
            Asker asker) {}

    record Size(long qcow2Bytes, long capacityBytes) {}

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
        return "Exporting " + what(request) + " to " + request.archive().words();
    }

    private static String what(Request request) {
        return (request.template() ? "Template " : "VM ") + request.name();
    }

    /** A machine must not start while it is written; a template is only read, and its disks never change. */
    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<UUID>();
        if (!request.template()) {
            locks.add(request.id());
        }
        request.archive().disk().ifPresent(disk -> locks.add(disk.value()));
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        var packed = new ArrayList<HostArchives.Packed>();
        for (var id : request.disks()) {
            var size = journal.step("measure the disk " + id, Size.class, () -> {
                var measured = archives.measure(request.host(), disks.get(id));
                return new Size(measured.getQcow2Bytes(), measured.getCapacityBytes());
            });
            packed.add(new HostArchives.Packed(id, id.toString(), size.qcow2Bytes(), size.capacityBytes()));
        }
        var ovf = journal.step("describe it", String.class, () -> describe(request, packed));
        request.archive().disk().ifPresent(disk -> {
            long bytes = bytes(ovf, packed);
            journal.commit("size the disk for the archive", tx -> {
                disks.update(tx, disk, each -> each.sized(bytes, 0));
            });
            journal.step(MAKE, () -> {
                volumes.create(disks.get(disk), Optional.empty());
            });
        });
        journal.step(
                WRITE, () -> archives.write(request.host(), Tasks.of(journal, WRITE), request.archive(), ovf, packed));
        request.archive()
                .disk()
                .ifPresent(disk -> journal.commit("unlock the disk", tx -> {
                    disks.update(
                            tx,
                            disk,
                            each -> each.sized(each.provisionedBytes(), each.provisionedBytes())
                                    .in(Disk.State.OK));
                }));
    }

    private String describe(Request request, List<HostArchives.Packed> packed) {
        OvfMachine whole = request.template()
                ? documents.of(templates.get(Id.<Template>of(request.id())), List.of())
                : documents.of(vms.get(Id.<Vm>of(request.id())), List.of());
        // Disks may have come or gone since: those that were measured count, in their order.
        var order = whole.disks().stream()
                .filter(disk ->
                        request.disks().stream().anyMatch(id -> id.value().equals(disk.id())))
                .sorted(java.util.Comparator.comparingInt(
                        disk -> request.disks().indexOf(Id.<Disk>of(disk.id()))))
                .toList();
        if (order.size() != packed.size()) {
            throw Failure.conflict(what(request) + " cannot be exported")
                    .because("its disks were changed meanwhile")
                    .next("Export it again");
        }
        return OvaWriter.write(
                whole.with(order),
                packed.stream()
                        .map(each -> new OvaWriter.Packed(each.file(), each.qcow2Bytes(), each.capacityBytes()))
                        .toList());
    }

    private static long bytes(String ovf, List<HostArchives.Packed> packed) {
        long length = BLOCK + padded(ovf.getBytes(java.nio.charset.StandardCharsets.UTF_8).length) + 2 * BLOCK;
        for (var each : packed) {
            length += BLOCK + padded(each.qcow2Bytes());
        }
        return Math.ceilDiv(length, 4096L) * 4096;
    }

    private static long padded(long bytes) {
        return Math.ceilDiv(bytes, BLOCK) * BLOCK;
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (journal.begun(WRITE)) {
            archives.cancel(request.host(), Tasks.of(journal, WRITE));
        }
        if (journal.begun(MAKE)) {
            request.archive().disk().flatMap(disk -> disks.model().find(disk)).ifPresent(volumes::delete);
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                request.template() ? EventCode.TEMPLATE_EXPORTED : EventCode.VM_EXPORTED,
                request.asker(),
                concerns(request),
                what(request) + " was exported to " + request.archive().words() + " by "
                        + request.asker().name() + "." + leftBehind(request));
    }

    /** A TPM comes along new and empty: who encrypted disks with it would find out when it is too late. */
    private String leftBehind(Request request) {
        boolean tpm = !request.template()
                && vms.model()
                        .find(Id.<Vm>of(request.id()))
                        .filter(vm -> Boolean.TRUE.equals(vm.spec().tpmEnabled()))
                        .isPresent();
        return tpm
                ? " What its TPM holds is not in it: disks that are encrypted with that will want their recovery key there."
                : "";
    }

    static Concerns concerns(Request request) {
        return request.template()
                ? Concerns.NOTHING.withTemplate(Id.<Template>of(request.id()))
                : Concerns.NOTHING.withVm(Id.<Vm>of(request.id()));
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        request.archive().disk().ifPresent(disk -> disks.delete(tx, disk));
        events.add(
                tx,
                request.template() ? EventCode.TEMPLATE_EXPORT_FAILED : EventCode.VM_EXPORT_FAILED,
                request.asker(),
                concerns(request),
                what(request) + " could not be exported: " + failure.detail());
    }
}
