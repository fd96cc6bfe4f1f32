package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CREATE_TEMPLATE;
import static org.bellwether.engine.platform.Permit.CREATE_VM;
import static org.bellwether.engine.platform.Permit.IMPORT_EXPORT_VM;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.ExternalTemplateImport;
import org.bellwether.api.types.ExternalVmImport;
import org.bellwether.api.types.ExternalVmProviderType;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.network.VnicProfile;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;
import org.jspecify.annotations.Nullable;

/** Machines and templates that come from archives and go into them, on the wire. */
final class ArchivesApi {

    private static final Pattern ARCHIVE = Pattern.compile("^(ova:|file:|disk:|/)");

    private final ImportMachines imports;
    private final ExportMachines exports;
    private final Vms vms;
    private final Templates templates;
    private final Hosts hosts;
    private final Clusters clusters;
    private final StorageDomains domains;
    private final Disks disks;
    private final Networks networks;

    ArchivesApi(
            ImportMachines imports,
            ExportMachines exports,
            Vms vms,
            Templates templates,
            Hosts hosts,
            Clusters clusters,
            StorageDomains domains,
            Disks disks,
            Networks networks) {
        this.imports = imports;
        this.exports = exports;
        this.vms = vms;
        this.templates = templates;
        this.hosts = hosts;
        this.clusters = clusters;
        this.domains = domains;
        this.disks = disks;
        this.networks = networks;
    }

    void serve(ApiRoutes routes) {
        routes.on("external_vm_imports", "add", CREATE_VM, this::importVm);
        routes.on("external_template_imports", "add", CREATE_TEMPLATE, this::importTemplate);
        routes.on("vm", "export", IMPORT_EXPORT_VM, this::exportVm);
        routes.on("template", "export", IMPORT_EXPORT_VM, this::exportTemplate);
    }

    private Reply importVm(ApiRequest request) {
        var asked = request.body(ExternalVmImport.class);
        var vm = asked.vm();
        var begun = imports.begin(
                new ImportMachines.Wish(
                        foreign(asked) ? machine(asked) : place(asked.url()),
                        host(asked.host()),
                        clusters.referred(asked.cluster()),
                        References.find(domains.model(), asked.storageDomain(), "storage domain"),
                        Optional.ofNullable(vm)
                                .map(org.bellwether.api.types.Vm::name)
                                .or(() -> Optional.ofNullable(asked.name())),
                        false,
                        !Boolean.FALSE.equals(asked.sparse()),
                        profiles(vm == null ? null : vm.nics())),
                Asker.of(request));
        return Reply.accepted(asked.toBuilder()
                .password(null)
                .vm(org.bellwether.api.types.Vm.builder()
                        .id(begun.id().toString())
                        .build())
                .build());
    }

    private Reply importTemplate(ApiRequest request) {
        var asked = request.body(ExternalTemplateImport.class);
        var template = asked.template();
        var begun = imports.begin(
                new ImportMachines.Wish(
                        place(asked.url()),
                        host(asked.host()),
                        clusters.referred(asked.cluster()),
                        References.find(domains.model(), asked.storageDomain(), "storage domain"),
                        Optional.ofNullable(template).map(org.bellwether.api.types.Template::name),
                        true,
                        true,
                        profiles(template == null ? null : template.nics())),
                Asker.of(request));
        return Reply.accepted(asked.toBuilder()
                .template(org.bellwether.api.types.Template.builder()
                        .id(begun.id().toString())
                        .build())
                .build());
    }

    /** Clients say kvm of archives too, as the reference lets them: where it lies decides, not who made it. */
    private static boolean foreign(ExternalVmImport asked) {
        var url = Optional.ofNullable(asked.url()).map(String::strip).orElse("");
        return asked.provider() == ExternalVmProviderType.KVM
                && !ARCHIVE.matcher(url).find();
    }

    /** A machine by its name on a libvirt; what it is to be called here stands in {@code vm.name}. */
    private static HostArchives.Place machine(ExternalVmImport asked) {
        if (asked.url() == null || asked.name() == null) {
            throw Failure.badRequest("Which machine is to be imported from which libvirt is not said")
                    .next("Give its name there, and url, such as qemu+ssh://root@HOST/system");
        }
        return HostArchives.Place.of(new HostArchives.Foreign(asked.url().strip(), asked.name()));
    }

    private Optional<org.bellwether.engine.host.Host> host(org.bellwether.api.types.@Nullable Host reference) {
        return Optional.ofNullable(reference).map(hosts::referred);
    }

    /** {@code ova:///path} and {@code file:///path} on the host, or {@code disk:ID} of a raw disk that holds it. */
    private HostArchives.Place place(@Nullable String url) {
        if (url == null || url.isBlank()) {
            throw Failure.badRequest("Where the archive lies is not said")
                    .next("Give its url: ova:///DIRECTORY/FILE on the host, or disk:ID");
        }
        if (url.startsWith("disk:")) {
            try {
                Id<Disk> id = Id.of(url.substring("disk:".length()));
                return HostArchives.Place.of(disks.get(id).id());
            } catch (IllegalArgumentException malformed) {
                throw Failure.badRequest("'" + url + "' names no disk").next("Write it as disk:ID");
            }
        }
        var path = url.replaceFirst("^(ova|file)://?(?=/)", "").replaceFirst("^(ova|file):(?=/)", "");
        if (!path.startsWith("/")) {
            throw Failure.badRequest("An import from '" + url + "' is not served")
                    .next("Give ova:///DIRECTORY/FILE for an archive on the host, or disk:ID for one on a raw disk");
        }
        return HostArchives.Place.of(path);
    }

    /** What the archive's interfaces, by their own name or that of their network, are to be plugged into. */
    private Map<String, Id<VnicProfile>> profiles(@Nullable List<org.bellwether.api.types.Nic> nics) {
        var profiles = new HashMap<String, Id<VnicProfile>>();
        for (var nic : nics == null ? List.<org.bellwether.api.types.Nic>of() : nics) {
            if (nic.name() != null && nic.vnicProfile() != null) {
                profiles.put(
                        nic.name(),
                        References.find(networks.profiles(), nic.vnicProfile(), "vNIC profile")
                                .id());
            }
        }
        return profiles;
    }

    private Reply exportVm(ApiRequest request) {
        Vm vm = vms.get(request.<Vm>id());
        var action = request.action();
        var asker = Asker.of(request);
        return begun(
                action.host() != null
                        ? exports.toFile(vm, hosts.referred(action.host()), path(action, vm.name()), asker)
                        : exports.toDisk(
                                vm, References.find(domains.model(), action.storageDomain(), "storage domain"), asker));
    }

    private Reply exportTemplate(ApiRequest request) {
        Template template = templates.get(request.<Template>id());
        var action = request.action();
        var asker = Asker.of(request);
        return begun(
                action.host() != null
                        ? exports.toFile(template, hosts.referred(action.host()), path(action, template.name()), asker)
                        : exports.toDisk(
                                template,
                                References.find(domains.model(), action.storageDomain(), "storage domain"),
                                asker));
    }

    private static Reply begun(ExportMachines.Begun begun) {
        var outcome = Action.builder()
                .job(org.bellwether.api.types.Job.builder()
                        .id(begun.job().id().toString())
                        .build());
        begun.archive()
                .ifPresent(disk -> outcome.disk(org.bellwether.api.types.Disk.builder()
                        .id(disk.toString())
                        .build()));
        return Reply.done(outcome.build());
    }

    private static String path(Action action, String name) {
        if (action.directory() == null || action.directory().isBlank()) {
            throw Failure.badRequest("The directory on the host is not said");
        }
        var file = action.filename() == null || action.filename().isBlank() ? name + ".ova" : action.filename();
        if (file.indexOf('/') >= 0) {
            throw Failure.badRequest("The name of a file cannot have a / in it").because("it is '" + file + "'");
        }
        var directory = action.directory().strip();
        return directory.endsWith("/") ? directory + file : directory + "/" + file;
    }
}
