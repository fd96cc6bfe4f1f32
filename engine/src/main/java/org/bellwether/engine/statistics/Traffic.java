package org.bellwether.engine.statistics;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Makes rates out of counters that only grow; one that shrank belongs to a host that was started anew. */
final class Traffic {

    private record Seen(Instant time, long received, long sent) {}

    /** In bytes a second. */
    record Rate(double received, double sent) {}

    private final Map<UUID, Seen> before = new ConcurrentHashMap<>();

    Optional<Rate> of(UUID subject, Instant now, long received, long sent) {
        var last = before.put(subject, new Seen(now, received, sent));
        if (last == null || received < last.received() || sent < last.sent()) {
            return Optional.empty();
        }
        double seconds = Duration.between(last.time(), now).toMillis() / 1000.0;
        return seconds <= 0
                ? Optional.empty()
                : Optional.of(new Rate((received - last.received()) / seconds, (sent - last.sent()) / seconds));
    }

    void keepOnly(java.util.Set<UUID> subjects) {
        before.keySet().retainAll(subjects);
    }
}
