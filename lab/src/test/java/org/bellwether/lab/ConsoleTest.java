package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Screens and serial ports of real guests, through the engine; and tickets in the hands of those who should not have them. */
@ExtendWith(World.Extension.class)
final class ConsoleTest {
    private final World world;

    ConsoleTest(World world) {
        this.world = world;
    }

    @Test
    void screen_and_serial_port_open_once_with_a_ticket_and_end_with_the_machine(@TempDir Path folder)
            throws Exception {
        String vm = world.runningMachine("console", world.one);
        String other = world.machine("console-other");

        serialPortTakesWordsAndAnswers(vm);
        screenSpeaksRfb(vm);
        ticketsWorkOnceAndForTheirMachine(vm, other);
        viewerFileLetsAVncClientInOnce(vm);
        screenshotIsAPicture(vm);
        commandLineTalksToTheSerialPort(vm, folder);
        secondSerialConsoleEndsTheFirst(vm);
        anotherPasswordEndsWhatTheOldOneOpened(vm);

        try (WebSocketTalk screen = open(vm, "vnc", ticket(vm))) {
            screen.await("RFB 003");
            world.stop(vm);
            assertThat(screen.closed(Duration.ofSeconds(20))).isEqualTo(1000);
        }
    }

    private void serialPortTakesWordsAndAnswers(String vm) {
        try (WebSocketTalk serial = open(vm, "serial", ticket(vm))) {
            serial.await(""); // open
            serial.send("\necho $((6*7))-$(hostname)\n");
            serial.await("42-tiny");
        }
    }

    private void screenSpeaksRfb(String vm) {
        try (WebSocketTalk screen = open(vm, "vnc", ticket(vm))) {
            screen.await("RFB 003.008\n");
            screen.send("RFB 003.008\n");
            screen.awaitBytes("0101"); // one way to sign on, and that is none
            screen.send(new byte[] {1});
            screen.awaitBytes("00000000");
            screen.send(new byte[] {1}); // shared
            screen.await("QEMU");
        }
    }

    private void ticketsWorkOnceAndForTheirMachine(String vm, String other) {
        String used = ticket(vm);
        try (WebSocketTalk serial = open(vm, "serial", used)) {
            serial.send("\n");
            serial.await("tiny#");
        }
        assertRefused(vm, "serial", used);
        assertRefused(vm, "vnc", "");
        assertRefused(vm, "vnc", "guessed");
        String wandering = ticket(vm);
        assertRefused(other, "vnc", wandering);
        assertRefused(vm, "vnc", wandering);
        assertRefused(vm, "keyboard", ticket(vm));
        assertRefused("not-a-machine", "vnc", ticket(vm));
        assertThat(world.api()
                        .call("POST", "/vms/" + other + "/graphicsconsoles/766e63/ticket", "{}")
                        .status())
                .as("a machine that is off has no console")
                .isEqualTo(409);
        assertThat(world.api()
                        .call("POST", "/vms/" + vm + "/graphicsconsoles/other/ticket", "{}")
                        .status())
                .isEqualTo(404);
    }

    private void assertRefused(String vm, String kind, String ticket) {
        try (WebSocketTalk refused = open(vm, kind, ticket)) {
            assertThat(refused.closed(Duration.ofSeconds(10))).isEqualTo(1008);
            assertThat(refused.reason()).isNotBlank();
        }
    }

    private void viewerFileLetsAVncClientInOnce(String vm) throws Exception {
        String console = "/vms/" + vm + "/graphicsconsoles/766e63";
        Map<String, String> file = viewerFile(world.api()
                .post(console + "/remoteviewerconnectionfile", Inventory.object())
                .path("remote_viewer_connection_file")
                .asText());
        assertThat(file).containsEntry("type", "vnc").containsEntry("delete-this-file", "1");
        try (Socket client = vncClient(file)) {
            DataInputStream in = new DataInputStream(client.getInputStream());
            assertThat(in.readInt()).as("let in").isZero();
            client.getOutputStream().write(1); // shared
            in.skipNBytes(2 + 2 + 16);
            byte[] name = new byte[in.readInt()];
            in.readFully(name);
            assertThat(new String(name, StandardCharsets.UTF_8)).contains("QEMU");
        }
        try (Socket again = vncClient(file)) {
            assertThat(new DataInputStream(again.getInputStream()).readInt())
                    .as("a password works once")
                    .isEqualTo(1);
        }
    }

    private static Map<String, String> viewerFile(String text) {
        Map<String, String> file = new HashMap<>();
        text.lines().filter(line -> line.contains("=")).forEach(line -> {
            String[] pair = line.split("=", 2);
            file.put(pair[0], pair[1]);
        });
        return file;
    }

    /** One that has given the file's password. */
    private static Socket vncClient(Map<String, String> file) throws Exception {
        Socket client = new Socket(file.get("host"), Integer.parseInt(Objects.requireNonNull(file.get("port"))));
        client.setSoTimeout(20_000);
        DataInputStream in = new DataInputStream(client.getInputStream());
        assertThat(new String(in.readNBytes(12), StandardCharsets.US_ASCII)).isEqualTo("RFB 003.008\n");
        client.getOutputStream().write("RFB 003.008\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(in.readNBytes(2)).containsExactly(1, 2);
        client.getOutputStream().write(2);
        String password = Objects.requireNonNull(file.get("password"));
        byte[] key = new byte[8];
        for (int at = 0; at < key.length; at++) {
            key[at] = (byte) (Integer.reverse(password.charAt(at)) >>> 24);
        }
        Cipher des = Cipher.getInstance("DES/ECB/NoPadding");
        des.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
        client.getOutputStream().write(des.doFinal(in.readNBytes(16)));
        return client;
    }

    private void screenshotIsAPicture(String vm) {
        byte[] picture = world.api().bytes("/vms/" + vm + "/screenshot", "{}");
        assertThat(HexFormat.of().formatHex(picture, 0, 8)).isEqualTo("89504e470d0a1a0a");
        assertThat(picture.length).isGreaterThan(100);
    }

    private void commandLineTalksToTheSerialPort(String vm, Path folder) throws IOException, InterruptedException {
        assertThat(bw(folder, "echo $((20+3))-from-inside\n", "vm", "console", vm))
                .contains("23-from-inside");
        Path picture = folder.resolve("screen.png");
        bw(folder, "", "vm", "screenshot", vm, "--file", picture.toString());
        assertThat(Files.size(picture)).isGreaterThan(100);
    }

    private void secondSerialConsoleEndsTheFirst(String vm) {
        try (WebSocketTalk first = open(vm, "serial", ticket(vm))) {
            first.send("\n");
            first.await("tiny#");
            try (WebSocketTalk second = open(vm, "serial", ticket(vm))) {
                second.send("\n");
                second.await("tiny#");
                assertThat(first.closed(Duration.ofSeconds(10))).isEqualTo(1011);
            }
        }
    }

    /** Whoever knew the old password must not stay in the machine. */
    private void anotherPasswordEndsWhatTheOldOneOpened(String vm) {
        String user = world.api()
                .post(
                        "/users",
                        "{\"user_name\":\"operator@internal\",\"domain\":{\"name\":\"internal-authz\"},\"password\":\"known-to-others\"}")
                .path("id")
                .asText();
        world.api()
                .post(
                        "/vms/" + vm + "/permissions",
                        "{\"role\":{\"name\":\"UserRole\"},\"user\":{\"id\":\"" + user + "\"}}");
        ApiClient operator =
                ApiClient.signOn(world.engine.url(), world.engine.authority(), "operator@internal", "known-to-others");
        String waiting = ticket(operator, vm);
        try (WebSocketTalk screen = open(vm, "vnc", ticket(operator, vm))) {
            screen.await("RFB 003");
            world.api().put("/users/" + user, "{\"password\":\"known-to-nobody\"}");
            assertThat(screen.closed(Duration.ofSeconds(20))).isEqualTo(1008);
        }
        assertRefused(vm, "vnc", waiting);
        world.api().delete("/users/" + user);
    }

    private String ticket(String vm) {
        return ticket(world.api(), vm);
    }

    private static String ticket(ApiClient whose, String vm) {
        return whose.post("/vms/" + vm + "/graphicsconsoles/766e63/ticket", "{}")
                .path("ticket")
                .path("value")
                .asText();
    }

    private WebSocketTalk open(String vm, String kind, String ticket) {
        return WebSocketTalk.open(
                world.engine.authority(),
                world.engine.url().toString().replaceFirst("^https", "wss") + "/services/consoles/" + vm + "/" + kind
                        + "?ticket=" + ticket);
    }

    /** The command line as people run it. */
    private String bw(Path folder, String typed, String... words) throws IOException, InterruptedException {
        Path in = Files.writeString(folder.resolve("in"), typed, StandardCharsets.UTF_8);
        Path out = folder.resolve("out");
        ProcessBuilder builder = new ProcessBuilder(Jvm.commandLine(List.of(), List.of(words)))
                .redirectInput(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile());
        builder.environment().put("BW_URL", world.engine.url().toString());
        builder.environment().put("BW_USER", world.engine.user());
        builder.environment().put("BW_PASSWORD", world.engine.password());
        builder.environment().put("BW_CA", world.engine.authority().toString());
        Process process = builder.start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String said = Files.readString(out, StandardCharsets.UTF_8);
        assertThat(process.exitValue()).as(said).isZero();
        return said;
    }
}
