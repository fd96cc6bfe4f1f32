package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Lane;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.StorageConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mounts of this host and the domains known on them. Work on a mount goes through here to the mount's lane, so that
 * one that hangs is alone with it, and has a deadline.
 */
final class ConnectedDomains {
    private static final Logger LOG = LoggerFactory.getLogger(ConnectedDomains.class);
    static final Duration SHORT = Duration.ofSeconds(60);
    static final Duration LONG = Duration.ofMinutes(11);
    private static final Duration LOOKING = Duration.ofSeconds(10);

    private final Path mountRoot;
    private final Lanes lanes;
    private final Clock clock;
    private final Connections connections;
    private final Domains domains;
    private final Leases leases;
    private final ConcurrentMap<String, Known> known = new ConcurrentHashMap<>();

    /** A domain that was seen on a mount of this host. */
    record Known(DomainPlace place, Path point, DomainProbe probe, boolean direct) {}

    interface OnMount<T> {
        T apply(Mount mount) throws IOException;
    }

    interface OnDomain<T> {
        T apply(DomainPlace domain) throws IOException;
    }

    ConnectedDomains(
            Path mountRoot, Lanes lanes, Clock clock, Connections connections, Domains domains, Leases leases) {
        this.mountRoot = mountRoot;
        this.lanes = lanes;
        this.clock = clock;
        this.connections = connections;
        this.domains = domains;
        this.leases = leases;
    }

    Mount mount(StorageConnection connection) {
        return Mount.of(connection, mountRoot);
    }

    Lane lane(Path point) {
        return lanes.of("storage " + point);
    }

    /** A lane for what concerns no mount. */
    Lane named(String name) {
        return lanes.of("storage " + name);
    }

    Collection<Known> all() {
        return known.values();
    }

    Leases leases() {
        return leases;
    }

    void forget(String domainId) {
        known.remove(domainId);
    }

    void forgetAt(Path point) {
        known.values().removeIf(domain -> domain.point.equals(point));
    }

    <T> T onMount(StorageConnection connection, String what, Duration deadline, OnMount<T> action) {
        Mount mount = mount(connection);
        connections.requireConnected(mount);
        return lane(mount.point()).call(what, deadline, worded(what, () -> Lvm.during(() -> action.apply(mount))));
    }

    <T> T onDomain(StorageConnection connection, String id, String what, Duration deadline, OnDomain<T> action) {
        return onMount(
                connection, what + " on storage domain " + id, deadline, mount -> action.apply(mount.domain(id)));
    }

    /** As {@link #onDomain}, for what changes the domain: under its lease, and one of another format is refused. */
    <T> T onOurDomain(StorageConnection connection, String id, String what, Duration deadline, OnDomain<T> action) {
        // The lease is waited for beside the lane, so that whoever only reads does not wait for it.
        return mount(connection)
                .domain(id)
                .changing(
                        leases.domain(),
                        what,
                        () -> onDomain(connection, id, what, deadline, domain -> {
                            domains.requireOurs(domain);
                            return action.apply(domain);
                        }));
    }

    /** Short turns on a domain's lane, with what others do there between them. */
    interface Turns {
        <T> T take(OnDomain<T> turn);
    }

    /** As {@link #onOurDomain}, for work so long that others would wait for it too long: the lease is held all the time. */
    <T> T inTurns(StorageConnection connection, String id, String what, Function<Turns, T> work) {
        Turns turns = new Turns() {
            @Override
            public <R> R take(OnDomain<R> turn) {
                return onDomain(connection, id, what, LONG, turn);
            }
        };
        return mount(connection).domain(id).changing(leases.domain(), what, () -> {
            turns.take(domain -> {
                domains.requireOurs(domain);
                return Boolean.TRUE;
            });
            return work.apply(turns);
        });
    }

    static <T> Callable<T> worded(String what, Callable<T> action) {
        return () -> {
            try {
                return action.call();
            } catch (IOException e) {
                throw StorageWords.refusal(what, e);
            }
        };
    }

    /** A domain with its lane, for work that is done in several calls. */
    CopyImage.Side side(StorageConnection connection, String domainId) {
        Mount mount = mount(connection);
        connections.requireConnected(mount);
        DomainPlace place = mount.domain(domainId);
        Known domain = known.get(domainId);
        if (domain == null || !domain.place.equals(place)) {
            domain = lane(mount.point()).call("look at storage domain " + domainId, SHORT, () -> {
                domains.read(place);
                return learn(place, mount.point());
            });
        }
        return side(domain);
    }

    CopyImage.Side side(Known domain) {
        return new CopyImage.Side(domain.place, lane(domain.point), domain.direct, leases.domain());
    }

    /** As {@link #side}, for what changes the domain. */
    CopyImage.Side ourSide(StorageConnection connection, String domainId, String what) {
        CopyImage.Side side = side(connection, domainId);
        side.call(what, SHORT, () -> {
            domains.requireOurs(side.domain());
            return Boolean.TRUE;
        });
        return side;
    }

    /** Finds a domain by its id alone among what is connected. */
    Known locate(String domainId) {
        Known domain = known.get(domainId);
        if (domain == null) {
            try {
                for (Connections.Found found : connections.found()) {
                    lookAgain(found);
                }
            } catch (IOException e) {
                throw StorageWords.refusal("see what is mounted", e);
            }
            domain = known.get(domainId);
        }
        if (domain == null) {
            throw Refusal.of(Error.Code.UNREACHABLE, "Storage domain " + domainId + " is not connected on this host")
                    .next("Activate the host again, or connect the storage.");
        }
        return domain;
    }

    private void lookAgain(Connections.Found found) {
        try {
            lane(found.point()).call("look for storage domains", LOOKING, () -> {
                discover(found);
                return Boolean.TRUE;
            });
        } catch (Refusal e) {
            LOG.warn("{}: {}", found.point(), e.getMessage());
        }
    }

    /** Learns the domains on a mount; on its lane. */
    void discover(Connections.Found found) {
        try {
            boolean block = BlockVolumes.holds(found.point());
            String own = String.valueOf(found.point().getFileName());
            for (String id : block ? openOnly(found.point(), own) : Domains.idsOn(found.point())) {
                Path root = block ? found.point() : found.point().resolve(id);
                DomainPlace place = new DomainPlace(root, id, found.local());
                try {
                    domains.read(place);
                    learn(place, found.point());
                } catch (IOException | Refusal e) {
                    LOG.warn("storage domain {} at {} cannot be used: {}", id, found.point(), e.getMessage());
                }
            }
        } catch (IOException e) {
            LOG.debug("no storage domains at {}: {}", found.point(), e.toString());
        }
    }

    private static List<String> openOnly(Path point, String id) {
        return BlockDomains.isOpen(new DomainPlace(point, id, false)) ? List.of(id) : List.of();
    }

    Known learn(DomainPlace place, Path point) {
        Known before = known.get(place.id());
        if (before != null && before.place.equals(place)) {
            return before;
        }
        Known fresh = new Known(
                place, point, new DomainProbe(place, domains, clock), PastCache.takesDirect(place.metadata()));
        known.put(place.id(), fresh);
        fresh.probe.measure(lanes.threads());
        sweep(place);
        return fresh;
    }

    private void sweep(DomainPlace place) {
        try {
            domains.sweep(place);
        } catch (IOException e) {
            LOG.warn("leftovers on storage domain {} stay: {}", place.id(), e.toString());
        }
    }
}
