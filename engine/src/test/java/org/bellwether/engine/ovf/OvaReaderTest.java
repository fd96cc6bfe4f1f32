package org.bellwether.engine.ovf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.ovf.OvfMachine.OvfDisk;
import org.bellwether.engine.ovf.OvfMachine.OvfLayer;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;
import org.bellwether.engine.platform.Failure;
import org.junit.jupiter.api.Test;

/** What is in archives: our own, VMware's, oVirt's storage dialect, and what an enemy writes. */
class OvaReaderTest {

    private static final String VMWARE = """
            <?xml version="1.0"?>
            <Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:o="http://schemas.dmtf.org/ovf/envelope/1"
                xmlns:r="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData"
                xmlns:vmw="http://www.vmware.com/schema/ovf">
              <References><File o:href="web-disk1.vmdk" o:id="file1" o:size="70000"/></References>
              <DiskSection><Info/>
                <Disk o:capacity="8" o:capacityAllocationUnits="byte * 2^30" o:diskId="vmdisk1" o:fileRef="file1"
                  o:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>
                <Disk o:capacity="1024" o:capacityAllocationUnits="byte * 2^20" o:diskId="vmdisk2"/>
              </DiskSection>
              <NetworkSection><Info/><Network o:name="VM Network"/></NetworkSection>
              <VirtualSystem o:id="web"><Info/><Name>web</Name>
                <OperatingSystemSection o:id="94" vmw:osType="ubuntu64Guest"><Description>Ubuntu (64-bit)</Description></OperatingSystemSection>
                <VirtualHardwareSection>
                  <Item><r:InstanceID>1</r:InstanceID><r:ResourceType>3</r:ResourceType><r:VirtualQuantity>4</r:VirtualQuantity>
                    <vmw:CoresPerSocket>2</vmw:CoresPerSocket></Item>
                  <Item><r:AllocationUnits>byte * 2^20</r:AllocationUnits><r:InstanceID>2</r:InstanceID>
                    <r:ResourceType>4</r:ResourceType><r:VirtualQuantity>2048</r:VirtualQuantity></Item>
                  <Item><r:InstanceID>3</r:InstanceID><r:ResourceSubType>lsilogic</r:ResourceSubType><r:ResourceType>6</r:ResourceType></Item>
                  <Item><r:HostResource>ovf:/disk/vmdisk1</r:HostResource><r:InstanceID>4</r:InstanceID><r:Parent>3</r:Parent>
                    <r:ResourceType>17</r:ResourceType></Item>
                  <Item><r:Connection>VM Network</r:Connection><r:InstanceID>5</r:InstanceID>
                    <r:ResourceSubType>VmxNet3</r:ResourceSubType><r:ResourceType>10</r:ResourceType></Item>
                  <vmw:Config o:required="false" vmw:key="firmware" vmw:value="efi"/>
                </VirtualHardwareSection>
              </VirtualSystem>
            </Envelope>
            """;

    @Test
    void a_machine_of_vmware_is_understood() {
        var machine = OvaReader.read(VMWARE);
        assertThat(machine.name()).isEqualTo("web");
        assertThat(machine.id()).isEmpty();
        assertThat(machine.memoryMib()).isEqualTo(2048);
        assertThat(machine.sockets()).isEqualTo(2);
        assertThat(machine.cores()).isEqualTo(2);
        assertThat(machine.biosType()).isEqualTo(2);
        assertThat(machine.osType()).isEqualTo("other_linux");
        assertThat(machine.disks()).hasSize(2);
        assertThat(machine.disks().getFirst().file()).isEqualTo("web-disk1.vmdk");
        assertThat(machine.disks().getFirst().capacityBytes()).isEqualTo(8L << 30);
        assertThat(machine.disks().getFirst().bus()).isEqualTo("sata");
        assertThat(machine.disks().getFirst().bootable()).isTrue();
        assertThat(machine.disks().getLast().file()).isEmpty();
        assertThat(machine.disks().getLast().capacityBytes()).isEqualTo(1L << 30);
        assertThat(machine.nics().getFirst().network()).isEqualTo("VM Network");
        assertThat(machine.nics().getFirst().model()).isEqualTo("e1000e");
    }

    @Test
    void what_is_written_is_read_again() {
        var machine = machine();
        var file = machine.disks().getFirst().id().toString();
        var read = OvaReader.read(OvaWriter.write(machine, List.of(new OvaWriter.Packed(file, 70000, 1 << 20))));
        assertThat(read.id()).contains(machine.id());
        assertThat(read.name()).isEqualTo("web & <co>");
        assertThat(read.memoryMib()).isEqualTo(192);
        assertThat(read.sockets()).isEqualTo(2);
        assertThat(read.cores()).isEqualTo(3);
        assertThat(read.threads()).isEqualTo(1);
        assertThat(read.osType()).isEqualTo("debian_12");
        assertThat(read.biosType()).isZero();
        assertThat(read.conduct())
                .contains(new ArchivedMachine.Conduct(
                        machine.kind(),
                        machine.guaranteedMib(),
                        machine.maxMib(),
                        machine.ballooning(),
                        machine.highlyAvailable(),
                        machine.priority()));
        var disk = read.disks().getFirst();
        assertThat(disk.file()).isEqualTo(file);
        assertThat(disk.alias()).isEqualTo("root");
        assertThat(disk.bus()).isEqualTo("virtio_scsi");
        assertThat(disk.bootable()).isTrue();
        assertThat(disk.capacityBytes()).isEqualTo(1 << 20);
        assertThat(disk.manner()).isEqualTo(new ArchivedMachine.Manner(true, false, true, false, true));
        var nic = read.nics().getFirst();
        assertThat(nic.plugged()).isFalse();
        assertThat(nic.name()).isEqualTo("nic1");
        assertThat(nic.mac()).isEqualTo("56:6f:00:00:00:01");
        assertThat(nic.network()).isEqualTo("ovirtmgmt");
        assertThat(nic.profile()).isEqualTo("gold");
        assertThat(nic.model()).isEqualTo("e1000");
    }

    @Test
    void ovirts_storage_dialect_in_an_archive_is_understood_too() {
        var machine = machine();
        var read = OvaReader.read(OvfWriter.write(machine, UUID.randomUUID()));
        assertThat(read.name()).isEqualTo(machine.name());
        assertThat(read.disks().getFirst().file())
                .isEqualTo(machine.disks().getFirst().top().volume().toString());
        assertThat(read.id()).contains(machine.id());
        assertThat(read.conduct().orElseThrow().priority()).isEqualTo(machine.priority());
    }

    @Test
    void sizes_that_contradict_each_other_are_brought_into_their_limits() {
        var text = OvaWriter.write(machine(), List.of(new OvaWriter.Packed("x", 70000, 1 << 20)))
                .replaceFirst("<MinAllocatedMem>\\d+<", "<MinAllocatedMem>99999999999<")
                .replaceFirst("<MaxMemorySizeMb>\\d+<", "<MaxMemorySizeMb>1<")
                .replaceFirst("<VmType>\\d+<", "<VmType>-7<");
        var conduct = OvaReader.read(text).conduct().orElseThrow();
        assertThat(conduct.guaranteedMib()).isEqualTo(192);
        assertThat(conduct.maxMib()).isEqualTo(192);
        assertThat(conduct.kind()).isZero();
        assertThat(OvaReader.read(VMWARE).conduct())
                .as("VMware says nothing of it")
                .isEmpty();
    }

    @Test
    void entities_bombs_and_nonsense_are_refused() {
        refused("<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]><Envelope>&b;</Envelope>", "DOCTYPE");
        refused("<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><Envelope>&a;</Envelope>", "DOCTYPE");
        refused("<Envelope", "cannot be read");
        refused("<Envelope/>", "0 machines");
        refused(VMWARE.replace("o:id=\"file1\"", "o:id=\"file1\" o:compression=\"gzip\""), "compressed");
        refused(VMWARE.replace("o:id=\"file1\"", "o:id=\"file1\" o:chunkSize=\"7\""), "pieces");
        refused(VMWARE.replace("o:fileRef=\"file1\"", "o:fileRef=\"other\""), "not listed");
        refused(VMWARE.replace("o:diskId=\"vmdisk2\"", "o:diskId=\"vmdisk2\" o:fileRef=\"file1\""), "Two of its disks");
        refused(VMWARE.replace("o:capacity=\"8\"", "o:capacity=\"9223372036854775807\""), "counts in");
        refused(VMWARE.replace("o:capacity=\"8\"", "o:capacity=\"-1\""), "counts in");
        refused(VMWARE.replace("2^30", "2^99"), "counts in");
        refused(VMWARE.replace("</VirtualSystem>", "</VirtualSystem><VirtualSystem/>"), "2 machines");
        refused(
                VMWARE.replace(
                        "</DiskSection>", "<Disk o:capacity=\"1\" o:diskId=\"x\"/>".repeat(70) + "</DiskSection>"),
                "more than 64 disks");
    }

    private static void refused(String text, String why) {
        assertThatThrownBy(() -> OvaReader.read(text))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.detail()).contains(why));
    }

    private static OvfMachine machine() {
        var volume = new OvfLayer(UUID.randomUUID(), Optional.empty(), true, true, 1 << 20, 70000);
        return new OvfMachine(
                UUID.randomUUID(),
                "web & <co>",
                "",
                false,
                Instant.EPOCH,
                192,
                96,
                768,
                2,
                3,
                1,
                "debian_12",
                0,
                2,
                true,
                50,
                false,
                "Default",
                new UUID(0, 0),
                "Blank",
                OvfEquipment.NONE,
                List.of(new OvfDisk(
                        UUID.randomUUID(),
                        "root",
                        "",
                        "virtio_scsi",
                        true,
                        true,
                        false,
                        true,
                        false,
                        true,
                        true,
                        Optional.empty(),
                        List.of(volume))),
                List.of(new OvfNic(
                        UUID.randomUUID(), "nic1", "56:6f:00:00:00:01", "ovirtmgmt", "gold", "e1000", true, false)));
    }
}
