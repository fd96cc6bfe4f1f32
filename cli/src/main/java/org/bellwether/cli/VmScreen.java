package org.bellwether.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

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
                .post(Kind.VM.path(vm) + "/ticket", Json.object())
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

    /** The password in it works once and for two minutes; until then it is nobody else's to read. */
    void viewerFile(Entity vm, Path file) {
        var text = session.engine()
                .post(Kind.VM.path(vm) + "/graphicsconsoles/" + SCREEN + "/remoteviewerconnectionfile", Json.object())
                .text("remote_viewer_connection_file");
        try {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, text);
        } catch (IOException e) {
            throw CommandFailure.usage("The file cannot be written to " + file + ": " + e.getMessage() + ".");
        }
        session.printer().done(vm, "Within two minutes, remote-viewer " + file + " shows the screen of " + vm.name());
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
