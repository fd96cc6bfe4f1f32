package org.bellwether.engine.storage;

import static org.bellwether.engine.platform.Permit.CREATE_STORAGE_DOMAIN;
import static org.bellwether.engine.platform.Permit.DELETE_STORAGE_DOMAIN;
import static org.bellwether.engine.platform.Permit.EDIT_STORAGE_DOMAIN_CONFIGURATION;
import static org.bellwether.engine.platform.Permit.MANIPULATE_STORAGE_DOMAIN;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.File;
import org.bellwether.api.types.StorageDomainStatus;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.References;
import org.jspecify.annotations.Nullable;

/** Storage domains on the wire: all of them, those of a data center, and their connections. */
public final class StorageDomainsApi {

    /** Clients expect these to be over when the answer comes; what takes longer goes on as a job. */
    private static final Duration PATIENCE = Duration.ofSeconds(100);

    private static final long GIB = 1L << 30;

    private final StorageDomains domains;
    private final NewStorageDomains changes;
    private final DomainLuns luns;
    private final DomainLayouts layouts;
    private final ObservedDomains observed;
    private final StorageDomainDocuments documents;
    private final DataCenters dataCenters;
    private final Hosts hosts;
    private final Operations operations;
    private final Disks disks;
    private final SearchSchema<StorageDomain> schema;

    public StorageDomainsApi(
            StorageDomains domains,
            NewStorageDomains changes,
            DomainLuns luns,
            DomainLayouts layouts,
            ObservedDomains observed,
            Disks disks,
            DataCenters dataCenters,
            Hosts hosts,
            Operations operations) {
        this.domains = domains;
        this.changes = changes;
        this.luns = luns;
        this.layouts = layouts;
        this.observed = observed;
        this.disks = disks;
        this.documents = new StorageDomainDocuments(observed, disks);
        this.dataCenters = dataCenters;
        this.hosts = hosts;
        this.operations = operations;
        this.schema = searchable();
    }

    public void serve(ApiRoutes routes) {
        routes.read("storage_domains", "list", this::list);
        routes.on("storage_domains", "add", CREATE_STORAGE_DOMAIN, this::add);
        routes.read("storage_domain", "get", request -> Reply.of(documents.of(domain(request))));
        routes.on("storage_domain", "update", EDIT_STORAGE_DOMAIN_CONFIGURATION, this::update);
        routes.on("storage_domain", "remove", DELETE_STORAGE_DOMAIN, this::remove);
        routes.read("storage_domain", "is_attached", this::isAttached);
        routes.on("storage_domain", "refresh_luns", EDIT_STORAGE_DOMAIN_CONFIGURATION, this::refreshLuns);
        routes.on("storage_domain", "reduce_luns", EDIT_STORAGE_DOMAIN_CONFIGURATION, this::reduceLuns);
        routes.read("attached_storage_domains", "list", this::listAttached);
        routes.on("attached_storage_domains", "add", MANIPULATE_STORAGE_DOMAIN, this::attach);
        routes.read("attached_storage_domain", "get", request -> Reply.of(documents.attached(attached(request))));
        routes.on("attached_storage_domain", "remove", MANIPULATE_STORAGE_DOMAIN, this::detach);
        routes.on("attached_storage_domain", "activate", MANIPULATE_STORAGE_DOMAIN, this::activate);
        routes.on("attached_storage_domain", "deactivate", MANIPULATE_STORAGE_DOMAIN, this::deactivate);
        routes.read("files", "list", request -> Reply.list(request.limited(files(domain(request)))));
        routes.read(
                "file",
                "get",
                request -> Reply.of(files(domain(request)).stream()
                        .filter(file -> request.pathId(1).equals(file.id()))
                        .findFirst()
                        .orElseThrow(() -> Failure.notFound("The storage domain has no file " + request.pathId(1)))));
    }

    /** What can be searched of storage domains, also from the kinds that are related to them. */
    public SearchSchema<StorageDomain> searched() {
        return schema;
    }

    private SearchSchema<StorageDomain> searchable() {
        return SearchSchema.<StorageDomain>of("storage domains")
                .text("id", each -> each.id().toString())
                .text("name", StorageDomain::name)
                .text("comment", each -> each.spec().comment())
                .text("description", each -> each.spec().description())
                .choice("status", each -> observed.status(each).wire())
                .choice("shared_status", each -> observed.status(each).wire())
                .choice("external_status", each -> "ok")
                .text("datacenter", this::dataCenterName)
                .choice(
                        "type",
                        each -> StorageDomainDocuments.type(each.connection()).wire())
                .number(
                        "free_size",
                        each -> observed.measured(each)
                                .map(state -> state.getAvailableBytes() / GIB)
                                .orElse(null))
                .number(
                        "used_size",
                        each -> observed.measured(each)
                                .map(state -> (state.getTotalBytes() - state.getAvailableBytes()) / GIB)
                                .orElse(null))
                .number(
                        "total_size",
                        each -> observed.measured(each)
                                .map(state -> state.getTotalBytes() / GIB)
                                .orElse(null))
                .number(
                        "committed",
                        each -> disks.in(each.id()).stream()
                                        .mapToLong(Disk::provisionedBytes)
                                        .sum()
                                / GIB)
                .number("low_space_threshold (%)", each -> each.spec().warningLowSpaceIndicator())
                .number("critical_space_threshold (gb)", each -> each.spec().criticalSpaceActionBlocker())
                .flag("wipe_after_delete", each -> each.spec().wipeAfterDelete())
                .flag("discard_after_delete", each -> each.spec().discardAfterDelete())
                .flag("backup", each -> each.spec().backup())
                .build();
    }

    private @Nullable String dataCenterName(StorageDomain domain) {
        return domain.dataCenterId()
                .flatMap(id -> dataCenters.model().find(id))
                .map(DataCenter::name)
                .orElse(null);
    }

    private Reply list(ApiRequest request) {
        return Reply.list(request.search(schema, domains.model().all()).stream().map(documents::of));
    }

    private Reply add(ApiRequest request) {
        var begun = changes.add(request.body(org.bellwether.api.types.StorageDomain.class), Asker.of(request));
        boolean ended = ended(begun.job(), begun.domain());
        var document = documents.of(domains.get(begun.domain()));
        return ended ? Reply.created(document) : Reply.accepted(document);
    }

    private Reply update(ApiRequest request) {
        var domain = domain(request);
        var body = request.body(org.bellwether.api.types.StorageDomain.class);
        if (body.storage() != null && !StorageDomainSpecs.units(body.storage()).isEmpty()) {
            luns.extend(domain, body.storage(), Asker.of(request));
        }
        changes.update(domain, body, Asker.of(request)).ifPresent(job -> ended(job, domain.id()));
        return Reply.of(documents.of(domains.get(domain.id())));
    }

    private Reply refreshLuns(ApiRequest request) {
        luns.refresh(domain(request), Asker.of(request));
        return Reply.done();
    }

    /** Moving data takes long, so that this always goes on as a job. */
    private Reply reduceLuns(ApiRequest request) {
        var units = request.action().logicalUnits();
        var job = luns.reduce(domain(request), units == null ? List.of() : units, Asker.of(request));
        return Reply.started(job.id().toString());
    }

    private Reply remove(ApiRequest request) {
        var domain = domain(request);
        if (request.flag("destroy")) {
            changes.destroy(domain, Asker.of(request));
            return Reply.done();
        }
        var job = changes.remove(domain, request.flag("format"), host(request), Asker.of(request));
        ended(job, domain.id());
        return Reply.started(job.id().toString());
    }

    /** The parameter names the host by id or by name. */
    private Optional<Host> host(ApiRequest request) {
        return request.parameter("host")
                .filter(text -> !text.isBlank())
                .map(text -> hosts.model().named(text).stream()
                        .findFirst()
                        .orElseGet(() -> References.find(
                                hosts.model(),
                                org.bellwether.api.types.Host.builder().id(text).build(),
                                "host")));
    }

    private Reply isAttached(ApiRequest request) {
        boolean attached = observed.status(domain(request)) != StorageDomainStatus.UNATTACHED;
        return Reply.done(Action.builder().isAttached(attached).build());
    }

    private Reply listAttached(ApiRequest request) {
        var dataCenter = dataCenter(request);
        return Reply.list(request.limited(documents.attached(domains.ofDataCenter(dataCenter.id()).stream()
                .sorted(java.util.Comparator.comparing(StorageDomain::name))
                .toList())));
    }

    private Reply attach(ApiRequest request) {
        var dataCenter = dataCenter(request);
        var body = request.body(org.bellwether.api.types.StorageDomain.class);
        var domain = References.find(domains.model(), body, "storage domain");
        var job = changes.attach(domain, dataCenter, Asker.of(request));
        boolean ended = ended(job, domain.id());
        var document = documents.attached(domains.get(domain.id()));
        return ended ? Reply.created(document) : Reply.accepted(document);
    }

    private Reply detach(ApiRequest request) {
        var domain = attached(request);
        var job = changes.detach(domain, dataCenter(request), Asker.of(request));
        ended(job, domain.id());
        return Reply.started(job.id().toString());
    }

    private Reply activate(ApiRequest request) {
        var domain = attached(request);
        return acted(changes.activate(domain, dataCenter(request), Asker.of(request)), domain, request);
    }

    private Reply deactivate(ApiRequest request) {
        var domain = attached(request);
        return acted(changes.deactivate(domain, dataCenter(request), Asker.of(request)), domain, request);
    }

    private Reply acted(Optional<Job> begun, StorageDomain domain, ApiRequest request) {
        if (begun.isEmpty()) {
            return Reply.done();
        }
        if (!request.async()) {
            ended(begun.get(), domain.id());
        }
        return Reply.started(begun.get().id().toString());
    }

    /** Waits for a job; false when it takes longer and goes on. */
    private boolean ended(Job job, Id<StorageDomain> domain) {
        try {
            operations.await(job, PATIENCE);
            return true;
        } catch (Failure failure) {
            boolean goesOn = operations
                    .holding(domain)
                    .filter(holder -> holder.id().equals(job.id()))
                    .isPresent();
            if (goesOn) {
                return false;
            }
            throw failure;
        }
    }

    /** What lies on a domain of ISO images. */
    private List<File> files(StorageDomain domain) {
        if (domain.kind() != StorageDomain.Kind.ISO || domain.wanted() != StorageDomain.Wanted.ACTIVE) {
            return List.of();
        }
        return layouts.files(domain).stream()
                .map(file -> File.builder()
                        .id(file.getName())
                        .name(file.getName())
                        .type("iso")
                        .storageDomain(org.bellwether.api.types.StorageDomain.builder()
                                .id(domain.id().toString())
                                .build())
                        .build())
                .toList();
    }

    private StorageDomain domain(ApiRequest request) {
        return domains.get(request.<StorageDomain>id(0));
    }

    private DataCenter dataCenter(ApiRequest request) {
        return dataCenters.get(request.<DataCenter>id(0));
    }

    private StorageDomain attached(ApiRequest request) {
        var dataCenter = dataCenter(request);
        var domain = domains.get(request.<StorageDomain>id(1));
        if (!domain.dataCenterId().equals(Optional.of(dataCenter.id()))) {
            throw Failure.notFound(
                    "The data center " + dataCenter.name() + " has no storage domain with the id " + domain.id());
        }
        return domain;
    }
}
