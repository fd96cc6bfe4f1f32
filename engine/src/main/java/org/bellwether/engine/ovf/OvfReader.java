package org.bellwether.engine.ovf;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.ovf.OvfMachine.OvfDisk;
import org.bellwether.engine.ovf.OvfMachine.OvfLayer;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;
import org.bellwether.engine.platform.Failure;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Reads a machine or template that oVirt or this engine wrote; what it does not know it passes over. */
public final class OvfReader {

    private static final long GIB = 1L << 30;
    private static final int DISK = 17;
    private static final int NIC = 10;
    private static final int CPU = 3;
    private static final int MEMORY = 4;

    private final Element envelope;
    private final Element content;
    private final List<Element> items;

    private OvfReader(Element envelope) {
        this.envelope = envelope;
        this.content = child(envelope, "Content").orElseThrow(() -> broken("it has no Content"));
        this.items = descendants(content, "Item");
    }

    /** @throws Failure CONFLICT when it makes no sense */
    public static OvfMachine read(String text) {
        try {
            return new OvfReader(OvfXml.read(text, false)).machine();
        } catch (IllegalArgumentException e) {
            throw broken(String.valueOf(e.getMessage()));
        }
    }

    private static Failure broken(String why) {
        return OvfXml.broken(why);
    }

    private OvfMachine machine() {
        var os = descendants(content, "Section").stream()
                .filter(section -> section.getAttribute("xsi:type").equals(OvfWriter.OS_SECTION))
                .findFirst()
                .orElseThrow(() -> broken("it has no section of the operating system, which holds the id"));
        boolean template = child(content, "TemplateType").isPresent();
        var cpu = item(CPU);
        long memory = item(MEMORY)
                .map(each -> number(each, "rasd:VirtualQuantity", 1024))
                .orElse(1024L);
        var id = UUID.fromString(os.getAttribute("ovf:id"));
        return new OvfMachine(
                id,
                text(content, "Name", id.toString()),
                text(content, "Description", ""),
                template,
                OvfWriter.time(text(content, "CreationDate", "")),
                memory,
                number(content, "MinAllocatedMem", memory),
                Math.max(memory, number(content, "MaxMemorySizeMb", memory)),
                (int) cpu.map(each -> number(each, "rasd:num_of_sockets", 1))
                        .orElse(1L)
                        .longValue(),
                (int) cpu.map(each -> number(each, "rasd:cpu_per_socket", 1))
                        .orElse(1L)
                        .longValue(),
                (int) cpu.map(each -> number(each, "rasd:threads_per_cpu", 1))
                        .orElse(1L)
                        .longValue(),
                text(os, "Description", "other"),
                (int) number(content, "BiosType", 0),
                (int) number(content, "VmType", 1),
                flag(text(content, "AutoStartup", "false")),
                (int) number(content, "Priority", 0),
                flag(text(content, "BalloonEnabled", "true")),
                text(content, "ClusterName", ""),
                uuid(text(content, "TemplateId", OvfWriter.NOTHING)).orElse(new UUID(0, 0)),
                text(content, "TemplateName", ""),
                new OvfEquipmentReader(content, items).read(),
                disks(),
                nics());
    }

    private List<OvfDisk> disks() {
        Map<String, Element> devices = new LinkedHashMap<>();
        for (Element item : items) {
            if (number(item, "rasd:ResourceType", 0) == DISK) {
                devices.put(text(item, "rasd:InstanceId", ""), item);
            }
        }
        Map<UUID, Map<UUID, OvfLayer>> layers = new LinkedHashMap<>();
        Map<UUID, Element> tops = new LinkedHashMap<>();
        Map<UUID, Element> described = new LinkedHashMap<>();
        Map<String, Long> sizes = new LinkedHashMap<>();
        for (Element file : descendants(envelope, "File")) {
            sizes.put(file.getAttribute("ovf:id"), digits(file.getAttribute("ovf:size"), 0));
        }
        for (Element entry : descendants(envelope, "Disk")) {
            var volume = uuid(entry.getAttribute("ovf:diskId"));
            // The disk's own id stands in the reference to its file alone: DISK/VOLUME.
            var disk = uuid(entry.getAttribute("ovf:fileRef").split("/")[0]);
            if (volume.isEmpty() || disk.isEmpty()) {
                continue; // a LUN, which is no volume
            }
            var item = Optional.ofNullable(devices.get(volume.get().toString()));
            var parent = item.flatMap(each -> uuid(text(each, "rasd:Parent", OvfWriter.NOTHING)))
                    .filter(each -> !each.equals(new UUID(0, 0)));
            layers.computeIfAbsent(disk.get(), any -> new LinkedHashMap<>())
                    .put(
                            volume.get(),
                            new OvfLayer(
                                    volume.get(),
                                    parent,
                                    entry.getAttribute("ovf:volume-format").equals("COW"),
                                    !entry.getAttribute("ovf:volume-type").equals("Preallocated"),
                                    GIB * digits(entry.getAttribute("ovf:size"), 0),
                                    sizes.getOrDefault(volume.get().toString(), 0L)));
            described.put(volume.get(), entry);
            item.ifPresent(each -> tops.put(volume.get(), each));
        }
        List<OvfDisk> disks = new ArrayList<>();
        layers.forEach((id, chain) -> disks.add(disk(id, ordered(chain), described, tops)));
        return disks;
    }

    private static OvfDisk disk(UUID id, List<OvfLayer> chain, Map<UUID, Element> described, Map<UUID, Element> items) {
        var top = chain.getLast().volume();
        var entry = Optional.ofNullable(described.get(top)).orElseThrow();
        var item = Optional.ofNullable(items.get(top));
        return new OvfDisk(
                id,
                entry.getAttribute("ovf:disk-alias"),
                entry.getAttribute("ovf:disk-description"),
                switch (entry.getAttribute("ovf:disk-interface")) {
                    case "VirtIO_SCSI", "SPAPR_VSCSI" -> "virtio_scsi";
                    case "SATA" -> "sata";
                    case "VirtIO" -> "virtio";
                    default -> "ide";
                },
                flag(entry.getAttribute("ovf:boot")),
                flag(entry.getAttribute("ovf:read-only")),
                flag(entry.getAttribute("ovf:shareable")),
                flag(entry.getAttribute("ovf:wipe-after-delete")),
                flag(entry.getAttribute("ovf:pass-discard")),
                flag(entry.getAttribute("ovf:incremental-backup")),
                item.map(each -> flag(text(each, "IsPlugged", "true"))).orElse(true),
                item.flatMap(each -> uuid(text(each, "rasd:StorageId", ""))),
                chain);
    }

    /** Base first, as each names its parent; what belongs to no chain comes first. */
    private static List<OvfLayer> ordered(Map<UUID, OvfLayer> layers) {
        List<OvfLayer> ordered = new ArrayList<>();
        Map<UUID, OvfLayer> left = new LinkedHashMap<>(layers);
        while (!left.isEmpty()) {
            var next = left.values().stream()
                    .filter(layer -> layer.parent().map(left::get).isEmpty())
                    .findFirst()
                    .orElseThrow(() -> broken("the volumes of a disk stand on each other in a circle"));
            ordered.add(next);
            left.remove(next.volume());
        }
        return ordered;
    }

    private List<OvfNic> nics() {
        List<OvfNic> nics = new ArrayList<>();
        for (Element item : items) {
            if (number(item, "rasd:ResourceType", 0) == NIC) {
                nics.add(new OvfNic(
                        uuid(text(item, "rasd:InstanceId", "")).orElseGet(UUID::randomUUID),
                        text(item, "rasd:Name", "nic" + (nics.size() + 1)),
                        text(item, "rasd:MACAddress", "").toLowerCase(java.util.Locale.ROOT),
                        text(item, "rasd:Connection", ""),
                        text(item, "rasd:OtherResourceType", ""),
                        switch ((int) number(item, "rasd:ResourceSubType", 3)) {
                            case 1 -> "rtl8139";
                            case 2 -> "e1000";
                            case 6 -> "e1000e";
                            default -> "virtio";
                        },
                        flag(text(item, "rasd:Linked", "true")),
                        flag(text(item, "IsPlugged", "true"))));
            }
        }
        return nics;
    }

    private Optional<Element> item(int type) {
        return items.stream()
                .filter(item -> number(item, "rasd:ResourceType", 0) == type)
                .findFirst();
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(UUID.fromString(text.strip()));
        } catch (IllegalArgumentException malformed) {
            return Optional.empty();
        }
    }

    private static boolean flag(String text) {
        return text.strip().equalsIgnoreCase("true");
    }

    private static long number(Element parent, String name, long otherwise) {
        return digits(text(parent, name, ""), otherwise);
    }

    private static long digits(String text, long otherwise) {
        try {
            return Long.parseLong(text.strip());
        } catch (NumberFormatException none) {
            return otherwise;
        }
    }

    private static String text(Element parent, String name, String otherwise) {
        return child(parent, name)
                .map(Element::getTextContent)
                .map(String::strip)
                .filter(text -> !text.isEmpty())
                .orElse(otherwise);
    }

    private static Optional<Element> child(Element parent, String name) {
        return elements(parent.getChildNodes()).stream()
                .filter(each -> each.getTagName().equals(name))
                .findFirst();
    }

    private static List<Element> descendants(Element parent, String name) {
        return elements(parent.getElementsByTagName(name));
    }

    private static List<Element> elements(NodeList nodes) {
        List<Element> elements = new ArrayList<>();
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element) {
                elements.add(element);
            }
        }
        return elements;
    }
}
