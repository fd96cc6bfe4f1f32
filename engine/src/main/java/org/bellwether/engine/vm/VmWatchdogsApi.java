package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.EDIT_VM_PROPERTIES;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.Watchdog;
import org.bellwether.api.types.WatchdogAction;
import org.bellwether.api.types.WatchdogModel;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;

/** The one watchdog that a machine may have, on the wire. A running machine has it from its next start on. */
final class VmWatchdogsApi {

    private final Database database;
    private final Vms vms;
    private final Operations operations;
    private final Events events;

    VmWatchdogsApi(Database database, Vms vms, Operations operations, Events events) {
        this.database = database;
        this.vms = vms;
        this.operations = operations;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.read(
                "vm_watchdogs",
                "list",
                request -> Reply.list(of(vm(request)).stream().map(dog -> shown(vm(request), dog))));
        routes.read("vm_watchdog", "get", request -> Reply.of(shown(vm(request), wanted(request))));
        routes.on("vm_watchdogs", "add", EDIT_VM_PROPERTIES, request -> {
            if (!of(vm(request)).isEmpty()) {
                throw Failure.conflict("VM " + vm(request).name() + " has a watchdog already")
                        .next("Change that one, or remove it first");
            }
            var sent = request.body(Watchdog.class);
            return Reply.created(
                    written(request, checked(sent, UUID.randomUUID().toString(), sent.action())));
        });
        routes.on("vm_watchdog", "update", EDIT_VM_PROPERTIES, request -> {
            var sent = request.body(Watchdog.class);
            var before = wanted(request);
            return Reply.of(written(
                    request,
                    checked(
                            sent,
                            Optional.ofNullable(before.id()).orElseThrow(),
                            sent.action() == null ? before.action() : sent.action())));
        });
        routes.on("vm_watchdog", "remove", EDIT_VM_PROPERTIES, request -> {
            wanted(request);
            write(request, List.of());
            return Reply.done();
        });
    }

    private Vm vm(ApiRequest request) {
        return vms.get(request.id(0));
    }

    private static List<Watchdog> of(Vm vm) {
        return Optional.ofNullable(vm.spec().watchdogs()).orElse(List.of());
    }

    private Watchdog wanted(ApiRequest request) {
        return of(vm(request)).stream()
                .filter(dog -> request.pathId(1).equals(dog.id()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The machine has no watchdog with the id " + request.pathId(1)));
    }

    private static Watchdog checked(
            Watchdog sent, String id, @org.jspecify.annotations.Nullable WatchdogAction action) {
        if (sent.model() != null && sent.model() != WatchdogModel.I6300ESB) {
            throw Failure.badRequest("Machines here have no watchdog of the model "
                            + sent.model().wire())
                    .next("Choose i6300esb");
        }
        return Watchdog.builder()
                .id(id)
                .model(WatchdogModel.I6300ESB)
                .action(action == null ? WatchdogAction.RESET : action)
                .build();
    }

    private Watchdog written(ApiRequest request, Watchdog dog) {
        write(request, List.of(dog));
        return shown(vm(request), dog);
    }

    private void write(ApiRequest request, List<Watchdog> dogs) {
        var vm = vm(request);
        operations.requireFree(vm.id(), "changing the watchdog of VM " + vm.name());
        var asker = Asker.of(request);
        database.change(tx -> {
            vms.update(tx, vm.id(), now -> {
                var changed = now.named(
                        now.name(), now.spec().toBuilder().watchdogs(dogs).build());
                return now.host() == null
                        ? changed
                        : changed.running(now.startedWith().with(now.effective(), true));
            });
            events.add(
                    tx,
                    EventCode.VM_UPDATED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "The watchdog of VM " + vm.name() + " was changed by " + asker.name() + ".");
        });
    }

    private static Watchdog shown(Vm vm, Watchdog dog) {
        return dog.toBuilder()
                .vm(org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build())
                .build();
    }
}
