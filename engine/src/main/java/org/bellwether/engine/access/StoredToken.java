package org.bellwether.engine.access;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A token that was given out: to a session, which ends when it is not used, or to a program, which names an end.
 *
 * @param id by which people name it, and which tells nothing about the token itself
 * @param user whom it stands for
 * @param scope what the client asked for
 * @param name what its owner calls it, or the program that the session was begun for; empty for other sessions
 * @param readOnly whether nothing may be changed with it
 * @param remote from where the session was begun
 * @param expires when a program's token ends
 * @param idle for how long it need not be used, when that is not as for all others
 */
record StoredToken(
        TokenHash hash,
        UUID id,
        UUID user,
        String scope,
        String name,
        boolean readOnly,
        String remote,
        Instant created,
        Instant lastUsed,
        Optional<Instant> expires,
        Optional<Duration> idle) {

    /** What clients of the API ask for. */
    static final String API_SCOPE = "ovirt-app-api";

    static StoredToken session(
            TokenHash hash, UUID user, String scope, String name, String remote, Instant now, Optional<Duration> idle) {
        return new StoredToken(
                hash, UUID.randomUUID(), user, scope, name, false, remote, now, now, Optional.empty(), idle);
    }

    StoredToken used(Instant now) {
        return new StoredToken(hash, id, user, scope, name, readOnly, remote, created, now, expires, idle);
    }

    /** Whether requests to the API come in with it, and not only the question who its user is. */
    boolean opensApi() {
        return !List.of(scope.split(" ")).contains("openid") || scope.contains("ovirt-app-");
    }

    boolean ofProgram() {
        return expires.isPresent();
    }

    /** Whether a person signed on with it, and not a program on a person's behalf. */
    boolean ofPerson() {
        return !ofProgram() && !readOnly && name.isEmpty();
    }

    /** @param usually how long a session lives without being used */
    Instant end(Duration usually) {
        return expires.orElseGet(() -> lastUsed.plus(idle.orElse(usually)));
    }
}
