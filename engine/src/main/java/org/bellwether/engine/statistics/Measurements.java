package org.bellwether.engine.statistics;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.bellwether.api.types.Cpu;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.storage.ObservedDomains;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.vm.ObservedMachines;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;
import org.bellwether.protocol.DiskStatistics;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.HostStatistics;
import org.bellwether.protocol.InterfaceStatistics;
import org.bellwether.protocol.MachineStatistics;
import org.bellwether.protocol.NetworkInterface;
import org.bellwether.protocol.NicStatistics;

/** What hosts report now, as samples: of machines, hosts and storage domains, and summed up for clusters and for all. */
public final class Measurements {

    /** Stands for the whole installation. */
    static final UUID ALL = new UUID(0, 0);

    private final Clusters clusters;
    private final Hosts hosts;
    private final StorageDomains domains;
    private final ObservedDomains observedDomains;
    private final Vms vms;
    private final ObservedMachines machines;
    private final Traffic traffic = new Traffic();

    public Measurements(
            Clusters clusters,
            Hosts hosts,
            StorageDomains domains,
            ObservedDomains observedDomains,
            Vms vms,
            ObservedMachines machines) {
        this.clusters = clusters;
        this.hosts = hosts;
        this.domains = domains;
        this.observedDomains = observedDomains;
        this.vms = vms;
        this.machines = machines;
    }

    List<Sample> take(Instant now) {
        var samples = new ArrayList<Sample>();
        Map<UUID, Sample.Sum> ofClusters = new HashMap<>();
        clusters.model().all().forEach(cluster -> ofClusters.put(cluster.id().value(), new Sample.Sum()));
        for (var host : hosts.model().all()) {
            host(host, now).ifPresent(sample -> {
                samples.add(sample);
                ofClusters
                        .computeIfAbsent(host.cluster().value(), any -> new Sample.Sum())
                        .add(sample);
                for (var vm : vms.on(host.id())) {
                    machines.statistics(vm.id()).ifPresent(said -> samples.add(machine(vm, said, now)));
                }
            });
        }
        for (var domain : domains.model().all()) {
            observedDomains.measured(domain).ifPresent(state -> {
                var sample = new Sample.Sum()
                        .add(Measure.STORAGE, state.getTotalBytes())
                        .add(Measure.STORAGE_USED, state.getTotalBytes() - state.getAvailableBytes())
                        .of(domain.id().value(), now);
                samples.add(sample);
                ofClusters
                        .computeIfAbsent(domain.cluster().value(), any -> new Sample.Sum())
                        .add(sample);
            });
        }
        var all = new Sample.Sum();
        ofClusters.forEach((cluster, sum) -> {
            var sample = sum.of(cluster, now);
            if (!sample.values().isEmpty()) {
                samples.add(sample);
                all.add(sample);
            }
        });
        samples.add(all.of(ALL, now));
        traffic.keepOnly(
                hosts.model().all().stream().map(host -> host.id().value()).collect(Collectors.toUnmodifiableSet()));
        return samples;
    }

    private Optional<Sample> host(Host host, Instant now) {
        var observed = hosts.observed(host.id());
        if (!observed.connected()
                || observed.statistics().isEmpty()
                || observed.description().isEmpty()) {
            return Optional.empty();
        }
        HostStatistics said = observed.statistics().get();
        HostDescription description = observed.description().get();
        var cpu = description.getCpu();
        var sum = new Sample.Sum()
                .add(Measure.CPU, Math.clamp(100 - said.getCpuIdlePercent(), 0, 100))
                .add(
                        Measure.CPUS,
                        (double) cpu.getSockets() * cpu.getCoresPerSocket() * Math.max(1, cpu.getThreadsPerCore()))
                .add(Measure.MEMORY, said.getMemoryTotalBytes())
                .add(Measure.MEMORY_USED, said.getMemoryTotalBytes() - said.getMemoryAvailableBytes())
                .add(Measure.CPUS_GIVEN, 0)
                .add(Measure.MEMORY_GIVEN, 0);
        for (var vm : vms.on(host.id())) {
            sum.add(Measure.CPUS_GIVEN, cpus(vm))
                    .add(
                            Measure.MEMORY_GIVEN,
                            Optional.ofNullable(vm.spec().memory()).orElse(0L));
        }
        // Bridges and the machines' own ends would count the same bytes twice.
        Set<String> nics = description.getInterfacesList().stream()
                .map(NetworkInterface::getName)
                .collect(Collectors.toUnmodifiableSet());
        var counted = said.getInterfacesList().stream()
                .filter(nic -> nics.contains(nic.getName()))
                .toList();
        long received =
                counted.stream().mapToLong(InterfaceStatistics::getRxBytes).sum();
        long sent = counted.stream().mapToLong(InterfaceStatistics::getTxBytes).sum();
        traffic.of(host.id().value(), now, received, sent)
                .ifPresent(rate -> sum.add(Measure.RECEIVED, rate.received()).add(Measure.SENT, rate.sent()));
        return Optional.of(sum.of(host.id().value(), now));
    }

    private static Sample machine(Vm vm, MachineStatistics said, Instant now) {
        long memory = Optional.ofNullable(vm.spec().memory()).orElse(said.getMemoryBytes());
        double cpus = cpus(vm);
        var sum = new Sample.Sum()
                .add(Measure.CPUS, cpus)
                .add(Measure.CPU, Math.clamp(said.getCpuPercent() / cpus, 0, 100))
                .add(Measure.MEMORY, memory)
                .add(
                        Measure.RECEIVED,
                        said.getNicsList().stream()
                                .mapToDouble(NicStatistics::getRxBytesPerSecond)
                                .sum())
                .add(
                        Measure.SENT,
                        said.getNicsList().stream()
                                .mapToDouble(NicStatistics::getTxBytesPerSecond)
                                .sum())
                .add(
                        Measure.READ,
                        said.getDisksList().stream()
                                .mapToDouble(DiskStatistics::getReadBytesPerSecond)
                                .sum())
                .add(
                        Measure.WRITTEN,
                        said.getDisksList().stream()
                                .mapToDouble(DiskStatistics::getWriteBytesPerSecond)
                                .sum());
        // A guest without a balloon driver does not say; what QEMU holds is not what the guest uses.
        if (said.getMemoryUsedBytes() > 0) {
            sum.add(Measure.MEMORY_USED, said.getMemoryUsedBytes());
        }
        return sum.of(vm.id().value(), now);
    }

    private static double cpus(Vm vm) {
        return Optional.ofNullable(vm.spec().cpu())
                .map(Cpu::topology)
                .map(topology -> count(topology.sockets()) * count(topology.cores()) * count(topology.threads()))
                .orElse(1.0);
    }

    private static double count(@org.jspecify.annotations.Nullable Long number) {
        return number == null ? 1 : number;
    }

    /** Whether an object is there whose use is measured. */
    boolean exists(Subject kind, UUID id) {
        return switch (kind) {
            case VMS -> vms.model().find(Id.of(id)).isPresent();
            case HOSTS -> hosts.model().find(Id.of(id)).isPresent();
            case CLUSTERS -> clusters.model().find(Id.of(id)).isPresent();
            case STORAGE_DOMAINS -> domains.model().find(Id.of(id)).isPresent();
            case SYSTEM -> id.equals(ALL);
        };
    }
}
