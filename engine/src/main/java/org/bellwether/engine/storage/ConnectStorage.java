package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.AgentListener;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.Report;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that every host of a cluster has the cluster's active storage domains connected and those in maintenance
 * not, and tells when one is lost. Each host and domain have a lane of their own: a server that hangs holds up nothing else.
 *
 * <p>Must hear after {@link Hosts}, which keeps what hosts report.
 */
public final class ConnectStorage implements AgentListener {

    private static final Logger log = LoggerFactory.getLogger(ConnectStorage.class);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(60);
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(2);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(60);
    private static final Duration JOIN_PAUSE = Duration.ofSeconds(10);

    private final Database database;
    private final StorageDomains domains;
    private final ObservedDomains observed;
    private final Hosts hosts;
    private final Agents agents;
    private final Operations operations;
    private final Events events;
    private final Set<Lane> busy = ConcurrentHashMap.newKeySet();
    private final Set<Lane> leaseless = ConcurrentHashMap.newKeySet();
    /**
     * Told of once in maintenance. The first time may have been said before the host let go of it, and to let go again then
     * would log out of targets that somebody has logged in to since.
     */
    private final Set<Lane> leftOver = ConcurrentHashMap.newKeySet();

    private final Map<Id<StorageDomain>, Boolean> reached = new ConcurrentHashMap<>();
    private final Map<Id<StorageDomain>, Space> spaces = new ConcurrentHashMap<>();
    private volatile boolean closed;

    private record Lane(Id<Host> host, Id<StorageDomain> domain) {}

    public ConnectStorage(
            Database database,
            StorageDomains domains,
            ObservedDomains observed,
            Hosts hosts,
            Agents agents,
            Operations operations,
            Events events) {
        this.database = database;
        this.domains = domains;
        this.observed = observed;
        this.hosts = hosts;
        this.agents = agents;
        this.operations = operations;
        this.events = events;
    }

    @Override
    public void reported(UUID hostId, Report report) {
        switch (report.getWhatCase()) {
            case SNAPSHOT -> look(Id.of(hostId), report.getSnapshot().getDomainsList());
            // A domain that the host does not speak of is not connected there (any more).
            case STATISTICS -> look(Id.of(hostId), report.getStatistics().getDomainsList());
            case MACHINE, MACHINE_GONE, TASK, HOST, TROUBLE, WHAT_NOT_SET -> {
                // Says nothing about storage.
            }
        }
    }

    private void look(Id<Host> hostId, List<DomainState> states) {
        var known = states.stream().collect(Collectors.toMap(DomainState::getDomainId, state -> state));
        var host = hosts.model().find(hostId);
        if (host.isEmpty()) {
            return;
        }
        for (var domain : domains.ofCluster(host.get().cluster())) {
            var state = Optional.ofNullable(known.get(domain.id().toString()));
            if (wantedOn(host.get(), domain) && state.isEmpty()) {
                onLane(host.get(), domain.id(), this::connectUntilDone);
            }
            if (wantedOn(host.get(), domain) && state.isPresent()) {
                tellLeases(host.get(), domain, state.get().getLeases());
                if (DomainLayouts.mustJoin(host.get(), domain, state.get().getLeases())) {
                    onLane(host.get(), domain.id(), this::join);
                }
            }
            var lane = new Lane(host.get().id(), domain.id());
            if (!leftOver(domain) || state.isEmpty()) {
                leftOver.remove(lane);
            } else if (!leftOver.add(lane)) {
                onLane(host.get(), domain.id(), this::letGo);
            }
        }
        domains.ofCluster(host.get().cluster()).forEach(this::tell);
    }

    private static boolean wantedOn(Host host, StorageDomain domain) {
        return domain.wanted() == StorageDomain.Wanted.ACTIVE
                && host.wanted() == Host.Wanted.ACTIVE
                && domain.connection().isFor(host.id());
    }

    /** A host that was away when a domain went into maintenance still has it. */
    private boolean leftOver(StorageDomain domain) {
        return domain.wanted() == StorageDomain.Wanted.MAINTENANCE
                && operations.holding(domain.id()).isEmpty();
    }

    /** Begins only: the host tells how it goes with its statistics, and until then the lane stays taken. */
    private void join(Lane lane) {
        var host = hosts.model().find(lane.host());
        var domain = domains.model().find(lane.domain());
        if (host.isEmpty() || domain.isEmpty() || !wantedOn(host.get(), domain.get())) {
            return;
        }
        try {
            DomainLayouts.join(agents.of(lane.host().value(), HOST_PATIENCE), host.get(), domain.get());
        } catch (Failure failure) {
            log.warn(
                    "{} does not join the leases of {}: {}",
                    host.get().name(),
                    domain.get().name(),
                    failure.detail());
        }
        sleep(JOIN_PAUSE);
    }

    /** Tells once when a host has no leases on a domain that others share with it. */
    private void tellLeases(Host host, StorageDomain domain, LeaseState leases) {
        var failed = leases.getPhase() == LeaseState.Phase.LEASES_FAILED
                || leases.getPhase() == LeaseState.Phase.UNAVAILABLE;
        var lane = new Lane(host.id(), domain.id());
        if (leases.getPhase() == LeaseState.Phase.JOINED) {
            leaseless.remove(lane);
        } else if (failed && leaseless.add(lane)) {
            event(
                    EventCode.STORAGE_CONNECT_FAILED,
                    Concerns.NOTHING.withHost(host.id()).withStorageDomain(domain.id()),
                    "Host " + host.name() + " has no leases on Storage Domain " + domain.name() + ": "
                            + leases.getReason()
                            + ". Machines with a lease there do not run on it; it is being tried again.");
        }
    }

    private void letGo(Lane lane) {
        var domain = domains.model().find(lane.domain()).filter(this::leftOver);
        if (domain.isEmpty()) {
            return;
        }
        try {
            agents.of(lane.host().value(), HOST_PATIENCE)
                    .ask(CONNECT_LIMIT, agent -> agent.disconnectStorage(Volumes.connection(domain.get())));
        } catch (Failure failure) {
            log.warn("The storage domain {} stays connected: {}", domain.get().name(), failure.detail());
            sleep(LONGEST_PAUSE);
        }
    }

    private void onLane(Host host, Id<StorageDomain> domain, Consumer<Lane> work) {
        var lane = new Lane(host.id(), domain);
        if (!closed && busy.add(lane)) {
            Thread.ofVirtual().name("connect-" + host.name()).start(() -> {
                try {
                    work.accept(lane);
                } finally {
                    busy.remove(lane);
                }
            });
        }
    }

    private void connectUntilDone(Lane lane) {
        var pause = FIRST_PAUSE;
        boolean told = false;
        while (!closed) {
            var host = hosts.model().find(lane.host());
            var domain = domains.model().find(lane.domain());
            boolean wanted = host.isPresent() && domain.isPresent() && wantedOn(host.get(), domain.get());
            if (!wanted || !agents.connected(lane.host().value())) {
                // When the host is heard of again, its snapshot begins this anew.
                return;
            }
            try {
                agents.of(lane.host().value(), HOST_PATIENCE)
                        .ask(CONNECT_LIMIT, agent -> agent.connectStorage(Volumes.connection(domain.get())));
                log.info(
                        "{} has the storage domain {} connected",
                        host.get().name(),
                        domain.get().name());
                // The host speaks of it as soon as it has measured it; until then the lane stays taken.
                sleep(FIRST_PAUSE);
                return;
            } catch (Failure failure) {
                log.warn("{}: {}", host.get().name(), failure.detail());
                if (!told) {
                    told = true;
                    event(
                            EventCode.STORAGE_CONNECT_FAILED,
                            Concerns.NOTHING.withHost(lane.host()).withStorageDomain(lane.domain()),
                            "Host " + host.get().name() + " cannot connect Storage Domain "
                                    + domain.get().name() + ": " + failure.detail() + " It is being tried again.");
                }
            }
            sleep(pause);
            pause = pause.multipliedBy(2).compareTo(LONGEST_PAUSE) < 0 ? pause.multipliedBy(2) : LONGEST_PAUSE;
        }
    }

    /** Tells once when a domain's space falls below what was decided for it, and again only when it was above. */
    private void tellSpace(StorageDomain domain) {
        var measured = observed.measured(domain);
        if (measured.isEmpty() || measured.get().getTotalBytes() == 0) {
            return;
        }
        long free = measured.get().getAvailableBytes();
        var now = Space.of(domain, free, measured.get().getTotalBytes());
        var before = spaces.put(domain.id(), now);
        boolean worse = now.compareTo(before == null ? Space.ENOUGH : before) > 0;
        if (worse) {
            event(
                    now == Space.CRITICAL ? EventCode.STORAGE_SPACE_CRITICAL : EventCode.STORAGE_SPACE_LOW,
                    Concerns.NOTHING.withStorageDomain(domain.id()),
                    now == Space.CRITICAL
                            ? "Critical, low disk space. Storage Domain " + domain.name() + " has " + (free >> 30)
                                    + " GiB left; it takes no more disks until there is room."
                            : "Warning, low disk space. Storage Domain " + domain.name() + " has " + (free >> 30)
                                    + " GiB left.");
        }
    }

    /** Tells once when the last host loses an active domain, and once when one has it again. */
    private void tell(StorageDomain domain) {
        if (domain.wanted() != StorageDomain.Wanted.ACTIVE) {
            reached.remove(domain.id());
            return;
        }
        tellSpace(domain);
        boolean now = observed.reached(domain);
        var before = now ? reached.put(domain.id(), true) : reached.replace(domain.id(), false);
        if (before == null || before == now) {
            return;
        }
        var concerns = Concerns.NOTHING.withStorageDomain(domain.id());
        if (now) {
            event(
                    EventCode.STORAGE_DOMAIN_ACTIVATED,
                    concerns,
                    "Storage Domain " + domain.name() + " is reached by a host again and active.");
        } else {
            event(
                    EventCode.STORAGE_DOMAIN_LOST,
                    concerns,
                    "Storage Domain " + domain.name() + " is reached by no host any more and inactive: "
                            + String.join("; ", observed.troubles(domain)));
        }
    }

    @Override
    public void lost(UUID hostId, String why) {
        hosts.model()
                .find(Id.of(hostId))
                .ifPresent(host -> domains.ofCluster(host.cluster()).forEach(this::tell));
    }

    private void event(EventCode code, Concerns concerns, String message) {
        try {
            database.change(tx -> events.add(tx, code, Asker.engine(), concerns, message));
        } catch (Failure unavailable) {
            log.warn("Not told: {}", message, unavailable);
        }
    }

    /** Lets the lanes end. */
    public void close() {
        closed = true;
    }

    private static void sleep(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
