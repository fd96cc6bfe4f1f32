package org.bellwether.engine.ovf;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bellwether.engine.ovf.ArchivedMachine.ArchivedDisk;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/**
 * Reads the description in an archive, in the dialects of VMware, of oVirt's archives and of oVirt's storage. Elements and
 * attributes are known by their local names, for every maker has its own prefixes. It may come from anybody.
 */
public final class OvaReader {

    private static final int CPU = 3;
    private static final int MEMORY = 4;
    private static final int IDE = 5;
    private static final int SCSI = 6;
    private static final int NIC = 10;
    private static final int DISK = 17;
    private static final int MOST_DEVICES = 64;
    private static final long MOST_MEMORY_MIB = 16L << 20;
    private static final Pattern UNITS = Pattern.compile("byte\\s*\\*\\s*2\\^(\\d{1,2})");
    private static final Pattern MAC = Pattern.compile("([0-9a-f]{2}:){5}[0-9a-f]{2}");

    private final Element envelope;
    private final Element system;
    private final List<Element> items;
    private final boolean ours;

    private OvaReader(Element envelope) {
        this.envelope = envelope;
        var systems = new ArrayList<>(descendants(envelope, "VirtualSystem"));
        systems.addAll(descendants(envelope, "Content"));
        if (systems.size() != 1) {
            throw OvfXml.broken("it describes " + systems.size() + " machines, not one");
        }
        this.system = systems.getFirst();
        this.items = descendants(system, "Item");
        // Only oVirt's way of writing tells the topology so; what it says of buses can then be believed.
        this.ours = descendants(system, "num_of_sockets").size() > 0;
    }

    /** @throws org.bellwether.engine.platform.Failure CONFLICT when it makes no sense */
    public static ArchivedMachine read(String text) {
        return new OvaReader(OvfXml.read(text, true)).machine();
    }

    private ArchivedMachine machine() {
        var cpu = item(CPU);
        long cpus =
                Math.max(1, cpu.map(each -> number(each, "VirtualQuantity", 1)).orElse(1L));
        long perSocket = cpu.map(each -> number(each, "CoresPerSocket", 1)).orElse(1L);
        boolean divides = perSocket > 1 && cpus % perSocket == 0;
        return new ArchivedMachine(
                uuid(attribute(system, "id"))
                        .or(() -> uuid(
                                operatingSystem().map(os -> attribute(os, "id")).orElse(""))),
                text(system, "Name").orElseGet(() -> attribute(system, "id")),
                text(system, "Description").or(() -> text(system, "Annotation")).orElse(""),
                child(system, "TemplateType").isPresent()
                        || text(system, "EntityType")
                                .filter("TEMPLATE"::equalsIgnoreCase)
                                .isPresent(),
                memory(),
                limited(
                        ours
                                ? cpu.map(each -> number(each, "num_of_sockets", 1))
                                        .orElse(1L)
                                : divides ? cpus / perSocket : cpus),
                limited(
                        ours
                                ? cpu.map(each -> number(each, "cpu_per_socket", 1))
                                        .orElse(1L)
                                : divides ? perSocket : 1),
                limited(
                        ours
                                ? cpu.map(each -> number(each, "threads_per_cpu", 1))
                                        .orElse(1L)
                                : 1),
                operatingSystemType(),
                bios(),
                ours ? Optional.of(conduct()) : Optional.empty(),
                ours ? new OvfEquipmentReader(system, items).read() : OvfEquipment.NONE,
                disks(),
                nics());
    }

    private ArchivedMachine.Conduct conduct() {
        long memory = memory();
        return new ArchivedMachine.Conduct(
                Math.clamp(number(system, "VmType", 1), 0, 2),
                Math.clamp(number(system, "MinAllocatedMem", memory), 1, memory),
                // What is written without it may grow as far as a new machine may.
                Math.clamp(
                        number(system, "MaxMemorySizeMb", Math.min(MOST_MEMORY_MIB, 4 * memory)),
                        memory,
                        Math.max(memory, MOST_MEMORY_MIB)),
                !text(system, "BalloonEnabled").orElse("true").equalsIgnoreCase("false"),
                text(system, "AutoStartup").orElse("false").equalsIgnoreCase("true"),
                Math.clamp(number(system, "Priority", 0), 0, 100));
    }

    private static int limited(long number) {
        return (int) Math.max(1, Math.min(number, 4096));
    }

    private long memory() {
        var item = item(MEMORY);
        if (item.isEmpty()) {
            return 1024;
        }
        long quantity = Math.max(1, number(item.get(), "VirtualQuantity", 1024));
        long bytes = scaled(quantity, text(item.get(), "AllocationUnits").orElse("MegaBytes"));
        return Math.max(1, bytes >> 20);
    }

    /** "byte * 2^20", or a word, as bytes. */
    private static long scaled(long quantity, String units) {
        var plain = units.strip().toLowerCase(Locale.ROOT);
        var matcher = UNITS.matcher(plain);
        int shift = switch (plain) {
            case "", "byte", "bytes" -> 0;
            case "kilobytes", "kb" -> 10;
            case "megabytes", "mb" -> 20;
            case "gigabytes", "gb" -> 30;
            default -> matcher.matches() ? Integer.parseInt(matcher.group(1)) : -1;
        };
        if (shift < 0 || shift > 40 || quantity < 0 || quantity > Long.MAX_VALUE >> shift) {
            throw OvfXml.broken("it counts in '" + units + "', of " + quantity);
        }
        return quantity << shift;
    }

    private Optional<Element> operatingSystem() {
        var sections = new ArrayList<>(descendants(system, "OperatingSystemSection"));
        descendants(system, "Section").stream()
                .filter(section -> attribute(section, "type").contains("OperatingSystemSection"))
                .forEach(sections::add);
        return sections.stream().findFirst();
    }

    private String operatingSystemType() {
        var section = operatingSystem();
        if (ours) {
            return section.flatMap(os -> text(os, "Description")).orElse("other");
        }
        var type = section.map(os -> attribute(os, "osType")).orElse("").toLowerCase(Locale.ROOT);
        var words =
                type + section.flatMap(os -> text(os, "Description")).orElse("").toLowerCase(Locale.ROOT);
        return words.contains("windows") || words.startsWith("win")
                ? "windows_10x64"
                : words.contains("linux")
                                || words.contains("ubuntu")
                                || words.contains("debian")
                                || words.contains("centos")
                                || words.contains("rhel")
                                || words.contains("fedora")
                        ? "other_linux"
                        : "other";
    }

    private int bios() {
        if (child(system, "BiosType").isPresent()) {
            return (int) Math.max(0, Math.min(3, number(system, "BiosType", 1)));
        }
        return descendants(system, "Config").stream()
                        .anyMatch(config -> attribute(config, "key").equals("firmware")
                                && attribute(config, "value").equals("efi"))
                ? 2
                : 1;
    }

    private List<ArchivedDisk> disks() {
        var files = new HashMap<String, String>();
        for (var file : descendants(envelope, "File")) {
            var href = attribute(file, "href");
            if (!attribute(file, "compression").isEmpty()
                    && !attribute(file, "compression").equals("identity")) {
                throw OvfXml.broken("its file " + href + " is compressed (" + attribute(file, "compression") + ")");
            }
            if (!attribute(file, "chunkSize").isEmpty()) {
                throw OvfXml.broken("its file " + href + " is cut into pieces");
            }
            files.put(attribute(file, "id"), lastPart(href));
        }
        var disks = new ArrayList<ArchivedDisk>();
        var taken = new HashSet<String>();
        for (var disk : descendants(envelope, "Disk")) {
            var id = attribute(disk, "diskId");
            var reference = attribute(disk, "fileRef");
            if (!attribute(disk, "parentRef").isEmpty()) {
                throw OvfXml.broken("its disk " + id + " stands on another one");
            }
            var file = files.getOrDefault(reference, files.getOrDefault(lastPart(reference), ""));
            if (!reference.isEmpty() && file.isEmpty()) {
                throw OvfXml.broken("its disk " + id + " is in the file '" + reference + "', which is not listed");
            }
            if (!file.isEmpty() && !taken.add(file)) {
                throw OvfXml.broken("two of its disks are in the file " + file);
            }
            if (disks.size() >= MOST_DEVICES) {
                throw OvfXml.broken("it has more than " + MOST_DEVICES + " disks");
            }
            var alias = attribute(disk, "disk-alias");
            disks.add(new ArchivedDisk(
                    file,
                    alias.isEmpty() ? "disk" + (disks.size() + 1) : alias,
                    attribute(disk, "disk-description"),
                    capacity(disk),
                    bus(disk, id),
                    attribute(disk, "boot").isEmpty() ? disks.isEmpty() : flag(disk, "boot"),
                    new ArchivedMachine.Manner(
                            flag(disk, "read-only"),
                            flag(disk, "shareable"),
                            flag(disk, "wipe-after-delete"),
                            flag(disk, "pass-discard"),
                            flag(disk, "incremental-backup"))));
        }
        return disks;
    }

    private static boolean flag(Element disk, String name) {
        return attribute(disk, name).equalsIgnoreCase("true");
    }

    private static long capacity(Element disk) {
        var plain = attribute(disk, "capacity");
        if (!plain.isEmpty()) {
            return scaled(digits(plain), attribute(disk, "capacityAllocationUnits"));
        }
        return scaled(digits(attribute(disk, "size")), "byte * 2^30");
    }

    private String bus(Element disk, String id) {
        var told = attribute(disk, "disk-interface").toLowerCase(Locale.ROOT);
        if (!told.isEmpty()) {
            return switch (told) {
                case "virtio_scsi", "spapr_vscsi" -> "virtio_scsi";
                case "sata" -> "sata";
                case "ide" -> "ide";
                default -> "virtio";
            };
        }
        // A guest that ran elsewhere is sure to find its disk where every system looks: behind SATA, or IDE if it was
        // there.
        var item = items.stream()
                .filter(each -> number(each, "ResourceType", 0) == DISK)
                .filter(each -> text(each, "HostResource").orElse("").endsWith("/" + id))
                .findFirst();
        var controller = item.flatMap(each -> text(each, "Parent"))
                .flatMap(parent -> items.stream()
                        .filter(each ->
                                text(each, "InstanceID").filter(parent::equals).isPresent())
                        .findFirst());
        boolean virtio = controller
                .filter(each -> number(each, "ResourceType", 0) == SCSI)
                .flatMap(each -> text(each, "ResourceSubType"))
                .filter(type -> type.toLowerCase(Locale.ROOT).contains("virtio"))
                .isPresent();
        boolean ide = controller
                .filter(each -> number(each, "ResourceType", 0) == IDE)
                .isPresent();
        return virtio ? "virtio_scsi" : ide && bios() == 0 ? "ide" : "sata";
    }

    private List<OvfNic> nics() {
        var nics = new ArrayList<OvfNic>();
        for (var item : items) {
            if (number(item, "ResourceType", 0) != NIC) {
                continue;
            }
            if (nics.size() >= MOST_DEVICES) {
                throw OvfXml.broken("it has more than " + MOST_DEVICES + " network interfaces");
            }
            var mac = text(item, "MACAddress").orElse("").toLowerCase(Locale.ROOT);
            nics.add(new OvfNic(
                    UUID.randomUUID(),
                    ours ? text(item, "Name").orElse("nic" + (nics.size() + 1)) : "nic" + (nics.size() + 1),
                    MAC.matcher(mac).matches() ? mac : "",
                    text(item, "Connection").orElse(""),
                    ours ? text(item, "OtherResourceType").orElse("") : "",
                    model(text(item, "ResourceSubType").orElse("")),
                    !text(item, "Linked").orElse("true").equalsIgnoreCase("false"),
                    !text(item, "IsPlugged").orElse("true").equalsIgnoreCase("false")));
        }
        return nics;
    }

    private static String model(String type) {
        return switch (type.strip().toLowerCase(Locale.ROOT)) {
            case "1", "rtl8139" -> "rtl8139";
            case "2", "e1000", "pcnet32" -> "e1000";
            case "6", "e1000e", "vmxnet3", "vmxnet2", "vmxnet" -> "e1000e";
            default -> "virtio";
        };
    }

    private Optional<Element> item(int type) {
        return items.stream()
                .filter(each -> number(each, "ResourceType", 0) == type)
                .findFirst();
    }

    private static String lastPart(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(UUID.fromString(text.strip()));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private static long digits(String text) {
        try {
            return text.isBlank() ? 0 : Long.parseLong(text.strip());
        } catch (NumberFormatException none) {
            throw OvfXml.broken("'" + text + "' is no number");
        }
    }

    private static long number(Element parent, String name, long otherwise) {
        try {
            return text(parent, name).map(Long::parseLong).orElse(otherwise);
        } catch (NumberFormatException none) {
            return otherwise;
        }
    }

    private static Optional<String> text(Element parent, String name) {
        return child(parent, name)
                .map(Element::getTextContent)
                .map(String::strip)
                .filter(text -> !text.isEmpty());
    }

    private static Optional<Element> child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && name.equals(element.getLocalName())) {
                return Optional.of(element);
            }
        }
        return Optional.empty();
    }

    private static List<Element> descendants(Element parent, String name) {
        var found = new ArrayList<Element>();
        var nodes = parent.getElementsByTagNameNS("*", name);
        for (int i = 0; i < nodes.getLength(); i++) {
            if (nodes.item(i) instanceof Element element) {
                found.add(element);
            }
        }
        return found;
    }

    /** By its local name, whatever its prefix. */
    private static String attribute(Element element, String name) {
        var attributes = element.getAttributes();
        for (int i = 0; i < attributes.getLength(); i++) {
            if (name.equals(attributes.item(i).getLocalName())) {
                return attributes.item(i).getNodeValue().strip();
            }
        }
        return "";
    }
}
