package org.bellwether.agent.host;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.bellwether.agent.network.ObservedNetworks;
import org.bellwether.agent.platform.Xml;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.DomainCapabilitiesQuery;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.protocol.CpuDescription;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.HostStatistics;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.w3c.dom.Element;

/** What this host is, and how it is doing. */
public final class HostFacts {
    private static final Logger LOG = LoggerFactory.getLogger(HostFacts.class);
    private static final Path PROC = Path.of("/proc");
    private static final Path PROCESSORS = Path.of("/sys/devices/system/cpu");
    private static final Path NODES = Path.of("/sys/devices/system/node");
    private static final Path PAGES = Path.of("/sys/kernel/mm/hugepages");

    private final String hostId;
    private final String bootId = UUID.randomUUID().toString();
    private final String agentVersion;
    private final BooleanSupplier kvm;
    private final Supplier<ObservedNetworks> networks;
    private final BooleanSupplier cockpit;
    private final BooleanSupplier sealing;
    private volatile LibvirtFacts libvirt = LibvirtFacts.NONE;
    private HostFiles.@Nullable CpuTimes lastTimes;

    private record LibvirtFacts(
            String libvirtVersion,
            String qemuVersion,
            String hostUuid,
            List<String> models,
            List<String> machineTypes) {
        static final LibvirtFacts NONE = new LibvirtFacts("", "", "", List.of(), List.of());
    }

    public HostFacts(
            String hostId,
            String agentVersion,
            BooleanSupplier kvm,
            Supplier<ObservedNetworks> networks,
            BooleanSupplier cockpit,
            BooleanSupplier sealing) {
        this.hostId = hostId;
        this.agentVersion = agentVersion;
        this.kvm = kvm;
        this.networks = networks;
        this.cockpit = cockpit;
        this.sealing = sealing;
    }

    /** Reads what libvirt tells of the host; kept until it is read again. */
    public void read(Connection connection) {
        try {
            String type = kvm.getAsBoolean() ? "kvm" : "qemu";
            Element capabilities = Xml.document(connection.domainCapabilities(
                    DomainCapabilitiesQuery.defaults().domainType(type).machine("q35")));
            Element host = Xml.document(connection.capabilities());
            libvirt = new LibvirtFacts(
                    version(connection.libvirtVersion()),
                    version(connection.hypervisorVersion()),
                    hostUuid(host),
                    models(capabilities),
                    machineTypes(host));
        } catch (LibvirtException | IllegalArgumentException e) {
            LOG.warn("what libvirt tells of this host could not be read: {}", e.getMessage());
        }
    }

    public HostDescription describe() {
        LibvirtFacts told = libvirt;
        Map<String, String> os = HostFiles.osRelease(HostFiles.line(Path.of("/etc/os-release")));
        Map<String, Long> memory = HostFiles.memory(HostFiles.line(PROC.resolve("meminfo")));
        CpuDescription cpu = HostFiles.cpu(HostFiles.line(PROC.resolve("cpuinfo")))
                .setArchitecture(architecture())
                .addAllUsableModels(told.models)
                .addAllThreads(CpuThreads.read(PROCESSORS))
                .build();
        ObservedNetworks seen = networks.get();
        return HostDescription.newBuilder()
                .setHostId(hostId)
                .setAgentBootId(bootId)
                .setHostName(hostName())
                .setHardwareUuid(told.hostUuid.isEmpty() ? HostFiles.dmi("product_uuid") : told.hostUuid)
                .setManufacturer(HostFiles.dmi("sys_vendor"))
                .setProductName(HostFiles.dmi("product_name"))
                .setSerialNumber(HostFiles.dmi("product_serial"))
                .setOsType(os.getOrDefault("NAME", "Linux").split(" ")[0])
                .setOsVersion(os.getOrDefault("VERSION_ID", ""))
                .setKernelVersion(System.getProperty("os.version", ""))
                .setLibvirtVersion(told.libvirtVersion)
                .setQemuVersion(told.qemuVersion)
                .setAgentVersion(agentVersion)
                .setBootTimeMs(HostFiles.bootTimeMillis(HostFiles.line(PROC.resolve("stat"))))
                .setCpu(cpu)
                .setMemoryBytes(memory.getOrDefault("MemTotal", 0L))
                .setSwapBytes(memory.getOrDefault("SwapTotal", 0L))
                .setHardwareVirtualisation(kvm.getAsBoolean())
                .addAllMachineTypes(told.machineTypes)
                .addAllMemoryNodes(MemoryNodes.read(NODES))
                .addAllInterfaces(seen.interfaces())
                .addAllBridges(seen.bridges())
                .addAllNameServers(seen.nameServers())
                .setCockpit(cockpit.getAsBoolean())
                .setSealsImages(sealing.getAsBoolean())
                .build();
    }

    /** How the host is doing since the last time this was asked. */
    public synchronized HostStatistics statistics() {
        Map<String, Long> memory = HostFiles.memory(HostFiles.line(PROC.resolve("meminfo")));
        HostStatistics.Builder statistics = HostStatistics.newBuilder()
                .setMemoryTotalBytes(memory.getOrDefault("MemTotal", 0L))
                .setMemoryAvailableBytes(memory.getOrDefault("MemAvailable", 0L))
                .setMemorySharedBytes(memory.getOrDefault("Shmem", 0L))
                .setSwapTotalBytes(memory.getOrDefault("SwapTotal", 0L))
                .setSwapFreeBytes(memory.getOrDefault("SwapFree", 0L))
                .addAllInterfaces(HostFiles.interfaces(HostFiles.line(PROC.resolve("net/dev"))));
        String[] load = HostFiles.line(PROC.resolve("loadavg")).split(" ");
        if (load.length > 1) {
            statistics.setLoad5M(Double.parseDouble(load[1]));
        }
        HostFiles.CpuTimes now = HostFiles.CpuTimes.of(HostFiles.line(PROC.resolve("stat")));
        HostFiles.CpuTimes before = lastTimes;
        if (before != null) {
            now.shares(before, statistics);
        }
        lastTimes = now;
        return statistics.build();
    }

    /** The system's UUID: libvirt's word, for it may be configured there; else the firmware's. */
    public static String hardwareUuid(@Nullable Connection connection) {
        if (connection != null) {
            String uuid = hostUuid(Xml.document(connection.capabilities()));
            if (!uuid.isEmpty()) {
                return uuid;
            }
        }
        return HostFiles.dmi("product_uuid");
    }

    private static String hostUuid(Element capabilities) {
        return Xml.child(capabilities, "host")
                .map(host -> Xml.text(host, "uuid"))
                .orElse("");
    }

    private static List<String> models(Element capabilities) {
        List<String> models = new ArrayList<>();
        Xml.child(capabilities, "cpu").ifPresent(cpu -> {
            for (Element mode : Xml.children(cpu, "mode")) {
                if (mode.getAttribute("name").equals("custom")) {
                    for (Element model : Xml.children(mode, "model")) {
                        if (model.getAttribute("usable").equals("yes")) {
                            models.add(model.getTextContent().strip());
                        }
                    }
                }
            }
        });
        return models;
    }

    private static List<String> machineTypes(Element capabilities) {
        List<String> types = new ArrayList<>();
        for (Element guest : Xml.children(capabilities, "guest")) {
            for (Element arch : Xml.children(guest, "arch")) {
                if (arch.getAttribute("name").equals(architecture())) {
                    Xml.children(arch, "machine")
                            .forEach(machine ->
                                    types.add(machine.getTextContent().strip()));
                }
            }
        }
        return types.stream().distinct().toList();
    }

    /** How many pages of that size are set aside and used by nobody. */
    public static long freePages(long kib) {
        String free = HostFiles.line(PAGES.resolve("hugepages-" + kib + "kB/free_hugepages"));
        return free.matches("[0-9]{1,15}") ? Long.parseLong(free) : 0;
    }

    private static String version(org.bellwether.libvirt.Version version) {
        return version.major() + "." + version.minor() + "." + version.release();
    }

    private static String architecture() {
        return System.getProperty("os.arch", "").equals("amd64") ? "x86_64" : System.getProperty("os.arch", "");
    }

    private static String hostName() {
        String name = HostFiles.line(PROC.resolve("sys/kernel/hostname"));
        if (!name.isEmpty()) {
            return name;
        }
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        }
    }
}
