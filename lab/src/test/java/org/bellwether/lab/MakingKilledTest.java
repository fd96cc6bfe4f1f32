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
import java.util.stream.Stream;
import org.bellwether.lab.Killing.Victim;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The agents, the host that does the work, or the engine are killed at random while something new is made: a preallocated
 * disk, a template, a machine with disks of its own, an archive, a machine out of an archive. Afterwards it is there and
 * whole, or it is not there and nothing of it is left on storage; what it was made of is as it was.
 *
 * <p>Each kind once by itself; more with {@code MAVEN_ARGS="-Dbellwether.making.kills=50"}, the same again with
 * {@code -Dbellwether.making.seed=SEED}.
 */
@InTurn(of = 6, on = 2)
@ExtendWith(World.Extension.class)
final class MakingKilledTest {
    private static final long SIZE = 512L << 20;
    private static final Duration COMPARING = Duration.ofMinutes(2);

    private enum Made {
        PREALLOCATED,
        TEMPLATE,
        CLONE,
        ARCHIVE,
        IMPORT
    }

    private final World world;
    private final Killing killing;
    private final List<String> did = new ArrayList<>();

    MakingKilledTest(World world) {
        this.world = world;
        this.killing = new Killing(world, List.of("shared"));
    }

    @AfterEach
    void take_archives_away() throws IOException {
        try (Stream<Path> left = Files.list(world.one.exchange())) {
            for (Path each : left.toList()) {
                Files.delete(each);
            }
        }
    }

    @Test
    void what_is_made_while_somebody_is_killed_is_whole_or_nowhere() throws Exception {
        long seed = Optional.ofNullable(Long.getLong("bellwether.making.seed")).orElseGet(System::nanoTime);
        int kills = Integer.getInteger("bellwether.making.kills", Made.values().length);
        System.err.println("made and killed at random: seed " + seed);
        var random = new Random(seed);
        String source = world.machine("made-of");
        world.awaitQuiet();
        export(source, "source.ova");
        // The domain's OVF_STORE is made when it is first wanted.
        String domain =
                world.api().named("/storagedomains", "shared").path("id").asText();
        world.api().post("/storagedomains/" + domain + "/updateovfstore", Inventory.object());
        world.awaitQuiet();
        List<String> before = images();
        List<Made> kinds = new ArrayList<>();
        try {
            for (int round = 0; round < kills; round++) {
                if (kinds.isEmpty()) {
                    kinds.addAll(List.of(Made.values()));
                    Collections.shuffle(kinds, random);
                }
                round(kinds.removeLast(), Victim.any(random), random.nextInt(1200), source, "made-" + round);
                assertThat(Await.holds(World.SOON, () -> images().equals(before)))
                        .as("left over: " + images() + ", of " + before)
                        .isTrue();
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("seed " + seed + " failed after: " + did, e);
        }
        world.remove(source);
    }

    private void round(Made kind, Victim victim, int after, String source, String name) throws IOException {
        String what = kind + ", " + victim + " killed after " + after + " ms";
        did.add(what);
        System.err.println("  " + what);
        switch (kind) {
            case PREALLOCATED -> {
                ObjectNode disk = Inventory.object()
                        .put("name", name)
                        .put("format", "raw")
                        .put("sparse", "false")
                        .put("provisioned_size", Long.toString(SIZE));
                disk.putObject("storage_domains")
                        .putArray("storage_domain")
                        .addObject()
                        .put("name", "shared");
                ask("/disks", disk);
            }
            case TEMPLATE -> {
                ObjectNode template = Inventory.object().put("name", name);
                template.putObject("vm").put("id", source);
                ask("/templates", template);
            }
            case CLONE -> {
                ObjectNode clone = Inventory.object();
                clone.putObject("vm").put("name", name);
                ask("/vms/" + source + "/clone", clone);
            }
            case ARCHIVE -> export(source, name + ".ova");
            case IMPORT -> {
                ObjectNode wish = Inventory.object()
                        .put("name", name)
                        .put("provider", "kvm")
                        .put("url", "ova://" + world.one.exchange().resolve("source.ova"));
                wish.putObject("host").put("name", "host1");
                wish.putObject("cluster").put("name", "Default");
                wish.putObject("storage_domain").put("name", "shared");
                wish.putObject("vm").put("name", name);
                ask("/externalvmimports", wish);
            }
        }
        killing.kill(victim, after);
        boolean there = switch (kind) {
            case PREALLOCATED -> preallocated(name);
            case TEMPLATE -> machine("/templates", name, "ok");
            case CLONE, IMPORT -> machine("/vms", name, "down");
            case ARCHIVE -> archive(name + ".ova");
        };
        System.err.println("    " + (there ? "it is there" : "it is not there"));
        boots(source);
    }

    private void export(String machine, String file) {
        ObjectNode export = Inventory.object()
                .put("directory", world.one.exchange().toString())
                .put("filename", file);
        export.putObject("host").put("name", "host1");
        ask("/vms/" + machine + "/export", export);
    }

    private void ask(String path, ObjectNode body) {
        var reply = world.api().call("POST", path, body.toString());
        assertThat(reply.succeeded()).as(reply.text()).isTrue();
    }

    private boolean preallocated(String name) {
        JsonNode disk = world.api().named("/disks", name);
        if (disk.isMissingNode()) {
            return false;
        }
        String path = "/disks/" + disk.path("id").asText();
        if (disk.path("status").asText().equals("ok")) {
            assertThat(disk.path("actual_size").asLong()).as(disk.toString()).isGreaterThanOrEqualTo(SIZE);
        } else {
            assertThat(disk.path("status").asText()).as(disk.toString()).isEqualTo("illegal");
        }
        world.api().delete(path);
        world.awaitQuiet();
        return true;
    }

    /** With every byte of the disk that it was made of. */
    private boolean machine(String collection, String name, String status) {
        JsonNode made = world.api().named(collection, name);
        if (made.isMissingNode()) {
            return false;
        }
        String path = collection + "/" + made.path("id").asText();
        assertThat(made.path("status").asText()).as(made.toString()).isEqualTo(status);
        List<JsonNode> disks = world.api().list(path + "/diskattachments");
        assertThat(disks).hasSize(1);
        boots(made.path("id").asText(), path);
        world.api().delete(path);
        world.awaitQuiet();
        return true;
    }

    private void boots(String machine) {
        boots(machine, "/vms/" + machine);
    }

    /** Its disk reads as the image that it came from. */
    private void boots(String machine, String path) {
        String id = world.api()
                .list(path + "/diskattachments")
                .getFirst()
                .path("disk")
                .path("id")
                .asText();
        JsonNode disk = world.api().get("/disks/" + id);
        assertThat(disk.path("status").asText()).as(disk.toString()).isEqualTo("ok");
        String[] found = {""};
        // A host that was off connects its storage again in its own time.
        assertThat(Await.holds(World.SOON, () -> {
                    found[0] = images().stream()
                            .filter(image -> image.endsWith(id))
                            .findFirst()
                            .orElse("");
                    return !found[0].isEmpty();
                }))
                .as("the image of " + machine)
                .isTrue();
        String directory = found[0];
        Command.Outcome same = world.one.attempt(
                COMPARING,
                "qemu-img",
                "compare",
                "-f",
                "qcow2",
                "-F",
                disk.path("format").asText().equals("raw") ? "raw" : "qcow2",
                GuestImages.tiny().toString(),
                directory + "/" + disk.path("image_id").asText());
        assertThat(same.succeeded()).as(machine + ": " + same.output()).isTrue();
    }

    /** Whole by its digests, which whoever imports it would look at; and no part of one. */
    private boolean archive(String file) throws IOException {
        Path archive = world.one.exchange().resolve(file);
        assertThat(Await.holds(World.SOON, () -> !Files.exists(archive.resolveSibling(file + ".part"))))
                .as("no part of it is left")
                .isTrue();
        if (!Files.exists(archive)) {
            return false;
        }
        assertThat(Command.run("tar", "-tf", archive.toString()).lines()).anyMatch(name -> name.endsWith(".ovf"));
        Files.delete(archive);
        return true;
    }

    /** Whatever lies among the images of the world's storage. */
    private List<String> images() {
        return world.one
                .run("find", "/rhev/data-center/mnt/", "-mindepth", "5", "-maxdepth", "5", "-path", "*/images/*")
                .lines()
                .sorted()
                .toList();
    }
}
