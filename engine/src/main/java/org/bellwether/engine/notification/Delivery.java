package org.bellwether.engine.notification;

import java.time.Instant;
import java.util.UUID;

/**
 * One event for one recipient of one channel.
 *
 * @param recipient whom, for mail; empty for those of the channel itself
 * @param error why the last attempt failed; empty when none has
 */
record Delivery(
        long id, UUID channel, long event, String recipient, int attempts, State state, Instant next, String error) {
    enum State {
        PENDING,
        SENT,
        FAILED
    }
}
