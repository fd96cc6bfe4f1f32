package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.lab.KernelSite.FABRIC_LUN;
import static org.bellwether.lab.KernelSite.FABRIC_LUN_BYTES;
import static org.bellwether.lab.KernelSite.GIB;
import static org.bellwether.lab.KernelSite.SLOW;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
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
 * host for all of it, and one machine within runs on it; a raw disk with a WWN on a SCSI bus stands for a LUN of Fibre Channel.
 */
@ExtendWith(World.Extension.class)
@InTurn(of = 6, on = 1)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class KernelStorageTest {
    private static final String TARGET = "iqn.2026-01.org.bellwether.lab:block";
    private static final StorageServer.Chap CHAP = new StorageServer.Chap("flock", "grey-wether-2026");
    /** What a thin disk is said to get first; it has one extent more. */
    private static final long KNOWN_BYTES = GIB / 2;

    private static final long EXTENT = GIB / 8;
    /** Beyond what it has at first. */
    private static final int WRITTEN_MIB = 800;

    private static final int PIECE_MIB = 200;
    /** To move it takes long enough to be cut off. */
    private static final long KEPT_BYTES = 3 * GIB / 4;

    private final World world;

    KernelStorageTest(World world) {
        this.world = world;
    }

    private ApiClient api() {
        return world.api();
    }

    @Test
    @Order(1)
    void nfs_is_mounted_by_the_kernel_and_carries_disks() {
        KernelSite site = new KernelSite(world);
        StorageServer server = world.lab.storageServer();
        Path exported = server.export("/data");
        site.makeDomain(
                "nfs",
                Inventory.object()
                        .put("type", "nfs")
                        .put("address", server.address())
                        .put("path", "/data"));
        assertThat(site.host.run("cat", "/proc/mounts")).contains(server.address() + ":/data");
        String disk = site.disk("on-nfs", "nfs", "cow", GIB);
        assertThat(exported.resolve(site.domainId("nfs")).resolve("images").resolve(disk))
                .isDirectory();
        site.deleteDisk(disk);
    }

    @Test
    @Order(2)
    @EnabledIfEnvironmentVariable(
            named = "BW_UNSEEN",
            matches = "1",
            disabledReason =
                    "it passed as a part of one test and was not seen to its end since it stands alone (issue 3); BW_UNSEEN=1 runs it, in half an hour")
    void a_lun_of_iscsi_becomes_a_domain_whose_machine_grows() {
        KernelSite site = new KernelSite(world);
        StorageServer server = world.lab.storageServer();
        String target = TARGET + "-grows";
        server.target(1, target, Optional.of(CHAP), 12 * GIB);
        String lun = logIn(site, server, target).getFirst();

        site.makeDomain("san", KernelSite.storage("iscsi", lun));
        String id = site.domainId("san");
        assertThat(site.host.run("vgs", "--nohints", "--noheadings", "-o", "tags", id))
                .contains("RHAT_storage_domain", "MDT_TYPE=ISCSI", "MDT_VERSION=5", "MDT__SHA_CKSUM=");
        assertThat(site.lunStatus(lun)).isEqualTo("used");
        String raw = site.disk("raw", "san", "raw", GIB);
        assertThat(site.volumes(id, raw)).hasSize(1);
        site.deleteDisk(raw);
        assertThat(site.volumes(id, raw)).isEmpty();

        runs(site, id);
        site.deactivate(id);
        site.format(id);
    }

    @Test
    @Order(3)
    void a_domain_of_iscsi_gains_a_lun_loses_it_and_comes_back() {
        KernelSite site = new KernelSite(world);
        StorageServer server = world.lab.storageServer();
        String target = TARGET + "-changes";
        server.target(2, target, Optional.of(CHAP), 12 * GIB, 11 * GIB);
        List<String> luns = logIn(site, server, target);
        site.makeDomain("changing", KernelSite.storage("iscsi", luns.get(0)));
        String id = site.domainId("changing");
        String kept = gainsAndLoses(site, id, luns.get(1));
        comesBack(site, id, kept, target);
    }

    /** The ids of the target's LUNs, smaller number first. */
    private List<String> logIn(KernelSite site, StorageServer server, String target) {
        JsonNode found = api().post(site.path() + "/discoveriscsi", iscsi(server, "", ""))
                .path("discovered_targets");
        assertThat(found.path("iscsi_details"))
                .extracting(each -> each.path("target").asText())
                .contains(target);
        ObjectNode wrong = iscsi(server, target, "wrong-password");
        ApiClient.Reply refused = api().call("POST", site.path() + "/iscsilogin", wrong.toString());
        assertThat(refused.status()).isBetween(400, 503);
        assertThat(refused.text()).contains("does not accept user and password").doesNotContain("wrong-password");
        api().post(site.path() + "/iscsilogin", iscsi(server, target, CHAP.password()));
        List<JsonNode> luns = api().list(site.path() + "/storage").stream()
                .filter(each -> KernelSite.unit(each).path("target").asText().equals(target))
                .toList();
        assertThat(luns).isNotEmpty();
        JsonNode unit = KernelSite.unit(luns.getFirst());
        assertThat(unit.path("status").asText()).isEqualTo("free");
        assertThat(unit.path("size").asLong()).isEqualTo(12 * GIB);
        assertThat(luns.getFirst().path("type").asText()).isEqualTo("iscsi");
        assertThat(unit.path("vendor_id").asText()).isEqualTo("BELLWTHR");
        return luns.stream().map(each -> each.path("id").asText()).toList();
    }

    private static ObjectNode iscsi(StorageServer server, String target, String password) {
        ObjectNode action = Inventory.object();
        ObjectNode iscsi = action.putObject("iscsi").put("address", server.address());
        if (!target.isEmpty()) {
            iscsi.put("target", target).put("username", CHAP.user()).put("password", password);
        }
        return action;
    }

    /** A machine writes far beyond what its thin disk has at first, and the disk gets larger under it. */
    private void runs(KernelSite site, String domain) {
        KernelMachine machine = new KernelMachine(world, site.host, World.KERNEL, "grower", "san");
        String data = site.disk(
                "thin", "san", "cow", 6 * GIB, Inventory.object().put("initial_size", Long.toString(KNOWN_BYTES)));
        machine.attach(data, false);
        assertThat(site.bytes(domain, data)).isEqualTo(KNOWN_BYTES + EXTENT);
        machine.start();
        for (int at = 0; at < WRITTEN_MIB; at += PIECE_MIB) {
            // Two emulators write a mebibyte or two in a second.
            machine.run(
                    "dd if=/dev/zero of=/dev/sda bs=1M conv=notrunc seek=" + at + " count=" + PIECE_MIB + " && sync");
        }
        assertThat(site.bytes(domain, data))
                .as("the logical volume has grown by a chunk")
                .isGreaterThanOrEqualTo(KNOWN_BYTES + EXTENT + GIB);
        assertThat(world.status(machine.id)).isEqualTo("up");
        snapshots(site, domain, machine, data);
        world.remove(machine.id);
        site.gone("/disks/" + data);
    }

    /** Logical volumes upon one another: merged while the machine runs and while it does not, and gone back to with its memory. */
    private void snapshots(KernelSite site, String domain, KernelMachine machine, String disk) {
        machine.run("dd if=/dev/urandom of=/dev/sda bs=1M count=16 && sync");
        String sum = machine.run("dd if=/dev/sda bs=1M count=16 | sha256sum");
        String boot = machine.run("cat /proc/sys/kernel/random/boot_id");
        String first = machine.snapshot("first", true);
        assertThat(site.volumes(domain, disk)).hasSize(2);
        machine.run("dd if=/dev/urandom of=/dev/sda bs=1M count=8 && sync");
        String second = machine.snapshot("second", false);
        machine.removeSnapshot(second);
        assertThat(world.status(machine.id)).isEqualTo("up");
        assertThat(site.volumes(domain, disk)).hasSize(2);
        directLun(site, machine);
        world.stop(machine.id);
        api().post(first + "/restore", Inventory.object().put("restore_memory", "true"));
        world.awaitQuiet();
        machine.start();
        assertThat(machine.run("cat /proc/sys/kernel/random/boot_id"))
                .as("it goes on where it was")
                .isEqualTo(boot);
        machine.run("echo 3 >/proc/sys/vm/drop_caches");
        assertThat(machine.run("dd if=/dev/sda bs=1M count=16 | sha256sum")).isEqualTo(sum);
        world.stop(machine.id);
        machine.removeSnapshot(first);
        assertThat(site.volumes(domain, disk)).hasSize(1);
    }

    /** A LUN as it is, plugged into the machine while it runs; the machine sees it grow. */
    private void directLun(KernelSite site, KernelMachine machine) {
        ObjectNode wish = Inventory.object().put("name", "direct").put("storage_type", "lun");
        ObjectNode storage = KernelSite.storage("fcp", FABRIC_LUN);
        storage.putObject("host").put("name", site.host.name());
        wish.set("lun_storage", storage);
        String disk = api().post("/disks", wish).path("id").asText();
        machine.attach(disk, false);
        assertThat(machine.run("cat /sys/block/sdb/size")).isEqualTo(Long.toString(FABRIC_LUN_BYTES / 512));
        machine.run("echo of the guest >/dev/sdb && sync");
        site.host.growLun(0, FABRIC_LUN_BYTES + GIB);
        ObjectNode seenBy = Inventory.object();
        seenBy.putObject("host").put("name", site.host.name());
        api().post("/disks/" + disk + "/refreshlun", seenBy);
        assertThat(api().get("/disks/" + disk)
                        .path("lun_storage")
                        .path("logical_units")
                        .path("logical_unit")
                        .get(0)
                        .path("size")
                        .asLong())
                .isEqualTo(FABRIC_LUN_BYTES + GIB);
        assertThat(Await.holds(
                        SLOW,
                        () -> machine.run("cat /sys/block/sdb/size")
                                .equals(Long.toString((FABRIC_LUN_BYTES + GIB) / 512))))
                .as("the guest sees it grow")
                .isTrue();
        machine.detach(disk);
        site.deleteDisk(disk);
        assertThat(site.host.run("head", "-c", "12", "/dev/disk/by-id/scsi-" + FABRIC_LUN))
                .as("what is on it is the guest's")
                .isEqualTo("of the guest");
        site.host.run("wipefs", "-a", "/dev/disk/by-id/scsi-" + FABRIC_LUN);
        site.host.run("dd", "if=/dev/zero", "of=/dev/disk/by-id/scsi-" + FABRIC_LUN, "bs=1M", "count=1", "conv=fsync");
    }

    /** The domain is extended by a LUN, and loses it again with all that lies on it moved to the other. */
    private String gainsAndLoses(KernelSite site, String id, String lun) {
        api().call(
                        "PUT",
                        "/storagedomains/" + id,
                        Inventory.object()
                                .put("critical_space_action_blocker", "0")
                                .toString());
        long before = api().get("/storagedomains/" + id).path("available").asLong();
        String filler = site.disk("filler", "changing", "raw", before);
        ObjectNode more = Inventory.object();
        more.set("storage", KernelSite.storage("iscsi", lun));
        assertThat(api().call("PUT", "/storagedomains/" + id, more.toString()).succeeded())
                .isTrue();
        assertThat(Await.holds(
                        World.SOON,
                        () -> api().get("/storagedomains/" + id)
                                        .path("available")
                                        .asLong()
                                > 9 * GIB))
                .as("the domain is larger by a LUN")
                .isTrue();
        String kept = site.disk("kept", "changing", "raw", KEPT_BYTES);
        String there = site.volumes(id, kept).getFirst();
        String volume = id + "/" + there.split(" +")[1];
        site.host.run("lvchange", "-ay", volume);
        site.host.run(
                "sh",
                "-c",
                "dd if=/dev/urandom of=$0 bs=1M count=16 conv=fsync && dd if=/dev/urandom of=$0 bs=1M count=16 seek=$1 conv=fsync",
                "/dev/" + volume,
                Long.toString((KEPT_BYTES >> 20) - 16));
        String sum = ends(site, volume);

        site.deactivate(id);
        ObjectNode less = KernelSite.storage("iscsi", lun);
        less.remove("type");
        api().post("/storagedomains/" + id + "/reduceluns", less);
        world.awaitQuiet();
        assertThat(api().list("/events?max=20"))
                .as("there is no room for what lies on it")
                .anyMatch(event -> event.path("description").asText().contains("have no room"));
        site.activate(id); // before that the host has not logged in
        assertThat(site.lunStatus(lun)).isEqualTo("used");
        site.deleteDisk(filler);
        site.deactivate(id);
        api().post("/storagedomains/" + id + "/reduceluns", less);
        cutOff(site, volume);
        world.awaitQuiet(SLOW);
        site.activate(id);
        assertThat(site.lunStatus(lun))
                .as("the LUN is free again; the domain's volumes lie at " + site.volumes(id))
                .isEqualTo("free");
        assertThat(site.volumes(id, kept).getFirst())
                .as("it lies elsewhere now")
                .isNotEqualTo(there);
        site.host.run("lvchange", "-ay", volume);
        assertThat(ends(site, volume)).isEqualTo(sum);
        return kept;
    }

    /** While it is moved, somebody takes the volume out of use, which ends the move, and then the host loses its power. */
    private static void cutOff(KernelSite site, String volume) {
        String first = mover(site, "");
        site.host.run("lvchange", "-an", volume);
        mover(site, first);
        site.cutPower();
    }

    /** The process that moves what lies on a LUN, another one than that. */
    private static String mover(KernelSite site, String other) {
        String[] found = {""};
        assertThat(Await.holds(SLOW, () -> {
                    found[0] = site.host
                            .attempt(World.SOON, "pgrep", "-x", "pvmove")
                            .output()
                            .strip();
                    return !found[0].isEmpty() && !found[0].equals(other);
                }))
                .as("it is moved by another process than " + other)
                .isTrue();
        return found[0];
    }

    /** What lies at both ends of a volume. */
    private static String ends(KernelSite site, String volume) {
        return site.host.run("sh", "-c", "(head -c 16M $0; tail -c 16M $0) | sha256sum", "/dev/" + volume);
    }

    /** The domain is given away with a disk on it, found on its LUNs, and taken in again. */
    private void comesBack(KernelSite site, String id, String kept, String target) {
        site.deactivate(id);
        assertThat(site.host.attempt(World.SOON, "ls", "/dev/" + id).succeeded())
                .as("nothing of it is active in maintenance")
                .isFalse();
        api().delete("/storagedomains/" + id + "?destroy=true");
        site.gone("/storagedomains/" + id);
        StorageServer server = world.lab.storageServer();
        JsonNode unknown = api().post(
                        site.path() + "/unregisteredstoragedomainsdiscover", iscsi(server, target, CHAP.password()))
                .path("storage_domains");
        assertThat(unknown.path("storage_domain"))
                .as("the host sees " + site.host.run("vgs", "--nohints", "-o", "name,tags"))
                .extracting(each -> each.path("id").asText())
                .containsExactly(id);
        ObjectNode known = Inventory.object().put("id", id).put("type", "data");
        known.putObject("storage").put("type", "iscsi");
        known.putObject("host").put("name", site.host.name());
        api().post("/storagedomains", known);
        api().post(site.attached(), Inventory.object().put("id", id));
        api().awaitStatus(site.attached() + "/" + id, "active", SLOW);
        assertThat(api().list("/storagedomains/" + id + "/disks?unregistered=true"))
                .extracting(each -> each.path("id").asText())
                .contains(kept);
        site.deactivate(id);
        site.format(id);
    }

    @Test
    @Order(4)
    void a_lun_of_fibre_channel_becomes_a_domain_and_is_free_again() {
        KernelSite site = new KernelSite(world);
        JsonNode lun = site.lun(FABRIC_LUN);
        assertThat(lun.path("type").asText()).isEqualTo("fcp");
        assertThat(KernelSite.unit(lun).path("serial").asText()).isEqualTo("FC0001");
        site.makeDomain("fibre", KernelSite.storage("fcp", FABRIC_LUN));
        String domain = site.domainId("fibre");
        String disk = site.disk("on-fc", "fibre", "cow", 2 * GIB);
        assertThat(site.volumes(domain, disk)).hasSize(1);
        site.deleteDisk(disk);
        assertThat(site.volumes(domain, disk)).isEmpty();
        site.deactivate(domain);
        site.format(domain);
        assertThat(site.lunStatus(FABRIC_LUN)).isEqualTo("free");
    }
}
