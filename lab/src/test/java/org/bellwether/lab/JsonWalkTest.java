package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The whole life of a machine over plain HTTP and JSON. */
@ExtendWith(World.Extension.class)
final class JsonWalkTest {
    private final World world;

    JsonWalkTest(World world) {
        this.world = world;
    }

    @Test
    void from_template_over_migration_to_removal() {
        ApiClient api = world.api();
        JsonNode root = api.get("/");
        assertThat(root.path("product_info").path("version").path("major").asText())
                .isEqualTo("4");

        String vm = world.machine("json-walk");
        ObjectNode attachment = Inventory.object()
                .put("interface", "virtio")
                .put("bootable", "false")
                .put("active", "true");
        ObjectNode disk = attachment
                .putObject("disk")
                .put("name", "json-walk-data")
                .put("format", "raw")
                .put("provisioned_size", Long.toString(64L << 20));
        disk.putObject("storage_domains").putArray("storage_domain").addObject().put("name", "shared");
        String diskId = api.post("/vms/" + vm + "/diskattachments", attachment)
                .path("id")
                .asText();
        api.awaitStatus("/disks/" + diskId, "ok", World.SOON);
        assertThat(api.list("/vms/" + vm + "/diskattachments")).hasSize(2);
        assertThat(api.list("/vms/" + vm + "/nics")).isNotEmpty();

        ObjectNode on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", "host1");
        api.post("/vms/" + vm + "/start", on);
        world.awaitStatus(vm, "up", World.BOOT);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);
        JsonNode running = api.get("/vms/" + vm);
        assertThat(running.path("guest_operating_system").path("distribution").asText())
                .contains("Bellwether");
        assertThat(world.hostOf(vm)).isEqualTo("host1");

        world.migrate(vm, world.two);
        assertThat(Await.holds(
                        World.BOOT,
                        () -> world.hostOf(vm).equals("host2")
                                && world.status(vm).equals("up")))
                .as("it is up on host2")
                .isTrue();
        World.Heartbeat after = world.heartbeat(address);
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
        assertThat(world.one.qemuProcesses(vm)).isZero();
        assertThat(world.two.qemuProcesses(vm)).isEqualTo(1);

        api.post("/vms/" + vm + "/shutdown", Inventory.object());
        world.awaitStatus(vm, "down", World.SOON);
        api.delete("/vms/" + vm);
        assertThat(Await.holds(
                        World.SOON, () -> api.call("GET", "/vms/" + vm, "").status() == 404))
                .isTrue();
        assertThat(Await.holds(
                        World.SOON,
                        () -> api.call("GET", "/disks/" + diskId, "").status() == 404))
                .as("its disks went with it")
                .isTrue();
    }
}
