package org.bellwether.engine.access;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.store.Transaction;

/**
 * The tokens that are good now. Kept in memory, where every request looks, and in the database, so that a restart signs
 * nobody off. Each use moves a token's end; that is written to the database now and then only, which after a kill may cost
 * a token some minutes of its life. Safe for use by several threads.
 */
final class Tokens {
    /** How long a token lives without being used. */
    static final Duration IDLE = Duration.ofMinutes(30);

    private static final int TOKEN_BYTES = 32;
    /** Enough for anything sensible; beyond it the longest unused goes, so that a runaway client cannot fill the memory. */
    private static final int MAXIMUM = 50_000;

    private record Entry(StoredToken token, Instant written) {
        Entry used(Instant now) {
            return new Entry(token.used(now), written);
        }
    }

    private final AccessRepository repository;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<TokenHash, Entry> entries = new ConcurrentHashMap<>();
    /** When all that was begun with a user's old password came to its end. */
    private final Map<UUID, Instant> thrownOut = new ConcurrentHashMap<>();

    Tokens(AccessRepository repository, InstantSource clock) {
        this.repository = repository;
        this.clock = clock;
        for (StoredToken token : repository.tokens()) {
            entries.put(token.hash(), new Entry(token, token.lastUsed()));
        }
    }

    /** Makes a token for a user who signs on. When this returns, it survives a restart. */
    Secret issue(UUID user, String scope, String remote) {
        return issue(user, scope, "", remote, Optional.empty());
    }

    /**
     * @param program which it is for, if it is one that the engine vouches for its users to
     * @param idle for how long it need not be used, when that is not as for all others
     */
    Secret issue(UUID user, String scope, String program, String remote, Optional<Duration> idle) {
        Secret token = made();
        add(StoredToken.session(TokenHash.of(token), user, scope, program, remote, clock.instant(), idle));
        return token;
    }

    /** Makes a token for a program, which lives until its end whether it is used or not. */
    Secret create(UUID user, String name, boolean readOnly, String remote, Instant ends) {
        Secret token = made();
        Instant now = clock.instant();
        add(new StoredToken(
                TokenHash.of(token),
                UUID.randomUUID(),
                user,
                StoredToken.API_SCOPE,
                name,
                readOnly,
                remote,
                now,
                now,
                Optional.of(ends),
                Optional.empty()));
        return token;
    }

    /** A word that nobody guesses. */
    Secret made() {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Secret.of(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }

    private void add(StoredToken stored) {
        if (entries.size() >= MAXIMUM) {
            entries.values().stream()
                    .filter(entry -> !entry.token().ofProgram())
                    .min(java.util.Comparator.comparing(entry -> entry.token().lastUsed()))
                    .ifPresent(oldest -> discard(List.of(oldest.token().hash())));
        }
        repository.add(stored);
        entries.put(stored.hash(), new Entry(stored, stored.lastUsed()));
    }

    /** All that are good now. */
    List<StoredToken> all() {
        Instant now = clock.instant();
        return entries.values().stream()
                .map(Entry::token)
                .filter(token -> !ended(token, now))
                .sorted(java.util.Comparator.comparing(StoredToken::created))
                .toList();
    }

    void end(StoredToken token) {
        discard(List.of(token.hash()));
    }

    /** The token's record if it is good, which this use prolongs. */
    Optional<StoredToken> use(Secret token) {
        Instant now = clock.instant();
        Entry entry = entries.computeIfPresent(
                TokenHash.of(token), (_, present) -> ended(present.token(), now) ? null : present.used(now));
        return Optional.ofNullable(entry).map(Entry::token);
    }

    /** As {@link #use}, without prolonging. */
    Optional<StoredToken> look(Secret token) {
        Instant now = clock.instant();
        return Optional.ofNullable(entries.get(TokenHash.of(token)))
                .map(Entry::token)
                .filter(stored -> !ended(stored, now));
    }

    /** Ends a token; one that there is not has ended already. */
    void revoke(Secret token) {
        discard(List.of(TokenHash.of(token)));
    }

    /** Ends all tokens of a user, for instance because the password changed. */
    void revokeAll(UUID user) {
        thrownOut.put(user, clock.instant());
        discard(entries.values().stream()
                .map(Entry::token)
                .filter(token -> token.user().equals(user))
                .map(StoredToken::hash)
                .toList());
    }

    /** Whether all sessions of a user were ended together since then. */
    boolean revokedSince(UUID user, Instant then) {
        return thrownOut.getOrDefault(user, Instant.MIN).isAfter(then);
    }

    /** Ends all sessions that were begun for a program, with the transaction that forgets it. */
    void revokeOf(Transaction tx, String program) {
        repository.removeSessionsOf(tx, program);
        tx.afterCommit(() -> entries.values()
                .removeIf(entry ->
                        !entry.token().ofProgram() && entry.token().name().equals(program)));
    }

    /** Forgets what has ended and writes down what was used; called now and then. */
    void sweep() {
        Instant now = clock.instant();
        List<TokenHash> ended = new ArrayList<>();
        Map<TokenHash, Instant> used = new HashMap<>();
        entries.forEach((hash, entry) -> {
            if (ended(entry.token(), now)) {
                ended.add(hash);
            } else if (!entry.token().lastUsed().equals(entry.written())) {
                used.put(hash, entry.token().lastUsed());
            }
        });
        if (!ended.isEmpty()) {
            discard(ended);
        }
        if (!used.isEmpty()) {
            repository.touch(used);
            used.forEach(
                    (hash, instant) -> entries.computeIfPresent(hash, (_, entry) -> new Entry(entry.token(), instant)));
        }
    }

    private void discard(List<TokenHash> tokens) {
        tokens.forEach(entries::remove);
        if (!tokens.isEmpty()) {
            repository.remove(tokens);
        }
    }

    private static boolean ended(StoredToken token, Instant now) {
        return token.end(IDLE).isBefore(now);
    }
}
