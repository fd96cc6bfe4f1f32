package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CHANGE_VM_CD;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.Cdrom;
import org.bellwether.api.types.DiskContentType;
import org.bellwether.api.types.File;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomains;
import org.jspecify.annotations.Nullable;

/**
 * The one CD drive that every machine has, on the wire. What is in it at the next start, and with {@code current} what is in it
 * now; it takes disks whose content is an ISO.
 */
final class VmCdromsApi {

    private static final Duration PATIENCE = Duration.ofSeconds(75);

    private final Database database;
    private final Vms vms;
    private final Disks disks;
    private final StorageDomains domains;
    private final Operations operations;
    private final ChangeCd change;
    private final Events events;

    VmCdromsApi(
            Database database,
            Vms vms,
            Disks disks,
            StorageDomains domains,
            Operations operations,
            ChangeCd change,
            Events events) {
        this.database = database;
        this.vms = vms;
        this.disks = disks;
        this.domains = domains;
        this.operations = operations;
        this.change = change;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.read("vm_cdroms", "list", request -> Reply.list(List.of(shown(vm(request), request))));
        routes.read("vm_cdrom", "get", request -> Reply.of(shown(wanted(request), request)));
        routes.on("vm_cdrom", "update", CHANGE_VM_CD, this::update);
        routes.on("vm_cdroms", "add", CHANGE_VM_CD, this::update);
    }

    private Vm vm(ApiRequest request) {
        return vms.get(request.id(0));
    }

    private Vm wanted(ApiRequest request) {
        if (request.targets().size() > 1 && !request.pathId(1).equals(MachineDefinitions.CD_DRIVE)) {
            throw Failure.notFound("The machine has no CD drive with the id " + request.pathId(1));
        }
        return vm(request);
    }

    private Reply update(ApiRequest request) {
        var vm = wanted(request);
        operations.requireFree(vm.id(), "changing the CD of VM " + vm.name());
        var disk = chosen(vm, request.body(Cdrom.class).file());
        var asker = Asker.of(request);
        var id = disk.map(each -> each.id().toString()).orElse(null);
        var name = disk.map(Disk::name).orElse("");
        if (request.flag("current")) {
            var host = vm.hostId()
                    .orElseThrow(() -> Failure.conflict("VM " + vm.name() + " has no CD in its drive now")
                            .because("it is not running")
                            .next("Leave out 'current' to have the CD in its drive from its next start on"));
            operations.await(
                    operations.begin(change, new ChangeCd.Request(vm.id(), vm.name(), host, id, name, asker), asker),
                    PATIENCE);
        } else {
            database.change(tx -> {
                vms.update(tx, vm.id(), now -> now.cd(id));
                events.add(
                        tx,
                        EventCode.VM_UPDATED,
                        asker,
                        Concerns.NOTHING.withVm(vm.id()),
                        "VM " + vm.name() + " has "
                                + (id == null ? "no CD" : "the CD " + name)
                                + " in its drive from its next start on, by "
                                + asker.name() + ".");
            });
        }
        return request.targets().size() > 1
                ? Reply.of(shown(vms.get(vm.id()), request))
                : Reply.created(shown(vms.get(vm.id()), request));
    }

    private Optional<Disk> chosen(Vm vm, @Nullable File file) {
        return chosen(vm, disks, domains, file);
    }

    /** The disk that a request means; none: the drive is to be empty. */
    static Optional<Disk> chosen(Vm vm, Disks disks, StorageDomains domains, @Nullable File file) {
        if (file == null || file.id() == null || file.id().isBlank()) {
            return Optional.empty();
        }
        Disk disk;
        try {
            disk = disks.get(Id.of(file.id()));
        } catch (IllegalArgumentException fileName) {
            throw Failure.badRequest("There is no disk with the id " + file.id())
                    .because("files of ISO storage domains cannot be put into the drive yet")
                    .next("Upload the ISO as a disk, with the content type iso, and name that disk");
        }
        if (disk.spec().contentType() != DiskContentType.ISO) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be put into a CD drive")
                    .because("its content type is not iso");
        }
        if (disk.state() != Disk.State.OK) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be put into a CD drive now")
                    .because("it is " + disk.state().name().toLowerCase(java.util.Locale.ROOT));
        }
        disk.domainId()
                .map(domains::get)
                .filter(domain -> !domain.cluster().equals(vm.cluster()))
                .ifPresent(domain -> {
                    throw Failure.conflict("VM " + vm.name() + " cannot have the CD " + disk.name())
                            .because("it lies on the storage domain " + domain.name()
                                    + ", which belongs to another cluster");
                });
        return Optional.of(disk);
    }

    private Cdrom shown(Vm vm, ApiRequest request) {
        var running = vm.running();
        var disk = running != null && request.flag("current") ? running.cd() : vm.cd();
        var cd = Cdrom.builder()
                .id(MachineDefinitions.CD_DRIVE)
                .vm(org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build());
        if (disk != null) {
            cd.file(File.builder()
                    .id(disk)
                    .name(disks.model().find(Id.of(disk)).map(Disk::name).orElse(null))
                    .build());
        }
        return cd.build();
    }
}
