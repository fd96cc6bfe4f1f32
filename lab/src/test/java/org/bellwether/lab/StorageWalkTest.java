package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A second storage domain, and a disk that goes there and back: under a running machine, and while the engine dies. */
@ExtendWith(World.Extension.class)
final class StorageWalkTest {
    private final World world;

    @TempDir
    Path directory;

    StorageWalkTest(World world) {
        this.world = world;
    }

    @Test
    void a_disk_moves_under_its_machine_is_copied_converted_and_plugged() throws IOException {
        String second = secondDomain();
        String shared = api().named("/storagedomains", "shared").path("id").asText();
        String vm = world.runningMachine("storage-walk", world.one);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);
        String disk =
                api().list("/vms/" + vm + "/diskattachments").get(0).path("id").asText();

        // The engine dies when the machine has gone on at the new place and nobody has written that down.
        world.engine.stop();
        world.engine.start(Map.of("crash-at", "move-disk/go on at the new place/after"));
        move(disk, "second");
        world.engine.awaitEnd();
        world.engine.start();
        awaitOn(disk, second);
        World.Heartbeat after = world.heartbeat(address);
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
        assertThat(images(directory)).as("a whole image lies at the new place").anyMatch(path -> path.contains(disk));

        String copy = copy(disk, vm);
        world.stop(vm);
        copy = copy.isEmpty() ? copy(disk, vm) : copy;
        ObjectNode convert = Inventory.object();
        convert.putObject("disk").put("format", "raw");
        api().post("/disks/" + copy + "/convert", convert);
        world.awaitQuiet();
        assertThat(api().get("/disks/" + copy).path("format").asText()).isEqualTo("raw");
        api().post("/disks/" + copy + "/sparsify", Inventory.object());
        world.awaitQuiet();
        move(disk, "shared");
        awaitOn(disk, shared);
        assertThat(images(directory))
                .as("nothing of it is left at the old place")
                .noneMatch(path -> path.contains(disk));

        api().post("/vms/" + vm + "/start", Inventory.object());
        world.awaitStatus(vm, "up", World.BOOT);
        String again = world.guestAddress(vm);
        assertThat(world.heartbeat(again).boot()).isNotEqualTo(before.boot());
        ObjectNode attachment = Inventory.object()
                .put("interface", "virtio")
                .put("bootable", "false")
                .put("active", "true");
        attachment.putObject("disk").put("id", copy);
        api().post("/vms/" + vm + "/diskattachments", attachment);
        awaitDisks(again, 2);
        String attached = "/vms/" + vm + "/diskattachments/" + copy;
        assertThat(api().get(attached).path("active").asText()).isEqualTo("true");
        api().call("PUT", attached, Inventory.object().put("active", "false").toString());
        awaitDisks(again, 1);
        assertThat(api().get(attached).path("active").asText()).isEqualTo("false");
        world.stop(vm);
        move(disk, "second");
        awaitOn(disk, second);
        comesBack(vm, second, disk);
        world.remove(vm);
        world.awaitQuiet();
        assertThat(api().call("GET", "/disks/" + copy, "").status()).isEqualTo(404);
        removeSecond(second);
    }

    @Test
    void a_templates_disk_lies_on_two_domains_and_a_thin_disk_stands_on_it_there() {
        String second = secondDomain();
        String template = api().named("/templates", "tiny").path("id").asText();
        String disk = api().list("/templates/" + template + "/diskattachments")
                .get(0)
                .path("id")
                .asText();
        ObjectNode thin = thinThere(second);
        assertThat(api().call("POST", "/vms", thin.toString()).text()).contains("does not lie on that storage domain");
        ObjectNode copy = Inventory.object();
        copy.putObject("storage_domain").put("id", second);
        api().post("/disks/" + disk + "/copy", copy);
        world.awaitQuiet();
        assertThat(api().get("/disks/" + disk).path("storage_domains").path("storage_domain"))
                .hasSize(2);

        String vm = api().post("/vms", thin).path("id").asText();
        world.awaitStatus(vm, "down", World.SOON);
        String own =
                api().list("/vms/" + vm + "/diskattachments").get(0).path("id").asText();
        awaitOn(own, second);
        String place = "/templates/" + template + "/diskattachments/" + disk;
        assertThat(api().call("DELETE", place + "?storage_domain=" + second, "").text())
                .contains("stand on it there: spread");
        api().post("/vms/" + vm + "/start", Inventory.object());
        assertThat(world.heartbeat(world.guestAddress(vm)).boot()).isNotEmpty();
        world.stop(vm);
        world.remove(vm);
        assertThat(api().call("DELETE", place, "").status()).isEqualTo(400);
        api().delete(place + "?storage_domain=" + second);
        world.awaitQuiet();
        awaitOn(disk, api().named("/storagedomains", "shared").path("id").asText());
        removeSecond(second);
    }

    private static ObjectNode thinThere(String domain) {
        ObjectNode vm = Inventory.object().put("name", "spread");
        vm.putObject("cluster").put("name", "Default");
        vm.putObject("template").put("name", "tiny");
        vm.putObject("storage_domain").put("id", domain);
        return vm;
    }

    /** The domain is forgotten with its machine, imported again, and brings the machine along. */
    private void comesBack(String vm, String second, String disk) {
        ObjectNode settings = Inventory.object();
        settings.putObject("time_zone").put("name", "W. Europe Standard Time");
        settings.putObject("high_availability").put("enabled", "true");
        settings.putObject("lease").putObject("storage_domain").put("id", second);
        api().put("/vms/" + vm, settings.toString());
        api().post("/storagedomains/" + second + "/updateovfstore", Inventory.object());
        api().post(attached() + "/" + second + "/deactivate", Inventory.object());
        api().awaitStatus(attached() + "/" + second, "maintenance", World.SOON);
        api().delete("/storagedomains/" + second + "?destroy=true");
        world.remove(vm);
        assertThat(api().call("GET", "/disks/" + disk, "").status()).isEqualTo(404);

        ObjectNode known = place().put("id", second);
        api().post("/storagedomains", known);
        api().post(attached(), Inventory.object().put("id", second));
        api().awaitStatus(attached() + "/" + second, "active", World.SOON);
        JsonNode carried = api().list("/storagedomains/" + second + "/vms?unregistered=true")
                .get(0);
        assertThat(carried.path("id").asText()).isEqualTo(vm);
        assertThat(carried.path("name").asText()).isEqualTo("storage-walk");
        api().post("/storagedomains/" + second + "/vms/" + vm + "/register", Inventory.object());
        assertThat(api().list("/storagedomains/" + second + "/vms?unregistered=true"))
                .isEmpty();
        assertThat(api().list("/vms/" + vm + "/diskattachments")).hasSize(2);
        world.awaitQuiet();
        JsonNode back = api().get("/vms/" + vm);
        assertThat(back.path("time_zone").path("name").asText()).isEqualTo("W. Europe Standard Time");
        assertThat(back.path("lease").path("storage_domain").path("id").asText())
                .as("its lease was made again")
                .isEqualTo(second);
        ObjectNode plain = Inventory.object();
        plain.putObject("high_availability").put("enabled", "false");
        plain.putObject("lease");
        api().put("/vms/" + vm, plain.toString());
        api().post("/vms/" + vm + "/start", Inventory.object());
        world.awaitStatus(vm, "up", World.BOOT);
        world.guestAddress(vm);
        world.stop(vm);
    }

    /** Empty when it was refused, as it must be while a machine runs with the disk. */
    private String copy(String disk, String vm) {
        ObjectNode copy = Inventory.object();
        copy.putObject("disk").put("name", "storage-walk-copy");
        copy.putObject("storage_domain").put("name", "second");
        ApiClient.Reply reply = api().call("POST", "/disks/" + disk + "/copy", copy.toString());
        if (reply.status() == 409) {
            assertThat(reply.text()).contains("run with it");
            assertThat(world.status(vm)).isEqualTo("up");
            return "";
        }
        world.awaitQuiet();
        return api().named("/disks", "storage-walk-copy").path("id").asText();
    }

    private String secondDomain() {
        String id = api().post("/storagedomains", place().put("name", "second"))
                .path("id")
                .asText();
        api().post(attached(), Inventory.object().put("id", id));
        api().awaitStatus(attached() + "/" + id, "active", World.SOON);
        return id;
    }

    private ObjectNode place() {
        ObjectNode place = Inventory.object().put("type", "data");
        place.putObject("storage")
                .put("type", "posixfs")
                .put("path", directory.toString())
                .put("vfs_type", "none")
                .put("mount_options", "bind");
        place.putObject("host").put("name", "host1");
        return place;
    }

    private void removeSecond(String id) {
        api().post(attached() + "/" + id + "/deactivate", Inventory.object());
        api().awaitStatus(attached() + "/" + id, "maintenance", World.SOON);
        api().delete(attached() + "/" + id);
        world.awaitQuiet();
        api().delete("/storagedomains/" + id + "?format=true&host=host1");
        world.awaitQuiet();
        assertThat(directory).isEmptyDirectory();
    }

    private String attached() {
        return "/datacenters/"
                + api().named("/datacenters", "Default").path("id").asText() + "/storagedomains";
    }

    private void move(String disk, String domain) {
        ObjectNode move = Inventory.object();
        move.putObject("storage_domain").put("name", domain);
        api().post("/disks/" + disk + "/move", move);
    }

    private void awaitOn(String disk, String domain) {
        world.awaitQuiet();
        JsonNode now = api().get("/disks/" + disk);
        assertThat(now.path("storage_domains")
                        .path("storage_domain")
                        .get(0)
                        .path("id")
                        .asText())
                .as(now.toString())
                .isEqualTo(domain);
        assertThat(now.path("status").asText()).isEqualTo("ok");
    }

    private void awaitDisks(String address, int count) {
        assertThat(Await.holds(
                        World.SOON,
                        () -> World.page("http://" + address + "/cgi-bin/disks")
                                        .lines()
                                        .count()
                                == count))
                .as("the guest sees " + count + " disks: " + World.page("http://" + address + "/cgi-bin/disks"))
                .isTrue();
    }

    private static java.util.List<String> images(Path root) throws IOException {
        try (Stream<Path> all = Files.walk(root)) {
            return all.map(Path::toString)
                    .filter(path -> path.contains("/images/"))
                    .toList();
        }
    }

    private ApiClient api() {
        return world.api();
    }
}
