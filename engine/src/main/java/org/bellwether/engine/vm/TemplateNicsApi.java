package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CONFIGURE_TEMPLATE_NETWORK;

import java.util.Comparator;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;

/** The network interfaces of templates on the wire: with which machines made from them begin. They have no addresses. */
final class TemplateNicsApi {

    private final Database database;
    private final Vms vms;
    private final Templates templates;
    private final Networks networks;
    private final Operations operations;
    private final Events events;

    TemplateNicsApi(
            Database database, Vms vms, Templates templates, Networks networks, Operations operations, Events events) {
        this.database = database;
        this.vms = vms;
        this.templates = templates;
        this.networks = networks;
        this.operations = operations;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.read(
                "template_nics",
                "list",
                request -> Reply.list(request
                        .limited(vms.nicsOfTemplate(template(request).id()).stream()
                                .sorted(Comparator.comparing(Nic::name))
                                .toList())
                        .stream()
                        .map(TemplateNicsApi::document)));
        routes.read("template_nic", "get", request -> Reply.of(document(nic(request))));
        routes.on("template_nics", "add", CONFIGURE_TEMPLATE_NETWORK, this::add);
        routes.on("template_nic", "update", CONFIGURE_TEMPLATE_NETWORK, this::update);
        routes.on("template_nic", "remove", CONFIGURE_TEMPLATE_NETWORK, this::remove);
    }

    private Template template(ApiRequest request) {
        return templates.get(request.id(0));
    }

    private Nic nic(ApiRequest request) {
        var template = template(request);
        return vms.nicsOfTemplate(template.id()).stream()
                .filter(nic -> nic.id().toString().equals(request.pathId(1)))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The template " + template.name()
                        + " has no network interface with the id " + request.pathId(1)));
    }

    private Reply add(ApiRequest request) {
        var template = changeable(request, "adding a network interface to");
        var sent = request.body(org.bellwether.api.types.Nic.class);
        requireNoMac(sent);
        var made = new Nic(
                Id.random(),
                Names.checked(sent.name(), "a network interface"),
                null,
                template.id(),
                NicSpecs.profile(networks, sent.vnicProfile()).orElse(null),
                null,
                NicSpecs.over(NicSpecs.defaults(), sent));
        requireFreeName(template, made);
        database.change(tx -> {
            vms.insertNic(tx, made);
            tell(tx, EventCode.TEMPLATE_NIC_ADDED, template, made, request, "added to");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var template = changeable(request, "changing a network interface of");
        var sent = request.body(org.bellwether.api.types.Nic.class);
        requireNoMac(sent);
        var before = nic(request);
        var profile = sent.vnicProfile() == null ? before.profileId() : NicSpecs.profile(networks, sent.vnicProfile());
        var changed = new Nic(
                before.id(),
                sent.name() == null ? before.name() : Names.checked(sent.name(), "a network interface"),
                null,
                template.id(),
                profile.orElse(null),
                null,
                NicSpecs.over(before.spec(), sent));
        requireFreeName(template, changed);
        database.change(tx -> {
            vms.updateNic(tx, before, any -> changed);
            tell(tx, EventCode.TEMPLATE_NIC_UPDATED, template, changed, request, "changed on");
        });
        return Reply.of(document(changed));
    }

    private Reply remove(ApiRequest request) {
        var template = changeable(request, "removing a network interface of");
        var nic = nic(request);
        database.change(tx -> {
            vms.deleteNic(tx, nic);
            tell(tx, EventCode.TEMPLATE_NIC_REMOVED, template, nic, request, "removed from");
        });
        return Reply.done();
    }

    private Template changeable(ApiRequest request, String wish) {
        var template = template(request);
        if (template.id().equals(Template.BLANK)) {
            throw Failure.conflict("The template Blank has no network interfaces");
        }
        operations.requireFree(template.id(), wish + " the template " + template.name());
        return template;
    }

    private static void requireNoMac(org.bellwether.api.types.Nic sent) {
        if (NicSpecs.sentMac(sent).isPresent()) {
            throw Failure.badRequest("A template's network interface has no MAC address")
                    .because("each machine made from the template gets one of its own")
                    .next("Leave the address out");
        }
    }

    private void requireFreeName(Template template, Nic wanted) {
        boolean taken = vms.nicsOfTemplate(template.id()).stream()
                .anyMatch(nic -> nic.name().equals(wanted.name()) && !nic.id().equals(wanted.id()));
        if (taken) {
            throw Failure.conflict("The template " + template.name() + " has a network interface " + wanted.name()
                            + " already")
                    .next("Choose another name");
        }
    }

    private void tell(Transaction tx, EventCode code, Template template, Nic nic, ApiRequest request, String what) {
        var asker = Asker.of(request);
        events.add(
                tx,
                code,
                asker,
                Concerns.NOTHING.withTemplate(template.id()),
                "The network interface " + nic.name() + " was " + what + " the template " + template.name() + " by "
                        + asker.name() + ".");
    }

    private static org.bellwether.api.types.Nic document(Nic nic) {
        var document = nic.spec().toBuilder().id(nic.id().toString()).name(nic.name());
        nic.templateId()
                .ifPresent(template -> document.template(org.bellwether.api.types.Template.builder()
                        .id(template.toString())
                        .build()));
        nic.profileId()
                .ifPresent(profile -> document.vnicProfile(org.bellwether.api.types.VnicProfile.builder()
                        .id(profile.toString())
                        .build()));
        return document.build();
    }
}
