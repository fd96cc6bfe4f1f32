package org.bellwether.engine.vm;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.placement.Policy;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.protocol.Inheritance;
import org.bellwether.protocol.InspectWillRequest;
import org.bellwether.protocol.Will;
import org.bellwether.protocol.WillDomain;
import org.bellwether.protocol.WillState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the hosts of clusters that allow it which machines they are to restart when their hosts die while the engine is away,
 * and learns from them which they did. Hosts take the engine for away when they hear nothing of this for a minute.
 */
final class TellHeirs implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TellHeirs.class);
    private static final Duration PACE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);
    /** Of the time, one part in so many is spent on thinking. */
    private static final int SHARE = 10;

    private static final Duration PATIENCE = Duration.ofSeconds(1);
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Database database;
    private final Clusters clusters;
    private final Hosts hosts;
    private final StorageDomains domains;
    private final Vms vms;
    private final Bequests bequests;
    private final Function<Id<Cluster>, Policy> policy;
    private final Agents agents;
    private final Events events;
    private final Map<Id<Host>, Will> told = new ConcurrentHashMap<>();
    private final Set<Id<Host>> busy = ConcurrentHashMap.newKeySet();
    private final Thread thread = Thread.ofVirtual().name("heirs").unstarted(this::watch);

    TellHeirs(
            Database database,
            Clusters clusters,
            Hosts hosts,
            StorageDomains domains,
            Vms vms,
            Bequests bequests,
            Function<Id<Cluster>, Policy> policy,
            Agents agents,
            Events events) {
        this.database = database;
        this.clusters = clusters;
        this.hosts = hosts;
        this.domains = domains;
        this.vms = vms;
        this.bequests = bequests;
        this.policy = policy;
        this.agents = agents;
        this.events = events;
    }

    void start() {
        thread.start();
    }

    private void watch() {
        try {
            while (true) {
                long from = System.nanoTime();
                clusters.model().all().forEach(this::look);
                long spent = System.nanoTime() - from;
                Thread.sleep(Duration.ofNanos(Math.clamp(spent * SHARE, PACE.toNanos(), LONGEST_PAUSE.toNanos())));
            }
        } catch (InterruptedException e) {
            // It is closed.
        }
    }

    private void look(Cluster cluster) {
        try {
            boolean allowed = policy.apply(cluster.id()).says(Policy.RESTART_WITHOUT_ENGINE);
            // What a host that came a moment ago runs and reaches is not known yet: only that the engine is there is
            // told.
            boolean known = !hosts.settling(cluster.id());
            var now = allowed && known ? bequests.of(cluster.id()) : new Bequests.Told(Map.of(), List.of());
            for (var host : hosts.ofCluster(cluster.id())) {
                if (agents.connected(host.id().value()) && host.leaseId() != null) {
                    tell(
                            host,
                            known || !allowed
                                    ? Optional.of(allowed ? will(host, now) : Will.getDefaultInstance())
                                    : Optional.empty());
                }
            }
        } catch (RuntimeException e) { // one bad look must not be the last
            log.warn("The hosts of cluster {} were not told what to restart: {}", cluster.name(), e.getMessage());
        }
    }

    private Will will(Host host, Bequests.Told now) {
        var mine = now.of().getOrDefault(host.id(), List.of());
        var will = Will.newBuilder()
                .setHostId(Objects.requireNonNull(host.leaseId()))
                .addAllBequests(mine);
        Set<String> fresh = new HashSet<>();
        mine.forEach(bequest -> fresh.add(bequest.getDefinition().getId()));
        now.silent().stream()
                .map(Id::toString)
                .filter(id -> !fresh.contains(id))
                .forEach(will::addKept);
        domains.ofCluster(host.cluster()).stream()
                // Of one host's own directory others see nothing, and nothing of it can be theirs.
                .filter(domain -> domain.kind() == StorageDomain.Kind.DATA
                        && domain.wanted() == StorageDomain.Wanted.ACTIVE
                        && domain.connection().type() != StorageDomain.Connection.Type.LOCALFS)
                .sorted(Comparator.comparing(domain -> domain.id().value()))
                .forEach(domain -> will.addDomains(WillDomain.newBuilder()
                        .setDomainId(domain.id().toString())
                        .setConnection(Volumes.connection(domain))));
        return will.build();
    }

    /**
     * Beside the others: one that hangs holds up nobody.
     *
     * @param will what it is to do; empty: as it was told before
     */
    private void tell(Host host, Optional<Will> will) {
        if (!busy.add(host.id())) {
            return;
        }
        Thread.ofVirtual().name("heir-" + host.name()).start(() -> {
            try {
                var lane = agents.of(host.id().value(), PATIENCE);
                // The first time also a host that is to restart nothing: it may know of an earlier engine's wishes.
                var news = will.filter(each -> !each.equals(told.get(host.id())));
                var state = news.isEmpty()
                        ? lane.askHeirs(LIMIT, heirs -> heirs.inspectWill(InspectWillRequest.getDefaultInstance()))
                        : lane.askHeirs(LIMIT, heirs -> heirs.bequeath(news.get()));
                news.ifPresent(each -> told.put(host.id(), each));
                learn(host, state);
            } catch (Failure failure) {
                told.remove(host.id());
                log.info("Host {} was not told what to restart: {}", host.name(), failure.detail());
            } catch (RuntimeException e) { // one bad look must not end the watch
                log.error("Host {} was not told what to restart", host.name(), e);
            } finally {
                busy.remove(host.id());
            }
        });
    }

    private void learn(Host host, WillState state) {
        if (state.getInheritedCount() == 0) {
            return;
        }
        for (var inheritance : state.getInheritedList()) {
            database.change(tx -> {
                var id = Id.<Vm>of(inheritance.getMachineId());
                var vm = vms.model().find(id);
                events.add(
                        tx,
                        EventCode.HA_VM_RESTARTED_BY_HOST,
                        Asker.engine(),
                        (vm.isPresent() ? Concerns.NOTHING.withVm(id) : Concerns.NOTHING).withHost(host.id()),
                        words(host, vm, inheritance));
            });
        }
        agents.of(host.id().value(), PATIENCE)
                .askHeirs(
                        LIMIT,
                        heirs -> heirs.inspectWill(InspectWillRequest.newBuilder()
                                .addAllKnown(state.getInheritedList())
                                .build()));
    }

    private static String words(Host host, Optional<Vm> vm, Inheritance inheritance) {
        return "VM " + vm.map(Vm::name).orElse(inheritance.getMachineId()) + " was restarted by host " + host.name()
                + " at " + Instant.ofEpochMilli(inheritance.getTimeMs())
                + ", while the engine was away. The proof that it ran nowhere: its lease was acquired; "
                + inheritance.getProof() + ".";
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
