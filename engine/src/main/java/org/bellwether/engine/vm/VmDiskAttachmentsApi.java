package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CONFIGURE_VM_STORAGE;

import java.util.Comparator;
import org.bellwether.api.types.Disk;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;

/** Disks of machines on the wire: {@code /vms/{id}/diskattachments}. */
public final class VmDiskAttachmentsApi {

    private final Vms vms;
    private final Disks disks;
    private final VmDiskAttachments changes;

    public VmDiskAttachmentsApi(Vms vms, Disks disks, VmDiskAttachments changes) {
        this.vms = vms;
        this.disks = disks;
        this.changes = changes;
    }

    public void serve(ApiRoutes routes) {
        routes.read("disk_attachments", "list", this::list);
        routes.on("disk_attachments", "add", CONFIGURE_VM_STORAGE, this::add);
        routes.read("disk_attachment", "get", request -> Reply.of(document(attachment(request))));
        routes.on("disk_attachment", "update", CONFIGURE_VM_STORAGE, this::update);
        routes.on("disk_attachment", "remove", CONFIGURE_VM_STORAGE, this::remove);
    }

    private Reply list(ApiRequest request) {
        return Reply.list(disks.ofVm(vm(request).id()).stream()
                .sorted(Comparator.comparing(DiskAttachment::name).thenComparing(DiskAttachment::disk))
                .map(VmDiskAttachmentsApi::document));
    }

    private Reply add(ApiRequest request) {
        var made = changes.add(
                vm(request), request.body(org.bellwether.api.types.DiskAttachment.class), Asker.of(request));
        boolean locked = disks.model()
                .find(made.disk())
                .filter(disk -> disk.state() == org.bellwether.engine.storage.Disk.State.LOCKED)
                .isPresent();
        return locked ? Reply.accepted(document(made)) : Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        return Reply.of(document(changes.update(
                vm(request),
                attachment(request),
                request.body(org.bellwether.api.types.DiskAttachment.class),
                Asker.of(request))));
    }

    private Reply remove(ApiRequest request) {
        boolean detachOnly = request.flagIfGiven("detach_only").orElse(true);
        return changes.remove(vm(request), attachment(request), detachOnly, Asker.of(request))
                .map(job -> Reply.started(job.id().toString()))
                .orElseGet(Reply::done);
    }

    private Vm vm(ApiRequest request) {
        return vms.get(request.<Vm>id(0));
    }

    private DiskAttachment attachment(ApiRequest request) {
        return changes.attachment(vm(request), request.id(1));
    }

    private static org.bellwether.api.types.DiskAttachment document(DiskAttachment attachment) {
        return attachment.spec().toBuilder()
                .id(attachment.disk().toString())
                .active(attachment.active())
                .disk(Disk.builder().id(attachment.disk().toString()).build())
                .vm(org.bellwether.api.types.Vm.builder()
                        .id(attachment.vmId().map(Object::toString).orElse(null))
                        .build())
                .build();
    }
}
