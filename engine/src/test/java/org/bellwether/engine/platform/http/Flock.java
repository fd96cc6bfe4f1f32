package org.bellwether.engine.platform.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.DataCenter;
import org.bellwether.api.types.Disk;
import org.bellwether.api.types.DiskAttachment;
import org.bellwether.api.types.Nic;
import org.bellwether.api.types.Ticket;
import org.bellwether.api.types.Vm;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.search.SearchSchema;

/** A small feature to test the edge with: machines in memory, with a cluster, disks and interfaces. */
final class Flock {
    static final String CLUSTER = new UUID(2, 1).toString();
    static final String DATA_CENTER = new UUID(2, 2).toString();
    static final String DISK = new UUID(2, 3).toString();
    static final SearchSchema<Vm> VMS = SearchSchema.<Vm>of("machines")
            .text("name", Vm::name)
            .text("comment", Vm::comment)
            .build();

    final Map<String, Vm> vms = new TreeMap<>();
    final List<String> correlations = new ArrayList<>();
    int clusterReads;

    Flock(int count) {
        for (int i = 1; i <= count; i++) {
            Vm vm = vm(i);
            vms.put(vm.id(), vm);
        }
    }

    static String id(int number) {
        return new UUID(1, number).toString();
    }

    private static Vm vm(int number) {
        return Vm.builder()
                .id(id(number))
                .name("vm" + number)
                .comment("")
                .memory(1L << 30)
                .deleteProtected(false)
                .cluster(Cluster.builder().id(CLUSTER).build())
                .build();
    }

    void declare(ApiRoutes routes) {
        routes.read("vms", "list", request -> {
            correlations.add(request.correlationId());
            return Reply.list(request.search(VMS, vms.values()));
        });
        routes.read("vm", "get", request -> Reply.of(find(request)));
        routes.on("vms", "add", Permit.CREATE_VM, request -> {
            Vm vm = request.body(Vm.class).toBuilder()
                    .id(UUID.randomUUID().toString())
                    .build();
            vms.put(vm.id(), vm);
            return request.flag("clone") ? Reply.accepted(vm) : Reply.created(vm);
        });
        routes.on("vm", "update", Permit.EDIT_VM_PROPERTIES, request -> {
            Vm changed = Vm.TYPE.merge(find(request), request.body(Vm.class));
            vms.put(changed.id(), changed);
            return Reply.of(changed);
        });
        routes.on("vm", "remove", Permit.DELETE_VM, request -> {
            vms.remove(find(request).id());
            return Reply.started(new UUID(9, 9).toString());
        });
        routes.on("vm", "start", Permit.RUN_VM, request -> {
            Vm vm = find(request);
            if (Boolean.TRUE.equals(request.action().pause())) {
                throw Failure.conflict("Cannot run machine " + vm.name())
                        .because("it runs already")
                        .undone("Nothing was changed")
                        .next("Stop it first");
            }
            return Reply.started(new UUID(9, 8).toString());
        });
        routes.on("vm", "stop", Permit.STOP_VM, _ -> {
            throw new IllegalStateException("the secret of the stack");
        });
        routes.on("vm", "ticket", Permit.CONNECT_TO_VM, request -> {
            find(request);
            return Reply.done(Action.builder()
                    .ticket(Ticket.builder().value_("abc").expiry(120L).build())
                    .build());
        });
        routes.read(
                "vm_nics",
                "list",
                request -> Reply.list(List.of(
                        Nic.builder().id(new UUID(3, 1).toString()).name("nic1").build(),
                        Nic.builder().id(new UUID(3, 2).toString()).name("nic2").build())));
        routes.read(
                "disk_attachments",
                "list",
                request -> Reply.list(List.of(DiskAttachment.builder()
                        .id(DISK)
                        .bootable(true)
                        .disk(Disk.builder().id(DISK).build())
                        .build())));
        routes.read(
                "disk",
                "get",
                request -> Reply.of(Disk.builder()
                        .id(request.pathId())
                        .name("disk of " + request.path())
                        .build()));
        routes.read("cluster", "get", request -> {
            clusterReads++;
            return Reply.of(Cluster.builder()
                    .id(request.pathId())
                    .name("Default")
                    .dataCenter(DataCenter.builder().id(DATA_CENTER).build())
                    .build());
        });
        routes.read(
                "data_center",
                "get",
                request -> Reply.of(
                        DataCenter.builder().id(request.pathId()).name("Center").build()));
    }

    private Vm find(ApiRequest request) {
        Vm vm = vms.get(request.<Vm>id(0).toString());
        if (vm == null) {
            throw Failure.notFound("There is no machine with the id " + request.pathId(0));
        }
        return vm;
    }
}
