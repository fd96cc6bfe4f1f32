package org.bellwether.engine.access;

import java.time.Instant;
import java.util.UUID;

/**
 * A token that was given out.
 *
 * @param user whom it stands for
 * @param scope what the client asked for
 */
record StoredToken(TokenHash hash, UUID user, String scope, Instant lastUsed) {}
