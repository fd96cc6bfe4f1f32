package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.stream.StreamResult;
import javax.xml.transform.stream.StreamSource;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.Bandwidth;
import org.bellwether.protocol.BootDevice;
import org.bellwether.protocol.CpuDefinition;
import org.bellwether.protocol.DiskBus;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.FilterParameter;
import org.bellwether.protocol.Firmware;
import org.bellwether.protocol.GraphicsDevice;
import org.bellwether.protocol.HostDevice;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NicDevice;
import org.bellwether.protocol.RngSource;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.junit.jupiter.api.Test;

/** The documents against expected ones; that libvirt takes them is seen where machines really start. */
class DomainXmlTest {
    private static final String ID = "1d0214b8-3c0a-4e1a-a4ee-7a4e6a0d3942";
    private static final String DISK = "5b0c7f6e-1d2e-4f3a-9b8c-0d1e2f3a4b5c";
    private static final String ISO = "6b0c7f6e-1d2e-4f3a-9b8c-0d1e2f3a4b5c";
    private static final String NIC = "7b0c7f6e-1d2e-4f3a-9b8c-0d1e2f3a4b5c";

    @Test
    void a_network_interface_is_limited_isolated_and_filtered() {
        String xml = DeviceXml.nic(
                plain(),
                NicDevice.newBuilder()
                        .setNicId(NIC)
                        .setMac("56:6f:00:00:00:01")
                        .setNetwork("red")
                        .setLinked(true)
                        .setIsolated(true)
                        .setFilter("clean-traffic")
                        .addFilterParameters(
                                FilterParameter.newBuilder().setName("IP").setValue("10.0.0.1"))
                        .setInbound(Bandwidth.newBuilder()
                                .setAverageKibPerSecond(1220)
                                .setPeakKibPerSecond(2440)
                                .setBurstKib(1024))
                        .build());
        assertThat(xml)
                .contains("filter=\"clean-traffic\"", "name=\"IP\" value=\"10.0.0.1\"", "isolated=\"yes\"")
                .contains("<inbound average=\"1220\" peak=\"2440\" burst=\"1024\"")
                .doesNotContain("<outbound");
    }

    @Test
    void a_machine_is_given_devices_of_its_host_and_custom_properties() {
        String xml = DomainXml.write(
                plain().toBuilder()
                        .setUsb(true)
                        .putCustomProperties("color", "red & \"blue\"")
                        .addHostDevices(HostDevice.newBuilder()
                                .setName("pci_0000_03_00_1")
                                .setCapability("pci"))
                        .addHostDevices(HostDevice.newBuilder()
                                .setName("usb_1_1_4")
                                .setCapability("usb_device")
                                .setBus(1)
                                .setDevice(9))
                        .addHostDevices(
                                HostDevice.newBuilder().setName("scsi_2_0_3_1").setCapability("scsi"))
                        .build(),
                Map.of(),
                true);
        assertThat(xml)
                .contains("<ovirt-vm:custom><ovirt-vm:color>red &amp; \"blue\"</ovirt-vm:color></ovirt-vm:custom>")
                .contains("<controller type=\"usb\" index=\"0\" model=\"qemu-xhci\" ports=\"15\"")
                .contains("<hostdev mode=\"subsystem\" type=\"pci\" managed=\"yes\"><source>"
                        + "<address domain=\"0x0000\" bus=\"0x03\" slot=\"0x00\" function=\"0x1\"")
                .contains("type=\"usb\" managed=\"yes\"><source><address bus=\"1\" device=\"9\"")
                .contains("<adapter name=\"scsi_host2\"")
                .contains("<address bus=\"0\" target=\"3\" unit=\"1\"")
                .contains("<controller type=\"scsi\"");
    }

    @Test
    void windows_finds_what_hyper_v_offers_where_kvm_works_and_nobody_else_does() {
        MachineDefinition windows = plain().toBuilder()
                .setOsType("windows_2022")
                .setClockOffsetSeconds(-3600)
                .build();
        assertThat(DomainXml.write(windows, Map.of(), true))
                .contains("<hyperv mode=\"custom\"><relaxed state=\"on\"", "<spinlocks state=\"on\" retries=\"8191\"")
                .contains("<stimer state=\"on\"", "name=\"hypervclock\" present=\"yes\"")
                .contains("<clock offset=\"variable\" adjustment=\"-3600\" basis=\"utc\">");
        assertThat(DomainXml.write(windows, Map.of(), false)).doesNotContain("hyperv");
        assertThat(DomainXml.write(plain(), Map.of(), true)).doesNotContain("hyperv");
    }

    @Test
    void a_plain_emulated_machine() throws Exception {
        expect(plain(), Map.of(), false, "plain.xml");
    }

    @Test
    void a_machine_with_everything_under_kvm() throws Exception {
        expect(
                full(),
                Map.of(
                        DISK, new PreparedVolume(Path.of("/rhev/a/images/b/c"), true, false, true),
                        ISO, new PreparedVolume(Path.of("/rhev/a/images/d/e"), false, false, false)),
                true,
                "full.xml");
    }

    @Test
    void a_lun_is_a_block_device_that_libvirt_gives_to_qemu_and_takes_the_guests_commands_where_asked_to() {
        String id = "600a1b2c-0000-4000-8000-00000000000a";
        var lun = DiskDevice.newBuilder()
                .setDiskId(id)
                .setLunId("3600a")
                .setBus(DiskBus.VIRTIO_SCSI)
                .setFormat(VolumeFormat.RAW);
        var volume = new PreparedVolume(Path.of("/rhev/data-center/mnt/blockSD/luns/3600a"), false, false, true);
        String plain = DiskXml.disk(plain(), lun.build(), volume, java.util.Set.of());
        assertThat(plain)
                .contains("<disk type=\"block\" device=\"disk\">", "dev=\"/rhev/data-center/mnt/blockSD/luns/3600a\"")
                .contains("type=\"raw\" cache=\"none\"", "<serial>" + id + "</serial>")
                .doesNotContain("relabel");
        assertThat(DiskXml.disk(plain(), lun.setPassthrough(true).build(), volume, java.util.Set.of()))
                .contains("<disk type=\"block\" device=\"lun\">")
                .doesNotContain("<serial>");
        assertThat(DiskXml.disk(plain(), lun.setBus(DiskBus.VIRTIO).build(), volume, java.util.Set.of()))
                .contains("device=\"disk\"");
    }

    @Test
    void devices_and_room_to_grow() {
        String xml = DomainXml.write(
                plain().toBuilder()
                        .setMaxMemoryBytes(1L << 30)
                        .setTpm(true)
                        .setSound(true)
                        .setIoThreads(2)
                        .setHugePageKib(2048)
                        .setVirtioScsi(true)
                        .setBootMenu(true)
                        .setWatchdog(org.bellwether.protocol.WatchdogDevice.newBuilder()
                                .setModel("i6300esb")
                                .setAction("reset"))
                        .setConfigDrive(
                                org.bellwether.protocol.ConfigDrive.newBuilder().setLabel("cidata"))
                        .build(),
                Map.of(),
                false);
        assertThat(xml)
                .contains("<maxMemory slots=\"16\" unit=\"KiB\">1048576</maxMemory>")
                .contains("<cell id=\"0\" cpus=\"0-1\" memory=\"196608\" unit=\"KiB\"")
                .contains("<tpm model=\"tpm-crb\"><backend type=\"emulator\" version=\"2.0\"/></tpm>")
                .contains("<sound model=\"ich9\"/>")
                .contains("<iothreads>2</iothreads>")
                .contains("<page size=\"2048\" unit=\"KiB\"/>")
                .contains("model=\"virtio-scsi\"")
                .contains("<bootmenu enable=\"yes\"")
                .contains("<watchdog model=\"i6300esb\" action=\"reset\"/>")
                .contains("<source file=\"/run/bellwether/" + ID + ".config\"/>");
    }

    @Test
    void disks_share_the_io_threads_by_their_places() {
        PreparedVolume volume = new PreparedVolume(java.nio.file.Path.of("/x"), true, false, false);
        DiskDevice disk = DiskDevice.newBuilder()
                .setDiskId("0c8b5e6a-7a4d-4a5e-9a2f-0d9f7b1c2d3e")
                .setBus(DiskBus.VIRTIO)
                .build();
        MachineDefinition threaded = plain().toBuilder().setIoThreads(2).build();
        assertThat(DiskXml.disk(threaded, disk, volume, java.util.Set.of())).contains("iothread=\"1\"");
        assertThat(DiskXml.disk(threaded, disk, volume, java.util.Set.of("vda")))
                .contains("iothread=\"2\"");
        assertThat(DiskXml.disk(threaded, disk, volume, java.util.Set.of("vda", "vdb")))
                .contains("iothread=\"1\"");
        assertThat(DiskXml.disk(plain(), disk, volume, java.util.Set.of())).doesNotContain("iothread");
    }

    @Test
    void processors_and_memory_lie_where_they_are_said_to() {
        String xml = DomainXml.write(
                plain().toBuilder()
                        .addCpuPins(org.bellwether.protocol.CpuPin.newBuilder()
                                .setVcpu(1)
                                .setCpuSet("0-3,^2"))
                        .addNumaNodes(org.bellwether.protocol.NumaNode.newBuilder()
                                .setMemoryBytes(64L << 20)
                                .addCpus(0)
                                .addHostNodes(0)
                                .addHostNodes(1)
                                .setTuneMode("strict"))
                        .addNumaNodes(org.bellwether.protocol.NumaNode.newBuilder()
                                .setMemoryBytes(128L << 20)
                                .addCpus(1)
                                .setTuneMode("interleave"))
                        .build(),
                Map.of(),
                false);
        assertThat(xml)
                .contains("<cputune><vcpupin vcpu=\"1\" cpuset=\"0-3,^2\"/></cputune>")
                .contains("<numatune><memnode cellid=\"0\" mode=\"strict\" nodeset=\"0,1\"/></numatune>")
                .contains("<numa><cell id=\"0\" cpus=\"0\" memory=\"65536\" unit=\"KiB\"/>"
                        + "<cell id=\"1\" cpus=\"1\" memory=\"131072\" unit=\"KiB\"/></numa>");
    }

    @Test
    void every_thread_runs_where_the_machine_may_run_and_is_put_elsewhere_for_another_host() {
        MachineDefinition bound = plain().toBuilder()
                .setCpuSet("2-3")
                .setIoThreads(1)
                .addCpuPins(
                        org.bellwether.protocol.CpuPin.newBuilder().setVcpu(0).setCpuSet("2"))
                .build();
        String xml = DomainXml.write(bound, Map.of(), false);
        assertThat(xml)
                .contains("<vcpu placement=\"static\" cpuset=\"2-3\"")
                .contains("<cputune><vcpupin vcpu=\"0\" cpuset=\"2\"/><emulatorpin cpuset=\"2-3\"/>"
                        + "<iothreadpin iothread=\"1\" cpuset=\"2-3\"/></cputune>");
        MachineDefinition there =
                bound.toBuilder().clearCpuPins().setCpuSet("0").build();
        assertThat(SavedXml.elsewhere(xml, bound)).isFalse();
        assertThat(SavedXml.elsewhere(xml, there)).isTrue();
        String moved = SavedXml.placed(xml, there);
        assertThat(moved)
                .contains("cpuset=\"0\"", "<emulatorpin cpuset=\"0\"/>", "<iothreadpin")
                .doesNotContain("vcpupin", "2-3");
        assertThat(DomainView.parse(moved).definition()).contains(there);
        assertThat(SavedXml.placed(moved, there.toBuilder().clearCpuSet().build()))
                .doesNotContain("cputune", "cpuset");
    }

    @Test
    void what_was_written_is_read_again() {
        MachineDefinition machine = full();
        DomainView view = DomainView.parse(
                DomainXml.write(machine, Map.of(DISK, new PreparedVolume(Path.of("/a/b/c"), true, false, true)), true));
        assertThat(view.definition()).contains(machine);
        assertThat(view.title()).isEqualTo(machine.getName());
        assertThat(view.diskTargets()).containsEntry("vda", DISK).containsEntry("sda", ISO);
        assertThat(view.files()).containsExactly("/a/b/c");
        assertThat(view.foreign()).isFalse();
    }

    @Test
    void names_and_texts_of_people_do_no_harm() {
        MachineDefinition machine = plain().toBuilder()
                .setName("../<b>&\"ö' & co")
                .setDescription("]]> <![CDATA[ & <x/>")
                .build();
        DomainView view = DomainView.parse(DomainXml.write(machine, Map.of(), false));
        assertThat(view.name()).matches("[A-Za-z0-9_][A-Za-z0-9._-]*-1d0214b8");
        assertThat(view.title()).isEqualTo(machine.getName());
        assertThat(view.definition()).contains(machine);
    }

    @Test
    void metadata_that_somebody_broke_makes_the_machine_foreign() {
        String xml = DomainXml.write(plain(), Map.of(), false);
        assertThat(DomainView.parse(xml.replaceFirst("base64\">[A-Za-z0-9]{8}", "base64\">////////"))
                        .foreign())
                .isTrue();
    }

    private void expect(MachineDefinition machine, Map<String, PreparedVolume> volumes, boolean kvm, String file)
            throws Exception {
        String written = DomainXml.write(machine, volumes, kvm);
        assertThat(pretty(written.replaceFirst("base64\">[^<]*<", "base64\">…<")))
                .isEqualTo(expected(file));
    }

    private static String expected(String file) throws IOException {
        try (var stream = DomainXmlTest.class.getResourceAsStream(file)) {
            if (stream == null) {
                throw new IOException("no " + file + " among the test's resources");
            }
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip();
        }
    }

    private static String pretty(String xml) throws TransformerException {
        Transformer transformer = TransformerFactory.newDefaultInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.INDENT, "yes");
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        StringWriter text = new StringWriter();
        transformer.transform(new StreamSource(new StringReader(xml)), new StreamResult(text));
        return text.toString().strip();
    }

    private static MachineDefinition plain() {
        return MachineDefinition.newBuilder()
                .setId(ID)
                .setName("plain")
                .setMemoryBytes(192L << 20)
                .setGeneration(3)
                .setCpu(CpuDefinition.newBuilder()
                        .setSockets(2)
                        .setCoresPerSocket(1)
                        .setThreadsPerCore(1))
                .build();
    }

    private static MachineDefinition full() {
        return MachineDefinition.newBuilder()
                .setId(ID)
                .setName("full")
                .setDescription("with everything")
                .setMemoryBytes(2L << 30)
                .setGeneration(7)
                .setCpu(CpuDefinition.newBuilder()
                        .setSockets(1)
                        .setMaxSockets(4)
                        .setCoresPerSocket(2)
                        .setThreadsPerCore(2)
                        .setModel("Skylake-Server")
                        .addFeatures("+ssbd")
                        .addFeatures("-hle"))
                .setFirmware(Firmware.Q35_UEFI_SECURE_BOOT)
                .addDisks(DiskDevice.newBuilder()
                        .setDiskId(DISK)
                        .setVolume(VolumeReference.newBuilder().setVolumeId("c"))
                        .setBus(DiskBus.VIRTIO)
                        .setDiscard(true)
                        .setBootOrder(1))
                .addDisks(DiskDevice.newBuilder().setDiskId(ISO).setCdrom(true).setBus(DiskBus.IDE))
                .addDisks(
                        DiskDevice.newBuilder().setDiskId(NIC.replace('7', '8')).setCdrom(true))
                .addNics(NicDevice.newBuilder()
                        .setNicId(NIC)
                        .setMac("56:6F:00:00:00:01")
                        .setNetwork("ovirtmgmt")
                        .setModel("virtio")
                        .setLinked(true)
                        .setMtu(1500)
                        .setBootOrder(2))
                .addNics(NicDevice.newBuilder().setNicId(NIC.replace('7', '9')).setMac("56:6f:00:00:00:02"))
                .addGraphics(GraphicsDevice.newBuilder().setProtocol("vnc"))
                .setSerialConsole(true)
                .setBalloon(true)
                .setRng(RngSource.URANDOM)
                .setClockOffsetSeconds(3600)
                .addBootDevices(BootDevice.HARD_DISK)
                .setSerialNumber("SN-1")
                .build();
    }
}
