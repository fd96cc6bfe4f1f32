package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.EDIT_VM_PROPERTIES;

import java.util.function.UnaryOperator;
import org.bellwether.api.types.Display;
import org.bellwether.api.types.GraphicsConsole;
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
import org.bellwether.engine.template.Screens;
import org.jspecify.annotations.Nullable;

/** Whether a machine has a screen, on the wire. A running machine has it, or has it no more, from its next start on. */
final class VmScreensApi {

    private final Database database;
    private final Vms vms;
    private final Operations operations;
    private final Events events;

    VmScreensApi(Database database, Vms vms, Operations operations, Events events) {
        this.database = database;
        this.vms = vms;
        this.operations = operations;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.on("vm_graphics_consoles", "add", EDIT_VM_PROPERTIES, request -> {
            var sent = request.body(GraphicsConsole.class);
            var name = "VM " + vms.get(request.<Vm>id(0)).name();
            var vm = write(request, now -> Screens.added(now, sent, name));
            return Reply.created(Screens.document()
                    .vm(org.bellwether.api.types.Vm.builder()
                            .id(vm.id().toString())
                            .build())
                    .build());
        });
        routes.on("vm_graphics_console", "remove", EDIT_VM_PROPERTIES, request -> {
            write(request, now -> {
                if (Screens.headless(now) || !request.pathId(1).equals(Screens.id())) {
                    throw Failure.notFound("The machine has no graphics console with the id " + request.pathId(1));
                }
                return Screens.removed(now);
            });
            return Reply.done();
        });
    }

    private Vm write(ApiRequest request, UnaryOperator<@Nullable Display> change) {
        var vm = vms.get(request.<Vm>id(0));
        operations.requireFree(vm.id(), "changing the screen of VM " + vm.name());
        var asker = Asker.of(request);
        return database.transaction(tx -> {
            var after = vms.update(tx, vm.id(), now -> {
                var changed = now.named(
                        now.name(),
                        now.spec().toBuilder()
                                .display(change.apply(now.spec().display()))
                                .build());
                return now.host() == null
                        ? changed
                        : changed.running(now.startedWith().with(now.effective(), true));
            });
            events.add(
                    tx,
                    EventCode.VM_UPDATED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "The screen of VM " + vm.name() + " was changed by " + asker.name() + ".");
            return after;
        });
    }
}
