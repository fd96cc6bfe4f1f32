package org.bellwether.engine.notification;

import org.bellwether.engine.event.LoggedEvent;

/** Brings one event to one recipient. It may be asked to again for the same delivery: an engine that died cannot know. */
interface Courier {
    /**
     * @param recipient whom, where the channel does not say
     * @throws Undelivered when it did not arrive
     */
    void deliver(Channel channel, long delivery, String recipient, LoggedEvent event) throws Undelivered;

    /** It did not arrive, as far as is known. */
    final class Undelivered extends Exception {
        private static final long serialVersionUID = 1L;

        Undelivered(String reason) {
            super(reason);
        }

        Undelivered(String what, Exception cause) {
            super(
                    what + ": " + (cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage()),
                    cause);
        }
    }
}
