package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.bellwether.api.types.FencingPolicy;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.power.HostPower;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fences hosts that are silent for too long. For some minutes after its own start the engine fences nobody: who is late to be
 * heard of is not lost.
 */
final class FenceWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FenceWatch.class);
    static final Duration QUIET = Duration.ofMinutes(5);
    private static final Duration PACE = Duration.ofSeconds(2);

    /** Longer than a host needs to be up again after it was fenced. */
    private static final Duration AGAIN = Duration.ofMinutes(10);

    /** How soon what keeps a host from being fenced is looked at again. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

    private final Database database;
    private final Hosts hosts;
    private final Clusters clusters;
    private final HostPower power;
    private final Predicate<Host> leaseAlive;
    private final Operations operations;
    private final FenceHost fenceHost;
    private final Clock clock;
    private final Map<Id<Host>, Instant> due = new ConcurrentHashMap<>();
    private final Map<Id<Host>, String> told = new ConcurrentHashMap<>();
    private final Thread thread = Thread.ofVirtual().name("fencing").unstarted(this::watch);

    /** @param leaseAlive whether a host still renews its lease on a storage domain, as another host sees it */
    FenceWatch(
            Database database,
            Hosts hosts,
            Clusters clusters,
            HostPower power,
            Predicate<Host> leaseAlive,
            Operations operations,
            FenceHost fenceHost,
            Clock clock) {
        this.database = database;
        this.hosts = hosts;
        this.clusters = clusters;
        this.power = power;
        this.leaseAlive = leaseAlive;
        this.operations = operations;
        this.fenceHost = fenceHost;
        this.clock = clock;
    }

    void start() {
        thread.start();
    }

    private void watch() {
        var quietUntil = clock.instant().plus(QUIET);
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (clock.instant().isAfter(quietUntil)) {
                    hosts.model().all().forEach(this::look);
                }
                Thread.sleep(PACE);
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) { // one bad look must not end the watch
                log.error("Silent hosts were not looked at", e);
            }
        }
    }

    private void look(Host host) {
        if (hosts.status(host) != HostStatus.NON_RESPONSIVE) {
            due.remove(host.id());
            told.remove(host.id());
            return;
        }
        if (!power.managed(host)
                || operations.holding(host.id()).isPresent()
                || due.getOrDefault(host.id(), Instant.MIN).isAfter(clock.instant())) {
            return;
        }
        due.put(host.id(), clock.instant().plus(LOOK_AGAIN));
        var policy = clusters.get(host.cluster()).spec().fencingPolicy();
        var spared = spared(policy, host, hosts.ofCluster(host.cluster()), hosts::status);
        if (spared.isEmpty() && skipsWhileAlive(policy) && leaseAlive.test(host)) {
            spared = Optional.of(new Spared(
                    EventCode.FENCE_SKIPPED,
                    "it still renews its lease on storage, and the cluster's fencing policy spares such hosts"));
        }
        if (spared.isPresent()) {
            tell(host, spared.get());
        } else {
            fence(host);
        }
    }

    /** Why a silent host is not fenced now. */
    record Spared(EventCode code, String reason) {}

    interface Statuses {
        HostStatus of(Host host);
    }

    /** What the policy says without asking anybody. */
    static Optional<Spared> spared(
            @Nullable FencingPolicy policy, Host host, Collection<Host> cluster, Statuses statuses) {
        if (policy == null) {
            return Optional.empty();
        }
        if (Boolean.FALSE.equals(policy.enabled())) {
            return Optional.of(new Spared(EventCode.FENCE_SKIPPED, "fencing is switched off in its cluster"));
        }
        var broken = policy.skipIfConnectivityBroken();
        if (broken == null || !Boolean.TRUE.equals(broken.enabled())) {
            return Optional.empty();
        }
        long threshold = broken.threshold() == null ? 50 : broken.threshold();
        var wanted = cluster.stream()
                .filter(each -> each.wanted() == Host.Wanted.ACTIVE)
                .toList();
        long silent = wanted.stream()
                .filter(each -> each.id().equals(host.id())
                        || statuses.of(each) == HostStatus.NON_RESPONSIVE
                        || statuses.of(each) == HostStatus.CONNECTING)
                .count();
        return silent * 100 >= threshold * wanted.size()
                ? Optional.of(new Spared(
                        EventCode.FENCE_SKIPPED_CONNECTIVITY,
                        silent + " of " + wanted.size() + " hosts of its cluster are silent, which " + threshold
                                + " % or more are taken for a broken network"))
                : Optional.empty();
    }

    private static boolean skipsWhileAlive(@Nullable FencingPolicy policy) {
        var active = policy == null ? null : policy.skipIfSdActive();
        return active != null && Boolean.TRUE.equals(active.enabled());
    }

    private void fence(Host host) {
        if (!power.hasProxy(host)) {
            tell(
                    host,
                    new Spared(
                            EventCode.FENCE_SKIPPED,
                            "no other host of its cluster or data center is up, which could act as a proxy"));
            return;
        }
        var asker = Asker.engine();
        var wish = new FenceHost.Request(host.id(), host.name(), FenceHost.How.RESTART, true, asker);
        due.put(host.id(), clock.instant().plus(AGAIN));
        try {
            operations.begin(
                    fenceHost,
                    wish,
                    asker,
                    tx -> fenceHost.tell(
                            tx,
                            EventCode.FENCE_STARTED,
                            wish,
                            "Host " + host.name() + " is silent and is being fenced by its power management."));
        } catch (Failure notNow) {
            log.info("Host {} is not fenced now: {}", host.name(), notNow.detail());
        }
    }

    /** Once for each reason. */
    private void tell(Host host, Spared spared) {
        if (!spared.reason().equals(told.put(host.id(), spared.reason()))) {
            var wish = new FenceHost.Request(host.id(), host.name(), FenceHost.How.RESTART, true, Asker.engine());
            database.change(tx -> fenceHost.tell(
                    tx,
                    spared.code(),
                    wish,
                    "Host " + host.name() + " is silent and is not fenced: " + spared.reason()
                            + ". When it is off or was rebooted, confirm that, and its machines are free."));
        }
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
