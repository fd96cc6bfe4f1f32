package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.EDIT_VM_PROPERTIES;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.bellwether.api.types.VirtualNumaNode;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;

/** The NUMA nodes that a machine's guest sees, on the wire. A running machine has them from its next start on. */
final class VmNumaNodesApi {

    private final Database database;
    private final Vms vms;
    private final Operations operations;
    private final Events events;

    VmNumaNodesApi(Database database, Vms vms, Operations operations, Events events) {
        this.database = database;
        this.vms = vms;
        this.operations = operations;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.read(
                "vm_numa_nodes",
                "list",
                request -> Reply.list(vm(request).numa().stream().map(node -> shown(vm(request), node))));
        routes.read("vm_numa_node", "get", request -> Reply.of(shown(vm(request), wanted(request))));
        routes.on("vm_numa_nodes", "add", EDIT_VM_PROPERTIES, this::add);
        routes.on("vm_numa_node", "update", EDIT_VM_PROPERTIES, this::update);
        routes.on("vm_numa_node", "remove", EDIT_VM_PROPERTIES, this::remove);
    }

    private Vm vm(ApiRequest request) {
        return vms.get(request.id(0));
    }

    private VirtualNumaNode wanted(ApiRequest request) {
        return vm(request).numa().stream()
                .filter(node -> request.pathId(1).equals(node.id()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The machine has no NUMA node with the id " + request.pathId(1)));
    }

    private Reply add(ApiRequest request) {
        var vm = vm(request);
        var made = decided(request.body(VirtualNumaNode.class)).toBuilder()
                .id(UUID.randomUUID().toString())
                .build();
        var all = new ArrayList<>(vm.numa());
        all.add(made);
        write(request, all);
        return Reply.created(shown(vm, made));
    }

    private Reply update(ApiRequest request) {
        var vm = vm(request);
        var before = wanted(request);
        var changed = VirtualNumaNode.TYPE.merge(before, decided(request.body(VirtualNumaNode.class)));
        write(
                request,
                vm.numa().stream()
                        .map(node -> Objects.equals(node.id(), before.id()) ? changed : node)
                        .toList());
        return Reply.of(shown(vm, changed));
    }

    private Reply remove(ApiRequest request) {
        var gone = wanted(request);
        write(
                request,
                vm(request).numa().stream()
                        .filter(node -> !Objects.equals(node.id(), gone.id()))
                        .toList());
        return Reply.done();
    }

    private static VirtualNumaNode decided(VirtualNumaNode sent) {
        return Decided.of(VirtualNumaNode.TYPE, sent, java.util.Set.of("id", "node_distance"), java.util.Set.of());
    }

    private void write(ApiRequest request, List<VirtualNumaNode> nodes) {
        var vm = vm(request);
        operations.requireFree(vm.id(), "changing the NUMA nodes of VM " + vm.name());
        var sorted = nodes.stream()
                .sorted(Comparator.comparing(node -> Objects.requireNonNullElse(node.index(), 0L)))
                .toList();
        Numa.check(vm.name(), vm.spec(), sorted);
        var asker = Asker.of(request);
        database.change(tx -> {
            vms.update(tx, vm.id(), now -> {
                var changed = now.numa(sorted);
                return now.host() == null
                        ? changed
                        : changed.running(now.startedWith().with(now.effective(), true));
            });
            events.add(
                    tx,
                    EventCode.VM_UPDATED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "The NUMA nodes of VM " + vm.name() + " were changed by " + asker.name() + "."
                            + (vm.host() == null ? "" : " It has them from its next start on."));
        });
    }

    private static VirtualNumaNode shown(Vm vm, VirtualNumaNode node) {
        return node.toBuilder()
                .vm(org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build())
                .build();
    }
}
