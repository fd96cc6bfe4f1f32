package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Machines are set up for their first boot, changed while they run, and what waits for the next start is there then. */
@InTurn(of = 2, on = 0)
@ExtendWith(World.Extension.class)
final class MachineChangesTest {
    private static final String KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFirstBootKey somebody";
    private static final long MIB = 1 << 20;

    private final World world;

    MachineChangesTest(World world) {
        this.world = world;
    }

    @Test
    void first_boot_hot_changes_next_run_and_run_once(@TempDir Path folder) throws IOException {
        String vm = world.machine("changes");
        String disc = iso(folder, "disc-in-drive");
        put(vm, "", """
                {'bios':{'type':'i440fx_sea_bios'},'memory':%d,'memory_policy':{'max':%d,'guaranteed':%d},
                 'initialization':{'host_name':'first-boot','authorized_ssh_keys':'%s','root_password':'let-me-in'}}""".formatted(192 * MIB, 768 * MIB, 96 * MIB, KEY));
        start(vm, "{'vm':{'placement_policy':{'hosts':{'host':[{'name':'host1'}]}}}}");
        awaitHostName(vm, "first-boot");
        assertThat(get(vm).path("run_once").asText()).isEqualTo("false");
        assertThat(get(vm).path("initialization").path("host_name").asText()).isEqualTo("first-boot");
        assertThat(get(vm).toString()).doesNotContain("let-me-in").doesNotContain("$6$");
        try (GuestShell shell = GuestShell.open(world, vm)) {
            assertThat(shell.ask("cat /run/config/user-data")).contains(KEY).contains("root:$6$");
            assertThat(shell.ask("cat /run/config/user-data")).doesNotContain("let-me-in");
            processorsAndMemoryGrow(vm, shell);
            networkInterfacesComeAndGo(vm, shell);
            discsAreChanged(vm, disc, shell);
        }
        whatCannotBeChangedWaits(vm);
        world.migrate(vm, world.two);
        assertThat(Await.holds(World.BOOT, () -> world.hostOf(vm).equals("host2")))
                .as("what was plugged in moves along")
                .isTrue();
        world.awaitStatus(vm, "up", World.SOON);
        world.stop(vm);
        twoNodesAreDecided(vm);
        runOnceIsForOneRun(vm, disc);
    }

    private void twoNodesAreDecided(String vm) {
        String nodes = "/vms/" + vm + "/numanodes";
        assertThat(world.api()
                        .call(
                                "POST",
                                nodes,
                                "{\"index\":\"0\",\"memory\":\"64\",\"cpu\":{\"cores\":{\"core\":[{\"index\":\"9\"}]}}}")
                        .status())
                .as("a machine of two CPUs has no tenth")
                .isEqualTo(400);
        for (int node = 0; node < 2; node++) {
            world.api()
                    .post(
                            nodes,
                            "{'index':'%d','memory':'64','cpu':{'cores':{'core':[{'index':'%d'}]}}}"
                                    .formatted(node, node));
        }
        assertThat(world.api().list(nodes)).hasSize(2);
    }

    private void processorsAndMemoryGrow(String vm, GuestShell shell) {
        put(vm, "", "{'cpu':{'topology':{'sockets':2,'cores':1,'threads':1}}}");
        shell.await("nproc", "2");
        long before = Long.parseLong(shell.ask("awk '/MemTotal/{print $2}' /proc/meminfo"));
        put(vm, "", "{'memory':%d}".formatted(320 * MIB));
        assertThat(Await.holds(
                        World.SOON,
                        () -> Long.parseLong(shell.ask("awk '/MemTotal/{print $2}' /proc/meminfo"))
                                > before + 100 * 1024))
                .isTrue();
        JsonNode now = get(vm);
        assertThat(now.path("memory").asLong()).isEqualTo(320 * MIB);
        assertThat(now.path("cpu").path("topology").path("sockets").asInt()).isEqualTo(2);
        assertThat(now.path("next_run_configuration_exists").asText()).isEqualTo("false");
    }

    private void networkInterfacesComeAndGo(String vm, GuestShell shell) {
        String profile =
                world.api().named("/vnicprofiles", "ovirtmgmt").path("id").asText();
        String nic = world.api()
                .post("/vms/" + vm + "/nics", "{'name':'hot','vnic_profile':{'id':'" + profile + "'}}")
                .path("id")
                .asText();
        shell.await("ls /sys/class/net | grep -c eth", "2");
        shell.await("cat /sys/class/net/eth1/carrier", "1");
        world.api()
                .put(
                        "/vms/" + vm + "/nics/" + nic,
                        ApiClient.json("{'linked':'false'}").toString());
        shell.await("cat /sys/class/net/eth1/carrier", "0");
        assertThat(world.api()
                        .call("PUT", "/vms/" + vm + "/nics/" + nic, "{\"mac\":{\"address\":\"56:6f:00:99:00:01\"}}")
                        .status())
                .as("an address is not changed while it is plugged in")
                .isEqualTo(409);
        world.api().delete("/vms/" + vm + "/nics/" + nic);
        shell.await("ls /sys/class/net | grep -c eth", "1");
    }

    private void discsAreChanged(String vm, String disc, GuestShell shell) {
        String drive = "/vms/" + vm + "/cdroms/00000000-0000-0000-0000-000000000000";
        assertThat(shell.ask("head -c 13 /dev/sr0 2>&1")).doesNotContain("disc-in-drive");
        world.api()
                .put(
                        drive + "?current=true",
                        ApiClient.json("{'file':{'id':'" + disc + "'}}").toString());
        shell.await("head -c 13 /dev/sr0 2>&1", "disc-in-drive");
        assertThat(world.api()
                        .get(drive + "?current=true")
                        .path("file")
                        .path("id")
                        .asText())
                .isEqualTo(disc);
        assertThat(world.api().get(drive).path("file").path("id").asText()).isEmpty();
        world.api()
                .put(
                        drive + "?current=true",
                        ApiClient.json("{'file':{'id':''}}").toString());
        assertThat(Await.holds(
                        World.SOON, () -> !shell.ask("head -c 13 /dev/sr0 2>&1").contains("disc-in-drive")))
                .isTrue();
        assertThat(world.api()
                        .call("PUT", drive + "?current=true", "{\"file\":{\"id\":\"" + firstDisk(vm) + "\"}}")
                        .status())
                .as("a disk that is no ISO")
                .isEqualTo(409);
    }

    private String firstDisk(String vm) {
        return world.api()
                .list("/vms/" + vm + "/diskattachments")
                .getFirst()
                .path("id")
                .asText();
    }

    private void whatCannotBeChangedWaits(String vm) {
        put(vm, "", "{'description':'at once','cpu':{'topology':{'sockets':1,'cores':2,'threads':1}}}");
        JsonNode now = get(vm);
        assertThat(now.path("description").asText()).isEqualTo("at once");
        assertThat(now.path("next_run_configuration_exists").asText()).isEqualTo("true");
        assertThat(now.path("cpu").path("topology").path("cores").asInt()).isEqualTo(1);
        assertThat(world.api()
                        .get("/vms/" + vm + "?next_run=true")
                        .path("cpu")
                        .path("topology")
                        .path("cores")
                        .asInt())
                .isEqualTo(2);
    }

    private void runOnceIsForOneRun(String vm, String disc) {
        start(vm, """
                {'use_cloud_init':'true','vm':{'initialization':{'host_name':'only-once'},
                 'os':{'boot':{'devices':{'device':['cdrom','hd']}}},
                 'cdroms':{'cdrom':[{'file':{'id':'%s'}}]}}}""".formatted(disc));
        awaitHostName(vm, "only-once");
        assertThat(get(vm).path("run_once").asText()).isEqualTo("true");
        try (GuestShell shell = GuestShell.open(world, vm)) {
            assertThat(shell.ask("nproc")).as("what had waited").isEqualTo("2");
            assertThat(shell.ask("cat /sys/devices/system/node/online")).isEqualTo("0-1");
            assertThat(shell.ask("cat /sys/devices/system/node/node0/cpulist")).isEqualTo("0");
            assertThat(shell.ask("head -c 13 /dev/sr0 2>&1")).isEqualTo("disc-in-drive");
        }
        world.stop(vm);
        JsonNode down = get(vm);
        assertThat(down.path("run_once").asText()).isEqualTo("false");
        assertThat(down.path("next_run_configuration_exists").asText()).isEqualTo("false");
        assertThat(down.path("initialization").path("host_name").asText()).isEqualTo("first-boot");
        assertThat(world.api()
                        .get("/vms/" + vm + "/cdroms/00000000-0000-0000-0000-000000000000")
                        .path("file")
                        .path("id")
                        .asText())
                .isEmpty();
    }

    private void awaitHostName(String vm, String name) {
        world.api()
                .await(
                        "/vms/" + vm,
                        World.BOOT,
                        now -> now.path("fqdn").asText().equals(name));
    }

    private void start(String vm, String how) {
        world.api().post("/vms/" + vm + "/start", how);
    }

    private JsonNode get(String vm) {
        return world.api().get("/vms/" + vm);
    }

    private void put(String vm, String query, String change) {
        world.api().put("/vms/" + vm + query, ApiClient.json(change).toString());
    }

    /** A disk of the ISO kind whose first bytes are that text. */
    private String iso(Path folder, String text) throws IOException {
        Path file = folder.resolve("iso");
        byte[] content = new byte[(int) MIB];
        byte[] words = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(words, 0, content, 0, words.length);
        Files.write(file, content);
        String id = world.api()
                .post("/disks", """
                        {'name':'%s','format':'raw','sparse':'false','content_type':'iso','provisioned_size':%d,
                         'storage_domains':{'storage_domain':[{'name':'%s'}]}}""".formatted(text, content.length, Testbed.DOMAIN))
                .path("id")
                .asText();
        world.api().awaitStatus("/disks/" + id, "ok", World.SOON);
        String transfer = "/imagetransfers/"
                + world.api()
                        .post("/imagetransfers", "{'direction':'upload','format':'raw','disk':{'id':'" + id + "'}}")
                        .path("id")
                        .asText();
        JsonNode ready = world.api()
                .await(transfer, World.SOON, each -> each.path("phase").asText().equals("transferring"));
        world.api().upload(ready.path("proxy_url").asText(), file);
        world.api().post(transfer + "/finalize", "{}");
        world.api()
                .await(
                        transfer,
                        Duration.ofMinutes(1),
                        each -> each.path("phase").asText().equals("finished_success"));
        world.api().awaitStatus("/disks/" + id, "ok", World.SOON);
        return id;
    }
}
