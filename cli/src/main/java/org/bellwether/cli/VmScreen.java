package org.bellwether.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A machine's consoles: its serial port in this terminal, and pictures of its screen. */
final class VmScreen {

    /** The id of a machine's screen is its protocol, "vnc", in hexadecimal digits. */
    private static final String SCREEN = "766e63";

    private final Session session;

    VmScreen(Session session) {
        this.session = session;
    }

    void console(Entity vm) {
        var ticket = session.engine()
                .post(Kind.VM.path(vm) + "/graphicsconsoles/" + SCREEN + "/ticket", Json.object())
                .text("ticket.value");
        var console = new SerialConsole(System.in, session.bytesOut());
        try (var terminal = RawTerminal.enter()) {
            if (terminal.present()) {
                session.remark("The serial port of " + vm.name() + ". Ctrl-] leaves it.\r");
            }
            console.run(session.engine()
                    .socket("/services/consoles/" + vm.id() + "/serial?ticket=" + Paths.encode(ticket), console));
        }
    }

    void screenshot(Entity vm, Path file) {
        var picture = session.engine().bytes("POST", Kind.VM.path(vm) + "/screenshot");
        try {
            Files.write(file, picture);
        } catch (IOException e) {
            throw CommandFailure.usage("The picture cannot be written to " + file + ": " + e.getMessage() + ".");
        }
        session.printer().done(vm, "A picture of the screen of " + vm.name() + " is in " + file);
    }
}
