package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Images in and out by the command line, while what is in between dies; and by the engine where hosts are not reached. */
@ExtendWith(World.Extension.class)
final class TransferWalkTest {
    private static final int MIB = 1 << 20;

    private final World world;

    @TempDir
    Path directory;

    TransferWalkTest(World world) {
        this.world = world;
    }

    @Test
    void an_image_comes_whole_into_a_disk_and_back_though_agent_and_engine_are_killed_meanwhile() throws Exception {
        Path image = image("walk.raw", 256);
        CompletableFuture<Command.Outcome> upload = CompletableFuture.supplyAsync(() -> CommandLineRun.attempt(
                world.engine, "disk", "upload", image.toString(), "--storage", "shared", "--name", "walk"));
        assertThat(Await.holds(
                        World.SOON,
                        () -> world.api().list("/imagetransfers").stream()
                                .anyMatch(transfer ->
                                        transfer.path("phase").asText().equals("transferring"))))
                .isTrue();
        world.hosts().forEach(LabHost::killAgent);
        world.engine.kill();
        world.hosts().forEach(LabHost::startAgent);
        world.engine.start();
        Command.Outcome outcome = upload.get(4, TimeUnit.MINUTES);
        assertThat(outcome.succeeded()).as(outcome.output()).isTrue();

        Path back = directory.resolve("back.raw");
        CommandLineRun.bw(world.engine, "disk", "download", "walk", back.toString());
        assertThat(Files.mismatch(image, back)).isEqualTo(-1);
        Command.run("sh", "-c", "test $(stat -c %b " + back + ") -lt $(($(stat -c %b " + image + ") + 2048))");
        assertThat(world.hosts()
                        .getFirst()
                        .attempt(World.SOON, "pgrep", "qemu-nbd")
                        .output())
                .isBlank();
        String disk = world.api().named("/disks", "walk").path("id").asText();
        byProxy(disk);
        world.api().delete("/disks/" + disk);
        world.awaitQuiet();
    }

    @Test
    void an_upload_whose_command_is_killed_goes_on_with_the_same_command() throws Exception {
        Path image = image("again.raw", 1024);
        String[] words = {"disk", "upload", image.toString(), "--storage", "shared", "--name", "again", "--resumable"};
        Process first = CommandLineRun.begin(world.engine, words);
        Path note = directory.resolve("again.raw.bw-upload");
        assertThat(Await.holds(
                        World.BOOT,
                        () -> Files.exists(note)
                                && Command.run("cat", note.toString()).contains("[0,")))
                .as("something of it is safe")
                .isTrue();
        first.descendants().forEach(ProcessHandle::destroyForcibly);
        first.destroyForcibly().waitFor();

        Command.Outcome outcome = CommandLineRun.attempt(world.engine, words);
        assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
        assertThat(note).doesNotExist();
        Path back = directory.resolve("again.back");
        CommandLineRun.bw(world.engine, "disk", "download", "again", back.toString());
        assertThat(Files.mismatch(image, back)).isEqualTo(-1);

        Process given = CommandLineRun.begin(
                world.engine,
                "disk",
                "upload",
                image.toString(),
                "--storage",
                "shared",
                "--name",
                "given",
                "--resumable");
        assertThat(Await.holds(World.SOON, () -> Files.exists(note))).isTrue();
        given.descendants().forEach(ProcessHandle::destroyForcibly);
        given.destroyForcibly().waitFor();
        CommandLineRun.bw(world.engine, "disk", "cancel-upload", image.toString());
        assertThat(world.api().named("/disks", "given").isMissingNode()).isTrue();
        world.api()
                .delete("/disks/"
                        + world.api().named("/disks", "again").path("id").asText());
        world.awaitQuiet();
    }

    /** Paused it takes nothing, resumed it goes on, cancelled it leaves no disk. */
    private void byProxy(String disk) throws IOException {
        ObjectNode wish = Inventory.object().put("direction", "download");
        wish.putObject("disk").put("id", disk);
        String path = "/imagetransfers/"
                + world.api().post("/imagetransfers", wish).path("id").asText();
        JsonNode open = world.api()
                .await(path, World.SOON, now -> now.path("phase").asText().equals("transferring"));
        Path bytes = directory.resolve("bytes");
        String[] fetch = {
            "curl",
            "-sS",
            "--cacert",
            world.engine.authority().toString(),
            "-o",
            bytes.toString(),
            "-w",
            "%{http_code}",
            "-r",
            "0-1048575"
        };
        assertThat(curl(fetch, open.path("proxy_url").asText())).isEqualTo("206");
        assertThat(Files.size(bytes)).isEqualTo(MIB);
        assertThat(curl(fetch, open.path("transfer_url").asText())).isEqualTo("206");
        assertThat(curl(fetch, open.path("proxy_url").asText() + "/extents")).startsWith("2");
        assertThat(Files.readString(bytes)).startsWith("[{\"start\":0");
        world.api().post(path + "/pause", Inventory.object());
        assertThat(Await.holds(
                        World.SOON,
                        () -> curl(fetch, open.path("transfer_url").asText()).equals("403")))
                .isTrue();
        world.api().post(path + "/resume", Inventory.object());
        world.api().await(path, World.SOON, now -> now.path("phase").asText().equals("transferring"));
        assertThat(curl(fetch, open.path("transfer_url").asText())).isEqualTo("206");
        world.api().post(path + "/cancel", Inventory.object());
        world.awaitQuiet();
        assertThat(world.api().get("/disks/" + disk).path("status").asText()).isEqualTo("ok");
        assertThat(curl(fetch, open.path("transfer_url").asText())).isEqualTo("403");
    }

    private static String curl(String[] fetch, String url) {
        var words = new java.util.ArrayList<>(java.util.List.of(fetch));
        words.add(url);
        return Command.run(words);
    }

    /** Data and holes by turns. */
    private Path image(String name, int mebibytes) throws IOException {
        Path file = directory.resolve(name);
        Random random = new Random(11);
        byte[] piece = new byte[MIB];
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.setLength((long) mebibytes * MIB);
            for (int at = 0; at < mebibytes; at++) {
                if (at % 8 < 5) {
                    random.nextBytes(piece);
                    out.seek((long) at * MIB);
                    out.write(piece);
                }
            }
        }
        return file;
    }
}
