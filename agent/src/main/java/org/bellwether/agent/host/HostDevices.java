package org.bellwether.agent.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.HostDevice;
import org.bellwether.protocol.MediatedType;

/**
 * The host's devices that a machine could be given, as the kernel shows them in {@code /sys} and under the names that libvirt
 * has for them.
 */
public final class HostDevices {
    private static final Pattern PCI = Pattern.compile("([0-9a-f]{4}):([0-9a-f]{2}):([0-9a-f]{2})\\.([0-7])");
    private static final Pattern USB = Pattern.compile("[0-9]+-[0-9]+(\\.[0-9]+)*");
    private static final Pattern SCSI = Pattern.compile("([0-9]+):([0-9]+):([0-9]+):([0-9]+)");
    private static final Pattern MEDIATED = Pattern.compile("[A-Za-z0-9_.-]{1,64}");
    private static final String BRIDGE = "0x06";
    private static final String HUB = "09";

    private final Path sys;
    private final Path mounts;

    public HostDevices() {
        this(Path.of("/sys"), Path.of("/proc/self/mounts"));
    }

    HostDevices(Path sys, Path mounts) {
        this.sys = sys;
        this.mounts = mounts;
    }

    public List<HostDevice> list() {
        List<HostDevice> all = new ArrayList<>();
        entries(sys.resolve("bus/pci/devices"), PCI).forEach(path -> all.add(pci(path)));
        entries(sys.resolve("bus/usb/devices"), USB).forEach(path -> all.add(usb(path)));
        entries(sys.resolve("bus/scsi/devices"), SCSI).forEach(path -> all.add(scsi(path)));
        return all;
    }

    /** The device of that name as it is now, or a refusal in words. */
    public HostDevice require(String name, String machine) {
        HostDevice found = list().stream()
                .filter(device -> device.getName().equals(name))
                .findFirst()
                .orElseThrow(() -> Refusal.wrongState("Machine " + machine + " is to have the device " + name
                                + ", which this host does not have")
                        .next("Plug it in, or take it away from the machine."));
        if (!found.getUnusable().isEmpty()) {
            throw Refusal.wrongState("Machine " + machine + " cannot be given the device " + name + " of this host")
                    .because(found.getUnusable())
                    .next("Take it away from the machine, or see to the cause.");
        }
        return found;
    }

    private static List<Path> entries(Path directory, Pattern named) {
        try (Stream<Path> all = Files.list(directory)) {
            return all.filter(
                            path -> named.matcher(path.getFileName().toString()).matches())
                    .sorted()
                    .toList();
        } catch (IOException none) {
            return List.of();
        }
    }

    private HostDevice pci(Path path) {
        HostDevice.Builder device = HostDevice.newBuilder()
                .setName("pci_" + plain(path))
                .setCapability("pci")
                .setParent(parent(path, PCI, "pci_"))
                .setVendorId(HostFiles.line(path.resolve("vendor")))
                .setProductId(HostFiles.line(path.resolve("device")))
                .setDriver(link(path.resolve("driver")));
        entries(path.resolve("mdev_supported_types"), MEDIATED)
                .forEach(type -> device.addMediatedTypes(MediatedType.newBuilder()
                        .setName(type.getFileName().toString())
                        .setReadable(HostFiles.line(type.resolve("name")))
                        .setDescription(HostFiles.line(type.resolve("description")))
                        .setAvailable(number(type.resolve("available_instances")))));
        String group = link(path.resolve("iommu_group"));
        if (group.matches("[0-9]{1,9}")) {
            device.setIsolated(true).setIommuGroup(Integer.parseInt(group));
        }
        if (HostFiles.line(path.resolve("class")).startsWith(BRIDGE)) {
            device.setUnusable("it is a bridge, on which the host's other devices hang");
        } else if (!device.getIsolated()) {
            device.setUnusable(
                    "the host has no IOMMU, or does not use it: turn on VT-d or AMD-Vi in its firmware, and start"
                            + " its kernel with intel_iommu=on or amd_iommu=on");
        }
        return device.build();
    }

    private HostDevice usb(Path path) {
        HostDevice.Builder device = HostDevice.newBuilder()
                .setName("usb_" + plain(path))
                .setCapability("usb_device")
                .setParent(parent(path, USB, "usb_"))
                .setVendorId("0x" + HostFiles.line(path.resolve("idVendor")))
                .setVendor(HostFiles.line(path.resolve("manufacturer")))
                .setProductId("0x" + HostFiles.line(path.resolve("idProduct")))
                .setProduct(HostFiles.line(path.resolve("product")))
                .setDriver(link(path.resolve("driver")))
                .setBus(number(path.resolve("busnum")))
                .setDevice(number(path.resolve("devnum")));
        if (HostFiles.line(path.resolve("bDeviceClass")).equals(HUB)) {
            device.setUnusable("it is a hub, on which other devices hang");
        }
        return device.build();
    }

    private HostDevice scsi(Path path) {
        HostDevice.Builder device = HostDevice.newBuilder()
                .setName("scsi_" + plain(path))
                .setCapability("scsi")
                .setVendor(HostFiles.line(path.resolve("vendor")))
                .setProduct(HostFiles.line(path.resolve("model")))
                .setDriver(link(path.resolve("driver")));
        used(path).ifPresent(device::setUnusable);
        return device.build();
    }

    /** A disk that the host itself works with would be destroyed by a guest that writes to it too. */
    private Optional<String> used(Path scsi) {
        for (Path block : entries(scsi.resolve("block"), Pattern.compile("[a-z0-9]+"))) {
            String disk = block.getFileName().toString();
            List<Path> parts = new ArrayList<>(List.of(block));
            parts.addAll(entries(block, Pattern.compile(Pattern.quote(disk) + "p?[0-9]+")));
            for (Path part : parts) {
                String name = part.getFileName().toString();
                if (!entries(part.resolve("holders"), Pattern.compile(".+")).isEmpty()) {
                    return Optional.of(
                            "the host uses its disk " + name + " for something else, such as LVM or multipath");
                }
                if (mounted("/dev/" + name)) {
                    return Optional.of("its disk " + name + " is mounted on the host");
                }
            }
        }
        return Optional.empty();
    }

    private boolean mounted(String device) {
        try (Stream<String> lines = Files.lines(mounts)) {
            return lines.anyMatch(line -> line.startsWith(device + " "));
        } catch (IOException unknown) {
            return true; // not known: better not
        }
    }

    private static String plain(Path path) {
        return path.getFileName().toString().replaceAll("[^0-9a-zA-Z]", "_");
    }

    /** The name of the device in whose directory this one's is; of none: empty. */
    private static String parent(Path path, Pattern named, String prefix) {
        try {
            Path above = path.toRealPath().getParent();
            if (above != null && above.getFileName() != null) {
                Matcher name = named.matcher(above.getFileName().toString());
                return name.matches() ? prefix + plain(above) : "";
            }
        } catch (IOException gone) {
            return "";
        }
        return "";
    }

    private static String link(Path link) {
        try {
            return Files.readSymbolicLink(link).getFileName().toString();
        } catch (IOException none) {
            return "";
        }
    }

    private static int number(Path file) {
        String text = HostFiles.line(file);
        return text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }
}
