package org.bellwether.engine.vm;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import org.bellwether.api.types.Cdrom;
import org.bellwether.api.types.GraphicsConsole;
import org.bellwether.api.types.GraphicsType;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;

/** Where a machine's screen is, and its CD drive, on the wire. */
final class VmConsolesApi {

    private final Vms vms;
    private final ObservedMachines observed;

    VmConsolesApi(Vms vms, ObservedMachines observed) {
        this.vms = vms;
        this.observed = observed;
    }

    void serve(ApiRoutes routes) {
        routes.read("vm_graphics_consoles", "list", request -> Reply.list(List.of(console(vm(request)))));
        routes.read("vm_graphics_console", "get", request -> {
            var console = console(vm(request));
            if (!request.pathId().equals(console.id())) {
                throw Failure.notFound("The machine has no graphics console with the id " + request.pathId());
            }
            return Reply.of(console);
        });
        routes.read("vm_cdroms", "list", request -> Reply.list(List.of(drive(vm(request)))));
        routes.read("vm_cdrom", "get", request -> Reply.of(drive(vm(request))));
    }

    private Vm vm(ApiRequest request) {
        return vms.get(request.id(0));
    }

    /** The id of a console is its protocol, in hexadecimal digits, as clients know it. */
    private GraphicsConsole console(Vm vm) {
        var console = GraphicsConsole.builder()
                .id(HexFormat.of().formatHex("vnc".getBytes(StandardCharsets.US_ASCII)))
                .protocol(GraphicsType.VNC)
                .vm(reference(vm));
        vm.hostId()
                .flatMap(host -> observed.on(host, vm.id()))
                .flatMap(state -> state.getGraphicsList().stream()
                        .filter(graphics -> graphics.getPort() > 0)
                        .findFirst())
                .ifPresent(
                        graphics -> console.address(graphics.getListenAddress()).port((long) graphics.getPort()));
        return console.build();
    }

    /** Every machine has one drive; it is empty until disks of the ISO kind can be put in, which comes with issue 4. */
    private static Cdrom drive(Vm vm) {
        return Cdrom.builder().id(new UUID(0, 0).toString()).vm(reference(vm)).build();
    }

    private static org.bellwether.api.types.Vm reference(Vm vm) {
        return org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build();
    }
}
