package org.bellwether.agent.vm;

import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.BootDevice;
import org.bellwether.protocol.CpuDefinition;
import org.bellwether.protocol.DiskBus;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.Firmware;
import org.bellwether.protocol.GraphicsDevice;
import org.bellwether.protocol.IoLimits;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NicDevice;
import org.bellwether.protocol.RngSource;

/**
 * Writes libvirt's document of a machine. A pure function of the definition, the prepared volumes and whether KVM
 * works. The definition itself goes into the metadata, so that all of it can be read back from libvirt.
 */
final class DomainXml {
    /** Of our element in a domain's metadata. */
    static final String NAMESPACE = "urn:bellwether:machine:1";

    static final String AGENT_CHANNEL = "org.qemu.guest_agent.0";
    static final String ALIAS_PREFIX = "ua-";
    private static final long KIB = 1024;
    /** Where the serial ports of machines are sockets; nothing of a console listens on a network. */
    static final Path CONSOLES = Path.of("/run/bellwether");

    private static final int SHORT_ID = 8;
    private static final int LONGEST_NAME = 64;
    private static final int BALLOON_SECONDS = 5;
    private static final int SLOTS = 16;
    private static final int BOOT_MENU_MILLIS = 30_000;
    private static final int MEMORY_SLOTS = 16;

    private final MachineDefinition machine;
    private final Map<String, PreparedVolume> volumes;
    private final boolean kvm;
    private final XMLStreamWriter xml;
    private Optional<Leases.Place> lease = Optional.empty();

    private DomainXml(
            MachineDefinition machine, Map<String, PreparedVolume> volumes, boolean kvm, XMLStreamWriter xml) {
        this.machine = machine;
        this.volumes = volumes;
        this.kvm = kvm;
        this.xml = xml;
    }

    /**
     * The document.
     *
     * @param volumes by disk id, for each disk that has a volume
     * @param kvm false: the guest is emulated
     */
    static String write(MachineDefinition machine, Map<String, PreparedVolume> volumes, boolean kvm) {
        return write(machine, volumes, kvm, Optional.empty());
    }

    /** @param lease that QEMU must hold to run the machine */
    static String write(
            MachineDefinition machine, Map<String, PreparedVolume> volumes, boolean kvm, Optional<Leases.Place> lease) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            DomainXml document = new DomainXml(machine, volumes, kvm, xml);
            document.lease = lease;
            document.domain();
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    /**
     * One disk's element, to be plugged into a machine that runs.
     *
     * @param taken names of disks that it has already
     */
    static String disk(MachineDefinition machine, DiskDevice disk, PreparedVolume volume, Set<String> taken) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            new DomainXml(machine, Map.of(disk.getDiskId(), volume), true, xml).disk(disk, new DiskTargets(taken));
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    /** One network interface's element, to be plugged into a machine that runs, or changed on it. */
    static String nic(MachineDefinition machine, NicDevice nic) {
        return element(machine, Map.of(), xml -> xml.nic(nic));
    }

    /** The CD drive as it is to be: with a volume in it, or empty. */
    static String cd(MachineDefinition machine, DiskDevice cd, Map<String, PreparedVolume> volumes, String target) {
        return element(machine, volumes, xml -> xml.disk(cd, new DiskTargets(Set.of(), target)));
    }

    private interface Part {
        void write(DomainXml xml) throws XMLStreamException;
    }

    private static String element(MachineDefinition machine, Map<String, PreparedVolume> volumes, Part part) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter xml = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            part.write(new DomainXml(machine, volumes, true, xml));
            xml.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    /** Where a disk is mirrored to, as libvirt's block copy wants it said. */
    static String mirror(PreparedVolume volume) {
        StringWriter text = new StringWriter();
        try {
            XMLStreamWriter writer = XMLOutputFactory.newDefaultFactory().createXMLStreamWriter(text);
            DomainXml xml = new DomainXml(MachineDefinition.getDefaultInstance(), Map.of(), true, writer);
            xml.open("disk", "type", volume.block() ? "block" : "file");
            xml.empty(
                    "driver",
                    "name",
                    "qemu",
                    "type",
                    volume.qcow2() ? "qcow2" : "raw",
                    "cache",
                    volume.direct() ? "none" : "writeback");
            xml.open("source", volume.block() ? "dev" : "file", volume.path().toString());
            xml.empty("seclabel", "model", "dac", "relabel", "no");
            xml.close();
            xml.close();
            writer.close();
        } catch (XMLStreamException e) {
            throw new IllegalStateException("writing XML to memory", e);
        }
        return text.toString();
    }

    /**
     * libvirt's name of the machine: readable, and unique also when a machine of the same name was here before and has
     * not been forgotten.
     */
    static String domainName(MachineDefinition machine) {
        String readable = machine.getName().replaceAll("[^A-Za-z0-9._-]", "_").replaceFirst("^[.-]+", "_");
        String cut = readable.length() > LONGEST_NAME ? readable.substring(0, LONGEST_NAME) : readable;
        return cut + "-" + machine.getId().substring(0, SHORT_ID);
    }

    static Path serialSocket(String machineId) {
        return CONSOLES.resolve(machineId + ".serial");
    }

    private void domain() throws XMLStreamException {
        open("domain", "type", kvm ? "kvm" : "qemu");
        text("name", domainName(machine));
        text("uuid", machine.getId());
        text("title", machine.getName());
        if (!machine.getDescription().isEmpty()) {
            text("description", machine.getDescription());
        }
        metadata();
        if (growable()) {
            textWith(
                    "maxMemory",
                    Long.toString(machine.getMaxMemoryBytes() / KIB),
                    "slots",
                    Integer.toString(MEMORY_SLOTS),
                    "unit",
                    "KiB");
        }
        textWith("memory", Long.toString(machine.getMemoryBytes() / KIB), "unit", "KiB");
        textWith("currentMemory", Long.toString(machine.getMemoryBytes() / KIB), "unit", "KiB");
        if (machine.getHugePageKib() > 0) {
            open("memoryBacking");
            open("hugepages");
            empty("page", "size", Long.toString(machine.getHugePageKib()), "unit", "KiB");
            close();
            close();
        }
        vcpus();
        if (machine.getIoThreads() > 0) {
            text("iothreads", Integer.toString(machine.getIoThreads()));
        }
        sysinfo();
        os();
        features();
        cpu();
        clock();
        text("on_poweroff", "destroy");
        text("on_reboot", "restart");
        text("on_crash", "destroy");
        open("pm");
        empty("suspend-to-mem", "enabled", "no");
        empty("suspend-to-disk", "enabled", "no");
        close();
        devices();
        close();
    }

    private void metadata() throws XMLStreamException {
        open("metadata");
        xml.writeStartElement("bellwether", "machine", NAMESPACE);
        xml.writeNamespace("bellwether", NAMESPACE);
        xml.writeAttribute("generation", Long.toUnsignedString(machine.getGeneration()));
        xml.writeStartElement("bellwether", "definition", NAMESPACE);
        xml.writeAttribute("encoding", "base64");
        xml.writeCharacters(Base64.getEncoder().encodeToString(machine.toByteArray()));
        close();
        close();
        close();
    }

    private void vcpus() throws XMLStreamException {
        CpuDefinition cpu = machine.getCpu();
        int perSocket = one(cpu.getCoresPerSocket()) * one(cpu.getThreadsPerCore());
        int now = one(cpu.getSockets()) * perSocket;
        int most = maxSockets(cpu) * perSocket;
        if (most > now) {
            textWith("vcpu", Integer.toString(most), "current", Integer.toString(now));
        } else {
            text("vcpu", Integer.toString(now));
        }
    }

    private void sysinfo() throws XMLStreamException {
        open("sysinfo", "type", "smbios");
        open("system");
        textWith("entry", "Bellwether", "name", "manufacturer");
        textWith("entry", "Virtual machine", "name", "product");
        String serial = machine.getSerialNumber().isEmpty() ? machine.getId() : machine.getSerialNumber();
        textWith("entry", serial, "name", "serial");
        textWith("entry", machine.getId(), "name", "uuid");
        close();
        close();
    }

    private void os() throws XMLStreamException {
        boolean uefi = firmware() == Firmware.Q35_UEFI || firmware() == Firmware.Q35_UEFI_SECURE_BOOT;
        if (uefi) {
            open("os", "firmware", "efi");
        } else {
            open("os");
        }
        textWith("type", "hvm", "arch", "x86_64", "machine", machineType());
        if (uefi) {
            boolean secure = firmware() == Firmware.Q35_UEFI_SECURE_BOOT;
            open("firmware");
            empty("feature", "enabled", secure ? "yes" : "no", "name", "secure-boot");
            empty("feature", "enabled", secure ? "yes" : "no", "name", "enrolled-keys");
            close();
        }
        if (!ordered()) {
            List<BootDevice> boot = machine.getBootDevicesList();
            for (BootDevice device : boot.isEmpty() ? List.of(BootDevice.HARD_DISK) : boot) {
                switch (device) {
                    case HARD_DISK -> empty("boot", "dev", "hd");
                    case CDROM -> empty("boot", "dev", "cdrom");
                    case NETWORK -> empty("boot", "dev", "network");
                    case BOOT_DEVICE_UNSPECIFIED, UNRECOGNIZED -> {}
                }
            }
        }
        if (machine.getBootMenu()) {
            empty("bootmenu", "enable", "yes", "timeout", Integer.toString(BOOT_MENU_MILLIS));
        }
        empty("smbios", "mode", "sysinfo");
        close();
    }

    private void features() throws XMLStreamException {
        open("features");
        empty("acpi");
        empty("apic");
        if (firmware() == Firmware.Q35_UEFI_SECURE_BOOT) {
            empty("smm", "state", "on");
        }
        close();
    }

    private void cpu() throws XMLStreamException {
        CpuDefinition cpu = machine.getCpu();
        if (kvm && !cpu.getModel().isEmpty()) {
            open("cpu", "mode", "custom", "match", "exact", "check", "partial");
            textWith("model", cpu.getModel(), "fallback", "forbid");
        } else if (kvm) {
            open("cpu", "mode", "host-model", "check", "partial");
        } else {
            // The emulator leaves out of a real model what it cannot do, and then Linux hangs on its first instructions
            // (Opteron_G4 under QEMU 7.2); what it has in full is the same on every emulating host of one version.
            open("cpu", "mode", "maximum", "check", "none", "migratable", "on");
        }
        empty(
                "topology",
                "sockets",
                Integer.toString(maxSockets(cpu)),
                "dies",
                "1",
                "cores",
                Integer.toString(one(cpu.getCoresPerSocket())),
                "threads",
                Integer.toString(one(cpu.getThreadsPerCore())));
        if (growable()) {
            // Memory is plugged into a node of the guest's, so it must have one.
            int cpus = maxSockets(cpu) * one(cpu.getCoresPerSocket()) * one(cpu.getThreadsPerCore());
            open("numa");
            empty(
                    "cell",
                    "id",
                    "0",
                    "cpus",
                    "0-" + (cpus - 1),
                    "memory",
                    Long.toString(machine.getMemoryBytes() / KIB),
                    "unit",
                    "KiB");
            close();
        }
        for (String feature : kvm ? cpu.getFeaturesList() : List.<String>of()) {
            if (feature.startsWith("+")) {
                empty("feature", "policy", "require", "name", feature.substring(1));
            } else if (feature.startsWith("-")) {
                empty("feature", "policy", "disable", "name", feature.substring(1));
            }
        }
        close();
    }

    private void clock() throws XMLStreamException {
        open(
                "clock",
                "offset",
                "variable",
                "adjustment",
                Long.toString(machine.getClockOffsetSeconds()),
                "basis",
                "utc");
        empty("timer", "name", "rtc", "tickpolicy", "catchup");
        empty("timer", "name", "pit", "tickpolicy", "delay");
        empty("timer", "name", "hpet", "present", "no");
        close();
    }

    private void devices() throws XMLStreamException {
        open("devices");
        controllers();
        DiskTargets targets = new DiskTargets(Set.of());
        for (DiskDevice disk : machine.getDisksList()) {
            disk(disk, targets);
        }
        configDrive();
        if (lease.isPresent()) {
            lease(lease.get());
        }
        for (NicDevice nic : machine.getNicsList()) {
            nic(nic);
        }
        open("channel", "type", "unix");
        empty("target", "type", "virtio", "name", AGENT_CHANNEL);
        close();
        if (machine.getSerialConsole()) {
            open("serial", "type", "unix");
            empty(
                    "source",
                    "mode",
                    "bind",
                    "path",
                    serialSocket(machine.getId()).toString());
            empty("target", "port", "0");
            close();
        }
        displays();
        if (machine.getBalloon()) {
            open("memballoon", "model", "virtio");
            empty("stats", "period", Integer.toString(BALLOON_SECONDS));
            close();
        } else {
            empty("memballoon", "model", "none");
        }
        rng();
        extras();
        close();
    }

    private void extras() throws XMLStreamException {
        if (machine.getTpm()) {
            open("tpm", "model", i440fx() ? "tpm-tis" : "tpm-crb");
            empty("backend", "type", "emulator", "version", "2.0");
            close();
        }
        if (machine.getSound()) {
            empty("sound", "model", i440fx() ? "ich6" : "ich9");
        }
        if (machine.hasWatchdog()) {
            empty(
                    "watchdog",
                    "model",
                    machine.getWatchdog().getModel(),
                    "action",
                    machine.getWatchdog().getAction());
        }
    }

    private void lease(Leases.Place place) throws XMLStreamException {
        open("lease");
        text("lockspace", place.lockspace());
        text("key", place.key());
        empty("target", "path", place.path().toString(), "offset", Long.toString(place.offset()));
        close();
    }

    private void controllers() throws XMLStreamException {
        empty("controller", "type", "usb", "index", "0", "model", i440fx() ? "piix3-uhci" : "qemu-xhci");
        if (machine.getVirtioScsi()
                || machine.getDisksList().stream().anyMatch(disk -> bus(disk) == DiskBus.VIRTIO_SCSI)) {
            empty("controller", "type", "scsi", "index", "0", "model", "virtio-scsi");
        }
        empty("controller", "type", "virtio-serial", "index", "0");
        if (!i440fx()) {
            // A slot of q35 takes one device; libvirt makes as many as there are devices, and none to plug more into.
            empty("controller", "type", "pci", "index", "0", "model", "pcie-root");
            for (int slot = 1; slot <= SLOTS; slot++) {
                empty("controller", "type", "pci", "index", Integer.toString(slot), "model", "pcie-root-port");
            }
        }
    }

    private void disk(DiskDevice disk, DiskTargets targets) throws XMLStreamException {
        PreparedVolume volume = volumes.get(disk.getDiskId());
        DiskBus bus = bus(disk);
        boolean block = volume != null && volume.block();
        open("disk", "type", block ? "block" : "file", "device", disk.getCdrom() ? "cdrom" : "disk");
        if (disk.getCdrom()) {
            // The same for a full and an empty drive: a CD is changed only where nothing else of the drive does.
            empty("driver", "name", "qemu", "type", "raw", "error_policy", "report");
        } else if (volume != null) {
            empty(
                    "driver",
                    "name",
                    "qemu",
                    "type",
                    volume.qcow2() ? "qcow2" : "raw",
                    "cache",
                    volume.direct() ? "none" : "writeback",
                    "error_policy",
                    "stop",
                    "io",
                    "threads",
                    "discard",
                    disk.getDiscard() ? "unmap" : "ignore");
        }
        if (volume != null) {
            open("source", block ? "dev" : "file", volume.path().toString());
            // Owner and mode of a shared volume are the storage domain's; libvirt must not change them on each host.
            empty("seclabel", "model", "dac", "relabel", "no");
            close();
        }
        empty("target", "dev", targets.next(bus), "bus", busName(bus));
        if (disk.getCdrom() || disk.getReadOnly()) {
            empty("readonly");
        }
        if (disk.getShareable()) {
            empty("shareable");
        }
        if (!disk.getCdrom()) {
            text("serial", disk.getSerial().isEmpty() ? disk.getDiskId() : disk.getSerial());
        }
        if (disk.getBootOrder() > 0) {
            empty("boot", "order", Integer.toString(disk.getBootOrder()));
        }
        if (disk.hasLimits()) {
            limits(disk.getLimits());
        }
        empty("alias", "name", ALIAS_PREFIX + disk.getDiskId());
        close();
    }

    /** Made by the agent for this one run: libvirt may give it to QEMU's user. */
    private void configDrive() throws XMLStreamException {
        if (!machine.hasConfigDrive()) {
            return;
        }
        boolean cd = machine.getConfigDrive().getAsCd();
        DiskBus bus = !cd ? DiskBus.VIRTIO : i440fx() ? DiskBus.IDE : DiskBus.SATA;
        open("disk", "type", "file", "device", cd ? "cdrom" : "disk");
        empty("driver", "name", "qemu", "type", "raw");
        empty("source", "file", ConfigDrives.file(machine.getId()).toString());
        // Names that no disk gets which is plugged in later.
        String name = switch (bus) {
            case SATA -> "sdf";
            case IDE -> "hdd";
            case VIRTIO, VIRTIO_SCSI, DISK_BUS_UNSPECIFIED, UNRECOGNIZED -> "vdz";
        };
        empty("target", "dev", name, "bus", busName(bus));
        empty("readonly");
        close();
    }

    private void limits(IoLimits limits) throws XMLStreamException {
        open("iotune");
        limit("total_bytes_sec", limits.getTotalBytesPerSecond());
        limit("read_bytes_sec", limits.getReadBytesPerSecond());
        limit("write_bytes_sec", limits.getWriteBytesPerSecond());
        limit("total_iops_sec", limits.getTotalOpsPerSecond());
        limit("read_iops_sec", limits.getReadOpsPerSecond());
        limit("write_iops_sec", limits.getWriteOpsPerSecond());
        close();
    }

    private void limit(String name, long most) throws XMLStreamException {
        if (most > 0) {
            text(name, Long.toUnsignedString(most));
        }
    }

    private void nic(NicDevice nic) throws XMLStreamException {
        boolean connected = !nic.getNetwork().isEmpty();
        open("interface", "type", connected ? "bridge" : "ethernet");
        empty("mac", "address", nic.getMac().toLowerCase(Locale.ROOT));
        if (connected) {
            empty("source", "bridge", nic.getNetwork());
        }
        empty("model", "type", nic.getModel().isEmpty() ? "virtio" : nic.getModel());
        if (nic.getMtu() > 0) {
            empty("mtu", "size", Integer.toString(nic.getMtu()));
        }
        empty("link", "state", connected && nic.getLinked() ? "up" : "down");
        if (connected && !nic.getFilter().isEmpty()) {
            empty("filterref", "filter", nic.getFilter());
        }
        if (nic.getBootOrder() > 0) {
            empty("boot", "order", Integer.toString(nic.getBootOrder()));
        }
        empty("alias", "name", ALIAS_PREFIX + nic.getNicId());
        close();
    }

    private void displays() throws XMLStreamException {
        for (GraphicsDevice graphics : machine.getGraphicsList()) {
            // A socket among libvirt's own files, which it names anew on each host.
            open("graphics", "type", graphics.getProtocol());
            empty("listen", "type", "socket");
            close();
        }
        if (machine.getGraphicsCount() > 0) {
            empty("input", "type", "tablet", "bus", "usb");
        }
        String model = machine.getVideoModel();
        open("video");
        empty("model", "type", model.isEmpty() ? (machine.getGraphicsCount() > 0 ? "vga" : "none") : model);
        close();
    }

    private void rng() throws XMLStreamException {
        String source = switch (machine.getRng()) {
            case URANDOM -> "/dev/urandom";
            case HWRNG -> "/dev/hwrng";
            case RNG_NONE, UNRECOGNIZED -> "";
        };
        if (machine.getRng() != RngSource.RNG_NONE && !source.isEmpty()) {
            open("rng", "model", "virtio");
            textWith("backend", source, "model", "random");
            close();
        }
    }

    private Firmware firmware() {
        return machine.getFirmware();
    }

    private String machineType() {
        if (!machine.getMachineType().isEmpty()) {
            return machine.getMachineType();
        }
        return firmware() == Firmware.I440FX_SEABIOS ? "pc" : "q35";
    }

    private boolean i440fx() {
        return !machineType().contains("q35");
    }

    private boolean growable() {
        return machine.getMaxMemoryBytes() > machine.getMemoryBytes();
    }

    /** Order given device by device excludes the order given by kinds: libvirt takes one of them. */
    private boolean ordered() {
        return machine.getDisksList().stream().anyMatch(disk -> disk.getBootOrder() > 0)
                || machine.getNicsList().stream().anyMatch(nic -> nic.getBootOrder() > 0);
    }

    /** QEMU's q35 has no IDE, and its i440fx no SATA. */
    private DiskBus bus(DiskDevice disk) {
        return switch (disk.getBus()) {
            case VIRTIO, VIRTIO_SCSI -> disk.getBus();
            case SATA, IDE -> i440fx() ? DiskBus.IDE : DiskBus.SATA;
            case DISK_BUS_UNSPECIFIED, UNRECOGNIZED -> {
                if (!disk.getCdrom()) {
                    yield DiskBus.VIRTIO;
                }
                yield i440fx() ? DiskBus.IDE : DiskBus.SATA;
            }
        };
    }

    private static String busName(DiskBus bus) {
        return switch (bus) {
            case VIRTIO, DISK_BUS_UNSPECIFIED, UNRECOGNIZED -> "virtio";
            case VIRTIO_SCSI -> "scsi";
            case SATA -> "sata";
            case IDE -> "ide";
        };
    }

    private static int maxSockets(CpuDefinition cpu) {
        return Math.max(one(cpu.getSockets()), cpu.getMaxSockets());
    }

    private static int one(int count) {
        return Math.max(1, count);
    }

    private void open(String name, String... attributes) throws XMLStreamException {
        xml.writeStartElement(name);
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }

    private void close() throws XMLStreamException {
        xml.writeEndElement();
    }

    private void empty(String name, String... attributes) throws XMLStreamException {
        xml.writeEmptyElement(name);
        for (int i = 0; i < attributes.length; i += 2) {
            xml.writeAttribute(attributes[i], attributes[i + 1]);
        }
    }

    private void text(String name, String value) throws XMLStreamException {
        textWith(name, value);
    }

    private void textWith(String name, String value, String... attributes) throws XMLStreamException {
        open(name, attributes);
        xml.writeCharacters(value);
        close();
    }

    /** Names of disks inside libvirt: vda, vdb … sda, sdb … hda, hdb …; the kinds that share a prefix share the letters. */
    private static final class DiskTargets {
        private final Set<String> taken;
        private final String only;
        private int virtio;
        private int scsi;
        private int ide;

        DiskTargets(Set<String> taken) {
            this(taken, "");
        }

        /** @param only the one name that is given, when it is not empty */
        DiskTargets(Set<String> taken, String only) {
            this.taken = taken;
            this.only = only;
        }

        String next(DiskBus bus) {
            if (!only.isEmpty()) {
                return only;
            }
            String name = following(bus);
            while (taken.contains(name)) {
                name = following(bus);
            }
            return name;
        }

        private String following(DiskBus bus) {
            return switch (bus) {
                case VIRTIO, DISK_BUS_UNSPECIFIED, UNRECOGNIZED -> "vd" + letters(virtio++);
                case VIRTIO_SCSI, SATA -> "sd" + letters(scsi++);
                case IDE -> "hd" + letters(ide++);
            };
        }

        private static String letters(int number) {
            String last = String.valueOf((char) ('a' + number % 26));
            return number < 26 ? last : letters(number / 26 - 1) + last;
        }
    }
}
