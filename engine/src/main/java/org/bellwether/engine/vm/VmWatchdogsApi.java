package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.EDIT_VM_PROPERTIES;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bellwether.api.types.Watchdog;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
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
        routes.read(
                "vm_watchdog",
                "get",
                request -> Reply.of(shown(vm(request), Watchdogs.find(of(vm(request)), request.pathId(1)))));
        routes.on("vm_watchdogs", "add", EDIT_VM_PROPERTIES, request -> {
            var sent = request.body(Watchdog.class);
            return Reply.created(written(
                    request,
                    now -> Watchdogs.added(now, sent, "VM " + vm(request).name())));
        });
        routes.on("vm_watchdog", "update", EDIT_VM_PROPERTIES, request -> {
            var sent = request.body(Watchdog.class);
            return Reply.of(written(request, now -> Watchdogs.changed(now, request.pathId(1), sent)));
        });
        routes.on("vm_watchdog", "remove", EDIT_VM_PROPERTIES, request -> {
            write(request, now -> Watchdogs.removed(now, request.pathId(1)));
            return Reply.done();
        });
    }

    private Vm vm(ApiRequest request) {
        return vms.get(request.id(0));
    }

    private static List<Watchdog> of(Vm vm) {
        return Watchdogs.of(vm.spec().watchdogs());
    }

    private Watchdog written(ApiRequest request, UnaryOperator<List<Watchdog>> change) {
        var after = write(request, change);
        return shown(after, of(after).getFirst());
    }

    /** @param change is given what is there now, with the machine's row locked: of two who add one, the second is refused */
    private Vm write(ApiRequest request, UnaryOperator<List<Watchdog>> change) {
        var vm = vm(request);
        operations.requireFree(vm.id(), "changing the watchdog of VM " + vm.name());
        var asker = Asker.of(request);
        return database.transaction(tx -> {
            var after = vms.update(tx, vm.id(), now -> {
                var changed = now.named(
                        now.name(),
                        now.spec().toBuilder().watchdogs(change.apply(of(now))).build());
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
            return after;
        });
    }

    private static Watchdog shown(Vm vm, Watchdog dog) {
        return dog.toBuilder()
                .vm(org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build())
                .build();
    }
}
