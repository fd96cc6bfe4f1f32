package org.bellwether.engine.ovf;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.WatchdogAction;
import org.bellwether.engine.ovf.ArchivedMachine.ArchivedDisk;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Reads libvirt's document of a machine that another one looks after, as if it came in an archive: a disk's path is its file. */
public final class LibvirtReader {

    private static final int MOST_DEVICES = 64;

    private final Element domain;

    private LibvirtReader(Element domain) {
        this.domain = domain;
    }

    /** @throws org.bellwether.engine.platform.Failure CONFLICT when it makes no sense */
    public static ArchivedMachine read(String text) {
        return new LibvirtReader(OvfXml.read(text, true)).machine();
    }

    private ArchivedMachine machine() {
        var topology = child(domain, "cpu").flatMap(cpu -> child(cpu, "topology"));
        long cpus = Math.max(1, number(text(domain, "vcpu"), 1));
        return new ArchivedMachine(
                uuid(text(domain, "uuid")),
                text(domain, "name"),
                text(domain, "description"),
                false,
                Math.max(1, memory() >> 20),
                (int) Math.min(
                        4096,
                        topology.map(each -> number(each.getAttribute("sockets"), cpus))
                                .orElse(cpus)),
                (int) Math.min(
                        4096,
                        topology.map(each -> number(each.getAttribute("cores"), 1))
                                .orElse(1L)),
                (int) Math.min(
                        4096,
                        topology.map(each -> number(each.getAttribute("threads"), 1))
                                .orElse(1L)),
                "other",
                bios(),
                Optional.empty(),
                equipment(),
                disks(),
                nics());
    }

    private long memory() {
        var element = child(domain, "memory");
        long quantity = number(element.map(Element::getTextContent).orElse(""), 1 << 20);
        var unit = element.map(each -> each.getAttribute("unit")).orElse("").toLowerCase(Locale.ROOT);
        int shift = switch (unit) {
            case "b", "bytes" -> 0;
            case "mib", "m" -> 20;
            case "gib", "g" -> 30;
            default -> 10;
        };
        if (quantity < 0 || quantity > Long.MAX_VALUE >> shift) {
            throw OvfXml.broken("it has a memory of " + quantity + " " + unit);
        }
        return quantity << shift;
    }

    private int bios() {
        var os = child(domain, "os");
        boolean q35 = os.flatMap(each -> child(each, "type"))
                .map(type -> type.getAttribute("machine"))
                .filter(machine -> machine.contains("q35"))
                .isPresent();
        boolean uefi = os.filter(each -> each.getAttribute("firmware").equals("efi")
                        || child(each, "loader").isPresent())
                .isPresent();
        return uefi ? 2 : q35 ? 1 : 0;
    }

    private List<Element> devices(String name) {
        var found = new ArrayList<Element>();
        child(domain, "devices").ifPresent(devices -> {
            for (Node node = devices.getFirstChild(); node != null; node = node.getNextSibling()) {
                if (node instanceof Element element && name.equals(element.getLocalName())) {
                    found.add(element);
                }
            }
        });
        if (found.size() > MOST_DEVICES) {
            throw OvfXml.broken("it has more than " + MOST_DEVICES + " devices of the kind " + name);
        }
        return found;
    }

    private OvfEquipment equipment() {
        return new OvfEquipment(
                devices("watchdog").stream()
                        .findFirst()
                        .map(dog -> Arrays.stream(WatchdogAction.values())
                                .filter(action -> action.wire().equals(dog.getAttribute("action")))
                                .findFirst()
                                .orElse(WatchdogAction.RESET)),
                !devices("tpm").isEmpty(),
                !devices("sound").isEmpty(),
                List.of(),
                Map.of(),
                Optional.empty(),
                OvfEquipment.NONE.settings());
    }

    private List<ArchivedDisk> disks() {
        var disks = new ArrayList<ArchivedDisk>();
        for (var disk : devices("disk")) {
            var device = disk.getAttribute("device");
            if (!device.isEmpty() && !device.equals("disk")) {
                continue;
            }
            var path = attribute(disk, "source", "file").or(() -> attribute(disk, "source", "dev"));
            if (path.isEmpty()) {
                throw OvfXml.broken("one of its disks is neither a file nor a device of its host");
            }
            disks.add(new ArchivedDisk(
                    path.get(),
                    path.get().substring(path.get().lastIndexOf('/') + 1),
                    "",
                    0,
                    switch (attribute(disk, "target", "bus").orElse("")) {
                        case "virtio" -> "virtio";
                        case "scsi" -> "virtio_scsi";
                        case "ide" -> bios() == 0 ? "ide" : "sata";
                        default -> "sata";
                    },
                    disks.isEmpty(),
                    ArchivedMachine.Manner.USUAL));
        }
        return disks;
    }

    private List<OvfNic> nics() {
        var nics = new ArrayList<OvfNic>();
        for (var nic : devices("interface")) {
            nics.add(new OvfNic(
                    UUID.randomUUID(),
                    "nic" + (nics.size() + 1),
                    attribute(nic, "mac", "address").orElse("").toLowerCase(Locale.ROOT),
                    attribute(nic, "source", "bridge")
                            .or(() -> attribute(nic, "source", "network"))
                            .orElse(""),
                    "",
                    switch (attribute(nic, "model", "type").orElse("")) {
                        case "e1000" -> "e1000";
                        case "e1000e" -> "e1000e";
                        case "rtl8139" -> "rtl8139";
                        default -> "virtio";
                    },
                    true,
                    true));
        }
        return nics;
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return text.isBlank() ? Optional.empty() : Optional.of(UUID.fromString(text.strip()));
        } catch (IllegalArgumentException none) {
            return Optional.empty();
        }
    }

    private static long number(String text, long otherwise) {
        try {
            return text.isBlank() ? otherwise : Long.parseLong(text.strip());
        } catch (NumberFormatException none) {
            return otherwise;
        }
    }

    private static String text(Element parent, String name) {
        return child(parent, name)
                .map(Element::getTextContent)
                .map(String::strip)
                .orElse("");
    }

    private static Optional<String> attribute(Element parent, String child, String name) {
        return child(parent, child).map(each -> each.getAttribute(name)).filter(text -> !text.isEmpty());
    }

    private static Optional<Element> child(Element parent, String name) {
        for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
            if (node instanceof Element element && name.equals(element.getLocalName())) {
                return Optional.of(element);
            }
        }
        return Optional.empty();
    }
}
