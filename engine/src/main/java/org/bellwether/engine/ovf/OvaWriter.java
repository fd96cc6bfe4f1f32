package org.bellwether.engine.ovf;

import java.io.StringWriter;
import java.util.List;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
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
    private final XMLStreamWriter xml;

    /** How a disk, of the same place in the machine's list, lies in the archive. */
    public record Packed(String file, long fileBytes, long capacityBytes) {}

    private OvaWriter(OvfMachine machine, List<Packed> packed, XMLStreamWriter xml) {
        this.machine = machine;
        this.packed = packed;
        this.xml = xml;
    }

    public static String write(OvfMachine machine, List<Packed> packed) {
        var text = new StringWriter();
        try {
            var xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new OvaWriter(machine, packed, xml).document();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    private void document() throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        open("ovf:Envelope");
        xml.writeAttribute("xmlns", OvfWriter.OVF);
        xml.writeAttribute("xmlns:ovf", OvfWriter.OVF);
        xml.writeAttribute("xmlns:rasd", OvfWriter.RASD);
        xml.writeAttribute("xmlns:vssd", OvfWriter.VSSD);
        xml.writeAttribute("xmlns:xsi", OvfWriter.XSI);
        open("References");
        for (var each : packed) {
            empty("File", "ovf:href", each.file(), "ovf:id", each.file(), "ovf:size", Long.toString(each.fileBytes()));
        }
        close();
        open("NetworkSection");
        text("Info", "List of networks");
        for (var network : machine.nics().stream()
                .map(OvfNic::network)
                .filter(name -> !name.isEmpty())
                .distinct()
                .toList()) {
            empty("Network", "ovf:name", network);
        }
        close();
        open("DiskSection");
        text("Info", "List of Virtual Disks");
        for (int i = 0; i < packed.size(); i++) {
            disk(machine.disks().get(i), packed.get(i));
        }
        close();
        system();
        close();
        xml.writeEndDocument();
    }

    private void disk(OvfDisk disk, Packed place) throws XMLStreamException {
        empty(
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
                "ovf:boot",
                Boolean.toString(disk.bootable()),
                "ovf:disk-alias",
                disk.alias(),
                "ovf:disk-description",
                disk.description());
    }

    private void system() throws XMLStreamException {
        open("VirtualSystem", "ovf:id", machine.id().toString());
        text("Info", machine.template() ? "A template" : "A virtual machine");
        text("Name", machine.name());
        text("Description", machine.description());
        text("BiosType", Integer.toString(machine.biosType()));
        text("VmType", Integer.toString(machine.kind()));
        text("MinAllocatedMem", Long.toString(machine.guaranteedMib()));
        text("MaxMemorySizeMb", Long.toString(machine.maxMib()));
        text("BalloonEnabled", Boolean.toString(machine.ballooning()));
        text("AutoStartup", Boolean.toString(machine.highlyAvailable()));
        text("Priority", Integer.toString(machine.priority()));
        if (machine.template()) {
            text("TemplateType", "TEMPLATE");
        }
        open("OperatingSystemSection", "ovf:id", "1");
        text("Info", "Guest Operating System");
        text("Description", machine.osType());
        close();
        open("VirtualHardwareSection");
        int cpus = machine.sockets() * machine.cores() * machine.threads();
        text("Info", cpus + " CPU, " + machine.memoryMib() + " MiB of memory");
        item(3, "1", cpus + " virtual cpu");
        rasd("num_of_sockets", Integer.toString(machine.sockets()));
        rasd("cpu_per_socket", Integer.toString(machine.cores()));
        rasd("threads_per_cpu", Integer.toString(machine.threads()));
        rasd("VirtualQuantity", Integer.toString(cpus));
        close();
        item(4, "2", machine.memoryMib() + " MiB of memory");
        rasd("AllocationUnits", "byte * 2^20");
        rasd("VirtualQuantity", Long.toString(machine.memoryMib()));
        close();
        int number = 3;
        for (int i = 0; i < packed.size(); i++) {
            item(17, Integer.toString(number++), machine.disks().get(i).alias());
            rasd("HostResource", "ovf:/disk/" + packed.get(i).file());
            close();
        }
        for (var nic : machine.nics()) {
            item(10, Integer.toString(number++), "Ethernet adapter on " + nic.network());
            rasd("OtherResourceType", nic.profile());
            rasd("ResourceSubType", OvfWriter.model(nic.model()));
            rasd("Connection", nic.network());
            rasd("Linked", Boolean.toString(nic.linked()));
            rasd("Name", nic.name());
            if (!nic.mac().isEmpty()) {
                rasd("MACAddress", nic.mac());
            }
            close();
        }
        close();
        close();
    }

    private void item(int type, String id, String name) throws XMLStreamException {
        open("Item");
        rasd("ElementName", name);
        rasd("InstanceID", id);
        rasd("ResourceType", Integer.toString(type));
    }

    private void rasd(String name, String value) throws XMLStreamException {
        text("rasd:" + name, value);
    }

    private void open(String name, String... attributes) throws XMLStreamException {
        xml.writeStartElement(name);
        attributes(attributes);
    }

    private void empty(String name, String... attributes) throws XMLStreamException {
        xml.writeEmptyElement(name);
        attributes(attributes);
    }

    private void attributes(String... attributes) throws XMLStreamException {
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }

    private void text(String name, String value) throws XMLStreamException {
        xml.writeStartElement(name);
        xml.writeCharacters(value);
        xml.writeEndElement();
    }

    private void close() throws XMLStreamException {
        xml.writeEndElement();
    }
}
