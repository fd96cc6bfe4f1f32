package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Machines that fall and are to run again, though the engine or their host is gone meanwhile. */
@InTurn(of = 2, on = 0)
@ExtendWith(World.Extension.class)
final class FallenMachinesTest {
    private static final Duration QUICK = Duration.ofSeconds(20);

    private final World world;

    FallenMachinesTest(World world) {
        this.world = world;
    }

    @Test
    void a_machine_whose_restart_failed_is_tried_again_by_the_next_engine() {
        String vm = world.runningMachine("falls", world.one);
        ObjectNode available = Inventory.object();
        available.putObject("high_availability").put("enabled", "true");
        api().put("/vms/" + vm, available.toString());
        String disk =
                api().list("/vms/" + vm + "/diskattachments").get(0).path("id").asText();
        String image = world.one
                .run("find", "/rhev/data-center/mnt/", "-maxdepth", "5", "-type", "d", "-name", disk)
                .lines()
                .findFirst()
                .orElseThrow()
                .strip();

        // Its storage cannot be read when it falls, so that no host can start it.
        world.one.run("mv", image, image + "-away");
        world.one.attempt(QUICK, "pkill", "-KILL", "-f", "qemu-system.*falls");
        assertThat(Await.holds(World.BOOT, () -> events(vm).contains("It is being restarted")))
                .as(events(vm))
                .isTrue();
        assertThat(Await.holds(World.BOOT, () -> world.status(vm).equals("down") && quiet() && world.running(vm) == 0))
                .as("its restart fails: " + events(vm))
                .isTrue();
        world.engine.kill();
        world.one.run("mv", image + "-away", image);
        world.engine.start();
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.running(vm)).isEqualTo(1);
        world.guestAddress(vm);

        // Whoever stops it does not see it come again, not after the next restart of the engine either.
        world.stop(vm);
        world.engine.kill();
        world.engine.start();
        world.hosts().forEach(host -> new Inventory(api()).awaitHost(host.name()));
        world.awaitQuiet();
        assertThat(world.status(vm)).isEqualTo("down");
        assertThat(world.running(vm)).isZero();
        world.remove(vm);
    }

    @Test
    void a_pool_whose_host_is_lost_runs_elsewhere_and_has_forgotten() {
        ObjectNode wish = Inventory.object()
                .put("name", "lost-pool-?")
                .put("size", "1")
                .put("prestarted_vms", "1")
                .put("type", "automatic");
        wish.putObject("cluster").put("name", "Default");
        wish.putObject("template").put("name", "tiny");
        wish.putObject("instance_type").put("name", "Tiny");
        String pool = api().post("/vmpools", wish).path("id").asText();
        try {
            assertThat(Await.holds(
                            World.BOOT,
                            () -> members(pool).stream()
                                    .anyMatch(each -> world.status(each).equals("up"))))
                    .as("one runs ahead")
                    .isTrue();
            String vm = members(pool).getFirst();
            String image = image(vm);
            LabHost lost = world.hostOf(vm).equals("host1") ? world.one : world.two;
            LabHost other = lost == world.one ? world.two : world.one;
            lost.powerOff();
            String host = api().named("/hosts", lost.name()).path("id").asText();
            assertThat(Await.holds(
                            World.BOOT,
                            () -> api().call("POST", "/hosts/" + host + "/fence", "{\"fence_type\": \"manual\"}")
                                    .succeeded()))
                    .as("its reboot can be confirmed once it is silent")
                    .isTrue();
            assertThat(Await.holds(
                            World.BOOT,
                            () -> world.status(vm).equals("up")
                                    && world.hostOf(vm).equals(other.name())))
                    .as("it runs on the other host: " + events(vm))
                    .isTrue();
            assertThat(other.qemuProcesses(vm)).isEqualTo(1);
            assertThat(image(vm))
                    .as("it writes beside its disk, and to another volume than before")
                    .isNotEqualTo(image);
            String disk = api().list("/vms/" + vm + "/diskattachments")
                    .get(0)
                    .path("id")
                    .asText();
            assertThat(new WrittenDisk(world, disk).own())
                    .as("what it wrote before is gone")
                    .hasSize(2)
                    .doesNotContain(image);
        } finally {
            world.hosts().forEach(host -> {
                host.powerOn();
                host.startLibvirt();
                host.startAgent();
            });
            api().put(
                            "/vmpools/" + pool,
                            Inventory.object().put("prestarted_vms", "0").toString());
            assertThat(Await.holds(World.BOOT, () -> {
                        members(pool).stream()
                                .filter(vm -> !world.status(vm).equals("down"))
                                .forEach(vm -> api().call("POST", "/vms/" + vm + "/stop", "{}"));
                        return api().call("DELETE", "/vmpools/" + pool, "").succeeded();
                    }))
                    .isTrue();
            world.awaitQuiet();
        }
    }

    private boolean quiet() {
        return api().list("/jobs").stream()
                .noneMatch(job -> job.path("status").asText().equals("started"));
    }

    private String events(String vm) {
        return api().list("/events?max=60").stream()
                .filter(event -> event.path("vm").path("id").asText().equals(vm))
                .map(event -> event.path("description").asText())
                .collect(Collectors.joining("; "));
    }

    private List<String> members(String pool) {
        return api().list("/vms").stream()
                .filter(vm -> vm.path("vm_pool").path("id").asText().equals(pool))
                .map(vm -> vm.path("id").asText())
                .toList();
    }

    private String image(String vm) {
        String disk =
                api().list("/vms/" + vm + "/diskattachments").get(0).path("id").asText();
        return api().get("/disks/" + disk).path("image_id").asText();
    }

    private ApiClient api() {
        return world.api();
    }
}
