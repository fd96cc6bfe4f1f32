package org.bellwether.engine.ovf;

import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import org.bellwether.engine.ovf.OvfMachine.OvfDisk;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;

/**
 * Writes the description for an archive: the standard's elements, which every reader knows, with oVirt's own beside them,
 * so that nothing is lost between two engines of its kind.
 */
public final class OvaWriter {

    private static final String QCOW2 = "http://www.gnome.org/~markmc/qcow-image-format.html";

    private final OvfMachine machine;
    private final List<Packed> packed;
    private final OvfElements xml;
    private final OvfEquipmentWriter equipment;

    /** How a disk, of the same place in the machine's list, lies in the archive. */
    public record Packed(String file, long fileBytes, long capacityBytes) {}

    private OvaWriter(OvfMachine machine, List<Packed> packed, OvfElements xml) {
        this.machine = machine;
        this.packed = packed;
        this.xml = xml;
        this.equipment = new OvfEquipmentWriter(machine, xml);
    }

    public static String write(OvfMachine machine, List<Packed> packed) {
        var text = new StringWriter();
        try {
            var xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            new OvaWriter(machine, packed, OvfElements.archived(xml)).document();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    private void document() throws XMLStreamException {
        xml.open("ovf:Envelope");
        xml.attributes("xmlns", OvfWriter.OVF);
        xml.attributes("xmlns:ovf", OvfWriter.OVF);
        xml.attributes("xmlns:rasd", OvfWriter.RASD);
        xml.attributes("xmlns:vssd", OvfWriter.VSSD);
        xml.attributes("xmlns:xsi", OvfWriter.XSI);
        xml.open("References");
        for (var each : packed) {
            xml.empty(
                    "File",
                    "ovf:href",
                    each.file(),
                    "ovf:id",
                    each.file(),
                    "ovf:size",
                    Long.toString(each.fileBytes()));
        }
        xml.close();
        xml.open("NetworkSection");
        xml.text("Info", "List of networks");
        for (var network : machine.nics().stream()
                .map(OvfNic::network)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList()) {
            xml.empty("Network", "ovf:name", network);
        }
        xml.close();
        xml.open("DiskSection");
        xml.text("Info", "List of Virtual Disks");
        for (int i = 0; i < packed.size(); i++) {
            disk(machine.disks().get(i), packed.get(i));
        }
        xml.close();
        system();
        xml.close();
    }

    private void disk(OvfDisk disk, Packed place) throws XMLStreamException {
        xml.empty(
                "Disk",
                "ovf:diskId",
                place.file(),
                "ovf:capacity",
                Long.toString(place.capacityBytes()),
                "ovf:capacityAllocationUnits",
                "byte",
                "ovf:fileRef",
                place.file(),
                "ovf:format",
                QCOW2,
                "ovf:volume-format",
                "COW",
                "ovf:volume-type",
                "Sparse",
                "ovf:disk-interface",
                OvfWriter.bus(disk.bus()),
                "ovf:read-only",
                Boolean.toString(disk.readOnly()),
                "ovf:shareable",
                Boolean.toString(disk.shareable()),
                "ovf:boot",
                Boolean.toString(disk.bootable()),
                "ovf:pass-discard",
                Boolean.toString(disk.passDiscard()),
                "ovf:incremental-backup",
                Boolean.toString(disk.incrementalBackup()),
                "ovf:disk-alias",
                disk.alias(),
                "ovf:disk-description",
                disk.description(),
                "ovf:wipe-after-delete",
                Boolean.toString(disk.wipeAfterDelete()));
    }

    private void system() throws XMLStreamException {
        xml.open("VirtualSystem", "ovf:id", machine.id().toString());
        xml.text("Info", machine.template() ? "A template" : "A virtual machine");
        xml.text("Name", machine.name());
        xml.text("Description", machine.description());
        xml.text("BiosType", Integer.toString(machine.biosType()));
        xml.text("VmType", Integer.toString(machine.kind()));
        xml.text("MinAllocatedMem", Long.toString(machine.guaranteedMib()));
        xml.text("MaxMemorySizeMb", Long.toString(machine.maxMib()));
        xml.text("BalloonEnabled", Boolean.toString(machine.ballooning()));
        xml.text("AutoStartup", Boolean.toString(machine.highlyAvailable()));
        xml.text("Priority", Integer.toString(machine.priority()));
        equipment.settings();
        if (machine.template()) {
            xml.text("TemplateType", "TEMPLATE");
        }
        xml.open("OperatingSystemSection", "ovf:id", "1");
        xml.text("Info", "Guest Operating System");
        xml.text("Description", machine.osType());
        xml.close();
        xml.open("VirtualHardwareSection");
        int cpus = machine.sockets() * machine.cores() * machine.threads();
        xml.text("Info", cpus + " CPU, " + machine.memoryMib() + " MiB of memory");
        xml.item(3, "1", cpus + " virtual cpu");
        xml.rasd("num_of_sockets", Integer.toString(machine.sockets()));
        xml.rasd("cpu_per_socket", Integer.toString(machine.cores()));
        xml.rasd("threads_per_cpu", Integer.toString(machine.threads()));
        xml.rasd("VirtualQuantity", Integer.toString(cpus));
        xml.close();
        xml.item(4, "2", machine.memoryMib() + " MiB of memory");
        xml.rasd("AllocationUnits", "byte * 2^20");
        xml.rasd("VirtualQuantity", Long.toString(machine.memoryMib()));
        xml.close();
        int number = 3;
        for (int i = 0; i < packed.size(); i++) {
            xml.item(17, Integer.toString(number++), machine.disks().get(i).alias());
            xml.rasd("HostResource", "ovf:/disk/" + packed.get(i).file());
            xml.close();
        }
        for (var nic : machine.nics()) {
            xml.item(10, Integer.toString(number++), "Ethernet adapter on " + nic.network());
            xml.rasd("OtherResourceType", nic.profile());
            xml.rasd("ResourceSubType", OvfWriter.model(nic.model()));
            xml.rasd("Connection", nic.network());
            xml.rasd("Linked", Boolean.toString(nic.linked()));
            xml.rasd("Name", nic.name());
            if (!nic.mac().isEmpty()) {
                xml.rasd("MACAddress", nic.mac());
            }
            xml.text("IsPlugged", Boolean.toString(nic.plugged()));
            xml.close();
        }
        equipment.devices();
        xml.close();
        xml.close();
    }
}
