package org.bellwether.engine.vm;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.SocketPlace;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.ConsoleKind;

/**
 * Where clients reach the consoles of machines, {@code …/consoles/{vm}/vnc} and {@code …/serial}: checks the ticket and who
 * shows it, and lays a bridge to the agent of the machine's host.
 */
public final class Consoles implements SocketPlace {

    public static final String PATH = "/ovirt-engine/services/consoles/{vm}/{kind}";

    private final Vms vms;
    private final Agents agents;
    private final ConsoleTickets tickets;
    private final Gate gate;
    private final Database database;
    private final Events events;

    Consoles(Vms vms, Agents agents, ConsoleTickets tickets, Gate gate, Database database, Events events) {
        this.vms = vms;
        this.agents = agents;
        this.tickets = tickets;
        this.gate = gate;
        this.database = database;
        this.events = events;
    }

    /** A console's two names and what the agent calls it. */
    private enum Kind {
        VNC("vnc", "screen", ConsoleKind.SCREEN),
        SERIAL("serial", "serial port", ConsoleKind.SERIAL);

        private static final Map<String, Kind> BY_PATH = Map.of(VNC.path, VNC, SERIAL.path, SERIAL);

        private final String path;
        private final String words;
        private final ConsoleKind wire;

        Kind(String path, String words, ConsoleKind wire) {
            this.path = path;
            this.words = words;
            this.wire = wire;
        }

        /** One of them is enough. */
        List<Permit> permits() {
            return switch (this) {
                case VNC -> List.of(Permit.CONNECT_TO_VM);
                case SERIAL -> List.of(Permit.CONNECT_TO_SERIAL_CONSOLE, Permit.CONNECT_TO_VM);
            };
        }
    }

    @Override
    public Talk opened(Visit visit, Peer peer) {
        try {
            var kind = Optional.ofNullable(Kind.BY_PATH.get(visit.path().get(1)))
                    .orElseThrow(() -> Failure.notFound("There is no such kind of console"));
            var ticket = admitted(visit);
            requirePermit(ticket, kind);
            var vm = vms.get(ticket.vm());
            return bridge(vm, ticket, kind, peer);
        } catch (Failure refused) {
            boolean unwelcome = switch (refused.kind()) {
                case NOT_FOUND, BAD_REQUEST, FORBIDDEN, UNAUTHENTICATED -> true;
                case CONFLICT, UNAVAILABLE, INTERNAL -> false;
            };
            peer.close(unwelcome ? NOT_ALLOWED : FAILED, refused.detail());
            return new Nobody();
        }
    }

    /** The ticket with whose password a VNC client has answered. */
    Optional<ConsoleTickets.Ticket> redeemed(byte[] challenge, byte[] response) {
        return tickets.redeemPassword(challenge, response);
    }

    /** The screen, for a VNC client that has shown a ticket. */
    Talk entered(ConsoleTickets.Ticket ticket, Peer peer) {
        try {
            requirePermit(ticket, Kind.VNC);
            return bridge(vms.get(ticket.vm()), ticket, Kind.VNC, peer);
        } catch (Failure refused) {
            peer.close(FAILED, refused.detail());
            return new Nobody();
        }
    }

    private ConsoleTickets.Ticket admitted(Visit visit) {
        Id<Vm> vm;
        try {
            vm = Id.of(visit.path().get(0));
        } catch (IllegalArgumentException malformed) {
            throw Failure.notFound("There is no such machine");
        }
        var ticket = tickets.redeem(visit.ticket(), vm)
                .orElseThrow(() -> Failure.unauthenticated("The ticket is not valid (any more)")
                        .next("Ask for a new one"));
        // A browser cannot send its token here; who can must be who was given the ticket.
        visit.bearer().ifPresent(token -> {
            var shown = gate.ofToken(token).map(Principal::id);
            if (!shown.equals(Optional.of(ticket.user().id()))) {
                throw Failure.forbidden("The ticket was given to somebody else");
            }
        });
        return ticket;
    }

    private void requirePermit(ConsoleTickets.Ticket ticket, Kind kind) {
        if (!mayUse(ticket, kind)) {
            throw Failure.forbidden(ticket.user().name() + " may not open this console");
        }
    }

    private boolean mayUse(ConsoleTickets.Ticket ticket, Kind kind) {
        var place = List.of(new Target("vm", ticket.vm().toString()));
        return gate.goesOn(ticket.user(), ticket.begun())
                && kind.permits().stream().anyMatch(permit -> gate.allows(ticket.user(), permit, place));
    }

    private Talk bridge(Vm vm, ConsoleTickets.Ticket ticket, Kind kind, Peer peer) {
        var user = ticket.user();
        var host = vm.hostId()
                .orElseThrow(() -> Failure.conflict("VM " + vm.name() + " has no console now: it is not running"));
        HostAgent agent = agents.lane(host.value())
                .filter(HostAgent::connected)
                .orElseThrow(() -> Failure.unavailable("The host of VM " + vm.name() + " cannot be reached now"));
        var bridge = new ConsoleBridge(
                agent,
                vm.id().toString(),
                kind.wire,
                peer,
                () -> mayUse(ticket, kind),
                opened -> tell(vm, user, kind, opened));
        bridge.open();
        return bridge;
    }

    private void tell(Vm vm, Principal user, Kind kind, boolean opened) {
        database.change(tx -> events.add(
                tx,
                opened ? EventCode.VM_CONSOLE_CONNECTED : EventCode.VM_CONSOLE_DISCONNECTED,
                new Asker(user.name(), ""),
                Concerns.NOTHING.withVm(vm.id()),
                "The " + kind.words + " of VM " + vm.name() + " was " + (opened ? "opened" : "closed") + " by "
                        + user.name() + "."));
    }

    /** Takes what a client sends that is being sent away. */
    private static final class Nobody implements Talk {
        @Override
        public void received(ByteBuffer message) {}

        @Override
        public void closed() {}
    }
}
