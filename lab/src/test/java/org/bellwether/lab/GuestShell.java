package org.bellwether.lab;

import java.time.Duration;

/** The root shell on a guest's serial port, reached as everybody reaches it: through the engine, with a ticket. */
final class GuestShell implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final WebSocketTalk serial;
    private int asked;

    private GuestShell(WebSocketTalk serial) {
        this.serial = serial;
    }

    static GuestShell open(World world, String vm) {
        GuestShell shell = new GuestShell(serial(world, vm));
        shell.ask("stty -echo columns 1000 2>/dev/null; true");
        return shell;
    }

    /** The serial port, before there is a shell on it. */
    static WebSocketTalk serial(World world, String vm) {
        String ticket = world.api()
                .post("/vms/" + vm + "/ticket", "{}")
                .path("ticket")
                .path("value")
                .asText();
        return WebSocketTalk.open(
                world.engine.authority(),
                world.engine.url().toString().replaceFirst("^https", "wss") + "/services/consoles/" + vm
                        + "/serial?ticket=" + ticket);
    }

    /** What a command prints. */
    String ask(String command) {
        int number = ++asked;
        // Put together by the shell, so that the echo of the words is not taken for the answer.
        serial.send("\necho be''gin" + number + "; " + command + "; echo en''d" + number + "\n");
        serial.await("begin" + number + "\r\n");
        return serial.until("end" + number).replace("\r", "").strip();
    }

    void await(String command, String answer) {
        String[] last = {""};
        if (!Await.holds(PATIENCE, () -> {
            last[0] = ask(command);
            return last[0].equals(answer);
        })) {
            throw new LabFailure("`" + command + "` inside the guest says \"" + last[0] + "\", not \"" + answer + "\"");
        }
    }

    @Override
    public void close() {
        serial.close();
    }
}
