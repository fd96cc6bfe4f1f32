package org.bellwether.engine.storage;

import static org.bellwether.engine.platform.Permit.CONFIGURE_DISK_STORAGE;
import static org.bellwether.engine.platform.Permit.CREATE_DISK;
import static org.bellwether.engine.platform.Permit.EDIT_DISK_PROPERTIES;
import static org.bellwether.engine.platform.Permit.REDUCE_DISK;
import static org.bellwether.engine.platform.Permit.SPARSIFY_DISK;

import java.util.Optional;
import org.bellwether.api.types.DiskFormat;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.References;

/** The actions of disks on the wire; each goes on as a job. */
final class DiskActionsApi {

    private final Disks disks;
    private final StorageDomains domains;
    private final DiskActions actions;
    private final DirectLuns luns;
    private final Hosts hosts;

    DiskActionsApi(Disks disks, StorageDomains domains, DiskActions actions, DirectLuns luns, Hosts hosts) {
        this.disks = disks;
        this.domains = domains;
        this.actions = actions;
        this.luns = luns;
        this.hosts = hosts;
    }

    void serve(ApiRoutes routes) {
        for (var service : new String[] {"disk", "storage_domain_disk", "attached_storage_domain_disk"}) {
            routes.on(service, "move", CONFIGURE_DISK_STORAGE, this::move);
            routes.on(service, "copy", CREATE_DISK, this::copy);
            routes.on(service, "sparsify", SPARSIFY_DISK, this::sparsify);
        }
        routes.on("disk", "refresh_lun", EDIT_DISK_PROPERTIES, this::refreshLun);
        routes.on("disk", "convert", EDIT_DISK_PROPERTIES, this::convert);
        for (var service : new String[] {"disk", "storage_domain_disk"}) {
            routes.on(service, "reduce", REDUCE_DISK, this::reduce);
        }
    }

    private Reply move(ApiRequest request) {
        var job = actions.move(disk(request), target(request), Asker.of(request));
        return Reply.started(job.id().toString());
    }

    private Reply copy(ApiRequest request) {
        if (actions.ofTemplate(disk(request))) {
            return Reply.started(actions.spread(disk(request), target(request), Asker.of(request))
                    .id()
                    .toString());
        }
        var wish = request.action().disk();
        Optional<String> name = wish == null ? Optional.empty() : DiskSpecs.name(wish);
        var begun = actions.copy(disk(request), target(request), name, Asker.of(request));
        return Reply.started(begun.job().id().toString());
    }

    private Reply sparsify(ApiRequest request) {
        return Reply.started(
                actions.sparsify(disk(request), Asker.of(request)).id().toString());
    }

    private Reply convert(ApiRequest request) {
        var disk = disk(request);
        var wish = request.action().disk();
        if (wish == null || (wish.format() == null && wish.sparse() == null)) {
            throw Failure.badRequest("What the disk is to be converted to is not said")
                    .next("Give disk.format (raw or cow), disk.sparse, or both");
        }
        var format = wish.format() == null
                ? disk.format()
                : wish.format() == DiskFormat.RAW ? Disk.Format.RAW : Disk.Format.COW;
        boolean sparse = wish.sparse() == null ? disk.sparse() || format == Disk.Format.COW : wish.sparse();
        return Reply.started(
                actions.convert(disk, format, sparse, Asker.of(request)).id().toString());
    }

    /** Only a logical volume can be larger than what is in it. */
    private Reply reduce(ApiRequest request) {
        throw Failure.conflict("The disk " + disk(request).name() + " cannot be reduced")
                .because("it is a file, which takes no more space than what is written in it")
                .next("Sparsify it: that gives back the space of what was zeroed");
    }

    private Reply refreshLun(ApiRequest request) {
        var host = References.find(hosts.model(), request.action().host(), "host");
        luns.refresh(disk(request), host, Asker.of(request));
        return Reply.done();
    }

    private Disk disk(ApiRequest request) {
        return disks.get(request.<Disk>id());
    }

    private StorageDomain target(ApiRequest request) {
        return References.find(domains.model(), request.action().storageDomain(), "storage domain");
    }
}
