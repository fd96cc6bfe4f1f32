package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.bellwether.api.types.FencingPolicy;
import org.bellwether.engine.availability.SilentHost;
import org.bellwether.engine.availability.SilentHost.Fence;
import org.bellwether.engine.availability.SilentHost.Past;
import org.bellwether.engine.availability.SilentHost.RestartAgent;
import org.bellwether.engine.availability.SilentHost.Rules;
import org.bellwether.engine.availability.SilentHost.Seen;
import org.bellwether.engine.availability.SilentHost.Spare;
import org.bellwether.engine.availability.SilentHost.Wait;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.host.SoftFence;
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
 * Does about silent hosts what {@link SilentHost} decides. Each is looked at on a thread of its own: a controller that hangs
 * holds up nobody but its host.
 */
final class FenceWatch implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(FenceWatch.class);
    private static final Duration PACE = Duration.ofSeconds(2);

    private final Database database;
    private final Hosts hosts;
    private final Clusters clusters;
    private final HostPower power;
    private final SoftFence softFence;
    private final Predicate<Host> renews;
    private final Predicate<Host> dumping;
    private final Operations operations;
    private final FenceHost fenceHost;
    private final Duration quiet;
    private final Clock clock;
    private final Map<Id<Host>, Past> past = new ConcurrentHashMap<>();
    private final Map<Id<Host>, String> told = new ConcurrentHashMap<>();
    private final Set<Id<Host>> lookedAt = ConcurrentHashMap.newKeySet();
    private final Thread thread = Thread.ofVirtual().name("fencing").unstarted(this::watch);
    private volatile Instant quietUntil = Instant.MAX;

    /**
     * @param renews whether a host still renews its lease on a storage domain, as another host sees it
     * @param dumping whether a host's crashed kernel is writing its memory away
     * @param quiet how long after its own start the engine fences nobody for being late
     */
    FenceWatch(
            Database database,
            Hosts hosts,
            Clusters clusters,
            HostPower power,
            SoftFence softFence,
            Predicate<Host> renews,
            Predicate<Host> dumping,
            Operations operations,
            FenceHost fenceHost,
            Duration quiet,
            Clock clock) {
        this.database = database;
        this.hosts = hosts;
        this.clusters = clusters;
        this.power = power;
        this.softFence = softFence;
        this.renews = renews;
        this.dumping = dumping;
        this.operations = operations;
        this.fenceHost = fenceHost;
        this.quiet = quiet;
        this.clock = clock;
    }

    void start() {
        quietUntil = clock.instant().plus(quiet);
        thread.start();
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                for (var host : hosts.model().all()) {
                    if (lookedAt.add(host.id())) {
                        Thread.ofVirtual().name("fencing-" + host.name()).start(() -> look(host));
                    }
                }
                Thread.sleep(PACE);
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void look(Host host) {
        try {
            var silence = hosts.silence(host);
            if (silence.isEmpty()) {
                past.remove(host.id());
                told.remove(host.id());
                fenceHost.cameUp(host.id());
            } else if (operations.holding(host.id()).isEmpty()) {
                var decision = SilentHost.decide(
                        rules(clusters.get(host.cluster()).spec().fencingPolicy()),
                        seen(host, silence.get()),
                        past.getOrDefault(host.id(), Past.NOTHING),
                        clock.instant());
                past.put(host.id(), decision.past());
                act(host, decision.act());
            }
        } catch (RuntimeException e) { // one bad look must not end the watch
            log.error("The silent host {} was not looked at", host.name(), e);
        } finally {
            lookedAt.remove(host.id());
        }
    }

    static Rules rules(@Nullable FencingPolicy policy) {
        if (policy == null) {
            return new Rules(true, false, OptionalInt.empty());
        }
        var broken = policy.skipIfConnectivityBroken();
        var active = policy.skipIfSdActive();
        return new Rules(
                !Boolean.FALSE.equals(policy.enabled()),
                active != null && Boolean.TRUE.equals(active.enabled()),
                broken == null || !Boolean.TRUE.equals(broken.enabled())
                        ? OptionalInt.empty()
                        : OptionalInt.of(broken.threshold() == null ? 50 : Math.clamp(broken.threshold(), 0, 100)));
    }

    private Seen seen(Host host, Duration silence) {
        var wanted = hosts.ofCluster(host.cluster()).stream()
                .filter(each -> each.wanted() == Host.Wanted.ACTIVE)
                .toList();
        int silent = (int) wanted.stream()
                .filter(each ->
                        each.id().equals(host.id()) || hosts.silence(each).isPresent())
                .count();
        return new Seen(
                silence,
                hosts.status(host) == HostStatus.NON_RESPONSIVE,
                clock.instant().isBefore(quietUntil),
                power.managed(host),
                power.hasProxy(host),
                softFence.possible(host),
                dumping.test(host),
                silent,
                wanted.size(),
                fenceHost.lastDone(host.id()),
                () -> power(host),
                () -> renews.test(host));
    }

    private SilentHost.Power power(Host host) {
        try {
            return switch (power.status(host)) {
                case POWER_ON -> SilentHost.Power.ON;
                case POWER_OFF -> SilentHost.Power.OFF;
                case POWER_UNKNOWN, UNRECOGNIZED -> SilentHost.Power.UNKNOWN;
            };
        } catch (Failure unseen) {
            log.info("Whether the silent host {} is off is not seen: {}", host.name(), unseen.detail());
            return SilentHost.Power.UNKNOWN;
        }
    }

    private void act(Host host, SilentHost.Act act) {
        switch (act) {
            case Wait _ -> {
                // Nothing yet.
            }
            case RestartAgent _ -> softFence.restartAgent(host);
            case Fence(boolean off) ->
                fence(
                        host,
                        off
                                ? "is silent, and its power management says that it is off: its machines are free, and it"
                                        + " is being switched on."
                                : "is silent and is being fenced by its power management.");
            case Spare spare -> tell(host, spare);
        }
    }

    private void fence(Host host, String what) {
        var asker = Asker.engine();
        var wish = new FenceHost.Request(host.id(), host.name(), FenceHost.How.RESTART, true, asker);
        try {
            operations.begin(
                    fenceHost,
                    wish,
                    asker,
                    tx -> fenceHost.tell(tx, EventCode.FENCE_STARTED, wish, "Host " + host.name() + " " + what));
        } catch (Failure notNow) {
            log.info("Host {} is not fenced now: {}", host.name(), notNow.detail());
        }
    }

    /** Once for each reason. */
    private void tell(Host host, Spare spare) {
        if (spare.reason().equals(told.put(host.id(), spare.reason()))) {
            return;
        }
        var code = switch (spare.why()) {
            case DECIDED -> EventCode.FENCE_SKIPPED;
            case NETWORK -> EventCode.FENCE_SKIPPED_CONNECTIVITY;
            case DUMPING -> EventCode.KDUMP_DETECTED;
        };
        var wish = new FenceHost.Request(host.id(), host.name(), FenceHost.How.RESTART, true, Asker.engine());
        database.change(tx -> fenceHost.tell(
                tx,
                code,
                wish,
                "Host " + host.name() + " is silent and is not fenced: " + spare.reason()
                        + ". When it is off or was rebooted, confirm that, and its machines are free."));
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
