package org.bellwether.engine.access;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * A token that was given out: to a session, which ends when it is not used, or to a program, which names an end.
 *
 * @param id by which people name it, and which tells nothing about the token itself
 * @param user whom it stands for
 * @param scope what the client asked for
 * @param name what its owner calls it; empty for sessions
 * @param readOnly whether nothing may be changed with it
 * @param remote from where the session was begun
 * @param expires when a program's token ends
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
        Optional<Instant> expires) {

    static StoredToken session(TokenHash hash, UUID user, String scope, String remote, Instant now) {
        return new StoredToken(hash, UUID.randomUUID(), user, scope, "", false, remote, now, now, Optional.empty());
    }

    StoredToken used(Instant now) {
        return new StoredToken(hash, id, user, scope, name, readOnly, remote, created, now, expires);
    }

    boolean ofProgram() {
        return expires.isPresent();
    }

    Instant end(Duration idle) {
        return expires.orElseGet(() -> lastUsed.plus(idle));
    }
}
