package org.bellwether.engine.template;

import static org.bellwether.engine.platform.Permit.CREATE_TEMPLATE;
import static org.bellwether.engine.platform.Permit.DELETE_TEMPLATE;
import static org.bellwether.engine.platform.Permit.EDIT_TEMPLATE_PROPERTIES;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomains;
import org.jspecify.annotations.Nullable;

/** Templates on the wire, with their disks and network interfaces. */
public final class TemplatesApi {

    private static final long MIB = 1L << 20;

    private final Templates templates;
    private final NewTemplates changes;
    private final TemplateDocuments documents;
    private final Machines machines;
    private final Disks disks;
    private final StorageDomains domains;
    private final Clusters clusters;
    private final DataCenters dataCenters;
    private final SearchSchema<Template> schema;

    public TemplatesApi(
            Templates templates,
            NewTemplates changes,
            Machines machines,
            Disks disks,
            StorageDomains domains,
            Clusters clusters,
            DataCenters dataCenters,
            Operations operations) {
        this.templates = templates;
        this.changes = changes;
        this.documents = new TemplateDocuments(disks, operations);
        this.machines = machines;
        this.disks = disks;
        this.domains = domains;
        this.clusters = clusters;
        this.dataCenters = dataCenters;
        this.schema = schema();
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "templates",
                "list",
                request -> Reply.list(
                        request.search(schema, templates.model().all()).stream().map(documents::of)));
        routes.on("templates", "add", CREATE_TEMPLATE, this::add);
        routes.read("template", "get", request -> Reply.of(documents.of(template(request))));
        routes.on("template", "update", EDIT_TEMPLATE_PROPERTIES, this::update);
        routes.on("template", "remove", DELETE_TEMPLATE, this::remove);
        routes.read("template_disk_attachments", "list", this::attachments);
        routes.read("template_disk_attachment", "get", this::attachment);
        routes.on("template_disk_attachment", "remove", DELETE_TEMPLATE, this::removeDisk);
        routes.read("template_cdroms", "list", request -> Reply.list(documents.cdroms(template(request))));
        routes.read("template_cdrom", "get", this::cdrom);
    }

    /** What can be searched of templates, also from the kinds that are related to them. */
    public SearchSchema<Template> searched() {
        return schema;
    }

    private SearchSchema<Template> schema() {
        return SearchSchema.<Template>of("templates")
                .text("id", each -> each.id().toString())
                .text("_vmt_id", each -> each.id().toString())
                .text("name", Template::name)
                .text("comment", each -> each.spec().comment())
                .text("description", each -> each.spec().description())
                .text(
                        "os",
                        each -> each.spec().os() == null
                                ? null
                                : each.spec().os().type())
                .date("creationdate", Template::created)
                .number(
                        "childcount",
                        each -> machines.madeFrom().apply(each.id()).size())
                .number(
                        "mem",
                        each -> each.spec().memory() == null
                                ? null
                                : each.spec().memory() / MIB)
                .choice("status", each -> documents.status(each).wire())
                .text("cluster", this::clusterName)
                .text("datacenter", this::dataCenterName)
                .text("version_name", each -> TemplateSpecs.versionName(each.spec()))
                .number("version_number", Template::version)
                .choice("architecture", each -> "x86_64")
                .flag("sealed", Template::sealed)
                .build();
    }

    private @Nullable String clusterName(Template template) {
        return cluster(template).map(Cluster::name).orElse(null);
    }

    private @Nullable String dataCenterName(Template template) {
        return cluster(template)
                .flatMap(Cluster::dataCenterId)
                .flatMap(id -> dataCenters.model().find(id))
                .map(DataCenter::name)
                .orElse(null);
    }

    private Optional<Cluster> cluster(Template template) {
        return Optional.ofNullable(template.cluster())
                .flatMap(id -> clusters.model().find(id));
    }

    private Reply add(ApiRequest request) {
        var begun = changes.add(
                request.body(org.bellwether.api.types.Template.class), request.flag("seal"), Asker.of(request));
        return Reply.accepted(documents.of(templates.get(begun.template())));
    }

    private Reply update(ApiRequest request) {
        var template = template(request);
        changes.update(template, request.body(org.bellwether.api.types.Template.class), Asker.of(request));
        return Reply.of(documents.of(templates.get(template.id())));
    }

    private Reply remove(ApiRequest request) {
        return Reply.started(
                changes.remove(template(request), Asker.of(request)).id().toString());
    }

    private Reply attachments(ApiRequest request) {
        var template = template(request);
        return Reply.list(sorted(template).stream().map(each -> documents.attachment(template, each)));
    }

    private Reply attachment(ApiRequest request) {
        var template = template(request);
        return Reply.of(sorted(template).stream()
                .filter(each -> each.disk().toString().equals(request.pathId()))
                .findFirst()
                .map(each -> documents.attachment(template, each))
                .orElseThrow(() -> Failure.notFound(
                        "The template " + template.name() + " has no disk with the id " + request.pathId())));
    }

    /** From the storage domain that the request names, by id. */
    private Reply removeDisk(ApiRequest request) {
        var template = template(request);
        var attachment = sorted(template).stream()
                .filter(each -> each.disk().toString().equals(request.pathId()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound(
                        "The template " + template.name() + " has no disk with the id " + request.pathId()));
        var named = request.parameter("storage_domain")
                .orElseThrow(() -> Failure.badRequest("A template's disk cannot be removed without its template")
                        .next("Give storage_domain to remove it from one of several storage domains"));
        var domain = References.find(
                domains.model(),
                org.bellwether.api.types.StorageDomain.builder().id(named).build(),
                "storage domain");
        return Reply.started(changes.removeFrom(template, disks.get(attachment.disk()), domain, Asker.of(request))
                .id()
                .toString());
    }

    private List<DiskAttachment> sorted(Template template) {
        return disks.ofTemplate(template.id()).stream()
                .sorted(Comparator.comparing(DiskAttachment::name).thenComparing(DiskAttachment::disk))
                .toList();
    }

    private Reply cdrom(ApiRequest request) {
        return Reply.of(documents.cdroms(template(request)).stream()
                .filter(cd -> request.pathId().equals(cd.id()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The template "
                        + template(request).name() + " has no CD drive with the id " + request.pathId())));
    }

    private Template template(ApiRequest request) {
        return templates.get(request.<Template>id(0));
    }
}
