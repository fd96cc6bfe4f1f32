package org.bellwether.engine.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Slows guessing down: after some failed log-ins from one address, that address waits, each time longer. It is the address
 * that waits and not the user, so that nobody can lock another out by failing in their name.
 */
final class LoginGuard {
    private static final int FREE_FAILURES = 5;
    private static final Duration FIRST_WAIT = Duration.ofSeconds(2);
    private static final Duration LONGEST_WAIT = Duration.ofMinutes(2);
    private static final Duration FORGIVEN_AFTER = Duration.ofMinutes(15);
    private static final int MAXIMUM = 100_000;

    private record Failures(int count, Instant last) {
        Instant until() {
            if (count < FREE_FAILURES) {
                return last;
            }
            int doublings = Math.min(count - FREE_FAILURES, 10);
            Duration wait = FIRST_WAIT.multipliedBy(1L << doublings);
            return last.plus(wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT);
        }
    }

    private final InstantSource clock;
    private final Map<String, Failures> addresses = new ConcurrentHashMap<>();

    LoginGuard(InstantSource clock) {
        this.clock = clock;
    }

    /** How long the address must still wait, if it must. */
    Optional<Duration> wait(String address) {
        Failures failures = addresses.get(address);
        Instant now = clock.instant();
        return failures == null || !failures.until().isAfter(now)
                ? Optional.empty()
                : Optional.of(Duration.between(now, failures.until()));
    }

    void failed(String address) {
        Instant now = clock.instant();
        if (addresses.size() >= MAXIMUM) {
            addresses.values().removeIf(failures -> !failures.until().isAfter(now));
        }
        addresses.merge(
                address,
                new Failures(1, now),
                (before, _) -> forgiven(before, now) ? new Failures(1, now) : new Failures(before.count() + 1, now));
    }

    void succeeded(String address) {
        addresses.remove(address);
    }

    /** Forgets addresses that have behaved for a while; called now and then. */
    void sweep() {
        Instant now = clock.instant();
        addresses.values().removeIf(failures -> forgiven(failures, now));
    }

    private static boolean forgiven(Failures failures, Instant now) {
        return failures.last().plus(FORGIVEN_AFTER).isBefore(now);
    }
}
