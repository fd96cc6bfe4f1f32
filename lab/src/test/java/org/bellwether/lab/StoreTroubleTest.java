package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Run with BELLWETHER_TROUBLE=yes only. Storage that hangs, and hosts that die in the middle of long work on disks. */
@EnabledIfEnvironmentVariable(named = "BELLWETHER_TROUBLE", matches = "yes")
@ExtendWith(World.Extension.class)
final class StoreTroubleTest {
    private static final int DISK_BYTES = 192 << 20;
    /** How often a host dies under work: {@code -Dbellwether.kills=100} takes its time, and the seed is printed. */
    private static final int KILLS = Integer.getInteger("bellwether.kills", 3);

    private static final long SEED = Long.getLong("bellwether.seed", 20261128L);
    private static final Duration OPERATION = Duration.ofMinutes(6);

    private final World world;

    @TempDir
    Path directory;

    private String second = "";

    StoreTroubleTest(World world) {
        this.world = world;
    }

    @BeforeEach
    void second_domain() {
        ObjectNode place = Inventory.object().put("type", "data").put("name", "beside");
        place.putObject("storage")
                .put("type", "posixfs")
                .put("path", directory.toString())
                .put("vfs_type", "none")
                .put("mount_options", "bind");
        place.putObject("host").put("name", "host1");
        second = world.api().post("/storagedomains", place).path("id").asText();
        world.api().post(attached(), Inventory.object().put("id", second));
        world.api().awaitStatus(attached() + "/" + second, "active", Duration.ofMinutes(2));
    }

    @AfterEach
    void remove_it() {
        world.lab.gluster().thaw();
        world.restore();
        world.awaitQuiet();
        for (JsonNode disk : world.api().list("/disks")) {
            if (disk.path("name").asText().startsWith("trouble")) {
                world.api().delete("/disks/" + disk.path("id").asText());
            }
        }
        world.awaitQuiet();
        world.api().post(attached() + "/" + second + "/deactivate", Inventory.object());
        world.api().awaitStatus(attached() + "/" + second, "maintenance", World.BOOT);
        world.api().delete(attached() + "/" + second);
        world.awaitQuiet();
        world.api().delete("/storagedomains/" + second + "?format=true&host=host1");
        world.awaitQuiet();
    }

    @Test
    void a_store_that_hangs_slows_nobody_else_and_recovers_by_itself() {
        String shared =
                world.api().named("/storagedomains", "shared").path("id").asText();
        world.lab.gluster().freeze();
        long begun = System.nanoTime();
        try {
            long slowest = 0;
            while (!world.api()
                    .get(attached() + "/" + shared)
                    .path("status")
                    .asText()
                    .equals("inactive")) {
                assertThat(System.nanoTime() - begun)
                        .as("it is noticed")
                        .isLessThan(Duration.ofMinutes(2).toNanos());
                long asked = System.nanoTime();
                world.api().list("/disks");
                world.api().list("/vms");
                slowest = Math.max(slowest, System.nanoTime() - asked);
            }
            assertThat(Duration.ofNanos(slowest)).as("the engine answers").isLessThan(Duration.ofSeconds(3));
            long asked = System.nanoTime();
            String disk = disk("trouble-beside", "beside", "cow", 1 << 20);
            assertThat(Duration.ofNanos(System.nanoTime() - asked))
                    .as("the other store is worked on as ever")
                    .isLessThan(Duration.ofSeconds(20));
            assertThat(disk).isNotEmpty();
        } finally {
            world.lab.gluster().thaw();
        }
        world.api().awaitStatus(attached() + "/" + shared, "active", Duration.ofMinutes(2));
        assertThat(Await.holds(Duration.ofMinutes(3), () -> {
                    JsonNode made = world.api().call("GET", "/disks", "").json();
                    return made != null && works();
                }))
                .as("disks are made on it again")
                .isTrue();
    }

    private boolean works() {
        try {
            disk("trouble-after", "shared", "cow", 1 << 20);
            return true;
        } catch (LabFailure notYet) {
            return false;
        }
    }

    @Test
    void a_host_killed_in_the_middle_of_work_on_a_disk_leaves_its_content_whole() throws IOException {
        System.err.println("bellwether.seed=" + SEED);
        Random random = new Random(SEED);
        String disk = disk("trouble-content", "beside", "raw", DISK_BYTES);
        String checksum = fill(volume(disk), random.nextLong());
        for (int round = 0; round < KILLS; round++) {
            boolean power = random.nextBoolean();
            String what = List.of("move", "copy", "sparsify").get(round % 3);
            String from = domainOf(disk);
            begin(what, disk, from.equals(second) ? "shared" : "beside", round);
            pause(random.nextInt(1500));
            if (power) {
                world.hosts().forEach(LabHost::powerOff);
            } else {
                world.hosts().forEach(LabHost::killAgent);
            }
            world.hosts().forEach(LabHosts::bringUp);
            world.hosts().forEach(host -> new Inventory(world.api()).awaitHost(host.name()));
            awaitEnded(disk);
            assertThat(checksum(volume(disk)))
                    .as("round " + round + ": " + what + " under " + (power ? "a power cut" : "a dead agent"))
                    .isEqualTo(checksum);
            removeCopies(round);
        }
    }

    /** One way or the other, and it can be worked with again. */
    private void awaitEnded(String disk) {
        assertThat(Await.holds(
                        OPERATION,
                        () -> world.api().list("/jobs").stream()
                                .noneMatch(job -> job.path("status").asText().equals("started"))))
                .as("the operation has ended: "
                        + world.api().call("GET", "/jobs", "").text())
                .isTrue();
        assertThat(world.api().get("/disks/" + disk).path("status").asText()).isEqualTo("ok");
    }

    private void begin(String what, String disk, String to, int round) {
        ObjectNode wish = Inventory.object();
        switch (what) {
            case "move" -> wish.putObject("storage_domain").put("name", to);
            case "copy" -> {
                wish.putObject("disk").put("name", "trouble-copy-" + round);
                wish.putObject("storage_domain").put("name", to);
            }
            default -> {
                // Sparsifying needs nothing said.
            }
        }
        world.api().post("/disks/" + disk + "/" + what, wish);
    }

    private void removeCopies(int round) {
        JsonNode copy = world.api().named("/disks", "trouble-copy-" + round);
        if (!copy.isMissingNode()) {
            world.api().delete("/disks/" + copy.path("id").asText());
            world.awaitQuiet();
        }
    }

    private String disk(String name, String domain, String format, long bytes) {
        ObjectNode wish = Inventory.object()
                .put("name", name)
                .put("format", format)
                .put("sparse", "true")
                .put("provisioned_size", Long.toString(bytes));
        wish.putObject("storage_domains").putArray("storage_domain").addObject().put("name", domain);
        String id = world.api().post("/disks", wish).path("id").asText();
        world.api().awaitStatus("/disks/" + id, "ok", World.SOON);
        return id;
    }

    private String domainOf(String disk) {
        return world.api()
                .get("/disks/" + disk)
                .path("storage_domains")
                .path("storage_domain")
                .get(0)
                .path("id")
                .asText();
    }

    /** The file that the engine says the disk is in, as it lies on this machine. */
    private Path volume(String disk) throws IOException {
        String domain = domainOf(disk);
        Path root = domain.equals(second) ? directory : world.lab.gluster().brick("shared");
        Path image = root.resolve(domain).resolve("images").resolve(disk);
        String volume = world.api().get("/disks/" + disk).path("image_id").asText();
        if (!volume.isEmpty()) {
            return image.resolve(volume);
        }
        try (Stream<Path> files = Files.list(image)) {
            return files.filter(file -> !file.getFileName().toString().contains("."))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static String fill(Path file, long seed) throws IOException {
        Random random = new Random(seed);
        byte[] block = new byte[1 << 20];
        try (OutputStream out = Files.newOutputStream(file)) {
            for (int at = 0; at < DISK_BYTES; at += block.length) {
                random.nextBytes(block);
                out.write(block);
            }
        }
        return checksum(file);
    }

    private static String checksum(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] block = new byte[1 << 20];
            for (int n = in.read(block); n >= 0; n = in.read(block)) {
                digest.update(block, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Chance decides when the host dies. */
    private static void pause(int millis) {
        long end = System.nanoTime() + millis * 1_000_000L;
        Await.holds(Duration.ofSeconds(5), () -> System.nanoTime() > end);
    }

    private String attached() {
        return "/datacenters/"
                + world.api().named("/datacenters", "Default").path("id").asText() + "/storagedomains";
    }
}
