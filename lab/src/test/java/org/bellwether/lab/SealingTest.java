package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.bellwether.lab.Killing.Victim;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Templates of a real Debian that are sealed by virt-sysprep on their host: what their machines share no more, and who dies while it works. */
@InTurn(of = 6, on = 5)
@ExtendWith(World.Extension.class)
final class SealingTest {
    /** It boots a machine of its own, which is emulated here. */
    private static final Duration SEALING = Duration.ofMinutes(10);

    private static final String MACHINE_ID = "cat /etc/machine-id";
    private static final String HISTORY = "/root/.bash_history";

    private final World world;

    SealingTest(World world) {
        this.world = world;
    }

    @BeforeEach
    void the_program_is_there() {
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/virt-sysprep")),
                "virt-sysprep is not installed here: apt-get install libguestfs-tools linux-image-cloud-amd64");
    }

    @Test
    void machines_of_a_sealed_template_have_nothing_of_the_one_it_was_made_of() throws IOException {
        DebianGuest first = new DebianGuest(world, 71);
        String vm = first.original("seal-first");
        ObjectNode told = Inventory.object();
        first.tell(told);
        world.api().put("/vms/" + vm, told.toString());
        first.firstBoot(vm);
        String id = first.run(MACHINE_ID);
        String key = first.run("cat /etc/ssh/ssh_host_ed25519_key.pub");
        first.run("sudo sh -c 'echo secret >" + HISTORY + "; sync'");
        first.shutDown(vm);
        String content = checksum(imageOf("/vms/" + vm));

        String template = seal(vm, "sealed");
        world.api().awaitStatus("/templates/" + template, "ok", SEALING);
        world.awaitQuiet();
        assertThat(checksum(imageOf("/vms/" + vm))).as("the machine's own disk").isEqualTo(content);

        DebianGuest second = new DebianGuest(world, 72);
        ObjectNode wish = Inventory.object().put("name", "seal-second");
        wish.putObject("cluster").put("name", Testbed.CLUSTER);
        wish.putObject("template").put("id", template);
        second.tell(wish);
        String made = world.api().post("/vms", wish).path("id").asText();
        world.awaitStatus(made, "down", World.BOOT);
        second.firstBoot(made);
        assertThat(second.run(MACHINE_ID))
                .as("DHCP servers tell machines apart by it")
                .isNotEmpty()
                .isNotEqualTo(id);
        assertThat(second.run("cat /etc/ssh/ssh_host_ed25519_key.pub")).isNotEqualTo(key);
        assertThat(second.run("sudo ls -A /root")).doesNotContain(".bash_history");
        second.shutDown(made);
        world.remove(made);
        world.api().delete("/templates/" + template);
        world.awaitQuiet();
        world.remove(vm);
    }

    @Test
    void whoever_dies_while_it_is_sealed_leaves_a_sealed_template_or_none() throws IOException {
        long seed = Long.getLong("bellwether.sealing.seed", System.nanoTime());
        System.err.println("sealed and killed: seed " + seed);
        var random = new Random(seed);
        String vm = new DebianGuest(world, 73).original("seal-of");
        world.awaitQuiet();
        String source = imageOf("/vms/" + vm);
        String content = checksum(source);
        Killing killing = new Killing(world, List.of(Testbed.DOMAIN));
        for (Victim victim : Victim.values()) {
            String name = "sealed-" + victim;
            String template = seal(vm, name);
            assertThat(Await.holds(SEALING, this::works))
                    .as("the program works")
                    .isTrue();
            int after = random.nextInt(20_000);
            System.err.println("  " + victim + " killed " + after + " ms later, seed " + seed);
            killing.kill(victim, after);
            JsonNode there = world.api().named("/templates", name);
            System.err.println("    " + (there.isMissingNode() ? "it is not there" : "it is there"));
            assertThat(Await.holds(World.SOON, () -> !works()))
                    .as("nobody works on disks that may be used or are gone")
                    .isTrue();
            if (!there.isMissingNode()) {
                assertThat(there.path("status").asText()).as(there.toString()).isEqualTo("ok");
                String image = imageOf("/templates/" + template);
                world.one.run("qemu-img", "check", "-q", "-f", "qcow2", image);
                assertThat(same(source, image)).as("it is as it was copied").isFalse();
                world.api().delete("/templates/" + template);
                world.awaitQuiet();
            }
            assertThat(checksum(source)).as("the machine's own disk").isEqualTo(content);
        }
        world.remove(vm);
    }

    private String seal(String vm, String name) {
        ObjectNode wish = Inventory.object().put("name", name);
        wish.putObject("vm").put("id", vm);
        return world.api().post("/templates?seal=true", wish).path("id").asText();
    }

    /** Whether virt-sysprep, or its machine, has a disk of this world's open. */
    private boolean works() {
        return ProcessHandle.allProcesses()
                .flatMap(process -> process.info().commandLine().stream())
                .anyMatch(line -> line.contains("/images/") && line.contains("sysprep"));
    }

    private String imageOf(String path) {
        String id = world.api()
                .list(path + "/diskattachments")
                .getFirst()
                .path("disk")
                .path("id")
                .asText();
        String directory = world.one
                .run("find", "/rhev/data-center/mnt/", "-mindepth", "5", "-maxdepth", "5", "-name", id)
                .strip();
        return directory + "/"
                + world.api().get("/disks/" + id).path("image_id").asText();
    }

    private boolean same(String one, String other) {
        return world.one
                .attempt(SEALING, "qemu-img", "compare", "-f", "qcow2", "-F", "qcow2", one, other)
                .succeeded();
    }

    private String checksum(String image) {
        return world.one.run("sha256sum", image).strip();
    }
}
