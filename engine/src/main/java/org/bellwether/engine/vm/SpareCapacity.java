package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.placement.WhatIf.Risk;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches whether every cluster could lose any one of its hosts and restart that host's highly available machines on the
 * others (N+1), and tells people when that changes.
 *
 * <p>One thread looks at one cluster after the other and rests in proportion to what that cost, so that it never takes more
 * than a small part of a core, however many machines there are. What it found last is what others are shown.
 */
public final class SpareCapacity implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(SpareCapacity.class);
    private static final Duration PACE = Duration.ofSeconds(10);

    /** Of the time, one part in so many is spent on looking. */
    private static final int SHARE = 20;

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** What is shown may be older than the pace, when looking takes long; never when nobody has looked yet. */
    private static final Duration STALE = Duration.ofMinutes(1);

    /** How long it must hold before people are told: machines that start, migrate or stop change it for a moment. */
    static final Duration HELD = Duration.ofMinutes(1);

    /** For so long after the engine's start nobody is told: hosts that are late to report would count as lost. */
    static final Duration QUIET = Duration.ofMinutes(3);

    /** How many of the machines without a place an event names. */
    private static final int NAMED = 3;

    private final Database database;
    private final Clusters clusters;
    private final Hosts hosts;
    private final Foresight foresight;
    private final Events events;
    private final Clock clock;
    private final Instant begun;
    private final ObjectTable<LostSpare> told =
            new ObjectTable<>("lost_spares", "lost spare", LostSpare.class, _ -> Map.of());
    private final Map<Id<Cluster>, State> states = new ConcurrentHashMap<>();
    private final Map<Id<Cluster>, Instant> otherwiseSince = new ConcurrentHashMap<>();
    private volatile boolean closed;

    SpareCapacity(Database database, Clusters clusters, Hosts hosts, Foresight foresight, Events events, Clock clock) {
        this.database = database;
        this.clusters = clusters;
        this.hosts = hosts;
        this.foresight = foresight;
        this.events = events;
        this.clock = clock;
        this.begun = clock.instant();
    }

    /**
     * What was found of a cluster.
     *
     * @param risks for each host with highly available machines, which of them would find no place
     */
    record State(Instant at, List<Risk> risks) {

        boolean kept() {
            return risks.stream().allMatch(risk -> risk.stranded().isEmpty());
        }

        int machines() {
            return risks.stream().mapToInt(Risk::available).sum();
        }
    }

    /** Begins to watch; once, when the engine acts. */
    public void start() {
        told.load(database);
        Thread.ofVirtual().name("spare-capacity").start(() -> {
            while (!closed) {
                long from = System.nanoTime();
                clusters.model().all().forEach(cluster -> surely("cluster " + cluster.name(), () -> look(cluster)));
                surely("what was removed", this::forgetRemoved);
                long spent = System.nanoTime() - from;
                try {
                    Thread.sleep(Duration.ofNanos(Math.clamp(spent * SHARE, PACE.toNanos(), LONGEST_PAUSE.toNanos())));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        });
    }

    /** What is known of a cluster, found out now if nobody has looked lately. */
    State of(Id<Cluster> cluster) {
        var known = states.get(cluster);
        return known == null || known.at().isBefore(clock.instant().minus(STALE)) ? found(cluster) : known;
    }

    private State found(Id<Cluster> cluster) {
        var state = new State(clock.instant(), foresight.ofEachHost(cluster));
        states.put(cluster, state);
        return state;
    }

    private void surely(String what, Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) { // one bad look must not be the last
            if (!closed) {
                log.warn("The spare capacity of {} was not looked at: {}", what, e.getMessage());
            }
        }
    }

    private void look(Cluster cluster) {
        var state = found(cluster.id());
        if (!settled(cluster.id(), state)) {
            return;
        }
        otherwiseSince.remove(cluster.id());
        if (state.kept()) {
            tellRegained(cluster);
        } else {
            tellLost(cluster, state);
        }
    }

    /** Whether it has been otherwise than people were told for long enough. */
    private boolean settled(Id<Cluster> cluster, State state) {
        boolean news = state.kept() == told.model().find(LostSpare.of(cluster)).isPresent();
        if (!news || hosts.settling(cluster) || state.at().isBefore(begun.plus(QUIET))) {
            otherwiseSince.remove(cluster);
            return false;
        }
        var since = otherwiseSince.computeIfAbsent(cluster, _ -> state.at());
        return !state.at().isBefore(since.plus(HELD));
    }

    private void tellRegained(Cluster cluster) {
        database.change(tx -> {
            told.delete(tx, LostSpare.of(cluster.id()));
            events.add(
                    tx,
                    EventCode.CLUSTER_SPARE_REGAINED,
                    Asker.engine(),
                    Concerns.NOTHING.withCluster(cluster.id()),
                    "Cluster " + cluster.name() + " can spare any one of its hosts again: all highly available"
                            + " machines of any of them would find a place on the others.");
        });
    }

    private void tellLost(Cluster cluster, State state) {
        var risks = state.risks().stream()
                .filter(risk -> !risk.stranded().isEmpty())
                .toList();
        database.change(tx -> {
            told.insert(tx, new LostSpare(LostSpare.of(cluster.id()), cluster.name(), state.at()));
            events.add(
                    tx,
                    EventCode.CLUSTER_SPARE_LOST,
                    Asker.engine(),
                    Concerns.NOTHING.withCluster(cluster.id()),
                    "Cluster " + cluster.name() + " cannot spare every one of its hosts any more. "
                            + risks.stream()
                                    .limit(NAMED)
                                    .map(SpareCapacity::told)
                                    .collect(Collectors.joining(" "))
                            + (risks.size() > NAMED ? " And " + (risks.size() - NAMED) + " hosts more." : "")
                            + " Nothing was changed; free memory, add a host, or see what stands in the way with"
                            + " bw cluster what-if " + cluster.name() + ".");
        });
    }

    private static String told(Risk risk) {
        var stranded = risk.stranded();
        return "If host " + risk.hostName() + " failed, " + stranded.size() + " of its " + risk.available()
                + " highly available machines would find no place: "
                + stranded.stream()
                        .limit(NAMED)
                        .map(fate -> fate.machine().demand().machine())
                        .collect(Collectors.joining(", "))
                + (stranded.size() > NAMED ? ", …" : "") + ".";
    }

    private void forgetRemoved() {
        states.keySet().removeIf(id -> clusters.model().find(id).isEmpty());
        told.model().all().stream()
                .filter(each ->
                        clusters.model().find(Id.<Cluster>of(each.id().value())).isEmpty())
                .forEach(each -> database.change(tx -> told.delete(tx, each.id())));
    }

    @Override
    public void close() {
        closed = true;
    }
}
