package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A machine whose storage is full waits, and goes on by itself when there is room. */
@ExtendWith(World.Extension.class)
final class FullStorageTest {
    private static final long GIB = 1L << 30;

    private final World world;

    FullStorageTest(World world) {
        this.world = world;
    }

    @Test
    void a_machine_waits_for_room_and_goes_on_by_itself() throws IOException {
        ApiClient api = world.api();
        Path place = Files.createDirectory(world.lab.directory().resolve("small"));
        world.one.run("mount", "-t", "tmpfs", "-o", "size=300m,uid=36,gid=36", "small", place.toString());
        ObjectNode fresh =
                Inventory.object().put("name", "small").put("type", "data").put("critical_space_action_blocker", "0");
        fresh.putObject("storage").put("type", "localfs").put("path", place.toString());
        fresh.putObject("host").put("name", world.one.name());
        String domain = api.post("/storagedomains", fresh).path("id").asText();
        String center = "/datacenters/"
                + api.named("/datacenters", Testbed.CLUSTER).path("id").asText() + "/storagedomains";
        api.post(center, Inventory.object().put("id", domain));
        api.awaitStatus(center + "/" + domain, "active", World.SOON);
        ObjectNode disk = Inventory.object()
                .put("name", "filled")
                .put("format", "cow")
                .put("sparse", "true")
                .put("provisioned_size", Long.toString(2 * GIB));
        disk.putObject("storage_domains").putArray("storage_domain").addObject().put("id", domain);
        String data = api.post("/disks", disk).path("id").asText();
        api.awaitStatus("/disks/" + data, "ok", World.SOON);
        String vm = world.machine("full");
        ObjectNode attachment = Inventory.object()
                .put("interface", "virtio")
                .put("bootable", "false")
                .put("active", "true");
        attachment.putObject("disk").put("id", data);
        api.post("/vms/" + vm + "/diskattachments", attachment);
        ObjectNode on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", world.one.name());
        api.post("/vms/" + vm + "/start", on);
        world.awaitStatus(vm, "up", World.BOOT);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);

        assertThat(world.one
                        .attempt(
                                Duration.ofSeconds(30),
                                "virsh",
                                "-c",
                                "qemu:///system",
                                "qemu-agent-command",
                                vm,
                                "{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"/bin/busybox\",\"arg\":"
                                        + "[\"dd\",\"if=/dev/zero\",\"of=/dev/vdb\",\"bs=1M\",\"count=600\"]}}")
                        .succeeded())
                .isTrue();
        world.awaitStatus(vm, "paused", World.BOOT);
        assertThat(api.get("/vms/" + vm).path("status_detail").asText()).isEqualTo("enospc");

        world.one.run("mount", "-o", "remount,size=1500m", place.toString());
        world.awaitStatus(vm, "up", World.SOON);
        World.Heartbeat after = world.heartbeat(address);
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(Await.holds(
                        World.BOOT,
                        () -> world.one
                                .virsh("domblkinfo", vm, "vdb")
                                .lines()
                                .anyMatch(line -> line.startsWith("Allocation:")
                                        && Long.parseLong(line.replaceAll("\\D", "")) > 580L << 20)))
                .as("the guest has written all of it")
                .isTrue();

        world.remove(vm);
        api.await(
                "/disks",
                World.SOON,
                all -> api.call("GET", "/disks/" + data, "").status() == 404);
        api.post(center + "/" + domain + "/deactivate", Inventory.object());
        api.awaitStatus(center + "/" + domain, "maintenance", World.SOON);
        api.delete(center + "/" + domain);
        api.delete("/storagedomains/" + domain + "?host=" + world.one.name());
        world.one.run("umount", place.toString());
    }
}
