package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Storage that needs a kernel of its own: NFS mounts, iSCSI and Fibre Channel, volume groups. One virtual machine is the
 * host for all of it; a raw disk with a WWN on a SCSI bus stands for a LUN of Fibre Channel.
 */
@ExtendWith(World.Extension.class)
@EnabledIfEnvironmentVariable(
        named = "BW_UNSEEN",
        matches = "1",
        disabledReason = "nobody has seen it pass yet: run it with BW_UNSEEN=1, and take this away when it does")
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class KernelStorageTest {
    private static final Duration SLOW = Duration.ofMinutes(4);
    private static final String TARGET = "iqn.2026-01.org.bellwether.lab:block";
    private static final StorageServer.Chap CHAP = new StorageServer.Chap("flock", "grey-wether-2026");
    private static final String WWN = "5000c500a1b2c3d4";
    private static final long GIB = 1L << 30;

    private final World world;

    KernelStorageTest(World world) {
        this.world = world;
    }

    private ApiClient api() {
        return world.api();
    }

    private VmHost host() {
        Path lun = world.lab.directory().resolve("fc-lun.raw");
        if (!lun.toFile().exists()) {
            Command.run("truncate", "-s", "20G", lun.toString());
        }
        return world.vmHost(new VmHost.Lun(lun, WWN, "FC0001"));
    }

    private String path(VmHost host) {
        return "/hosts/" + api().named("/hosts", host.name()).path("id").asText();
    }

    private String attached() {
        return "/datacenters/"
                + api().named("/datacenters", World.KERNEL).path("id").asText() + "/storagedomains";
    }

    @Test
    @Order(1)
    void nfs_is_mounted_by_the_kernel_and_carries_disks() {
        VmHost host = host();
        StorageServer server = world.lab.storageServer();
        Path exported = server.export("/data");
        ObjectNode storage = Inventory.object()
                .put("type", "nfs")
                .put("address", server.address())
                .put("path", "/data");
        new Inventory(api()).domain("nfs", storage, host.name(), World.KERNEL);
        assertThat(host.run("cat", "/proc/mounts")).contains(server.address() + ":/data");
        String disk = disk("on-nfs", "nfs", "cow", 1);
        assertThat(exported.resolve(domainId("nfs")).resolve("images").resolve(disk))
                .isDirectory();
        api().delete("/disks/" + disk);
        gone("/disks/" + disk);
    }

    @Test
    @Order(2)
    void iscsi_luns_become_a_domain_that_grows_with_its_machine_and_is_taken_in_again() {
        VmHost host = host();
        StorageServer server = world.lab.storageServer();
        server.target(1, TARGET, Optional.of(CHAP), 12 * GIB, 11 * GIB);

        JsonNode found =
                api().post(path(host) + "/discoveriscsi", iscsi(server, "", "")).path("discovered_targets");
        assertThat(found.path("iscsi_details").get(0).path("target").asText()).isEqualTo(TARGET);
        ObjectNode wrong = iscsi(server, TARGET, "wrong-password");
        assertThat(api().call("POST", path(host) + "/iscsilogin", wrong.toString())
                        .status())
                .isBetween(400, 503);
        api().post(path(host) + "/iscsilogin", iscsi(server, TARGET, CHAP.password()));
        List<JsonNode> luns = api().list(path(host) + "/storage").stream()
                .filter(each -> each.path("type").asText().equals("iscsi"))
                .toList();
        assertThat(luns).hasSize(2);
        JsonNode unit =
                luns.getFirst().path("logical_units").path("logical_unit").get(0);
        assertThat(unit.path("status").asText()).isEqualTo("free");
        assertThat(unit.path("size").asLong()).isEqualTo(12 * GIB);
        assertThat(unit.path("target").asText()).isEqualTo(TARGET);
        assertThat(unit.path("vendor_id").asText()).isEqualTo("BELLWTHR");

        new Inventory(api()).domain("san", luns("iscsi", luns.get(0)), host.name(), World.KERNEL);
        String id = domainId("san");
        assertThat(host.run("vgs", "--nohints", "--noheadings", "-o", "tags", id))
                .contains("RHAT_storage_domain", "MDT_TYPE=ISCSI", "MDT_VERSION=5", "MDT__SHA_CKSUM=");

        String raw = disk("raw", "san", "raw", 1);
        assertThat(volumes(host, id)).contains("IU_" + raw);
        grows(host, id);
        api().delete("/disks/" + raw);
        gone("/disks/" + raw);
        assertThat(volumes(host, id)).doesNotContain(raw);

        long before = api().get("/storagedomains/" + id).path("available").asLong();
        ObjectNode more = Inventory.object();
        more.set("storage", luns("iscsi", luns.get(1)));
        assertThat(api().call("PUT", "/storagedomains/" + id, more.toString()).succeeded())
                .isTrue();
        assertThat(Await.holds(
                        World.SOON,
                        () -> api().get("/storagedomains/" + id)
                                        .path("available")
                                        .asLong()
                                > before + 9 * GIB))
                .as("the domain is larger by a LUN")
                .isTrue();
        comesBack(host, id);
    }

    /** A machine writes far beyond what its thin disk has at first, and the disk gets larger under it. */
    private void grows(VmHost host, String domain) {
        ObjectNode vm = Inventory.object().put("name", "grower").put("memory", Long.toString(Testbed.TINY_MEMORY));
        vm.putObject("cluster").put("name", World.KERNEL);
        vm.putObject("template").put("name", "Blank");
        String id = api().post("/vms", vm).path("id").asText();
        world.awaitStatus(id, "down", World.SOON);
        attach(id, new Inventory(api()).upload("boot", TinyImage.build(), "san"), true);
        String data = disk("thin", "san", "cow", 6);
        attach(id, data, false);
        assertThat(bytes(host, domain, data)).isEqualTo(GIB);
        api().post("/vms/" + id + "/start", Inventory.object());
        world.awaitStatus(id, "up", SLOW);
        assertThat(Await.holds(
                        SLOW,
                        () -> guest(host, id, "{\"execute\":\"guest-ping\"}").succeeded()))
                .as("the guest in the machine in the machine answers")
                .isTrue();
        assertThat(guest(
                                host,
                                id,
                                "{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"/bin/busybox\",\"arg\":"
                                        + "[\"dd\",\"if=/dev/zero\",\"of=/dev/vdb\",\"bs=1M\",\"count=1500\"]}}")
                        .succeeded())
                .isTrue();
        assertThat(Await.holds(SLOW, () -> bytes(host, domain, data) >= 2 * GIB))
                .as("the logical volume has grown")
                .isTrue();
        assertThat(Await.holds(SLOW, () -> written(host, id) >= 1500L << 20))
                .as("the guest has written all")
                .isTrue();
        world.awaitStatus(id, "up", SLOW);
        snapshots(host, domain, id, data);
        world.remove(id);
        gone("/disks/" + data);
    }

    /** Logical volumes upon one another, merged while the machine runs and while it does not. */
    private void snapshots(VmHost host, String domain, String vm, String disk) {
        String first = snapshot(vm, "first");
        assertThat(count(host, domain, disk)).isEqualTo(2);
        assertThat(guest(
                                host,
                                vm,
                                "{\"execute\":\"guest-exec\",\"arguments\":{\"path\":\"/bin/busybox\",\"arg\":"
                                        + "[\"dd\",\"if=/dev/urandom\",\"of=/dev/vdb\",\"bs=1M\",\"count=64\"]}}")
                        .succeeded())
                .isTrue();
        removeSnapshot(vm, first);
        assertThat(world.status(vm)).isEqualTo("up");
        assertThat(guest(host, vm, "{\"execute\":\"guest-ping\"}").succeeded())
                .as("the guest goes on")
                .isTrue();
        assertThat(count(host, domain, disk)).isEqualTo(1);
        world.stop(vm);
        String second = snapshot(vm, "second");
        assertThat(count(host, domain, disk)).isEqualTo(2);
        removeSnapshot(vm, second);
        assertThat(count(host, domain, disk)).isEqualTo(1);
    }

    private String snapshot(String vm, String name) {
        ObjectNode wish = Inventory.object().put("description", name).put("persist_memorystate", "false");
        String id = api().post("/vms/" + vm + "/snapshots", wish).path("id").asText();
        api().await(
                        "/vms/" + vm + "/snapshots/" + id,
                        SLOW,
                        now -> now.path("snapshot_status").asText().equals("ok"));
        return id;
    }

    private void removeSnapshot(String vm, String id) {
        api().delete("/vms/" + vm + "/snapshots/" + id);
        gone("/vms/" + vm + "/snapshots/" + id);
        world.awaitQuiet();
    }

    private static long count(VmHost host, String domain, String image) {
        return volumes(host, domain)
                .lines()
                .filter(line -> line.contains("IU_" + image))
                .count();
    }

    private static Command.Outcome guest(VmHost host, String vm, String command) {
        return host.attempt(Duration.ofSeconds(40), "virsh", "qemu-agent-command", vm, command);
    }

    private static long written(VmHost host, String vm) {
        return host.attempt(Duration.ofSeconds(40), "virsh", "domblkstat", vm, "vdb")
                .output()
                .lines()
                .filter(line -> line.contains("wr_bytes"))
                .mapToLong(line -> Long.parseLong(
                        line.substring(line.indexOf("wr_bytes") + 8).strip()))
                .findFirst()
                .orElse(0);
    }

    private static String volumes(VmHost host, String domain) {
        return host.run(
                "lvs", "--nohints", "--noheadings", "--units", "b", "--nosuffix", "-o", "lv_size,lv_tags", domain);
    }

    private static long bytes(VmHost host, String domain, String image) {
        return volumes(host, domain)
                .lines()
                .filter(line -> line.contains("IU_" + image))
                .mapToLong(line -> Long.parseLong(line.strip().split(" ")[0]))
                .sum();
    }

    /** The domain is given away with a disk on it, found on its LUNs, and taken in again. */
    private void comesBack(VmHost host, String id) {
        String kept = disk("kept", "san", "cow", 1);
        api().post(attached() + "/" + id + "/deactivate", Inventory.object());
        api().awaitStatus(attached() + "/" + id, "maintenance", SLOW);
        assertThat(host.attempt(World.SOON, "ls", "/dev/" + id).succeeded())
                .as("nothing of it is active in maintenance")
                .isFalse();
        api().delete("/storagedomains/" + id + "?destroy=true");
        gone("/storagedomains/" + id);
        StorageServer server = world.lab.storageServer();
        JsonNode unknown = api().post(
                        path(host) + "/unregisteredstoragedomainsdiscover", iscsi(server, TARGET, CHAP.password()))
                .path("storage_domains");
        assertThat(unknown.path("storage_domain").get(0).path("id").asText()).isEqualTo(id);
        ObjectNode known = Inventory.object().put("id", id).put("type", "data");
        known.putObject("storage").put("type", "iscsi");
        known.putObject("host").put("name", host.name());
        api().post("/storagedomains", known);
        api().post(attached(), Inventory.object().put("id", id));
        api().awaitStatus(attached() + "/" + id, "active", SLOW);
        assertThat(api().list("/storagedomains/" + id + "/disks?unregistered=true"))
                .extracting(each -> each.path("id").asText())
                .contains(kept);
        remove(host, id);
    }

    @Test
    @Order(3)
    void a_lun_of_fibre_channel_becomes_a_domain_and_is_free_again() {
        VmHost host = host();
        JsonNode lun = api().list(path(host) + "/storage").stream()
                .filter(each -> each.path("id").asText().equals("3" + WWN))
                .findFirst()
                .orElseThrow();
        assertThat(lun.path("type").asText()).isEqualTo("fcp");
        assertThat(lun.path("logical_units")
                        .path("logical_unit")
                        .get(0)
                        .path("serial")
                        .asText())
                .isEqualTo("FC0001");
        new Inventory(api()).domain("fibre", luns("fcp", lun), host.name(), World.KERNEL);
        String disk = disk("on-fc", "fibre", "cow", 2);
        assertThat(volumes(host, domainId("fibre"))).contains("IU_" + disk);
        remove(host, domainId("fibre"));
        JsonNode free = api().list(path(host) + "/storage").stream()
                .filter(each -> each.path("id").asText().equals("3" + WWN))
                .findFirst()
                .orElseThrow();
        assertThat(free.path("logical_units")
                        .path("logical_unit")
                        .get(0)
                        .path("status")
                        .asText())
                .isEqualTo("free");
    }

    private void remove(VmHost host, String id) {
        if (!api().get(attached() + "/" + id).path("status").asText().equals("maintenance")) {
            api().post(attached() + "/" + id + "/deactivate", Inventory.object());
            api().awaitStatus(attached() + "/" + id, "maintenance", SLOW);
        }
        api().delete(attached() + "/" + id);
        gone(attached() + "/" + id);
        api().delete("/storagedomains/" + id + "?format=true&host=" + host.name());
        gone("/storagedomains/" + id);
        assertThat(host.run("vgs", "--nohints", "--noheadings", "-o", "name")).doesNotContain(id);
    }

    private static ObjectNode iscsi(StorageServer server, String target, String password) {
        ObjectNode action = Inventory.object();
        ObjectNode iscsi = action.putObject("iscsi").put("address", server.address());
        if (!target.isEmpty()) {
            iscsi.put("target", target).put("username", CHAP.user()).put("password", password);
        }
        return action;
    }

    private static ObjectNode luns(String type, JsonNode lun) {
        ObjectNode storage = Inventory.object().put("type", type);
        storage.putObject("logical_units")
                .putArray("logical_unit")
                .addObject()
                .put("id", lun.path("id").asText());
        return storage;
    }

    private String domainId(String name) {
        return api().named("/storagedomains", name).path("id").asText();
    }

    private String disk(String name, String domain, String format, int gibibytes) {
        ObjectNode disk = Inventory.object()
                .put("name", name)
                .put("format", format)
                .put("sparse", Boolean.toString(format.equals("cow")))
                .put("provisioned_size", Long.toString(gibibytes * GIB));
        disk.putObject("storage_domains").putArray("storage_domain").addObject().put("name", domain);
        String id = api().post("/disks", disk).path("id").asText();
        api().awaitStatus("/disks/" + id, "ok", SLOW);
        return id;
    }

    private void attach(String vm, String disk, boolean bootable) {
        ObjectNode attachment = Inventory.object()
                .put("interface", "virtio")
                .put("bootable", Boolean.toString(bootable))
                .put("active", "true");
        attachment.putObject("disk").put("id", disk);
        api().post("/vms/" + vm + "/diskattachments", attachment);
    }

    private void gone(String path) {
        assertThat(Await.holds(SLOW, () -> api().call("GET", path, "").status() == 404))
                .as(path + " is gone")
                .isTrue();
    }
}
