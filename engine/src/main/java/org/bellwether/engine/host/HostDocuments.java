package org.bellwether.engine.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.HardwareInformation;
import org.bellwether.api.types.HostProtocol;
import org.bellwether.api.types.HostType;
import org.bellwether.api.types.HostedEngine;
import org.bellwether.api.types.OperatingSystem;
import org.bellwether.api.types.Spm;
import org.bellwether.api.types.SpmStatus;
import org.bellwether.api.types.Statistic;
import org.bellwether.api.types.StatisticUnit;
import org.bellwether.api.types.Version;
import org.bellwether.engine.inventory.StatisticsApi;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.HostStatistics;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.Release;

/** Hosts as the API shows them: what was decided, and what they say of themselves. */
public final class HostDocuments {

    private static final long DEFAULT_SPM_PRIORITY = 5;

    private final Hosts hosts;
    private final Predicate<Id<Host>> storageManager;
    private final Function<Id<Host>, Optional<HostedEngine>> hostedEngine;

    /**
     * @param storageManager whether the host is the one that is shown as storage pool manager
     * @param hostedEngine how the host stands to the machine that the engine runs in
     */
    public HostDocuments(
            Hosts hosts, Predicate<Id<Host>> storageManager, Function<Id<Host>, Optional<HostedEngine>> hostedEngine) {
        this.hosts = hosts;
        this.storageManager = storageManager;
        this.hostedEngine = hostedEngine;
    }

    org.bellwether.api.types.Host of(Host host) {
        var observed = hosts.observed(host.id());
        var status = hosts.status(host);
        var document = host.spec().toBuilder()
                .id(host.id().toString())
                .name(host.name())
                .address(host.address())
                .port((long) host.port())
                .comment(Optional.ofNullable(host.spec().comment()).orElse(""))
                .protocol(HostProtocol.STOMP)
                .type(HostType.RHEL)
                .status(wire(status))
                .updateAvailable(outdated(host))
                .cluster(Cluster.builder().id(host.cluster().toString()).build())
                .spm(Spm.builder()
                        .priority(DEFAULT_SPM_PRIORITY)
                        .status(storageManager.test(host.id()) ? SpmStatus.SPM : SpmStatus.NONE)
                        .build());
        if (host.wanted() == Host.Wanted.ASLEEP) {
            document.statusDetail("switched off to save power, until its cluster needs it");
        } else if (status == HostStatus.NON_OPERATIONAL) {
            document.statusDetail(String.join("; ", observed.unfit()));
        } else if (!observed.connected()) {
            document.statusDetail(observed.lostBecause());
        } else {
            withoutLeases(observed).ifPresent(document::statusDetail);
        }
        hostedEngine.apply(host.id()).ifPresent(document::hostedEngine);
        observed.description().ifPresent(description -> describe(document, description));
        observed.statistics()
                .ifPresent(statistics -> document.maxSchedulingMemory(statistics.getMemoryAvailableBytes()));
        return document.build();
    }

    /** A host that cannot have leases serves all the same; what that means for its machines must be seen. */
    private static Optional<String> withoutLeases(ObservedHost observed) {
        return observed.domains().values().stream()
                .map(DomainState::getLeases)
                .filter(leases -> leases.getPhase() == LeaseState.Phase.UNAVAILABLE
                        || leases.getPhase() == LeaseState.Phase.LEASES_FAILED)
                .map(leases -> "It has no leases on storage: " + leases.getReason())
                .sorted()
                .findFirst();
    }

    /** Whether this engine brings another agent than the host has, or more was found when it was looked at for updates. */
    boolean outdated(Host host) {
        return Boolean.TRUE.equals(host.spec().updateAvailable())
                || hosts.observed(host.id())
                        .description()
                        .map(HostDescription::getAgentVersion)
                        .filter(there -> !there.equals(Release.version()))
                        .isPresent();
    }

    /** How well it could run the engine's machine; nothing when the engine runs in none. */
    Optional<Long> score(Host host) {
        return hostedEngine.apply(host.id()).map(HostedEngine::score);
    }

    private static void describe(org.bellwether.api.types.Host.Builder document, HostDescription host) {
        var cpu = host.getCpu();
        document.memory(host.getMemoryBytes())
                .cpu(Cpu.builder()
                        .name(cpu.getModelName())
                        .speed(cpu.getSpeedMhz())
                        .topology(CpuTopology.builder()
                                .sockets((long) cpu.getSockets())
                                .cores((long) cpu.getCoresPerSocket())
                                .threads((long) cpu.getThreadsPerCore())
                                .build())
                        .build())
                .hardwareInformation(HardwareInformation.builder()
                        .uuid(host.getHardwareUuid())
                        .manufacturer(host.getManufacturer())
                        .productName(host.getProductName())
                        .serialNumber(host.getSerialNumber())
                        .build())
                .os(OperatingSystem.builder()
                        .type(host.getOsType())
                        .version(version(host.getOsVersion()))
                        .reportedKernelCmdline(host.getKernelVersion())
                        .build())
                .libvirtVersion(version(host.getLibvirtVersion()))
                .version(version(host.getAgentVersion()));
    }

    private static Version version(String text) {
        var numbers = text.split("[^0-9]+");
        var version = Version.builder().fullVersion(text);
        if (numbers.length > 0 && !numbers[0].isEmpty()) {
            version.major(Long.parseLong(numbers[0]));
        }
        if (numbers.length > 1) {
            version.minor(Long.parseLong(numbers[1]));
        }
        return version.build();
    }

    /** The numbers below {@code hosts/{id}/statistics}. */
    public List<Statistic> statistics(Id<Host> id) {
        var observed = hosts.observed(hosts.get(id).id());
        var statistics = new ArrayList<Statistic>();
        observed.statistics().ifPresent(now -> statistics.addAll(numbers(now)));
        observed.description()
                .ifPresent(host -> statistics.add(StatisticsApi.whole(
                        "boot.time", "Boot time of the machine", StatisticUnit.NONE, host.getBootTimeMs() / 1000)));
        return statistics;
    }

    private static List<Statistic> numbers(HostStatistics now) {
        long total = now.getMemoryTotalBytes();
        long available = now.getMemoryAvailableBytes();
        return List.of(
                StatisticsApi.whole("memory.total", "Total memory", StatisticUnit.BYTES, total),
                StatisticsApi.whole("memory.used", "Used memory", StatisticUnit.BYTES, total - available),
                StatisticsApi.whole("memory.free", "Free memory", StatisticUnit.BYTES, available),
                StatisticsApi.whole("memory.shared", "Shared memory", StatisticUnit.BYTES, now.getMemorySharedBytes()),
                StatisticsApi.whole("swap.total", "Total swap", StatisticUnit.BYTES, now.getSwapTotalBytes()),
                StatisticsApi.whole("swap.free", "Free swap", StatisticUnit.BYTES, now.getSwapFreeBytes()),
                StatisticsApi.whole(
                        "swap.used",
                        "Used swap",
                        StatisticUnit.BYTES,
                        now.getSwapTotalBytes() - now.getSwapFreeBytes()),
                StatisticsApi.gauge(
                        "cpu.current.user", "User CPU usage", StatisticUnit.PERCENT, now.getCpuUserPercent()),
                StatisticsApi.gauge(
                        "cpu.current.system", "System CPU usage", StatisticUnit.PERCENT, now.getCpuSystemPercent()),
                StatisticsApi.gauge(
                        "cpu.current.idle", "Idle CPU usage", StatisticUnit.PERCENT, now.getCpuIdlePercent()),
                StatisticsApi.gauge(
                        "cpu.load.avg.5m", "CPU 5 minute load average", StatisticUnit.NONE, now.getLoad5M()));
    }

    private static org.bellwether.api.types.HostStatus wire(HostStatus status) {
        return switch (status) {
            case CONNECTING -> org.bellwether.api.types.HostStatus.CONNECTING;
            case INITIALIZING -> org.bellwether.api.types.HostStatus.INITIALIZING;
            case INSTALLING -> org.bellwether.api.types.HostStatus.INSTALLING;
            case INSTALL_FAILED -> org.bellwether.api.types.HostStatus.INSTALL_FAILED;
            case MAINTENANCE -> org.bellwether.api.types.HostStatus.MAINTENANCE;
            case NON_OPERATIONAL -> org.bellwether.api.types.HostStatus.NON_OPERATIONAL;
            case NON_RESPONSIVE -> org.bellwether.api.types.HostStatus.NON_RESPONSIVE;
            case PREPARING_FOR_MAINTENANCE -> org.bellwether.api.types.HostStatus.PREPARING_FOR_MAINTENANCE;
            case UNASSIGNED -> org.bellwether.api.types.HostStatus.UNASSIGNED;
            case UP -> org.bellwether.api.types.HostStatus.UP;
        };
    }
}
