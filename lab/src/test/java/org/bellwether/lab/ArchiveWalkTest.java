package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Machines that leave in an archive and come back: from a host, from a disk, as VMware would send them. */
@ExtendWith(World.Extension.class)
final class ArchiveWalkTest {
    private static final Duration SHORT = Duration.ofMinutes(2);

    private final World world;

    @TempDir
    Path directory;

    ArchiveWalkTest(World world) {
        this.world = world;
    }

    @Test
    void a_machine_goes_into_an_archive_and_one_of_vmware_boots_here() throws IOException {
        String vm = world.machine("walk-ova");
        equip(vm);
        Path exchange = world.one.exchange();
        Path file = exchange.resolve("walk.ova");
        Files.deleteIfExists(file);
        ObjectNode export =
                Inventory.object().put("directory", exchange.toString()).put("filename", "walk.ova");
        export.putObject("host").put("name", "host1");
        api().post("/vms/" + vm + "/export", export);
        world.awaitQuiet();
        assertThat(file).exists();
        assertThat(exchange.resolve("walk.ova.part")).doesNotExist();
        assertThat(events()).as("what does not come along").contains("What its TPM holds is not in it");
        assertThat(api().call("POST", "/vms/" + vm + "/export", export.toString())
                        .status())
                .isEqualTo(200);
        world.awaitQuiet();
        assertThat(events()).as("what is there is not written over").contains("There is a file");

        sameAs(vm, imported("walk-same", "ova://" + file, "ovirtmgmt"));

        Command.run(SHORT, List.of("tar", "-xf", file.toString(), "-C", directory.toString()));
        String disk =
                api().list("/vms/" + vm + "/diskattachments").get(0).path("id").asText();
        asVmware(directory.resolve(disk), exchange.resolve("vmware.ova"));

        assertThat(refused(Map.of("url", "ova:///etc/passwd"))).contains("not open for archives");
        assertThat(refused(Map.of("url", "ova://" + exchange + "/../agent.properties")))
                .contains("not open");
        String imported = imported("walk-vmware", "ova://" + exchange + "/vmware.ova", "lan");
        assertThat(api().get("/vms/" + imported)
                        .path("cpu")
                        .path("topology")
                        .path("sockets")
                        .asText())
                .isEqualTo("2");
        assertThat(api().list("/vms/" + imported + "/diskattachments")
                        .get(0)
                        .path("interface")
                        .asText())
                .isEqualTo("sata");
        api().post("/vms/" + imported + "/start", Inventory.object());
        assertThat(world.heartbeat(world.guestAddress(imported)).boot()).isNotEmpty();

        fromLibvirt(directory.resolve(disk));
        throughADisk(vm);
        Files.delete(file);
        Files.delete(exchange.resolve("vmware.ova"));
    }

    /** What an archive is to carry beside the usual. */
    private void equip(String vm) {
        ObjectNode wish = Inventory.object().put("soundcard_enabled", true).put("tpm_enabled", true);
        wish.withObject("/os/boot/devices").putArray("device").add("cdrom").add("hd");
        wish.putObject("initialization").put("host_name", "walk").put("root_password", "secret");
        api().put("/vms/" + vm, wish.toString());
        api().post(
                        "/vms/" + vm + "/watchdogs",
                        Inventory.object().put("model", "i6300esb").put("action", "poweroff"));
        String disk =
                api().list("/vms/" + vm + "/diskattachments").get(0).path("id").asText();
        api().put(
                        "/vms/" + vm + "/diskattachments/" + disk,
                        Inventory.object().put("pass_discard", true).toString());
        api().put(
                        "/disks/" + disk,
                        Inventory.object().put("wipe_after_delete", true).toString());
    }

    private void sameAs(String original, String other) {
        JsonNode one = api().get("/vms/" + original);
        JsonNode two = api().get("/vms/" + other);
        for (String part : List.of("soundcard_enabled", "tpm_enabled", "os", "initialization")) {
            assertThat(one.path(part).isMissingNode()).as(part).isFalse();
            assertThat(two.path(part)).as(part).isEqualTo(one.path(part));
        }
        assertThat(api().list("/vms/" + other + "/watchdogs")
                        .get(0)
                        .path("action")
                        .asText())
                .isEqualTo("poweroff");
        JsonNode disk = api().list("/vms/" + other + "/diskattachments").get(0);
        assertThat(disk.path("pass_discard").asBoolean()).isTrue();
        assertThat(api().get("/disks/" + disk.path("id").asText())
                        .path("wipe_after_delete")
                        .asBoolean())
                .isTrue();
        world.remove(other);
    }

    /** By the command line: by way of a host, and by way of this machine. */
    @Test
    void a_template_goes_into_an_archive_and_machines_are_made_of_what_comes_back() {
        Path exchange = world.one.exchange();
        String host = exchange.toString();
        bw("template", "export", "tiny", "--host", "host1", "--directory", host);
        assertThat(exchange.resolve("tiny.ova")).exists();
        bw(
                "template",
                "import",
                exchange.resolve("tiny.ova").toString(),
                "--host",
                "host1",
                "--storage",
                "shared",
                "--cluster",
                "Default",
                "--name",
                "walk-back",
                "--network",
                "ovirtmgmt=ovirtmgmt");
        like("tiny", "walk-back");

        Path mine = directory.resolve("back.ova");
        bw("template", "export", "walk-back", "--ova", mine.toString(), "--storage", "shared");
        bw(
                "template",
                "import",
                mine.toString(),
                "--storage",
                "shared",
                "--cluster",
                "Default",
                "--name",
                "walk-again",
                "--network",
                "ovirtmgmt=ovirtmgmt");
        like("tiny", "walk-again");
        assertThat(Await.holds(
                        World.SOON,
                        () -> api().list("/disks").stream()
                                .noneMatch(disk -> disk.path("name").asText().endsWith(".ova"))))
                .as("archives were only on their way")
                .isTrue();

        bw("vm", "create", "of-archive", "--template", "walk-again");
        String vm = api().named("/vms", "of-archive").path("id").asText();
        bw("vm", "start", "of-archive");
        assertThat(world.heartbeat(world.guestAddress(vm)).boot()).isNotEmpty();
        assertThat(CommandLineRun.attempt(world.engine, "template", "remove", "walk-again")
                        .output())
                .contains("of-archive");
        world.remove(vm);
        bw("template", "remove", "walk-again");
        bw("template", "remove", "walk-back");
        world.one.run("rm", exchange.resolve("tiny.ova").toString());
    }

    private void like(String original, String other) {
        JsonNode one = api().named("/templates", original);
        JsonNode two = api().named("/templates", other);
        for (String path : List.of("/memory", "/cpu/topology/sockets", "/os/type", "/bios/type", "/type")) {
            assertThat(two.at(path).asText()).as(path).isEqualTo(one.at(path).asText());
        }
        for (String below : List.of("/diskattachments", "/nics")) {
            assertThat(api().list("/templates/" + two.path("id").asText() + below))
                    .as(below)
                    .hasSameSizeAs(api().list("/templates/" + one.path("id").asText() + below));
        }
    }

    private void bw(String... words) {
        CommandLineRun.bw(world.engine, words);
    }

    /** A machine that the host's libvirt has and no engine made. */
    private void fromLibvirt(Path qcow2) throws IOException {
        Path document = Files.writeString(directory.resolve("foreign.xml"), """
                <domain type='qemu'><name>walk-foreign</name><memory unit='MiB'>192</memory><vcpu>1</vcpu>
                  <os><type arch='x86_64' machine='pc'>hvm</type></os>
                  <devices><disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='%s'/>
                    <target dev='vda' bus='virtio'/></disk>
                    <interface type='bridge'><source bridge='ovirtmgmt'/><model type='virtio'/></interface></devices></domain>
                """.formatted(qcow2));
        world.one.virsh("define", document.toString());
        try {
            assertThat(refused(Map.of("url", "qemu+ext:///system?command=/bin/sh", "provider", "kvm", "name", "x")))
                    .contains("is not asked");
            assertThat(refused(Map.of("url", "qemu:///system", "provider", "kvm", "name", "nobody")))
                    .contains("walk-foreign");
            ObjectNode wish = wish("qemu:///system").put("provider", "kvm").put("name", "walk-foreign");
            wish.putObject("vm").put("name", "walk-libvirt");
            String id =
                    api().post("/externalvmimports", wish).path("vm").path("id").asText();
            world.awaitStatus(id, "down", World.BOOT);
            api().post("/vms/" + id + "/start", Inventory.object());
            assertThat(world.heartbeat(world.guestAddress(id)).boot()).isNotEmpty();
            world.stop(id);
        } finally {
            world.one.virsh("undefine", "walk-foreign");
        }
    }

    /** As the command line does it: the archive is a disk for a while. The engine dies while it is read. */
    private void throughADisk(String vm) {
        ObjectNode export = Inventory.object();
        export.putObject("storage_domain").put("name", "shared");
        String archive = api().post("/vms/" + vm + "/export", export)
                .path("disk")
                .path("id")
                .asText();
        api().awaitStatus("/disks/" + archive, "ok", SHORT);
        world.engine.stop();
        world.engine.start(Map.of("crash-at", "import-machine/look at disk 1/before"));
        ObjectNode template = wish("disk:" + archive);
        template.putObject("template").put("name", "walk-template");
        String made = api().post("/externaltemplateimports", template)
                .path("template")
                .path("id")
                .asText();
        world.engine.awaitEnd();
        world.engine.start();
        world.awaitQuiet();
        api().awaitStatus("/templates/" + made, "ok", SHORT);
        api().delete("/disks/" + archive);
        api().delete("/templates/" + made);
        world.awaitQuiet();
        assertThat(api().call("GET", "/templates/" + made, "").status()).isEqualTo(404);
    }

    private String imported(String name, String url, String network) {
        // As many clients of the reference say it of any archive.
        ObjectNode wish = wish(url).put("provider", "kvm");
        ObjectNode vm = wish.putObject("vm").put("name", name);
        vm.putObject("nics")
                .putArray("nic")
                .addObject()
                .put("name", network)
                .putObject("vnic_profile")
                .put("name", "ovirtmgmt");
        JsonNode begun = api().post("/externalvmimports", wish);
        String id = begun.path("vm").path("id").asText();
        world.awaitStatus(id, "down", World.BOOT);
        return id;
    }

    private String refused(Map<String, String> more) {
        ObjectNode wish = wish("").put("provider", "vmware");
        more.forEach((key, value) -> wish.put(key, value));
        ApiClient.Reply reply = api().call("POST", "/externalvmimports", wish.toString());
        assertThat(reply.status()).isBetween(400, 499);
        return reply.text();
    }

    private static ObjectNode wish(String url) {
        ObjectNode wish = Inventory.object().put("url", url);
        wish.putObject("host").put("name", "host1");
        wish.putObject("cluster").put("name", "Default");
        wish.putObject("storage_domain").put("name", "shared");
        return wish;
    }

    private String events() {
        StringBuilder words = new StringBuilder();
        api().get("/events?max=10")
                .path("event")
                .forEach(event ->
                        words.append(event.path("description").asText()).append('\n'));
        return words.toString();
    }

    private void asVmware(Path qcow2, Path archive) throws IOException {
        Path vmdk = directory.resolve("disk1.vmdk");
        Command.run(
                SHORT,
                List.of(
                        "qemu-img",
                        "convert",
                        "-O",
                        "vmdk",
                        "-o",
                        "subformat=streamOptimized",
                        qcow2.toString(),
                        vmdk.toString()));
        Files.writeString(directory.resolve("vmware.ovf"), """
                <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
                    xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
                  <References><File ovf:href="disk1.vmdk" ovf:id="file1" ovf:size="%d"/></References>
                  <DiskSection><Info/><Disk ovf:capacity="1" ovf:capacityAllocationUnits="byte * 2^30" ovf:diskId="d1" ovf:fileRef="file1"/></DiskSection>
                  <NetworkSection><Info/><Network ovf:name="lan"/></NetworkSection>
                  <VirtualSystem ovf:id="vmware"><Info/><Name>vmware</Name><VirtualHardwareSection>
                    <Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType><rasd:VirtualQuantity>2</rasd:VirtualQuantity></Item>
                    <Item><rasd:AllocationUnits>byte * 2^20</rasd:AllocationUnits><rasd:InstanceID>2</rasd:InstanceID>
                      <rasd:ResourceType>4</rasd:ResourceType><rasd:VirtualQuantity>192</rasd:VirtualQuantity></Item>
                    <Item><rasd:Connection>lan</rasd:Connection><rasd:InstanceID>3</rasd:InstanceID>
                      <rasd:ResourceSubType>virtio</rasd:ResourceSubType><rasd:ResourceType>10</rasd:ResourceType></Item>
                  </VirtualHardwareSection></VirtualSystem>
                </Envelope>
                """.formatted(Files.size(vmdk)));
        Files.deleteIfExists(archive);
        Command.run(
                SHORT,
                List.of(
                        "bash",
                        "-c",
                        "cd " + directory + " && sha256sum vmware.ovf disk1.vmdk"
                                + " | sed -E 's/([0-9a-f]+) +(.*)/SHA256(\\2)= \\1/' > vmware.mf"
                                + " && tar --format=ustar -cf " + archive + " vmware.ovf vmware.mf disk1.vmdk"));
    }

    private ApiClient api() {
        return world.api();
    }
}
