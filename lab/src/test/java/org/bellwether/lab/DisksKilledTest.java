package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.bellwether.lab.Killing.Victim;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The agents, the host that does the work, or the engine are killed at random while a disk is copied, moved, moved under a
 * machine that runs, converted, sparsified, made larger, uploaded or downloaded. Afterwards the operation has ended one way
 * or the other, every byte of the disk is what it was, and nothing is left over or locked.
 *
 * <p>A few kills by itself; more with {@code MAVEN_ARGS="-Dbellwether.disks.kills=100"}, the same again with
 * {@code -Dbellwether.disks.seed=SEED}. What dies during a backup is in {@link BackupWalkTest}.
 */
@InTurn(of = 2, on = 1)
@ExtendWith(World.Extension.class)
final class DisksKilledTest {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 320;
    private static final int FEW = 4;
    private static final Duration COMPARING = Duration.ofMinutes(2);

    private enum Work {
        COPY,
        MOVE,
        LIVE_MOVE,
        CONVERT,
        SPARSIFY,
        GROW,
        UPLOAD,
        DOWNLOAD
    }

    private final World world;
    private final Killing killing;
    private final List<String> did = new ArrayList<>();

    @TempDir
    Path directory;

    DisksKilledTest(World world) {
        this.world = world;
        this.killing = new Killing(world, List.of("shared", "second"));
    }

    @Test
    void whoever_is_killed_during_work_on_a_disk_its_content_stays_and_the_work_ends() throws Exception {
        long seed = Optional.ofNullable(Long.getLong("bellwether.disks.seed")).orElseGet(System::nanoTime);
        int kills = Integer.getInteger("bellwether.disks.kills", FEW);
        System.err.println("disks and kills at random: seed " + seed);
        var random = new Random(seed);
        Path image = image(random);
        Path second = Files.createDirectory(directory.resolve("second"));
        String domain = secondDomain(second);
        CommandLineRun.bw(world.engine, "disk", "upload", image.toString(), "--storage", "shared", "--name", "killed");
        String disk = api().named("/disks", "killed").path("id").asText();
        List<Work> works = new ArrayList<>();
        try {
            for (int round = 0; round < kills; round++) {
                if (works.isEmpty()) {
                    works.addAll(List.of(Work.values()));
                    Collections.shuffle(works, random);
                }
                Work work = works.removeLast();
                Victim victim = Victim.any(random);
                round(work, victim, random.nextInt(900), disk, image, round);
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + " failed after: " + did, e);
        }
        api().delete("/disks/" + disk);
        world.awaitQuiet();
        assertThat(images(disk)).isEmpty();
        removeSecond(domain);
    }

    /** Data, holes and zeros in turn, so that a block in the wrong place is found. */
    private Path image(Random random) throws IOException {
        Path file = directory.resolve("image.raw");
        byte[] block = new byte[MIB];
        try (var channel = java.nio.channels.FileChannel.open(
                file, java.nio.file.StandardOpenOption.CREATE_NEW, java.nio.file.StandardOpenOption.WRITE)) {
            for (int at = 0; at < SIZE; at++) {
                if (at % 5 != 3) {
                    random.nextBytes(block);
                    channel.write(java.nio.ByteBuffer.wrap(block), (long) at * MIB);
                }
            }
            channel.write(java.nio.ByteBuffer.wrap(new byte[1]), (long) SIZE * MIB - 1);
        }
        return file;
    }

    private void round(Work work, Victim victim, int after, String disk, Path image, int number) throws Exception {
        String what = work + ", " + victim + " killed after " + after + " ms";
        did.add(what);
        System.err.println("  " + what);
        switch (work) {
            case COPY -> {
                String name = "copy-" + number;
                ObjectNode copy = target(elsewhere(disk));
                copy.putObject("disk").put("name", name);
                ask("/disks/" + disk + "/copy", copy);
                killing.kill(victim, after);
                wholeOrGone(name, image);
            }
            case MOVE -> {
                ask("/disks/" + disk + "/move", target(elsewhere(disk)));
                killing.kill(victim, after);
            }
            case LIVE_MOVE -> liveMove(victim, after, disk, number);
            case CONVERT -> {
                ObjectNode convert = Inventory.object();
                convert.putObject("disk").put("format", format(disk).equals("raw") ? "cow" : "raw");
                ask("/disks/" + disk + "/convert", convert);
                killing.kill(victim, after);
            }
            case SPARSIFY -> {
                ask("/disks/" + disk + "/sparsify", Inventory.object());
                killing.kill(victim, after);
            }
            case GROW -> {
                long bytes =
                        api().get("/disks/" + disk).path("provisioned_size").asLong() + 16L * MIB;
                attempt(() -> api().call(
                                "PUT",
                                "/disks/" + disk,
                                Inventory.object()
                                        .put("provisioned_size", Long.toString(bytes))
                                        .toString()));
                killing.kill(victim, after);
                assertThat(api().get("/disks/" + disk).path("provisioned_size").asLong())
                        .isIn(bytes, bytes - 16L * MIB);
            }
            case UPLOAD -> {
                String name = "upload-" + number;
                var upload = inBackground("disk", "upload", image.toString(), "--storage", "shared", "--name", name);
                killing.kill(victim, after);
                var outcome = upload.get(5, TimeUnit.MINUTES);
                System.err.println(
                        "  the upload " + (outcome.succeeded() ? "went through" : "failed: " + outcome.output()));
                world.awaitQuiet();
                assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
                wholeOrGone(name, image);
            }
            case DOWNLOAD -> {
                Path back = directory.resolve("back-" + number + ".raw");
                var download = inBackground("disk", "download", disk, back.toString());
                killing.kill(victim, after);
                var outcome = download.get(5, TimeUnit.MINUTES);
                assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
                Command.run("qemu-img", "compare", "-f", "raw", "-F", "raw", image.toString(), back.toString());
                Files.delete(back);
            }
        }
        whole(disk, image);
    }

    private void liveMove(Victim victim, int after, String disk, int number) {
        String vm = world.runningMachine("live-" + number, world.one);
        // The guest's own writer writes to vdb.
        ObjectNode attachment = Inventory.object()
                .put("interface", "virtio_scsi")
                .put("bootable", "false")
                .put("active", "true");
        attachment.putObject("disk").put("id", disk);
        api().post("/vms/" + vm + "/diskattachments", attachment);
        ask("/disks/" + disk + "/move", target(elsewhere(disk)));
        killing.kill(victim, after);
        if (victim == Victim.HOST) {
            world.awaitStatus(vm, "down", World.BOOT);
        } else {
            assertThat(world.running(vm)).as("the machine runs on").isEqualTo(1);
            world.stop(vm);
        }
        api().delete("/vms/" + vm + "/diskattachments/" + disk + "?detach_only=true");
        world.remove(vm);
    }

    private CompletableFuture<Command.Outcome> inBackground(String... words) {
        var running = CompletableFuture.supplyAsync(() -> CommandLineRun.attempt(world.engine, words));
        assertThat(Await.holds(
                        World.SOON,
                        () -> running.isDone()
                                || api().list("/imagetransfers").stream()
                                        .anyMatch(each ->
                                                each.path("phase").asText().equals("transferring"))))
                .as("bytes flow")
                .isTrue();
        return running;
    }

    /** What is asked while somebody dies may be refused or lost; how it ended is seen afterwards. */
    private void ask(String path, ObjectNode body) {
        attempt(() -> api().call("POST", path, body.toString()));
    }

    private static void attempt(java.util.function.Supplier<ApiClient.Reply> call) {
        var reply = call.get();
        assertThat(reply.succeeded()).as(reply.text()).isTrue();
    }

    /** It is ok, lies in one place, and every byte of it is there. */
    private void whole(String disk, Path image) {
        JsonNode now = api().get("/disks/" + disk);
        assertThat(now.path("status").asText()).as(now.toString()).isEqualTo("ok");
        assertThat(Await.holds(World.SOON, () -> images(disk).size() == 1))
                .as("one image: " + images(disk))
                .isTrue();
        String directory = images(disk).getFirst();
        String home = now.path("storage_domains")
                .path("storage_domain")
                .get(0)
                .path("id")
                .asText();
        assertThat(directory).contains(home);
        List<String> data = world.one
                .run("ls", directory)
                .lines()
                .filter(name -> !name.contains("."))
                .toList();
        assertThat(data).as("volumes").containsExactly(now.path("image_id").asText());
        Command.Outcome same = world.one.attempt(
                COMPARING,
                "qemu-img",
                "compare",
                "-f",
                "raw",
                "-F",
                now.path("format").asText().equals("raw") ? "raw" : "qcow2",
                image.toString(),
                directory + "/" + now.path("image_id").asText());
        assertThat(same.succeeded()).as(same.output()).isTrue();
    }

    private void wholeOrGone(String name, Path image) {
        JsonNode made = api().named("/disks", name);
        if (!made.isMissingNode()) {
            String id = made.path("id").asText();
            whole(id, image);
            api().delete("/disks/" + id);
            world.awaitQuiet();
            assertThat(images(id)).isEmpty();
        }
    }

    /** Where on storage there are images of that disk, as a host sees it. */
    private List<String> images(String disk) {
        return world.one
                .attempt(
                        World.SOON,
                        "find",
                        "/rhev/data-center/mnt/",
                        "-maxdepth",
                        "5",
                        "-type",
                        "d",
                        "-name",
                        "*" + disk)
                .output()
                .lines()
                .toList();
    }

    private String format(String disk) {
        return api().get("/disks/" + disk).path("format").asText();
    }

    private String elsewhere(String disk) {
        String now = api().get("/disks/" + disk)
                .path("storage_domains")
                .path("storage_domain")
                .get(0)
                .path("id")
                .asText();
        return now.equals(api().named("/storagedomains", "shared").path("id").asText()) ? "second" : "shared";
    }

    private static ObjectNode target(String domain) {
        ObjectNode action = Inventory.object();
        action.putObject("storage_domain").put("name", domain);
        return action;
    }

    private String secondDomain(Path place) {
        ObjectNode domain = Inventory.object().put("type", "data").put("name", "second");
        domain.putObject("storage")
                .put("type", "posixfs")
                .put("path", place.toString())
                .put("vfs_type", "none")
                .put("mount_options", "bind");
        domain.putObject("host").put("name", "host1");
        String id = api().post("/storagedomains", domain).path("id").asText();
        api().post(world.attached(), Inventory.object().put("id", id));
        api().awaitStatus(world.attached() + "/" + id, "active", World.SOON);
        return id;
    }

    private void removeSecond(String id) {
        api().post(world.attached() + "/" + id + "/deactivate", Inventory.object());
        api().awaitStatus(world.attached() + "/" + id, "maintenance", World.SOON);
        api().delete(world.attached() + "/" + id);
        world.awaitQuiet();
        api().delete("/storagedomains/" + id + "?format=true&host=host1");
        world.awaitQuiet();
    }

    private ApiClient api() {
        return world.api();
    }
}
