package org.bellwether.engine.platform.feed;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of objects whose status changes without anybody's doing, because a host reports something or falls silent. Such a
 * status is stored nowhere, so the few kinds that have one (hosts, storage domains) are looked at again and again, on a thread
 * of its own.
 */
public final class StatusWatch implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(StatusWatch.class);
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Supplier<Map<UUID, String>> statuses;
    private final BiConsumer<UUID, String> changed;
    private final Thread watcher;

    /**
     * @param statuses what every object of a kind is like now, in any words that differ when it does
     * @param changed is told of each that is not as it was, with its new words
     */
    public StatusWatch(String name, Supplier<Map<UUID, String>> statuses, BiConsumer<UUID, String> changed) {
        this.statuses = statuses;
        this.changed = changed;
        this.watcher = Thread.ofVirtual().name("status of " + name).start(this::watch);
    }

    private void watch() {
        Map<UUID, String> before = new HashMap<>();
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Map<UUID, String> now = new HashMap<>(statuses.get());
                Map<UUID, String> known = before;
                now.forEach((id, status) -> {
                    if (!status.equals(known.get(id))) {
                        changed.accept(id, status);
                    }
                });
                before = now;
            } catch (RuntimeException goneInBetween) {
                log.debug("Could not look at all statuses", goneInBetween);
            }
            try {
                Thread.sleep(EVERY);
            } catch (InterruptedException stopping) {
                return;
            }
        }
    }

    @Override
    public void close() {
        watcher.interrupt();
    }
}
