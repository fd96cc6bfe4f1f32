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
    private final OvfElements xml;
    private final OvfEquipmentWriter equipment;

    private OvfWriter(OvfMachine machine, String pool, OvfElements xml) {
        this.machine = machine;
        this.pool = pool;
        this.xml = xml;
        this.equipment = new OvfEquipmentWriter(machine, xml);
    }

    /** @param pool the data center's id */
    public static String write(OvfMachine machine, UUID pool) {
        var text = new StringWriter();
        try {
            var xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            xml.writeStartDocument("UTF-8", "1.0");
            new OvfWriter(machine, pool.toString(), OvfElements.stored(xml)).document();
            xml.writeEndDocument();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    private void document() throws XMLStreamException {
        xml.open("ovf:Envelope");
        xml.attributes("xmlns:ovf", OVF);
        xml.attributes("xmlns:rasd", RASD);
        xml.attributes("xmlns:vssd", VSSD);
        xml.attributes("xmlns:xsi", XSI);
        xml.attributes("ovf:version", VERSION);
        references();
        xml.open("NetworkSection");
        xml.text("Info", "List of networks");
        for (OvfNic nic : machine.nics()) {
            xml.empty("Network", "ovf:name", nic.network());
        }
        xml.close();
        disks();
        content();
        xml.close();
    }

    private void references() throws XMLStreamException {
        xml.open("References");
        for (OvfDisk disk : machine.disks()) {
            for (OvfLayer layer : disk.layers()) {
                xml.empty(
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
        xml.close();
    }

    private void disks() throws XMLStreamException {
        xml.open("Section", "xsi:type", "ovf:DiskSection_Type");
        xml.text("Info", "List of Virtual Disks");
        for (OvfDisk disk : machine.disks()) {
            for (OvfLayer layer : disk.layers()) {
                xml.empty(
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
        xml.close();
    }

    /** The layer that is written belongs to the machine as it is; each one below to a snapshot of its own. */
    private UUID snapshot(OvfDisk disk, OvfLayer layer) {
        boolean active = layer.equals(disk.top());
        var name = active ? "active " + machine.id() : "below " + layer.volume();
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    private void content() throws XMLStreamException {
        xml.open("Content", "ovf:id", "out", "xsi:type", "ovf:VirtualSystem_Type");
        xml.text("Name", machine.name());
        xml.text("Description", machine.description());
        xml.text("Comment", "");
        xml.text("CreationDate", TIME.format(machine.created()));
        xml.text("ExportDate", TIME.format(machine.created()));
        xml.text("IsSmartcardEnabled", "false");
        equipment.settings();
        xml.text("Generation", "1");
        xml.text("ClusterCompatibilityVersion", "4.8");
        xml.text("VmType", Integer.toString(machine.kind()));
        xml.text("MinAllocatedMem", Long.toString(machine.guaranteedMib()));
        xml.text("IsRunAndPause", "false");
        xml.text("AutoStartup", Boolean.toString(machine.highlyAvailable()));
        xml.text("Priority", Integer.toString(machine.priority()));
        xml.text("MigrationSupport", "0");
        xml.text("BiosType", Integer.toString(machine.biosType()));
        xml.text("MaxMemorySizeMb", Long.toString(machine.maxMib()));
        xml.text("BalloonEnabled", Boolean.toString(machine.ballooning()));
        xml.text("ClusterName", machine.clusterName());
        xml.text("TemplateId", machine.templateId().toString());
        xml.text("TemplateName", machine.templateName());
        xml.text("IsInitilized", "true");
        xml.text("Origin", "3");
        xml.text(machine.template() ? "default_display_type" : "DefaultDisplayType", "2");
        xml.text("TrustedService", "false");
        xml.text("OriginalTemplateId", machine.templateId().toString());
        xml.text("OriginalTemplateName", machine.templateName());
        xml.text("UseLatestVersion", "false");
        if (machine.template()) {
            xml.text("TemplateType", "TEMPLATE");
            xml.text("BaseTemplateId", machine.id().toString());
            xml.text("TemplateVersionNumber", "1");
            xml.text("TemplateVersionName", "");
            xml.text("IsDisabled", "false");
        }
        xml.open("Section", "ovf:id", machine.id().toString(), "ovf:required", "false", "xsi:type", OS_SECTION);
        xml.text("Info", "Guest Operating System");
        xml.text("Description", machine.osType());
        xml.close();
        hardware();
        if (!machine.template()) {
            snapshots();
        }
        xml.close();
    }

    static final String OS_SECTION = "ovf:OperatingSystemSection_Type";

    private void hardware() throws XMLStreamException {
        int cpus = machine.sockets() * machine.cores() * machine.threads();
        xml.open("Section", "xsi:type", "ovf:VirtualHardwareSection_Type");
        xml.text("Info", cpus + " CPU, " + machine.memoryMib() + " Memory");
        xml.open("System");
        xml.text("vssd:VirtualSystemType", "ENGINE " + VERSION);
        xml.close();
        xml.item(3, "1", cpus + " virtual cpu");
        xml.rasd("num_of_sockets", Integer.toString(machine.sockets()));
        xml.rasd("cpu_per_socket", Integer.toString(machine.cores()));
        xml.rasd("threads_per_cpu", Integer.toString(machine.threads()));
        xml.rasd("max_num_of_vcpus", Integer.toString(cpus));
        xml.rasd("VirtualQuantity", Integer.toString(cpus));
        xml.close();
        xml.item(4, "2", machine.memoryMib() + " MB of memory");
        xml.rasd("AllocationUnits", "MegaBytes");
        xml.rasd("VirtualQuantity", Long.toString(machine.memoryMib()));
        xml.close();
        for (OvfDisk disk : machine.disks()) {
            for (OvfLayer layer : disk.layers()) {
                layer(disk, layer);
            }
        }
        for (OvfNic nic : machine.nics()) {
            nic(nic);
        }
        xml.item(
                20,
                UUID.nameUUIDFromBytes(("video " + machine.id()).getBytes(StandardCharsets.UTF_8))
                        .toString(),
                "video");
        xml.rasd("VirtualQuantity", "1");
        xml.text("Type", "video");
        xml.text("Device", "vga");
        xml.close();
        equipment.devices();
        xml.close();
    }

    private void layer(OvfDisk disk, OvfLayer layer) throws XMLStreamException {
        xml.item(17, layer.volume().toString(), disk.alias());
        xml.rasd("HostResource", disk.id() + "/" + layer.volume());
        xml.rasd("Parent", layer.parent().map(UUID::toString).orElse(NOTHING));
        xml.rasd("Template", NOTHING);
        xml.rasd("ApplicationList", "");
        xml.rasd("StorageId", disk.domain().map(UUID::toString).orElse(NOTHING));
        xml.rasd("StoragePoolId", pool);
        var time = TIME.format(machine.created());
        xml.rasd("CreationDate", time);
        xml.rasd("LastModified", time);
        xml.rasd("last_modified_date", time);
        xml.text("Type", "disk");
        xml.text("Device", "disk");
        xml.rasd("Address", "");
        xml.text("BootOrder", disk.bootable() ? "1" : "0");
        xml.text("IsPlugged", Boolean.toString(disk.plugged()));
        xml.text("IsReadOnly", Boolean.toString(disk.readOnly()));
        xml.text("Alias", "ua-" + disk.id());
        xml.close();
    }

    private void nic(OvfNic nic) throws XMLStreamException {
        xml.item(10, nic.id().toString(), "Ethernet adapter on " + nic.network());
        xml.rasd("OtherResourceType", nic.profile());
        xml.rasd("ResourceSubType", model(nic.model()));
        xml.rasd("Connection", nic.network());
        xml.rasd("Linked", Boolean.toString(nic.linked()));
        xml.rasd("Name", nic.name());
        xml.rasd("ElementName", nic.name());
        if (!nic.mac().isEmpty()) {
            xml.rasd("MACAddress", nic.mac());
        }
        xml.rasd("speed", "10000");
        xml.text("Type", "interface");
        xml.text("Device", "bridge");
        xml.text("IsPlugged", Boolean.toString(nic.plugged()));
        xml.close();
    }

    private void snapshots() throws XMLStreamException {
        xml.open("Section", "xsi:type", "ovf:SnapshotsSection_Type");
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
        xml.close();
    }

    private void snapshot(String id, String type, String description) throws XMLStreamException {
        xml.open("Snapshot", "ovf:id", id);
        xml.text("Type", type);
        xml.text("Description", description);
        xml.text("CreationDate", TIME.format(machine.created()));
        xml.close();
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

    static Instant time(String text) {
        try {
            return Instant.from(TIME.parse(text));
        } catch (java.time.DateTimeException e) {
            return Instant.EPOCH;
        }
    }
}
