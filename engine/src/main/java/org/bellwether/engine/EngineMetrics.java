package org.bellwether.engine;

import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.lifecycle.Metrics;
import org.bellwether.engine.platform.lifecycle.Metrics.Sample;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.ObservedDomains;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.vm.Vms;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.HostStatistics;

/** What is measured of this engine, its hosts, machines, storage and operations. */
final class EngineMetrics {

    private static final int JOBS = 1_000;

    private EngineMetrics() {}

    static Metrics of(
            Database database,
            Hosts hosts,
            Vms vms,
            StorageDomains domains,
            ObservedDomains observed,
            Disks disks,
            Operations operations) {
        var runtime = ManagementFactory.getRuntimeMXBean();
        var memory = ManagementFactory.getMemoryMXBean();
        var threads = ManagementFactory.getThreadMXBean();
        return new Metrics()
                .gauge("up", "Whether the engine's database answers.", () -> one(database.answers() ? 1 : 0))
                .counter("uptime_seconds_total", "For how long it runs.", () -> one(runtime.getUptime() / 1000.0))
                .gauge(
                        "memory_used_bytes",
                        "The heap in use.",
                        () -> one((double) memory.getHeapMemoryUsage().getUsed()))
                .gauge("threads", "Its platform threads.", () -> one(threads.getThreadCount()))
                .gauge(
                        "hosts",
                        "Hosts by status.",
                        () -> Metrics.counted(
                                "status", hosts.model().all().stream().map(host -> word(hosts.status(host)))))
                .gauge(
                        "host_up",
                        "Whether a host is up.",
                        () -> hosts.model().all().stream()
                                .map(host ->
                                        new Sample("host", host.name(), hosts.status(host) == HostStatus.UP ? 1 : 0)))
                .gauge(
                        "host_machines",
                        "Machines on a host.",
                        () -> hosts.model().all().stream()
                                .map(host -> new Sample(
                                        "host", host.name(), vms.on(host.id()).size())))
                .gauge(
                        "host_cpu_percent",
                        "How much of a host's processors is in use.",
                        () -> ofHosts(hosts, said -> Math.clamp(100 - said.getCpuIdlePercent(), 0, 100)))
                .gauge(
                        "host_memory_bytes",
                        "The memory of a host.",
                        () -> ofHosts(hosts, HostStatistics::getMemoryTotalBytes))
                .gauge(
                        "host_memory_available_bytes",
                        "What of a host's memory is free.",
                        () -> ofHosts(hosts, HostStatistics::getMemoryAvailableBytes))
                .gauge(
                        "machines",
                        "Machines by status.",
                        () -> Metrics.counted(
                                "status", vms.model().all().stream().map(vm -> word(vms.status(vm)))))
                .gauge(
                        "storage_domains",
                        "Storage domains by status.",
                        () -> Metrics.counted(
                                "status", domains.model().all().stream().map(domain -> word(observed.status(domain)))))
                .gauge(
                        "storage_domain_bytes",
                        "How much a storage domain holds.",
                        () -> ofDomains(domains, observed, DomainState::getTotalBytes))
                .gauge(
                        "storage_domain_available_bytes",
                        "How much room a storage domain has left.",
                        () -> ofDomains(domains, observed, DomainState::getAvailableBytes))
                .gauge(
                        "disks_bytes",
                        "What disks take on a storage domain.",
                        () -> domains.model().all().stream()
                                .map(domain -> new Sample(
                                        "domain",
                                        domain.name(),
                                        disks.in(domain.id()).stream()
                                                .mapToLong(Disk::actualBytes)
                                                .sum())))
                .gauge(
                        "jobs",
                        "The newest jobs by status.",
                        () -> Metrics.counted(
                                "status", operations.newest(JOBS).stream().map(job -> word(job.status()))));
    }

    /** Of those that are connected. */
    private static Stream<Sample> ofHosts(Hosts hosts, ToDoubleFunction<HostStatistics> value) {
        return hosts.model().all().stream().flatMap(host -> {
            var now = hosts.observed(host.id());
            return now.connected()
                    ? now.statistics().stream().map(said -> new Sample("host", host.name(), value.applyAsDouble(said)))
                    : Stream.empty();
        });
    }

    /** Of those that a host reaches. */
    private static Stream<Sample> ofDomains(
            StorageDomains domains, ObservedDomains observed, ToDoubleFunction<DomainState> value) {
        return domains.model().all().stream()
                .flatMap(domain -> observed.measured(domain).stream()
                        .map(state -> new Sample("domain", domain.name(), value.applyAsDouble(state))));
    }

    private static Stream<Sample> one(double value) {
        return Stream.of(Sample.of(value));
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
