package org.bellwether.agent.lease;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.LeaseState.Phase;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lockspaces of this host, one for each shared domain that the engine said to join. sanlock holds the truth: what is
 * here is what it said last, and is read again every few seconds and after a restart of the agent.
 *
 * <p>Joining and leaving may take minutes and hang with the storage, so each has a thread of its own and nobody's lane.
 */
public final class Lockspaces {
    private static final Logger LOG = LoggerFactory.getLogger(Lockspaces.class);
    /** After an unclean end of the host sanlock waits until its own old record has expired. */
    private static final Duration JOINING = Duration.ofMinutes(5);

    private static final Duration LEAVING = Duration.ofSeconds(40);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(200);

    private final Sanlock sanlock;
    private final int ioTimeout;
    private final Executor threads;
    private final Map<String, LeaseState> states = new HashMap<>();
    private final Set<String> joinedOnce = new HashSet<>();
    private volatile Consumer<String> beforeJoin = any -> {};
    private @Nullable String missing = "sanlock was not asked yet";
    private boolean looking;
    private boolean looked;

    /** @param ioTimeout seconds in which storage must answer; sanlock's own default is 10 */
    public Lockspaces(Sanlock sanlock, int ioTimeout, Executor threads) {
        this.sanlock = sanlock;
        this.ioTimeout = ioTimeout;
        this.threads = threads;
    }

    public int ioTimeout() {
        return ioTimeout;
    }

    /**
     * What is done before a domain's lockspace is joined, after which processes of this host can take leases there.
     *
     * @param what is told the domain; may wait for its storage
     */
    public void beforeJoin(Consumer<String> what) {
        this.beforeJoin = what;
    }

    /** How this host stands in a domain's lockspace. */
    public synchronized LeaseState state(String domainId) {
        return states.getOrDefault(domainId, LeaseState.getDefaultInstance());
    }

    /** Begins to join, unless that is under way or done. */
    public LeaseState join(String domainId, int hostId, Path ids) {
        if (hostId < 1 || hostId > 2000) {
            throw Refusal.badRequest("A host id in a lockspace is between 1 and 2000, not " + hostId);
        }
        synchronized (this) {
            LeaseState now = state(domainId);
            boolean settled = now.getPhase() == Phase.JOINED && now.getHostId() == hostId;
            if (settled || now.getPhase() == Phase.JOINING) {
                return now;
            }
            put(domainId, hostId, Phase.JOINING, "");
        }
        threads.execute(() -> joinNow(domainId, hostId, ids));
        return state(domainId);
    }

    /** Says why a domain can have no leases; nothing is joined. */
    public LeaseState refuse(String domainId, int hostId, String why) {
        put(domainId, hostId, Phase.UNAVAILABLE, why);
        return state(domainId);
    }

    private void joinNow(String domainId, int hostId, Path ids) {
        try {
            var absent = sanlock.missing();
            if (absent.isPresent()) {
                // Where leases were, whoever changes something without one may do it at the same time as another host.
                put(domainId, hostId, had(domainId) ? Phase.LEASES_FAILED : Phase.UNAVAILABLE, absent.get());
                return;
            }
            for (Sanlock.Space space : sanlock.spaces()) {
                if (space.name().equals(domainId) && space.hostId() != hostId) {
                    remove(domainId, space.hostId(), ids);
                }
            }
            beforeJoin.accept(domainId);
            LOG.info("joining the lockspace of storage domain {} as host {}", domainId, hostId);
            int result = sanlock.add(domainId, hostId, ids, ioTimeout, JOINING);
            while (result == Sanlock.UNDER_WAY) {
                Thread.sleep(LOOK_AGAIN);
                result = sanlock.add(domainId, hostId, ids, ioTimeout, JOINING);
            }
            if (result == Sanlock.DONE || result == Sanlock.EXISTS) {
                put(domainId, hostId, Phase.JOINED, "");
                LOG.info("joined the lockspace of storage domain {} as host {}", domainId, hostId);
            } else {
                fail(domainId, hostId, Sanlock.words(result));
            }
        } catch (Refusal e) {
            fail(domainId, hostId, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void fail(String domainId, int hostId, String why) {
        LOG.warn("the lockspace of storage domain {} cannot be joined as host {}: {}", domainId, hostId, why);
        put(domainId, hostId, Phase.LEASES_FAILED, "The lockspace cannot be joined as host id " + hostId + ": " + why);
    }

    /**
     * Leaves; one that was not joined is left already.
     *
     * @throws Refusal IN_USE while a process of this host holds a lease there: sanlock would end it
     */
    public void leave(String domainId, Path ids) {
        for (Sanlock.Space space : joined()) {
            if (space.name().equals(domainId)) {
                remove(domainId, space.hostId(), ids);
                LOG.info("left the lockspace of storage domain {}", domainId);
            }
        }
        synchronized (this) {
            states.remove(domainId);
            joinedOnce.remove(domainId);
        }
    }

    private synchronized boolean had(String domainId) {
        return joinedOnce.contains(domainId);
    }

    private List<Sanlock.Space> joined() {
        return sanlock.missing().isPresent() ? List.of() : sanlock.spaces();
    }

    private void remove(String domainId, int hostId, Path ids) {
        if (sanlock.used(domainId)) {
            throw Refusal.of(Error.Code.IN_USE, "Storage domain " + domainId + " cannot be let go of on this host")
                    .because("a lease is held on it, by a machine that runs here or by a change of the domain")
                    .next("Stop or move the machines with leases on it.");
        }
        int result = sanlock.remove(domainId, hostId, ids, LEAVING);
        if (result != Sanlock.DONE && result != -2) {
            throw Refusal.of(Error.Code.UNREACHABLE, "The lockspace of storage domain " + domainId + " was not left")
                    .because(Sanlock.words(result));
        }
    }

    /** Begins to read from sanlock how things are, unless a look is under way. */
    public void look() {
        synchronized (this) {
            if (looking) {
                return;
            }
            looking = true;
        }
        try {
            threads.execute(() -> {
                try {
                    lookNow();
                } catch (Refusal e) {
                    LOG.warn("sanlock was not read: {}", e.getMessage());
                } finally {
                    synchronized (this) {
                        looking = false;
                    }
                }
            });
        } catch (java.util.concurrent.RejectedExecutionException e) {
            synchronized (this) {
                looking = false; // the agent is stopping
            }
        }
    }

    private void lookNow() {
        var absent = sanlock.missing();
        List<Sanlock.Space> spaces = absent.isPresent() ? List.of() : sanlock.spaces();
        synchronized (this) {
            looked = true;
            if (!java.util.Objects.equals(missing, absent.orElse(null))) {
                missing = absent.orElse(null);
                absent.ifPresentOrElse(
                        why -> LOG.warn("storage has no leases on this host: {}", why),
                        () -> LOG.info("sanlock answers on this host"));
            }
            for (Sanlock.Space space : spaces) {
                if (space.settled() && state(space.name()).getPhase() != Phase.JOINING) {
                    put(space.name(), space.hostId(), Phase.JOINED, "");
                }
            }
            for (Map.Entry<String, LeaseState> entry : new ArrayList<>(states.entrySet())) {
                LeaseState state = entry.getValue();
                boolean there = spaces.stream().anyMatch(space -> space.name().equals(entry.getKey()));
                if (state.getPhase() == Phase.JOINED && !there) {
                    lost(entry.getKey(), state.getHostId(), absent.orElse(null));
                }
            }
        }
    }

    private void lost(String domainId, int hostId, @Nullable String absent) {
        String why = absent == null ? "the storage did not answer for too long, and sanlock gave it up" : absent;
        LOG.warn("the lockspace of storage domain {} is lost: {}", domainId, why);
        put(domainId, hostId, Phase.LEASES_FAILED, why);
    }

    /**
     * Waits while it is being joined.
     *
     * @return how it is in the end, JOINING when that took longer than the deadline
     */
    LeaseState awaitSettled(String domainId, Duration deadline) {
        boolean first;
        synchronized (this) {
            first = !looked;
        }
        if (first) {
            // After a restart of the agent what it joined before is known to sanlock alone.
            lookNow();
        }
        return awaitJoined(domainId, deadline);
    }

    private synchronized LeaseState awaitJoined(String domainId, Duration deadline) {
        long end = System.nanoTime() + deadline.toNanos();
        try {
            for (long left = deadline.toMillis();
                    left > 0 && state(domainId).getPhase() == Phase.JOINING;
                    left = (end - System.nanoTime()) / 1_000_000) {
                wait(left);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return state(domainId);
    }

    /** When this host last held the domain's own lease. */
    synchronized void changed(String domainId, long millis) {
        states.computeIfPresent(
                domainId, (any, state) -> state.toBuilder().setChangedMs(millis).build());
    }

    private synchronized void put(String domainId, int hostId, Phase phase, String reason) {
        if (phase == Phase.JOINED) {
            joinedOnce.add(domainId);
        }
        states.put(
                domainId,
                state(domainId).toBuilder()
                        .setHostId(hostId)
                        .setPhase(phase)
                        .setReason(reason)
                        .build());
        notifyAll();
    }
}
