package org.bellwether.engine.ovf;

import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.UUID;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.bellwether.engine.ovf.OvfMachine.OvfDisk;
import org.bellwether.engine.ovf.OvfMachine.OvfLayer;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;

/**
 * Writes a machine as oVirt's engine reads it: prefixes, empty elements and attributes that look useless are required by
 * its reader, and the first element called Name must be the machine's.
 */
public final class OvfWriter {

    static final String OVF = "http://schemas.dmtf.org/ovf/envelope/1/";
    static final String RASD = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData";
    static final String VSSD = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_VirtualSystemSettingData";
    static final String XSI = "http://www.w3.org/2001/XMLSchema-instance";
    static final String NOTHING = "00000000-0000-0000-0000-000000000000";
    private static final String VERSION = "4.5.6.0";
    private static final String RAW_URI = "http://www.vmware.com/specifications/vmdk.html#sparse";
    private static final String COW_URI = "http://www.gnome.org/~markmc/qcow-image-format.html";
    static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final long GIB = 1L << 30;

    private final OvfMachine machine;
    private final String pool;
    private final XMLStreamWriter xml;

    private OvfWriter(OvfMachine machine, String pool, XMLStreamWriter xml) {
        this.machine = machine;
        this.pool = pool;
        this.xml = xml;
    }

    /** @param pool the data center's id */
    public static String write(OvfMachine machine, UUID pool) {
        var text = new StringWriter();
        try {
            var xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new OvfWriter(machine, pool.toString(), xml).document();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    private void document() throws XMLStreamException {
        xml.writeStartDocument("UTF-8", "1.0");
        open("ovf:Envelope");
        xml.writeAttribute("xmlns:ovf", OVF);
        xml.writeAttribute("xmlns:rasd", RASD);
        xml.writeAttribute("xmlns:vssd", VSSD);
        xml.writeAttribute("xmlns:xsi", XSI);
        xml.writeAttribute("ovf:version", VERSION);
        references();
        open("NetworkSection");
        text("Info", "List of networks");
        for (OvfNic nic : machine.nics()) {
            empty("Network", "ovf:name", nic.network());
        }
        close();
        disks();
        content();
        close();
        xml.writeEndDocument();
    }

    private void references() throws XMLStreamException {
        open("References");
        for (OvfDisk disk : machine.disks()) {
            for (OvfLayer layer : disk.layers()) {
                empty(
                        "File",
                        "ovf:href",
                        disk.id() + "/" + layer.volume(),
                        "ovf:id",
                        layer.volume().toString(),
                        "ovf:size",
                        Long.toString(layer.actualBytes()),
                        "ovf:description",
                        "",
                        "ovf:disk_storage_type",
                        "IMAGE",
                        "ovf:cinder_volume_type",
                        "");
            }
        }
        close();
    }

    private void disks() throws XMLStreamException {
        open("Section", "xsi:type", "ovf:DiskSection_Type");
        text("Info", "List of Virtual Disks");
        for (OvfDisk disk : machine.disks()) {
            for (OvfLayer layer : disk.layers()) {
                empty(
                        "Disk",
                        "ovf:diskId",
                        layer.volume().toString(),
                        "ovf:size",
                        Long.toString(Math.ceilDiv(layer.capacityBytes(), GIB)),
                        "ovf:actual_size",
                        Long.toString(Math.ceilDiv(layer.actualBytes(), GIB)),
                        "ovf:vm_snapshot_id",
                        snapshot(disk, layer).toString(),
                        "ovf:parentRef",
                        layer.parent().map(parent -> disk.id() + "/" + parent).orElse(""),
                        "ovf:fileRef",
                        disk.id() + "/" + layer.volume(),
                        "ovf:format",
                        layer.cow() ? COW_URI : RAW_URI,
                        "ovf:volume-format",
                        layer.cow() ? "COW" : "RAW",
                        "ovf:volume-type",
                        layer.sparse() ? "Sparse" : "Preallocated",
                        "ovf:disk-interface",
                        bus(disk.bus()),
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
        }
        close();
    }

    /** The layer that is written belongs to the machine as it is; each one below to a snapshot of its own. */
    private UUID snapshot(OvfDisk disk, OvfLayer layer) {
        boolean active = layer.equals(disk.top());
        var name = active ? "active " + machine.id() : "below " + layer.volume();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private void content() throws XMLStreamException {
        open("Content", "ovf:id", "out", "xsi:type", "ovf:VirtualSystem_Type");
        text("Name", machine.name());
        text("Description", machine.description());
        text("Comment", "");
        text("CreationDate", TIME.format(machine.created()));
        text("ExportDate", TIME.format(machine.created()));
        text("DeleteProtected", "false");
        text("IsSmartcardEnabled", "false");
        text("NumOfIoThreads", "1");
        text("TimeZone", "Etc/GMT");
        text("default_boot_sequence", "0");
        text("Generation", "1");
        text("ClusterCompatibilityVersion", "4.8");
        text("VmType", Integer.toString(machine.kind()));
        text("ResumeBehavior", "AUTO_RESUME");
        text("MinAllocatedMem", Long.toString(machine.guaranteedMib()));
        text("IsStateless", "false");
        text("IsRunAndPause", "false");
        text("AutoStartup", Boolean.toString(machine.highlyAvailable()));
        text("Priority", Integer.toString(machine.priority()));
        text("MigrationSupport", "0");
        text("BiosType", Integer.toString(machine.biosType()));
        text("MaxMemorySizeMb", Long.toString(machine.maxMib()));
        text("BalloonEnabled", Boolean.toString(machine.ballooning()));
        text("ClusterName", machine.clusterName());
        text("TemplateId", machine.templateId().toString());
        text("TemplateName", machine.templateName());
        text("IsInitilized", "true");
        text("Origin", "3");
        text(machine.template() ? "default_display_type" : "DefaultDisplayType", "2");
        text("TrustedService", "false");
        text("OriginalTemplateId", machine.templateId().toString());
        text("OriginalTemplateName", machine.templateName());
        text("UseLatestVersion", "false");
        if (machine.template()) {
            text("TemplateType", "TEMPLATE");
            text("BaseTemplateId", machine.id().toString());
            text("TemplateVersionNumber", "1");
            text("TemplateVersionName", "");
            text("IsDisabled", "false");
        }
        open("Section", "ovf:id", machine.id().toString(), "ovf:required", "false", "xsi:type", OS_SECTION);
        text("Info", "Guest Operating System");
        text("Description", machine.osType());
        close();
        hardware();
        if (!machine.template()) {
            snapshots();
        }
        close();
    }

    static final String OS_SECTION = "ovf:OperatingSystemSection_Type";

    private void hardware() throws XMLStreamException {
        int cpus = machine.sockets() * machine.cores() * machine.threads();
        open("Section", "xsi:type", "ovf:VirtualHardwareSection_Type");
        text("Info", cpus + " CPU, " + machine.memoryMib() + " Memory");
        open("System");
        text("vssd:VirtualSystemType", "ENGINE " + VERSION);
        close();
        item(3, "1", cpus + " virtual cpu");
        rasd("num_of_sockets", Integer.toString(machine.sockets()));
        rasd("cpu_per_socket", Integer.toString(machine.cores()));
        rasd("threads_per_cpu", Integer.toString(machine.threads()));
        rasd("max_num_of_vcpus", Integer.toString(cpus));
        rasd("VirtualQuantity", Integer.toString(cpus));
        close();
        item(4, "2", machine.memoryMib() + " MB of memory");
        rasd("AllocationUnits", "MegaBytes");
        rasd("VirtualQuantity", Long.toString(machine.memoryMib()));
        close();
        for (OvfDisk disk : machine.disks()) {
            for (OvfLayer layer : disk.layers()) {
                layer(disk, layer);
            }
        }
        for (OvfNic nic : machine.nics()) {
            nic(nic);
        }
        item(
                20,
                UUID.nameUUIDFromBytes(("video " + machine.id()).getBytes(StandardCharsets.UTF_8))
                        .toString(),
                "video");
        rasd("VirtualQuantity", "1");
        text("Type", "video");
        text("Device", "vga");
        close();
        close();
    }

    private void layer(OvfDisk disk, OvfLayer layer) throws XMLStreamException {
        item(17, layer.volume().toString(), disk.alias());
        rasd("HostResource", disk.id() + "/" + layer.volume());
        rasd("Parent", layer.parent().map(UUID::toString).orElse(NOTHING));
        rasd("Template", NOTHING);
        rasd("ApplicationList", "");
        rasd("StorageId", disk.domain().map(UUID::toString).orElse(NOTHING));
        rasd("StoragePoolId", pool);
        var time = TIME.format(machine.created());
        rasd("CreationDate", time);
        rasd("LastModified", time);
        rasd("last_modified_date", time);
        text("Type", "disk");
        text("Device", "disk");
        rasd("Address", "");
        text("BootOrder", disk.bootable() ? "1" : "0");
        text("IsPlugged", Boolean.toString(disk.plugged()));
        text("IsReadOnly", Boolean.toString(disk.readOnly()));
        text("Alias", "ua-" + disk.id());
        close();
    }

    private void nic(OvfNic nic) throws XMLStreamException {
        item(10, nic.id().toString(), "Ethernet adapter on " + nic.network());
        rasd("OtherResourceType", nic.profile());
        rasd("ResourceSubType", model(nic.model()));
        rasd("Connection", nic.network());
        rasd("Linked", Boolean.toString(nic.linked()));
        rasd("Name", nic.name());
        rasd("ElementName", nic.name());
        if (!nic.mac().isEmpty()) {
            rasd("MACAddress", nic.mac());
        }
        rasd("speed", "10000");
        text("Type", "interface");
        text("Device", "bridge");
        text("IsPlugged", "true");
        close();
    }

    private void snapshots() throws XMLStreamException {
        open("Section", "xsi:type", "ovf:SnapshotsSection_Type");
        for (OvfDisk disk : machine.disks()) {
            for (OvfLayer layer : disk.layers()) {
                if (!layer.equals(disk.top())) {
                    snapshot(snapshot(disk, layer).toString(), "REGULAR", "before " + layer.volume());
                }
            }
        }
        snapshot(
                UUID.nameUUIDFromBytes(("active " + machine.id()).getBytes(StandardCharsets.UTF_8))
                        .toString(),
                "ACTIVE",
                "Active VM");
        close();
    }

    private void snapshot(String id, String type, String description) throws XMLStreamException {
        open("Snapshot", "ovf:id", id);
        text("Type", type);
        text("Description", description);
        text("CreationDate", TIME.format(machine.created()));
        close();
    }

    static String bus(String bus) {
        return switch (bus) {
            case "virtio_scsi" -> "VirtIO_SCSI";
            case "sata" -> "SATA";
            case "ide" -> "IDE";
            default -> "VirtIO";
        };
    }

    static String model(String model) {
        return switch (model) {
            case "rtl8139" -> "1";
            case "e1000" -> "2";
            case "e1000e" -> "6";
            default -> "3";
        };
    }

    private void item(int type, String id, String caption) throws XMLStreamException {
        open("Item");
        rasd("Caption", caption);
        rasd("InstanceId", id);
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

    static Instant time(String text) {
        try {
            return Instant.from(TIME.parse(text));
        } catch (java.time.DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
