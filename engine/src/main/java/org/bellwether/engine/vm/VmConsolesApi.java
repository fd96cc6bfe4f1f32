package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.CONNECT_TO_VM;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.GraphicsConsole;
import org.bellwether.api.types.Ticket;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.template.Screens;
import org.bellwether.protocol.MachineRequest;

/** A machine's screen, on the wire. The bytes of consoles go elsewhere: {@link Consoles}. */
final class VmConsolesApi {

    private static final String VIEWER_FILE = "application/x-virt-viewer";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(5);
    private static final Duration PICTURE_LIMIT = Duration.ofSeconds(20);

    private final Vms vms;
    private final ObservedMachines observed;
    private final ConsoleTickets tickets;
    private final Agents agents;
    private final String externalName;
    private final IntSupplier vncPort;

    /**
     * @param externalName how clients reach this engine
     * @param vncPort where it lets VNC clients in; 0: nowhere
     */
    VmConsolesApi(
            Vms vms,
            ObservedMachines observed,
            ConsoleTickets tickets,
            Agents agents,
            String externalName,
            IntSupplier vncPort) {
        this.vms = vms;
        this.observed = observed;
        this.tickets = tickets;
        this.agents = agents;
        this.externalName = externalName;
        this.vncPort = vncPort;
    }

    void serve(ApiRoutes routes) {
        routes.read(
                "vm_graphics_consoles",
                "list",
                request -> Reply.list(headless(vm(request)) ? List.of() : List.of(console(vm(request)))));
        routes.read("vm_graphics_console", "get", request -> {
            var console = wanted(request);
            if (!request.accepts(VIEWER_FILE)) {
                return Reply.of(console);
            }
            request.require(CONNECT_TO_VM, request.targets().getFirst());
            if (request.principal().readOnly()) {
                throw Failure.forbidden("The access token may only read").because("a console is a keyboard, too");
            }
            return Reply.raw(VIEWER_FILE, viewerFile(request).getBytes(StandardCharsets.UTF_8));
        });
        routes.on(
                "vm_graphics_console",
                "remote_viewer_connection_file",
                CONNECT_TO_VM,
                request -> Reply.done(Action.builder()
                        .remoteViewerConnectionFile(viewerFile(request))
                        .build()));
        routes.on("vm_graphics_console", "ticket", CONNECT_TO_VM, request -> {
            wanted(request);
            return ticket(request);
        });
        routes.on("vm", "ticket", CONNECT_TO_VM, this::ticket);
        routes.on("vm", "screenshot", CONNECT_TO_VM, this::screenshot);
    }

    private Vm vm(ApiRequest request) {
        return vms.get(request.id(0));
    }

    /** As it runs, or is to run when it is off. */
    private static boolean headless(Vm vm) {
        return Screens.headless(vm.effective().display());
    }

    private GraphicsConsole wanted(ApiRequest request) {
        var console = console(vm(request));
        if (headless(vm(request)) || !request.pathId(1).equals(console.id())) {
            throw Failure.notFound("The machine has no graphics console with the id " + request.pathId(1));
        }
        return console;
    }

    private static Id<Host> running(Vm vm, String wish) {
        return vm.hostId()
                .orElseThrow(() -> Failure.conflict("Cannot " + wish + " VM " + vm.name())
                        .because("it is not running")
                        .next("Start it first"));
    }

    private Reply ticket(ApiRequest request) {
        var vm = vm(request);
        running(vm, "open a console of");
        var asked = request.action().ticket();
        long seconds =
                Optional.ofNullable(asked == null ? null : asked.expiry()).orElse(ConsoleTickets.LIFE.toSeconds());
        if (seconds < 1) {
            throw Failure.badRequest("A ticket must be good for at least a second");
        }
        long life = Math.min(seconds, ConsoleTickets.LIFE.toSeconds());
        var value = tickets.issue(vm.id(), request.principal(), Duration.ofSeconds(life));
        return Reply.done(Action.builder()
                .ticket(Ticket.builder().value_(value).expiry(life).build())
                .build());
    }

    /** What remote-viewer opens: with a password that is good for one visit. */
    private String viewerFile(ApiRequest request) {
        wanted(request);
        var vm = vm(request);
        running(vm, "open a console of");
        var port = vncPort.getAsInt();
        if (port == 0) {
            throw Failure.conflict("VM " + vm.name() + " has no console for remote-viewer")
                    .because("this engine lets no VNC clients in, whose bytes go through the network unencrypted")
                    .next("Use the console of the portal or of bw; or set vnc.port in the engine's configuration");
        }
        var password = tickets.issuePassword(vm.id(), request.principal(), ConsoleTickets.LIFE);
        return String.join(
                "\n",
                "[virt-viewer]",
                "type=vnc",
                "host=" + externalName,
                "port=" + port,
                "password=" + password,
                "delete-this-file=1",
                "fullscreen=0",
                "title=" + vm.name() + " - %d",
                "toggle-fullscreen=shift+f11",
                "release-cursor=shift+f12",
                "secure-attention=ctrl+alt+end",
                "");
    }

    private Reply screenshot(ApiRequest request) {
        var vm = vm(request);
        var host = running(vm, "take a picture of the screen of");
        if (headless(vm)) {
            throw Failure.conflict("Cannot take a picture of the screen of VM " + vm.name())
                    .because("it runs without one")
                    .next("Look at its serial console, or give it a screen for its next start");
        }
        var picture = agents.of(host.value(), HOST_PATIENCE)
                .ask(
                        PICTURE_LIMIT,
                        agent -> agent.takeScreenshot(MachineRequest.newBuilder()
                                .setMachineId(vm.id().toString())
                                .build()));
        return Reply.raw(picture.getMediaType(), picture.getImage().toByteArray());
    }

    private GraphicsConsole console(Vm vm) {
        var console = Screens.document().vm(reference(vm));
        vm.hostId()
                .flatMap(host -> observed.on(host, vm.id()))
                .flatMap(state -> state.getGraphicsList().stream()
                        .filter(graphics -> graphics.getPort() > 0)
                        .findFirst())
                .ifPresent(
                        graphics -> console.address(graphics.getListenAddress()).port((long) graphics.getPort()));
        return console.build();
    }

    private static org.bellwether.api.types.Vm reference(Vm vm) {
        return org.bellwether.api.types.Vm.builder().id(vm.id().toString()).build();
    }
}
