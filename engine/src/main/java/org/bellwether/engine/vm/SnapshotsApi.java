package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.MANIPULATE_VM_SNAPSHOTS;

import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bellwether.api.types.Cdrom;
import org.bellwether.api.types.Configuration;
import org.bellwether.api.types.ConfigurationType;
import org.bellwether.api.types.Initialization;
import org.bellwether.api.types.Mac;
import org.bellwether.api.types.SnapshotStatus;
import org.bellwether.api.types.SnapshotType;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskDocuments;
import org.bellwether.engine.storage.Disks;
import org.jspecify.annotations.Nullable;

/** Snapshots on the wire: {@code /vms/{id}/snapshots}, and the machine's own actions with them. */
final class SnapshotsApi {

    private final Vms vms;
    private final Disks disks;
    private final Snapshots snapshots;
    private final SnapshotActions actions;
    private final SnapshotConfigurations configurations;

    SnapshotsApi(
            Vms vms, Disks disks, Snapshots snapshots, SnapshotActions actions, SnapshotConfigurations configurations) {
        this.vms = vms;
        this.disks = disks;
        this.snapshots = snapshots;
        this.actions = actions;
        this.configurations = configurations;
    }

    void serve(ApiRoutes routes) {
        routes.read("snapshots", "list", this::list);
        routes.on("snapshots", "add", MANIPULATE_VM_SNAPSHOTS, this::add);
        routes.read("snapshot", "get", this::get);
        routes.on("snapshot", "remove", MANIPULATE_VM_SNAPSHOTS, this::remove);
        routes.on("snapshot", "restore", MANIPULATE_VM_SNAPSHOTS, this::restore);
        routes.read("snapshot_disks", "list", request -> Reply.list(disksOf(request)));
        routes.read(
                "snapshot_disk",
                "get",
                request ->
                        Reply.of(one(disksOf(request), request.pathId(), org.bellwether.api.types.Disk::id, "disk")));
        routes.read("snapshot_nics", "list", request -> Reply.list(nicsOf(request)));
        routes.read(
                "snapshot_nic",
                "get",
                request -> Reply.of(
                        one(nicsOf(request), request.pathId(), org.bellwether.api.types.Nic::id, "network interface")));
        routes.read("snapshot_cdroms", "list", request -> Reply.list(List.of(drive(request))));
        routes.read("snapshot_cdrom", "get", request -> Reply.of(drive(request)));
        routes.on("vm", "preview_snapshot", MANIPULATE_VM_SNAPSHOTS, this::preview);
        routes.on("vm", "commit_snapshot", MANIPULATE_VM_SNAPSHOTS, request -> leave(request, true));
        routes.on("vm", "undo_snapshot", MANIPULATE_VM_SNAPSHOTS, request -> leave(request, false));
    }

    private Reply list(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        return Reply.list(Stream.concat(
                snapshots.of(vm.id()).stream().map(each -> document(each, request.allContent())),
                Stream.of(active(vm, request.allContent()))));
    }

    private Reply get(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        Id<Snapshot> id = request.id(1);
        return Reply.of(id.equals(Snapshots.active(vm.id())) ? active(vm, true) : document(snapshot(vm, id), true));
    }

    private Reply add(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        var sent = request.body(org.bellwether.api.types.Snapshot.class);
        var chosen = Optional.ofNullable(sent.diskAttachments()).orElse(List.of()).stream()
                .map(each -> each.disk() == null ? each.id() : each.disk().id())
                .filter(Objects::nonNull)
                .map(SnapshotsApi::diskId)
                .toList();
        var made = actions.take(
                vm,
                Optional.ofNullable(sent.description()).orElse(""),
                chosen,
                !Boolean.FALSE.equals(sent.persistMemorystate()),
                Asker.of(request));
        return Reply.accepted(document(made, false));
    }

    private Reply remove(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        var job = actions.remove(vm, regular(vm, request.id(1), "removed"), Asker.of(request));
        return Reply.started(job.id().toString());
    }

    private Reply restore(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        return goBack(request, vm, regular(vm, request.id(1), "restored"), false);
    }

    private Reply preview(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        var wanted = request.action().snapshot();
        if (wanted == null || wanted.id() == null) {
            throw Failure.badRequest("The action names no snapshot").next("Give snapshot.id");
        }
        return goBack(request, vm, regular(vm, snapshotId(wanted.id()), "previewed"), true);
    }

    private Reply goBack(ApiRequest request, Vm vm, Snapshot snapshot, boolean look) {
        var action = request.action();
        var chosen = Optional.ofNullable(action.disks()).orElse(List.of()).stream()
                .map(org.bellwether.api.types.Disk::id)
                .filter(Objects::nonNull)
                .map(SnapshotsApi::diskId)
                .toList();
        var job = actions.goBack(
                vm, snapshot, look, chosen, Boolean.TRUE.equals(action.restoreMemory()), Asker.of(request));
        return Reply.started(job.id().toString());
    }

    private Reply leave(ApiRequest request, boolean stay) {
        var job = actions.leave(vms.get(request.<Vm>id(0)), stay, Asker.of(request));
        return Reply.started(job.id().toString());
    }

    private Snapshot snapshot(Vm vm, Id<Snapshot> id) {
        return snapshots
                .find(id)
                .filter(each -> each.vm().equals(vm.id()))
                .orElseThrow(() -> Failure.notFound("VM " + vm.name() + " has no snapshot with the id " + id));
    }

    private Snapshot regular(Vm vm, Id<Snapshot> id, String wish) {
        if (id.equals(Snapshots.active(vm.id()))
                || snapshots
                        .find(id)
                        .filter(each -> each.kind() != Snapshot.Kind.REGULAR)
                        .isPresent()) {
            throw Failure.conflict("The active snapshot of VM " + vm.name() + " cannot be " + wish)
                    .because("it is the machine as it is now");
        }
        return snapshot(vm, id);
    }

    private static Id<Disk> diskId(String text) {
        try {
            return Id.of(text);
        } catch (IllegalArgumentException malformed) {
            throw Failure.badRequest("There is no disk with the id " + text);
        }
    }

    private static Id<Snapshot> snapshotId(String text) {
        try {
            return Id.of(text);
        } catch (IllegalArgumentException malformed) {
            throw Failure.notFound("There is no snapshot with the id " + text);
        }
    }

    private org.bellwether.api.types.Snapshot active(Vm vm, boolean whole) {
        var document = org.bellwether.api.types.Snapshot.builder()
                .id(Snapshots.active(vm.id()).toString())
                .description("Active VM")
                .date(vm.created())
                .snapshotType(SnapshotType.ACTIVE)
                .snapshotStatus(SnapshotStatus.OK)
                .persistMemorystate(false)
                .vm(reference(vm.id()));
        return (whole ? document.initialization(configuration(configurations.of(vm))) : document).build();
    }

    private org.bellwether.api.types.Snapshot document(Snapshot snapshot, boolean whole) {
        var document = org.bellwether.api.types.Snapshot.builder()
                .id(snapshot.id().toString())
                .description(snapshot.name())
                .date(snapshot.date())
                .snapshotType(snapshot.kind() == Snapshot.Kind.PREVIEW ? SnapshotType.PREVIEW : SnapshotType.REGULAR)
                .snapshotStatus(
                        switch (snapshot.state()) {
                            case OK -> SnapshotStatus.OK;
                            case IN_PREVIEW -> SnapshotStatus.IN_PREVIEW;
                            case LOCKED, REMOVING -> SnapshotStatus.LOCKED;
                        })
                .persistMemorystate(snapshot.memoryId().isPresent())
                .vm(reference(snapshot.vm()));
        return (whole ? document.initialization(configuration(configurations.of(snapshot))) : document).build();
    }

    private static Initialization configuration(String ovf) {
        return Initialization.builder()
                .configuration(Configuration.builder()
                        .type(ConfigurationType.OVF)
                        .data(ovf)
                        .build())
                .build();
    }

    private static org.bellwether.api.types.Vm reference(Id<Vm> vm) {
        return org.bellwether.api.types.Vm.builder().id(vm.toString()).build();
    }

    private Stream<org.bellwether.api.types.Disk> disksOf(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        Id<Snapshot> id = request.id(1);
        var shown =
                org.bellwether.api.types.Snapshot.builder().id(id.toString()).build();
        Stream<Disk> found = id.equals(Snapshots.active(vm.id()))
                ? disks.ofVm(vm.id()).stream().map(each -> disks.get(each.disk()))
                : snapshot(vm, id).disks().stream()
                        .flatMap(saved -> disks.model().find(saved.disk()).map(saved::of).stream());
        return found.sorted(Comparator.comparing(Disk::name).thenComparing(Disk::id))
                .map(disk -> DiskDocuments.of(disk).toBuilder().snapshot(shown).build());
    }

    private Stream<org.bellwether.api.types.Nic> nicsOf(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        Id<Snapshot> id = request.id(1);
        Stream<Nic> found = id.equals(Snapshots.active(vm.id()))
                ? vms.nicsOf(vm.id()).stream()
                : snapshot(vm, id).machine().nics().stream();
        return found.sorted(Comparator.comparing(Nic::name)).map(nic -> nic(vm, nic));
    }

    private static org.bellwether.api.types.Nic nic(Vm vm, Nic nic) {
        var document =
                nic.spec().toBuilder().id(nic.id().toString()).name(nic.name()).vm(reference(vm.id()));
        if (nic.mac() != null) {
            document.mac(Mac.builder().address(nic.mac()).build());
        }
        nic.profileId()
                .ifPresent(profile -> document.vnicProfile(org.bellwether.api.types.VnicProfile.builder()
                        .id(profile.toString())
                        .build()));
        return document.build();
    }

    private Cdrom drive(ApiRequest request) {
        var vm = vms.get(request.<Vm>id(0));
        return Cdrom.builder()
                .id(new UUID(0, 0).toString())
                .vm(reference(vm.id()))
                .build();
    }

    private static <T> T one(
            Stream<T> all, String id, java.util.function.Function<T, @Nullable String> idOf, String kind) {
        return all.filter(each -> id.equals(idOf.apply(each)))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The snapshot has no " + kind + " with the id " + id));
    }
}
