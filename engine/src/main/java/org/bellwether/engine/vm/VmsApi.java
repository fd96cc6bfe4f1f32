package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CREATE_VM;
import static org.bellwether.engine.platform.Permit.DELETE_VM;
import static org.bellwether.engine.platform.Permit.EDIT_VM_PROPERTIES;
import static org.bellwether.engine.platform.Permit.HIBERNATE_VM;
import static org.bellwether.engine.platform.Permit.MANIPULATE_VM_SNAPSHOTS;
import static org.bellwether.engine.platform.Permit.MIGRATE_VM;
import static org.bellwether.engine.platform.Permit.REBOOT_VM;
import static org.bellwether.engine.platform.Permit.RESET_VM;
import static org.bellwether.engine.platform.Permit.RUN_VM;
import static org.bellwether.engine.platform.Permit.SHUT_DOWN_VM;
import static org.bellwether.engine.platform.Permit.STOP_VM;

import java.util.Optional;
import org.bellwether.api.types.Action;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomains;

/** Machines on the wire: {@code /vms} and the actions on each. */
public final class VmsApi {

    private final Vms vms;
    private final VmDocuments documents;
    private final VmLifecycle lifecycle;
    private final NewVms newVms;
    private final SnapshotClones clones;
    private final VmChanges changes;
    private final Hosts hosts;
    private final Disks disks;
    private final StorageDomains domains;
    private final SearchSchema<Vm> schema;
    private final CustomProperties properties;

    VmsApi(
            Vms vms,
            VmDocuments documents,
            VmLifecycle lifecycle,
            NewVms newVms,
            SnapshotClones clones,
            VmChanges changes,
            Hosts hosts,
            Disks disks,
            StorageDomains domains,
            SearchSchema<Vm> schema,
            CustomProperties properties) {
        this.properties = properties;
        this.changes = changes;
        this.disks = disks;
        this.domains = domains;
        this.vms = vms;
        this.documents = documents;
        this.lifecycle = lifecycle;
        this.newVms = newVms;
        this.clones = clones;
        this.hosts = hosts;
        this.schema = schema;
    }

    void serve(ApiRoutes routes) {
        routes.read("vms", "list", this::list);
        routes.on("vms", "add", CREATE_VM, this::add);
        routes.read("vm", "get", this::get);
        routes.on("vm", "update", EDIT_VM_PROPERTIES, this::update);
        routes.on("vm", "remove", DELETE_VM, this::remove);
        routes.on("vm", "clone", CREATE_VM, this::clone);
        routes.on("vm", "start", RUN_VM, this::start);
        routes.on("vm", "stop", STOP_VM, this::stop);
        routes.on("vm", "suspend", HIBERNATE_VM, request -> started(lifecycle.suspend(vm(request), Asker.of(request))));
        routes.on("vm", "freeze_filesystems", MANIPULATE_VM_SNAPSHOTS, request -> freeze(request, true));
        routes.on("vm", "thaw_filesystems", MANIPULATE_VM_SNAPSHOTS, request -> freeze(request, false));
        routes.on("vm", "shutdown", SHUT_DOWN_VM, this::shutdown);
        routes.on("vm", "reboot", REBOOT_VM, this::reboot);
        routes.on("vm", "reset", RESET_VM, this::reset);
        routes.on("vm", "migrate", MIGRATE_VM, this::migrate);
        routes.on("vm", "cancel_migration", MIGRATE_VM, this::cancelMigration);
    }

    private Reply list(ApiRequest request) {
        return Reply.list(request.search(schema, vms.model().all()).stream().map(vm -> document(request, vm)));
    }

    private Reply add(ApiRequest request) {
        var wanted = request.body(org.bellwether.api.types.Vm.class);
        properties.check(wanted);
        if (SnapshotClones.meant(wanted)) {
            return Reply.accepted(document(request, clones.add(wanted, Asker.of(request))));
        }
        var made = newVms.add(wanted, request.flag("clone"), Asker.of(request));
        return Reply.accepted(document(request, vms.get(made.vm())));
    }

    private Reply clone(ApiRequest request) {
        var action = request.action();
        var wanted = action.vm();
        if (wanted == null) {
            throw Failure.badRequest("What the clone is to be called is not said")
                    .next("Give vm.name");
        }
        return started(newVms.clone(vm(request), wanted, action.storageDomain(), Asker.of(request))
                .job());
    }

    private Reply get(ApiRequest request) {
        return Reply.of(document(request, vm(request)));
    }

    private Reply update(ApiRequest request) {
        var wanted = request.body(org.bellwether.api.types.Vm.class);
        properties.check(wanted);
        var changed = changes.update(vm(request), wanted, request.flag("next_run"), Asker.of(request));
        return Reply.of(document(request, changed));
    }

    private Reply remove(ApiRequest request) {
        return started(lifecycle.remove(vm(request), request.flag("detach_only"), Asker.of(request)));
    }

    private Reply start(ApiRequest request) {
        var action = request.action();
        Optional<Id<Host>> wanted = Optional.ofNullable(action.vm())
                .map(vm -> vm.placementPolicy())
                .map(policy -> policy.hosts())
                .filter(list -> list.size() == 1)
                .map(list -> hosts.referred(list.getFirst()).id());
        boolean paused = Boolean.TRUE.equals(action.pause());
        return lifecycle
                .start(vm(request), wanted, paused, once(vm(request), action), Asker.of(request))
                .map(VmsApi::started)
                .orElseGet(Reply::done);
    }

    /** Anything that a start says beside its host is meant for this one run. */
    private Optional<StartVm.Once> once(Vm vm, Action action) {
        boolean firstBoot = Boolean.TRUE.equals(action.useCloudInit())
                || Boolean.TRUE.equals(action.useSysprep())
                || Boolean.TRUE.equals(action.useInitialization());
        var sent = action.vm() == null
                ? org.bellwether.api.types.Vm.builder().build()
                : action.vm().toBuilder().placementPolicy(null).build();
        boolean nothing = sent.equals(org.bellwether.api.types.Vm.builder().build());
        if (nothing && !firstBoot && !Boolean.TRUE.equals(action.volatile_())) {
            return Optional.empty();
        }
        properties.check(sent);
        var os = sent.os();
        if (os != null && (os.kernel() != null || os.initrd() != null)) {
            throw Failure.badRequest("VM " + vm.name() + " cannot be started with a kernel from outside")
                    .because("files of hosts are not given to machines")
                    .next("Boot from a CD instead");
        }
        var cds = sent.cdroms();
        var cd = cds == null || cds.isEmpty()
                ? vm.cd()
                : VmCdromsApi.chosen(vm, disks, domains, cds.getFirst().file())
                        .map(disk -> disk.id().toString())
                        .orElse(null);
        return Optional.of(
                new StartVm.Once(VmSpecs.over(vm.spec(), sent), firstBoot || sent.initialization() != null, cd));
    }

    private Reply stop(ApiRequest request) {
        var reason = Optional.ofNullable(request.action().reason()).orElse("");
        return started(lifecycle.stop(vm(request), reason, Asker.of(request)));
    }

    private Reply freeze(ApiRequest request, boolean frozen) {
        lifecycle.freeze(vm(request), frozen, Asker.of(request));
        return Reply.done();
    }

    private Reply shutdown(ApiRequest request) {
        lifecycle.shutdown(vm(request), Asker.of(request));
        return Reply.done();
    }

    private Reply reboot(ApiRequest request) {
        lifecycle.reboot(vm(request), Boolean.TRUE.equals(request.action().force()), Asker.of(request));
        return Reply.done();
    }

    private Reply reset(ApiRequest request) {
        lifecycle.reboot(vm(request), true, Asker.of(request));
        return Reply.done();
    }

    private Reply migrate(ApiRequest request) {
        Optional<Id<Host>> wanted = Optional.ofNullable(request.action().host())
                .map(host -> hosts.referred(host).id());
        return started(lifecycle.migrate(vm(request), wanted, Asker.of(request)));
    }

    private Reply cancelMigration(ApiRequest request) {
        lifecycle.cancelMigration(vm(request), Asker.of(request));
        return Reply.done();
    }

    private Vm vm(ApiRequest request) {
        return vms.get(request.<Vm>id());
    }

    private org.bellwether.api.types.Vm document(ApiRequest request, Vm vm) {
        return documents.of(vm, request.principal().administrator(), request.flag("next_run"));
    }

    private static Reply started(Job job) {
        return Reply.started(job.id().toString());
    }
}
