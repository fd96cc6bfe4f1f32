package org.bellwether.engine.access;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;

/**
 * Accounts that take no password for a while, because too many wrong ones came in a row, from wherever. Whoever is signed on
 * already stays so: an attacker must not be able to throw people out. Kept in the database, so that a restart forgives nothing.
 */
final class Lockouts {

    static final int FAILURES = 20;
    static final Duration LOCKED = Duration.ofMinutes(15);

    /** @param until when the account takes a password again; the start of time when it is not locked */
    record State(int failures, Instant until) {
        static final State CLEAN = new State(0, Instant.EPOCH);
    }

    private final SignOnRepository repository;
    private final BiConsumer<UUID, Instant> told;
    private final InstantSource clock;
    private final Map<UUID, State> states = new ConcurrentHashMap<>();

    /** @param told hears of each account that is locked, and until when */
    Lockouts(SignOnRepository repository, BiConsumer<UUID, Instant> told, InstantSource clock) {
        this.repository = repository;
        this.told = told;
        this.clock = clock;
        states.putAll(repository.lockouts());
    }

    Optional<Instant> until(UUID user) {
        return Optional.ofNullable(states.get(user)).map(State::until).filter(until -> until.isAfter(clock.instant()));
    }

    /** Those that are locked now, and until when. */
    Map<UUID, Instant> locked() {
        Map<UUID, Instant> locked = new HashMap<>();
        states.keySet().forEach(user -> until(user).ifPresent(until -> locked.put(user, until)));
        return locked;
    }

    void failed(UUID user) {
        var after = states.merge(user, new State(1, Instant.EPOCH), (before, _) -> {
            int failures = before.failures() + 1;
            return failures >= FAILURES
                    ? new State(0, clock.instant().plus(LOCKED))
                    : new State(failures, before.until());
        });
        repository.save(user, after);
        if (after.failures() == 0) {
            told.accept(user, after.until());
        }
    }

    /** The account takes passwords again, and wrong ones are counted from the first. */
    void succeeded(UUID user) {
        if (states.remove(user) != null) {
            repository.save(user, State.CLEAN);
        }
    }
}
