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
        Path place = place("small", "300m");
        String domain = domain("small", place, Inventory.object().put("critical_space_action_blocker", "0"));
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
        takeAway(domain, place);
    }

    @Test
    void room_that_runs_low_is_told_and_storage_that_becomes_read_only_refuses_and_loses_nothing() throws IOException {
        ApiClient api = world.api();
        Path place = place("watched", "3000m");
        String domain = domain(
                "watched",
                place,
                Inventory.object().put("critical_space_action_blocker", "1").put("warning_low_space_indicator", "50"));
        Path ballast = place.resolve("ballast");
        world.one.run("fallocate", "-l", "1600M", ballast.toString());
        awaitEvent("26", "Warning, low disk space. Storage Domain watched");
        ApiClient.Reply made = make("while-low", domain);
        assertThat(made.succeeded()).as(made.text()).isTrue();
        String kept = made.json().path("id").asText();
        api.awaitStatus("/disks/" + kept, "ok", World.SOON);
        world.one.run("fallocate", "-l", "2200M", ballast.toString());
        awaitEvent("201", "Critical, low disk space. Storage Domain watched");
        ApiClient.Reply refused = make("while-critical", domain);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.text()).contains("watched", "critical_space_action_blocker");
        world.one.run("rm", ballast.toString());

        world.one.run("mount", "-o", "remount,ro", place.toString());
        String images = place + "/" + domain + "/images";
        String before = world.one.run("sh", "-c", "find " + images + " -type f -exec sha256sum {} + | sort");
        assertThat(Await.holds(
                        World.SOON,
                        () -> !make("while-read-only", domain).text().contains("critical_space_action_blocker")))
                .isTrue();
        world.awaitQuiet();
        assertThat(api.list("/events?max=20"))
                .anyMatch(event -> event.path("description").asText().contains("Read-only file system"));
        assertThat(api.named("/disks", "while-read-only").isMissingNode())
                .as("nothing is left of a disk that could not be made")
                .isTrue();
        api.call("DELETE", "/disks/" + kept, "");
        world.awaitQuiet();
        assertThat(api.get("/disks/" + kept).path("status").asText())
                .as("what was to be removed can only be removed: how far that came nobody knows who cannot look")
                .isEqualTo("illegal");
        assertThat(world.one.run("sh", "-c", "find " + images + " -type f -exec sha256sum {} + | sort"))
                .isEqualTo(before);

        world.one.run("mount", "-o", "remount,rw", place.toString());
        api.awaitStatus(attached() + "/" + domain, "active", World.BOOT);
        assertThat(api.call("DELETE", "/disks/" + kept, "").succeeded()).isTrue();
        assertThat(Await.holds(
                        World.SOON, () -> api.call("GET", "/disks/" + kept, "").status() == 404))
                .isTrue();
        takeAway(domain, place);
    }

    /** A file system of that size on one host alone. */
    private Path place(String name, String size) throws IOException {
        Path place = Files.createDirectory(world.lab.directory().resolve(name));
        world.one.run("mount", "-t", "tmpfs", "-o", "size=" + size + ",uid=36,gid=36", name, place.toString());
        return place;
    }

    private String domain(String name, Path place, ObjectNode wish) {
        wish.put("name", name).put("type", "data");
        wish.putObject("storage").put("type", "localfs").put("path", place.toString());
        wish.putObject("host").put("name", world.one.name());
        String domain = world.api().post("/storagedomains", wish).path("id").asText();
        world.api().post(attached(), Inventory.object().put("id", domain));
        world.api().awaitStatus(attached() + "/" + domain, "active", World.SOON);
        return domain;
    }

    private String attached() {
        return "/datacenters/"
                + world.api().named("/datacenters", Testbed.CLUSTER).path("id").asText()
                + "/storagedomains";
    }

    private ApiClient.Reply make(String name, String domain) {
        ObjectNode disk = Inventory.object()
                .put("name", name)
                .put("format", "cow")
                .put("sparse", "true")
                .put("provisioned_size", Long.toString(GIB));
        disk.putObject("storage_domains").putArray("storage_domain").addObject().put("id", domain);
        return world.api().call("POST", "/disks", disk.toString());
    }

    private void awaitEvent(String code, String words) {
        assertThat(Await.holds(
                        World.BOOT,
                        () -> world.api().list("/events?max=50").stream()
                                .anyMatch(event -> event.path("code").asText().equals(code)
                                        && event.path("description").asText().startsWith(words))))
                .as(words)
                .isTrue();
    }

    private void takeAway(String domain, Path place) {
        ApiClient api = world.api();
        String there = attached() + "/" + domain;
        api.post(there + "/deactivate", Inventory.object());
        api.awaitStatus(there, "maintenance", World.SOON);
        api.delete(there);
        api.delete("/storagedomains/" + domain + "?host=" + world.one.name());
        world.one.run("umount", place.toString());
    }
}
