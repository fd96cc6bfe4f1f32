package org.bellwether.agent.lease;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.LeaseState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lease of a domain itself ("SDM"): a host that changes the domain's metadata holds it for the moment of the change.
 * Changes of this host that overlap share one hold.
 *
 * <p>Without sanlock on the host, and while the domain is in nobody's service, changes go on without it, as they do on a
 * local domain. When there is sanlock and the lease cannot be had, nothing is changed.
 */
public final class DomainLease {
    private static final Logger LOG = LoggerFactory.getLogger(DomainLease.class);
    private static final String NAME = "SDM";
    private static final Duration JOINING = Duration.ofSeconds(60);
    private static final Duration WAITING = Duration.ofSeconds(40);
    private static final long PAUSE_MILLIS = 150;

    private final Sanlock sanlock;
    private final Lockspaces lockspaces;
    private final Clock clock;
    private final ConcurrentMap<String, Hold> holds = new ConcurrentHashMap<>();

    DomainLease(Sanlock sanlock, Lockspaces lockspaces, Clock clock) {
        this.sanlock = sanlock;
        this.lockspaces = lockspaces;
        this.clock = clock;
    }

    /**
     * Runs a change of a domain's metadata under the domain's lease.
     *
     * @param leases the file, and {@code offset} the slot in it
     * @param what for the words of a refusal, such as "create volume V"
     */
    public <T> T during(String domainId, Path leases, long offset, String what, Callable<T> change) {
        LeaseState state = lockspaces.awaitSettled(domainId, JOINING);
        switch (state.getPhase()) {
            case NOT_JOINED, UNAVAILABLE, UNRECOGNIZED -> {
                return without(change, what);
            }
            case JOINING -> throw refusal(domainId, what, "its lockspace is still being joined");
            case LEASES_FAILED -> throw refusal(domainId, what, state.getReason());
            case JOINED -> {
                // Below.
            }
        }
        Hold hold = holds.computeIfAbsent(domainId, id -> new Hold(new Sanlock.Resource(id, NAME, leases, offset)));
        Sanlock.Attempt mine = hold.take(what);
        try {
            T answer = without(change, what);
            requireHeld(mine, domainId, what);
            return answer;
        } finally {
            hold.giveBack();
        }
    }

    /** The change alone, for a domain that only this host sees. */
    public static <T> T without(Callable<T> change, String what) {
        try {
            return change.call();
        } catch (Exception e) { // whoever asked must hear of whatever failed
            throw Refusal.from(e, "To " + what);
        }
    }

    private static Refusal refusal(String domainId, String what, String why) {
        return Refusal.of(
                        Error.Code.UNREACHABLE,
                        "Could not " + what + ": the lease of storage domain " + domainId + " is not to be had")
                .because(why)
                .undone("Nothing was changed")
                .next("Look at the storage domain's state on this host.");
    }

    private static void requireHeld(Sanlock.Attempt lease, String domainId, String what) {
        if (!lease.alive()) {
            throw Refusal.of(Error.Code.UNREACHABLE, "The lease of storage domain " + domainId + " was lost to " + what)
                    .because("the storage did not answer for too long")
                    .next("What was being done may or may not have happened: it is looked at when it is asked again.");
        }
    }

    /** One lease of this host; the first to need it takes it and the last gives it back. */
    private final class Hold {
        private final Sanlock.Resource resource;
        private int users;
        private Sanlock.@Nullable Attempt held;

        Hold(Sanlock.Resource resource) {
            this.resource = resource;
        }

        synchronized Sanlock.Attempt take(String what) {
            Sanlock.Attempt now = held;
            if (users == 0 || now == null || !now.alive()) {
                now = acquired(what);
                held = now;
                lockspaces.changed(resource.lockspace(), clock.millis());
            }
            users++;
            return now;
        }

        private Sanlock.Attempt acquired(String what) {
            long deadline = System.nanoTime() + WAITING.toNanos();
            while (true) {
                Sanlock.Attempt attempt = sanlock.hold(resource);
                int result = await(attempt, deadline);
                if (result == Sanlock.DONE) {
                    return attempt;
                }
                attempt.giveUp();
                if (result == Sanlock.NO_LOCKSPACE) {
                    lockspaces.look();
                    throw refusal(resource.lockspace(), what, Sanlock.words(result));
                }
                if (System.nanoTime() > deadline) {
                    throw refusal(resource.lockspace(), what, held(result));
                }
                pause();
            }
        }

        /** Waits for the attempt on a thread of its own: a holder that is gone is waited for by sanlock itself, for minutes. */
        private int await(Sanlock.Attempt attempt, long deadline) {
            Thread watch = Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
                    attempt.giveUp();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt(); // it was answered in time
                }
            });
            try {
                return attempt.await();
            } finally {
                watch.interrupt();
            }
        }

        private String held(int result) {
            try {
                return "host id " + sanlock.owner(resource).hostId() + " holds it and has not given it back within "
                        + WAITING.toSeconds() + " s";
            } catch (Refusal unreadable) {
                return Sanlock.words(result);
            }
        }

        synchronized void giveBack() {
            users--;
            Sanlock.Attempt now = held;
            if (users == 0 && now != null) {
                held = null;
                now.release();
                LOG.debug("gave back the lease of storage domain {}", resource.lockspace());
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.wrongState("The agent is stopping");
        }
    }
}
