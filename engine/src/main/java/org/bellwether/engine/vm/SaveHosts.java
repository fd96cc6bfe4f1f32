package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.placement.PowerSaving;
import org.bellwether.engine.placement.PowerSaving.Sleep;
import org.bellwether.engine.placement.PowerSaving.Step;
import org.bellwether.engine.placement.PowerSaving.Wake;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.power.HostPower;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Switches hosts off that nobody needs, and on again, where the cluster's scheduling policy says so. */
final class SaveHosts implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SaveHosts.class);
    private static final Duration PACE = Duration.ofSeconds(30);

    /** In which a host's power is switched and its silence is noticed. */
    private static final Duration SETTLES = Duration.ofMinutes(3);

    private final Clusters clusters;
    private final Hosts hosts;
    private final Vms vms;
    private final ClusterView view;
    private final HostPower power;
    private final Operations operations;
    private final FenceHost fenceHost;
    private final Duration emptyFor;
    private final Clock clock;
    private final Map<Id<Host>, Instant> emptySince = new ConcurrentHashMap<>();
    private final Map<Id<Host>, Instant> switched = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("power-saving").unstarted(this::watch);

    /** @param emptyFor for how long a host must have been empty before it is switched off */
    SaveHosts(
            Clusters clusters,
            Hosts hosts,
            Vms vms,
            ClusterView view,
            HostPower power,
            Operations operations,
            FenceHost fenceHost,
            Duration emptyFor,
            Clock clock) {
        this.clusters = clusters;
        this.hosts = hosts;
        this.vms = vms;
        this.view = view;
        this.power = power;
        this.operations = operations;
        this.fenceHost = fenceHost;
        this.emptyFor = emptyFor;
        this.clock = clock;
    }

    void start() {
        thread.start();
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(PACE);
            } catch (InterruptedException e) {
                return;
            }
            clusters.model().all().forEach(this::look);
        }
    }

    private void look(Cluster cluster) {
        try {
            var now = clock.instant();
            var all = hosts.ofCluster(cluster.id());
            for (var host : all) {
                boolean empty = hosts.status(host) == HostStatus.UP
                        && vms.on(host.id()).isEmpty()
                        && operations.holding(host.id()).isEmpty();
                if (empty) {
                    emptySince.putIfAbsent(host.id(), now);
                } else {
                    emptySince.remove(host.id());
                }
            }
            boolean busy =
                    all.stream().anyMatch(host -> operations.holding(host.id()).isPresent());
            if (!busy && !hosts.settling(cluster.id())) {
                PowerSaving.next(view.situation(cluster.id()), idle(cluster, now), asleep(cluster, now))
                        .ifPresent(this::begin);
            }
        } catch (RuntimeException e) { // one bad look must not be the last
            log.warn("No host of cluster {} was switched off or on: {}", cluster.name(), e.getMessage());
        }
    }

    private Set<UUID> idle(Cluster cluster, Instant now) {
        return hosts.ofCluster(cluster.id()).stream()
                .filter(host -> switchable(host)
                        && emptySince
                                .getOrDefault(host.id(), now)
                                .plus(emptyFor)
                                .isBefore(now))
                .map(host -> host.id().value())
                .collect(Collectors.toSet());
    }

    private boolean switchable(Host host) {
        var management = host.spec().powerManagement();
        return power.managed(host)
                && management != null
                && Boolean.TRUE.equals(management.automaticPmEnabled())
                && power.hasProxy(host);
    }

    /** One that should be asleep and is heard of was switched on by somebody, or could not be switched off: it serves again. */
    private Set<UUID> asleep(Cluster cluster, Instant now) {
        for (var host : hosts.ofCluster(cluster.id())) {
            if (host.wanted() == Host.Wanted.ASLEEP
                    && hosts.observed(host.id()).connected()
                    && switched.getOrDefault(host.id(), Instant.MIN)
                            .plus(SETTLES)
                            .isBefore(now)) {
                hosts.serveAgain(host.id());
            }
        }
        return hosts.ofCluster(cluster.id()).stream()
                .filter(host -> host.wanted() == Host.Wanted.ASLEEP)
                .map(host -> host.id().value())
                .collect(Collectors.toSet());
    }

    private void begin(Step step) {
        var host = hosts.get(Id.of(step.host()));
        var asker = Asker.engine();
        boolean sleeps = step instanceof Sleep;
        var wish = new FenceHost.Request(
                host.id(), host.name(), sleeps ? FenceHost.How.STOP : FenceHost.How.START, false, asker);
        switched.put(host.id(), clock.instant());
        try {
            operations.begin(fenceHost, wish, asker, tx -> {
                switch (step) {
                    case Sleep _ -> hosts.sleep(tx, host.id());
                    case Wake _ -> hosts.wake(tx, host.id());
                }
                fenceHost.tell(
                        tx,
                        sleeps ? EventCode.HOST_SENT_TO_SLEEP : EventCode.HOST_WOKEN,
                        wish,
                        "Host " + host.name() + (sleeps ? " is switched off to save power: " : " is switched on: ")
                                + step.reason() + ".");
            });
        } catch (Failure notNow) {
            log.info("Host {} is not switched now: {}", host.name(), notNow.detail());
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
