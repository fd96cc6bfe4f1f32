package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Storage that hangs: its server is stopped. Who dies during work on disks is in {@link DisksKilledTest}. */
@InTurn(of = 2, on = 0)
@ExtendWith(World.Extension.class)
final class StoreTroubleTest {
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
        String machine = machineBeside();
        String address = world.guestAddress(machine);
        World.Heartbeat before = world.heartbeat(address);
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
            assertThat(world.heartbeat(address))
                    .as("the machine on the other store goes on")
                    .satisfies(now -> {
                        assertThat(now.boot()).isEqualTo(before.boot());
                        assertThat(now.tick()).isGreaterThan(before.tick());
                    });
            assertThat(world.status(machine)).isEqualTo("up");
            asked = System.nanoTime();
            world.stop(machine);
            assertThat(Duration.ofNanos(System.nanoTime() - asked))
                    .as("and is stopped as ever")
                    .isLessThan(Duration.ofSeconds(20));
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

    /** It runs and has nothing on the store that hangs. */
    private String machineBeside() {
        ObjectNode vm = Inventory.object().put("name", "trouble").put("memory", Long.toString(Testbed.TINY_MEMORY));
        vm.putObject("cluster").put("name", "Default");
        vm.putObject("template").put("name", "Blank");
        String id = world.api().post("/vms", vm).path("id").asText();
        world.awaitStatus(id, "down", World.SOON);
        ObjectNode nic = Inventory.object().put("name", "nic1");
        nic.putObject("vnic_profile").put("id", profile());
        world.api().post("/vms/" + id + "/nics", nic);
        ObjectNode attachment = Inventory.object()
                .put("interface", "virtio")
                .put("bootable", "true")
                .put("active", "true");
        attachment
                .putObject("disk")
                .put("id", new Inventory(world.api()).upload("trouble-boot", GuestImages.tiny(), "beside"));
        world.api().post("/vms/" + id + "/diskattachments", attachment);
        world.api().post("/vms/" + id + "/start", Inventory.object());
        world.awaitStatus(id, "up", World.BOOT);
        return id;
    }

    /** Of the network of all hosts in the first data center. */
    private String profile() {
        String networks = "/clusters/"
                + world.api().named("/clusters", "Default").path("id").asText() + "/networks";
        String network = world.api().named(networks, "ovirtmgmt").path("id").asText();
        return world.api()
                .list("/networks/" + network + "/vnicprofiles")
                .get(0)
                .path("id")
                .asText();
    }

    private boolean works() {
        try {
            disk("trouble-after", "shared", "cow", 1 << 20);
            return true;
        } catch (LabFailure notYet) {
            return false;
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

    private String attached() {
        return "/datacenters/"
                + world.api().named("/datacenters", "Default").path("id").asText() + "/storagedomains";
    }
}
