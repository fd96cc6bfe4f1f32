package org.bellwether.agent.vm;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.BootDevice;
import org.bellwether.protocol.CpuDefinition;
import org.bellwether.protocol.CpuPin;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NumaNode;

/**
 * Writes libvirt's document of a machine. A pure function of the definition, the prepared volumes and whether KVM
 * works. The definition itself goes into the metadata, so that all of it can be read back from libvirt.
 */
final class DomainXml {
    /** Of our element in a domain's metadata. */
    static final String NAMESPACE = "urn:bellwether:machine:1";

    private static final String OVIRT_NAMESPACE = "http://ovirt.org/vm/1.0";

    static final String AGENT_CHANNEL = "org.qemu.guest_agent.0";
    static final String ALIAS_PREFIX = "ua-";
    private static final long KIB = 1024;
    /** Where the serial ports of machines are sockets; nothing of a console listens on a network. */
    static final Path CONSOLES = Path.of("/run/bellwether");

    private static final int SHORT_ID = 8;
    private static final int LONGEST_NAME = 64;
    private static final int BOOT_MENU_MILLIS = 30_000;
    private static final int MEMORY_SLOTS = 16;
    /** After so many tries a processor of the guest tells that it waits for another; as Hyper-V has it. */
    private static final int SPINS = 8191;

    private final MachineDefinition machine;
    private final Board board;
    private final Map<String, PreparedVolume> volumes;
    private final boolean kvm;
    private final Optional<Leases.Place> lease;
    private final XmlText xml;

    private DomainXml(
            MachineDefinition machine,
            Map<String, PreparedVolume> volumes,
            boolean kvm,
            Optional<Leases.Place> lease,
            XmlText xml) {
        this.machine = machine;
        this.board = Board.of(machine);
        this.volumes = volumes;
        this.kvm = kvm;
        this.lease = lease;
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
        return XmlText.of(xml -> new DomainXml(machine, volumes, kvm, lease, xml).domain());
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

    private void domain() {
        xml.open("domain", "type", kvm ? "kvm" : "qemu");
        xml.text("name", domainName(machine));
        xml.text("uuid", machine.getId());
        xml.text("title", machine.getName());
        if (!machine.getDescription().isEmpty()) {
            xml.text("description", machine.getDescription());
        }
        metadata();
        if (growable()) {
            xml.text(
                    "maxMemory",
                    Long.toString(machine.getMaxMemoryBytes() / KIB),
                    "slots",
                    Integer.toString(MEMORY_SLOTS),
                    "unit",
                    "KiB");
        }
        xml.text("memory", Long.toString(machine.getMemoryBytes() / KIB), "unit", "KiB");
        xml.text("currentMemory", Long.toString(machine.getMemoryBytes() / KIB), "unit", "KiB");
        if (machine.getHugePageKib() > 0) {
            xml.open("memoryBacking");
            xml.open("hugepages");
            xml.empty("page", "size", Long.toString(machine.getHugePageKib()), "unit", "KiB");
            xml.close();
            xml.close();
        }
        vcpus();
        if (machine.getIoThreads() > 0) {
            xml.text("iothreads", Integer.toString(machine.getIoThreads()));
        }
        tuning();
        sysinfo();
        os();
        features();
        cpu();
        clock();
        xml.text("on_poweroff", "destroy");
        xml.text("on_reboot", "restart");
        xml.text("on_crash", "destroy");
        xml.open("pm");
        xml.empty("suspend-to-mem", "enabled", "no");
        xml.empty("suspend-to-disk", "enabled", "no");
        xml.close();
        new DeviceXml(machine, volumes, xml).all(lease);
        xml.close();
    }

    private void metadata() {
        xml.open("metadata");
        xml.foreign("bellwether", "machine", NAMESPACE);
        xml.namespace("bellwether", NAMESPACE);
        xml.attribute("generation", Long.toUnsignedString(machine.getGeneration()));
        xml.foreign("bellwether", "definition", NAMESPACE);
        xml.attribute("encoding", "base64");
        xml.characters(Base64.getEncoder().encodeToString(machine.toByteArray()));
        xml.close();
        xml.close();
        customProperties();
        xml.close();
    }

    /** Where hooks that were written for oVirt look for them. */
    private void customProperties() {
        if (machine.getCustomPropertiesCount() == 0) {
            return;
        }
        xml.foreign("ovirt-vm", "vm", OVIRT_NAMESPACE);
        xml.namespace("ovirt-vm", OVIRT_NAMESPACE);
        xml.foreign("ovirt-vm", "custom", OVIRT_NAMESPACE);
        new TreeMap<>(machine.getCustomPropertiesMap()).forEach((name, value) -> {
            xml.foreign("ovirt-vm", name, OVIRT_NAMESPACE);
            xml.characters(value);
            xml.close();
        });
        xml.close();
        xml.close();
    }

    private void vcpus() {
        CpuDefinition cpu = machine.getCpu();
        int perSocket = one(cpu.getCoresPerSocket()) * one(cpu.getThreadsPerCore());
        int now = one(cpu.getSockets()) * perSocket;
        int most = maxSockets(cpu) * perSocket;
        List<String> attributes = new ArrayList<>();
        if (!machine.getCpuSet().isEmpty()) {
            // Processors that are plugged in later run there too.
            attributes.addAll(List.of("placement", "static", "cpuset", machine.getCpuSet()));
        }
        if (most > now) {
            attributes.addAll(List.of("current", Integer.toString(now)));
        }
        xml.text("vcpu", Integer.toString(Math.max(most, now)), attributes.toArray(String[]::new));
    }

    private void sysinfo() {
        xml.open("sysinfo", "type", "smbios");
        xml.open("system");
        xml.text("entry", "Bellwether", "name", "manufacturer");
        xml.text("entry", "Virtual machine", "name", "product");
        String serial = machine.getSerialNumber().isEmpty() ? machine.getId() : machine.getSerialNumber();
        xml.text("entry", serial, "name", "serial");
        xml.text("entry", machine.getId(), "name", "uuid");
        xml.close();
        xml.close();
    }

    private void os() {
        if (board.uefi()) {
            xml.open("os", "firmware", "efi");
        } else {
            xml.open("os");
        }
        xml.text("type", "hvm", "arch", "x86_64", "machine", board.type());
        if (board.uefi()) {
            String secure = board.secure() ? "yes" : "no";
            xml.open("firmware");
            xml.empty("feature", "enabled", secure, "name", "secure-boot");
            xml.empty("feature", "enabled", secure, "name", "enrolled-keys");
            xml.close();
        }
        if (!ordered()) {
            List<BootDevice> boot = machine.getBootDevicesList();
            for (BootDevice device : boot.isEmpty() ? List.of(BootDevice.HARD_DISK) : boot) {
                switch (device) {
                    case HARD_DISK -> xml.empty("boot", "dev", "hd");
                    case CDROM -> xml.empty("boot", "dev", "cdrom");
                    case NETWORK -> xml.empty("boot", "dev", "network");
                    case BOOT_DEVICE_UNSPECIFIED, UNRECOGNIZED -> {}
                }
            }
        }
        if (machine.getBootMenu()) {
            xml.empty("bootmenu", "enable", "yes", "timeout", Integer.toString(BOOT_MENU_MILLIS));
        }
        xml.empty("smbios", "mode", "sysinfo");
        xml.close();
    }

    private void features() {
        xml.open("features");
        xml.empty("acpi");
        xml.empty("apic");
        if (board.secure()) {
            xml.empty("smm", "state", "on");
        }
        if (enlightened()) {
            enlightenments();
        }
        xml.close();
    }

    private void cpu() {
        CpuDefinition cpu = machine.getCpu();
        if (kvm && !cpu.getModel().isEmpty()) {
            xml.open("cpu", "mode", "custom", "match", "exact", "check", "partial");
            xml.text("model", cpu.getModel(), "fallback", "forbid");
        } else if (kvm) {
            xml.open("cpu", "mode", "host-model", "check", "partial");
        } else {
            // The emulator leaves out of a real model what it cannot do, and then Linux hangs on its first instructions
            // (Opteron_G4 under QEMU 7.2); what it has in full is the same on every emulating host of one version.
            xml.open("cpu", "mode", "maximum", "check", "none", "migratable", "on");
        }
        xml.empty(
                "topology",
                "sockets",
                Integer.toString(maxSockets(cpu)),
                "dies",
                "1",
                "cores",
                Integer.toString(one(cpu.getCoresPerSocket())),
                "threads",
                Integer.toString(one(cpu.getThreadsPerCore())));
        numa(cpu);
        for (String feature : kvm ? cpu.getFeaturesList() : List.<String>of()) {
            if (feature.startsWith("+")) {
                xml.empty("feature", "policy", "require", "name", feature.substring(1));
            } else if (feature.startsWith("-")) {
                xml.empty("feature", "policy", "disable", "name", feature.substring(1));
            }
        }
        xml.close();
    }

    private void numa(CpuDefinition cpu) {
        List<NumaNode> nodes = machine.getNumaNodesList();
        if (nodes.isEmpty() && growable()) {
            // Memory is plugged into a node of the guest's, so it must have one.
            int cpus = maxSockets(cpu) * one(cpu.getCoresPerSocket()) * one(cpu.getThreadsPerCore());
            xml.open("numa");
            cell(0, "0-" + (cpus - 1), machine.getMemoryBytes());
            xml.close();
        } else if (!nodes.isEmpty()) {
            xml.open("numa");
            for (int at = 0; at < nodes.size(); at++) {
                cell(at, numbers(nodes.get(at).getCpusList()), nodes.get(at).getMemoryBytes());
            }
            xml.close();
        }
    }

    private void cell(int id, String cpus, long bytes) {
        List<String> attributes = new ArrayList<>(List.of("id", Integer.toString(id)));
        if (!cpus.isEmpty()) {
            attributes.addAll(List.of("cpus", cpus));
        }
        attributes.addAll(List.of("memory", Long.toString(bytes / KIB), "unit", "KiB"));
        xml.empty("cell", attributes.toArray(String[]::new));
    }

    private static String numbers(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    /** Where on the host processors run and memory comes from. */
    private void tuning() {
        if (machine.getCpuPinsCount() > 0 || !machine.getCpuSet().isEmpty()) {
            xml.open("cputune");
            for (CpuPin pin : machine.getCpuPinsList()) {
                xml.empty("vcpupin", "vcpu", Integer.toString(pin.getVcpu()), "cpuset", pin.getCpuSet());
            }
            if (!machine.getCpuSet().isEmpty()) {
                xml.empty("emulatorpin", "cpuset", machine.getCpuSet());
                for (int thread = 1; thread <= machine.getIoThreads(); thread++) {
                    xml.empty("iothreadpin", "iothread", Integer.toString(thread), "cpuset", machine.getCpuSet());
                }
            }
            xml.close();
        }
        List<NumaNode> nodes = machine.getNumaNodesList();
        if (nodes.stream().anyMatch(node -> node.getHostNodesCount() > 0)) {
            xml.open("numatune");
            for (int at = 0; at < nodes.size(); at++) {
                NumaNode node = nodes.get(at);
                if (node.getHostNodesCount() > 0) {
                    xml.empty(
                            "memnode",
                            "cellid",
                            Integer.toString(at),
                            "mode",
                            node.getTuneMode(),
                            "nodeset",
                            numbers(node.getHostNodesList()));
                }
            }
            xml.close();
        }
    }

    private void clock() {
        xml.open(
                "clock",
                "offset",
                "variable",
                "adjustment",
                Long.toString(machine.getClockOffsetSeconds()),
                "basis",
                "utc");
        xml.empty("timer", "name", "rtc", "tickpolicy", "catchup");
        xml.empty("timer", "name", "pit", "tickpolicy", "delay");
        xml.empty("timer", "name", "hpet", "present", "no");
        if (enlightened()) {
            xml.empty("timer", "name", "hypervclock", "present", "yes");
        }
        xml.close();
    }

    /** Windows asks for what Hyper-V offers its guests, and wastes its processors where it does not find that. */
    private boolean enlightened() {
        return kvm && machine.getOsType().startsWith("windows");
    }

    private void enlightenments() {
        xml.open("hyperv", "mode", "custom");
        for (String each : List.of("relaxed", "vapic")) {
            xml.empty(each, "state", "on");
        }
        xml.empty("spinlocks", "state", "on", "retries", Integer.toString(SPINS));
        // Each of the later ones needs some of the earlier.
        for (String each :
                List.of("vpindex", "runtime", "synic", "stimer", "reset", "frequencies", "tlbflush", "ipi")) {
            xml.empty(each, "state", "on");
        }
        xml.close();
    }

    private boolean growable() {
        return machine.getMaxMemoryBytes() > machine.getMemoryBytes();
    }

    /** Order given device by device excludes the order given by kinds: libvirt takes one of them. */
    private boolean ordered() {
        return machine.getDisksList().stream().anyMatch(disk -> disk.getBootOrder() > 0)
                || machine.getNicsList().stream().anyMatch(nic -> nic.getBootOrder() > 0);
    }

    private static int maxSockets(CpuDefinition cpu) {
        return Math.max(one(cpu.getSockets()), cpu.getMaxSockets());
    }

    private static int one(int count) {
        return Math.max(1, count);
    }
}
