package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CREATE_TEMPLATE;
import static org.bellwether.engine.platform.Permit.CREATE_VM;
import static org.bellwether.engine.platform.Permit.MANIPULATE_STORAGE_DOMAIN;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.Action;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.ovf.OvfMachine;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.template.Templates;

/** A storage domain's machines and templates on the wire: those that lie on it, and those it carries unregistered. */
final class UnregisteredApi {

    private static final long MIB = 1L << 20;

    private final Unregistered unregistered;
    private final KeepOvfStores keeper;
    private final StorageDomains domains;
    private final Vms vms;
    private final Templates templates;
    private final Disks disks;
    private final Clusters clusters;
    private final Networks networks;

    UnregisteredApi(
            Unregistered unregistered,
            KeepOvfStores keeper,
            StorageDomains domains,
            Vms vms,
            Templates templates,
            Disks disks,
            Clusters clusters,
            Networks networks) {
        this.unregistered = unregistered;
        this.keeper = keeper;
        this.domains = domains;
        this.vms = vms;
        this.templates = templates;
        this.disks = disks;
        this.clusters = clusters;
        this.networks = networks;
    }

    void serve(ApiRoutes routes) {
        routes.read("storage_domain_vms", "list", this::listVms);
        routes.read(
                "storage_domain_vm",
                "get",
                request -> Reply.of(vm(unregistered.get(domain(request), false, id(request)))));
        routes.on("storage_domain_vm", "register", CREATE_VM, this::registerVm);
        routes.read("storage_domain_templates", "list", this::listTemplates);
        routes.read(
                "storage_domain_template",
                "get",
                request -> Reply.of(template(unregistered.get(domain(request), true, id(request)))));
        routes.on("storage_domain_template", "register", CREATE_TEMPLATE, this::registerTemplate);
        routes.on("storage_domain", "update_ovf_store", MANIPULATE_STORAGE_DOMAIN, request -> {
            keeper.update(domain(request));
            return Reply.done();
        });
    }

    private Reply listVms(ApiRequest request) {
        var domain = domain(request);
        if (request.flag("unregistered")) {
            return Reply.list(unregistered.on(domain, false).stream().map(UnregisteredApi::vm));
        }
        return Reply.list(vms.model().all().stream()
                .filter(vm -> disks.ofVm(vm.id()).stream().anyMatch(each -> on(domain, disks.get(each.disk()))))
                .map(vm -> vm.spec().toBuilder()
                        .id(vm.id().toString())
                        .name(vm.name())
                        .build()));
    }

    private Reply listTemplates(ApiRequest request) {
        var domain = domain(request);
        if (request.flag("unregistered")) {
            return Reply.list(unregistered.on(domain, true).stream().map(UnregisteredApi::template));
        }
        return Reply.list(templates.model().all().stream()
                .filter(each -> disks.ofTemplate(each.id()).stream()
                        .anyMatch(attachment -> on(domain, disks.get(attachment.disk()))))
                .map(each -> each.spec().toBuilder()
                        .id(each.id().toString())
                        .name(each.name())
                        .build()));
    }

    private static boolean on(StorageDomain domain, Disk disk) {
        return disk.domainId().equals(Optional.of(domain.id()));
    }

    private Reply registerVm(ApiRequest request) {
        var action = request.action();
        var domain = domain(request);
        var vm = unregistered.register(
                domain,
                id(request),
                wish(domain, action, action.vm() == null ? null : action.vm().name()),
                Asker.of(request));
        return Reply.done(Action.builder()
                .vm(org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build())
                .build());
    }

    private Reply registerTemplate(ApiRequest request) {
        var action = request.action();
        var domain = domain(request);
        var made = unregistered.registerTemplate(
                domain,
                id(request),
                wish(
                        domain,
                        action,
                        action.template() == null ? null : action.template().name()),
                Asker.of(request));
        return Reply.done(Action.builder()
                .template(org.bellwether.api.types.Template.builder()
                        .id(made.id().toString())
                        .build())
                .build());
    }

    private Unregistered.Wish wish(
            StorageDomain domain, Action action, @org.jspecify.annotations.Nullable String name) {
        return new Unregistered.Wish(
                Optional.ofNullable(name).map(String::strip).filter(text -> !text.isEmpty()),
                Boolean.TRUE.equals(action.allowPartialImport()),
                Boolean.TRUE.equals(action.reassignBadMacs()),
                RegistrationMappings.of(action, domain, clusters, networks));
    }

    private StorageDomain domain(ApiRequest request) {
        var domain = domains.get(request.<StorageDomain>id(0));
        if (domain.wanted() != StorageDomain.Wanted.ACTIVE) {
            throw Failure.conflict("The storage domain " + domain.name() + " cannot be read now")
                    .because("it is not active")
                    .next("Attach and activate it first");
        }
        return domain;
    }

    private static UUID id(ApiRequest request) {
        return request.<Vm>id().value();
    }

    private static org.bellwether.api.types.Vm vm(OvfMachine machine) {
        return org.bellwether.api.types.Vm.builder()
                .id(machine.id().toString())
                .name(machine.name())
                .description(machine.description())
                .memory(machine.memoryMib() * MIB)
                .build();
    }

    private static org.bellwether.api.types.Template template(OvfMachine machine) {
        return org.bellwether.api.types.Template.builder()
                .id(machine.id().toString())
                .name(machine.name())
                .description(machine.description())
                .memory(machine.memoryMib() * MIB)
                .build();
    }
}
