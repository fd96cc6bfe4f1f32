package org.bellwether.engine.storage;

import static org.bellwether.engine.platform.Permit.CREATE_DISK;
import static org.bellwether.engine.platform.Permit.DELETE_DISK;
import static org.bellwether.engine.platform.Permit.EDIT_DISK_PROPERTIES;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;

/** Disks on the wire: all of them, and those on a storage domain. */
public final class DisksApi {

    private static final long GIB = 1L << 30;

    private final Disks disks;
    private final StorageDomains domains;
    private final DiskUsers users;
    private final NewDisks changes;
    private final DirectLuns luns;
    private final UnregisteredDisks unregistered;
    private final SearchSchema<Disk> schema;

    /** @param storageSchema what can be searched of storage domains, so that {@code storage.name=x} finds disks */
    public DisksApi(
            Disks disks,
            StorageDomains domains,
            DiskUsers users,
            NewDisks changes,
            DirectLuns luns,
            UnregisteredDisks unregistered,
            SearchSchema<StorageDomain> storageSchema) {
        this.disks = disks;
        this.domains = domains;
        this.users = users;
        this.changes = changes;
        this.luns = luns;
        this.unregistered = unregistered;
        this.schema = schema(storageSchema);
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "disks",
                "list",
                request -> Reply.list(
                        request.search(schema, disks.model().all()).stream().map(this::shown)));
        routes.on("disks", "add", CREATE_DISK, this::add);
        routes.read("disk", "get", request -> Reply.of(shown(disks.get(request.<Disk>id()))));
        routes.on("disk", "update", EDIT_DISK_PROPERTIES, this::update);
        routes.on("disk", "remove", DELETE_DISK, this::remove);
        for (var service : List.of("storage_domain_disk", "attached_storage_domain_disk")) {
            routes.read(service + "s", "list", this::listOnDomain);
            routes.read(service, "get", request -> Reply.of(DiskDocuments.of(onDomain(request))));
            routes.on(service, "update", EDIT_DISK_PROPERTIES, this::update);
            routes.on(service, "remove", DELETE_DISK, this::remove);
            routes.on(service + "s", "add", CREATE_DISK, this::addOnDomain);
        }
        routes.on("attached_storage_domain_disk", "register", CREATE_DISK, this::registerHere);
    }

    /** What can be searched of disks. */
    public SearchSchema<Disk> searched() {
        return schema;
    }

    private SearchSchema<Disk> schema(SearchSchema<StorageDomain> storageSchema) {
        return SearchSchema.<Disk>of("disks")
                .text("id", each -> each.id().toString())
                .text("alias", Disk::name)
                .text("name", Disk::name)
                .text("description", each -> each.spec().description())
                .number("provisioned_size", each -> each.provisionedBytes() / GIB)
                .number("size", each -> each.provisionedBytes() / GIB)
                .number("actual_size", each -> each.actualBytes() / GIB)
                .date("creation_date", Disk::created)
                .flag("shareable", each -> each.spec().shareable())
                .choice("status", each -> DiskDocuments.status(each).wire())
                .choice("disk_type", each -> each.lun().isPresent() ? "lun" : "image")
                .choice(
                        "disk_content_type",
                        each -> Optional.ofNullable(each.spec().contentType())
                                .map(type -> type.wire())
                                .orElse(null))
                .choice("allocation_policy", each -> each.sparse() ? "sparse" : "preallocated")
                .number("number_of_vms", each -> users.names(each.id()).size())
                .texts("vm_names", each -> users.names(each.id()))
                .date("last_modified", Disk::lastModified)
                .flag("wipe_after_delete", each -> each.spec().wipeAfterDelete())
                .related(
                        List.of("storage", "storages"),
                        each -> each.domainId().flatMap(id -> domains.model().find(id)).stream()
                                .toList(),
                        () -> storageSchema)
                .build();
    }

    private org.bellwether.api.types.Disk shown(Disk disk) {
        return DiskDocuments.of(disk, disks.copiesOf(disk.id()));
    }

    private Reply add(ApiRequest request) {
        var body = request.body(org.bellwether.api.types.Disk.class);
        if (DirectLuns.meant(body)) {
            return Reply.created(
                    DiskDocuments.of(luns.add(body, Optional.empty(), "", Asker.of(request), (tx, disk) -> {})));
        }
        var begun = changes.add(body, Optional.empty(), "", Asker.of(request), (tx, disk) -> {});
        return Reply.accepted(DiskDocuments.of(begun.disk()));
    }

    private Reply addOnDomain(ApiRequest request) {
        var domain = domains.get(request.<StorageDomain>id());
        var body = request.body(org.bellwether.api.types.Disk.class);
        if (!request.flag("unregistered")) {
            var begun = changes.add(
                    body.toBuilder()
                            .storageDomains(List.of(org.bellwether.api.types.StorageDomain.builder()
                                    .id(domain.id().toString())
                                    .build()))
                            .build(),
                    Optional.empty(),
                    "",
                    Asker.of(request),
                    (tx, disk) -> {});
            return Reply.accepted(DiskDocuments.of(begun.disk()));
        }
        if (body.id() == null) {
            throw Failure.badRequest("Which disk is to be registered is not said")
                    .next("Give its id");
        }
        return Reply.created(DiskDocuments.of(unregistered.register(
                domain, NewDisks.chosenId(body.id()).value(), DiskSpecs.name(body), Asker.of(request))));
    }

    private Reply registerHere(ApiRequest request) {
        var domain = domains.get(request.<StorageDomain>id(request.targets().size() - 2));
        unregistered.register(domain, request.<Disk>id().value(), Optional.empty(), Asker.of(request));
        return Reply.done();
    }

    private Reply update(ApiRequest request) {
        var disk = disks.get(request.<Disk>id());
        changes.update(disk, request.body(org.bellwether.api.types.Disk.class), Asker.of(request));
        return Reply.of(DiskDocuments.of(disks.get(disk.id())));
    }

    private Reply remove(ApiRequest request) {
        var job = changes.remove(disks.get(request.<Disk>id()), Asker.of(request));
        return Reply.started(job.id().toString());
    }

    private Reply listOnDomain(ApiRequest request) {
        var domain = domains.get(request.<StorageDomain>id());
        if (request.flag("unregistered")) {
            return Reply.list(unregistered.on(domain).stream()
                    .map(seen -> DiskDocuments.of(unregistered.document(domain, seen))));
        }
        return Reply.list(
                request
                        .limited(disks.in(domain.id()).stream()
                                .sorted(Comparator.comparing(Disk::name))
                                .toList())
                        .stream()
                        .map(DiskDocuments::of));
    }

    private Disk onDomain(ApiRequest request) {
        var disk = disks.get(request.<Disk>id());
        var domain = domains.get(request.<StorageDomain>id(request.targets().size() - 2));
        if (!disk.domainId().equals(Optional.of(domain.id()))) {
            throw Failure.notFound("The storage domain " + domain.name() + " has no disk with the id " + disk.id());
        }
        return disk;
    }
}
