package org.bellwether.engine.notification;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.event.LoggedEvent;
import org.bellwether.engine.notification.Courier.Undelivered;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides for each event who is told of it, and has it delivered until that succeeds or there have been too many attempts. What
 * was decided is in the database before the first attempt; a channel that hangs keeps no other one waiting.
 */
final class Notifier implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Notifier.class);
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Duration KEPT = Duration.ofDays(7);
    private static final int PAGE = 500;
    private static final int AT_ONCE = 50;
    /** With the growing pauses, some nine hours. */
    static final int ATTEMPTS = 18;

    private final Database database;
    private final Events events;
    private final Notifications notifications;
    private final Map<Channel.Kind, Courier> couriers;
    private final InstantSource clock;
    private final DeliveryRepository repository = new DeliveryRepository();
    private final Semaphore wake = new Semaphore(0);
    private final Set<UUID> busy = ConcurrentHashMap.newKeySet();
    private final Thread thread;
    private volatile boolean stopping;

    Notifier(
            Database database,
            Events events,
            Notifications notifications,
            Map<Channel.Kind, Courier> couriers,
            InstantSource clock) {
        this.database = database;
        this.events = events;
        this.notifications = notifications;
        this.couriers = couriers;
        this.clock = clock;
        this.thread = Thread.ofVirtual().name("notifier").unstarted(this::run);
    }

    void start() {
        database.watch((tx, change) -> {
            if (change.table().equals("events")) {
                tx.afterCommit(wake::release);
            }
        });
        thread.start();
    }

    private void run() {
        while (!stopping) {
            try {
                decide();
                notifications.channels().all().forEach(this::serve);
                if (wake.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
            } catch (InterruptedException end) {
                return;
            } catch (RuntimeException trouble) {
                log.warn("Notifications wait: {}", trouble.getMessage());
                pause();
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK);
        } catch (InterruptedException end) {
            Thread.currentThread().interrupt();
        }
    }

    /** For the events that came since: who is told, in one transaction with how far that was decided. */
    private void decide() {
        boolean more = true;
        while (more) {
            more = database.transaction(tx -> {
                long cursor = repository.cursor(tx);
                List<LoggedEvent> page = events.after(cursor, PAGE);
                Instant now = clock.instant();
                for (LoggedEvent event : page) {
                    for (Channel channel : notifications.channels().all()) {
                        boolean itself = channel.kind() != Channel.Kind.MAIL
                                || !channel.setting("to", "").isEmpty();
                        if (itself && channel.tells(event)) {
                            repository.insert(tx, channel.id().value(), event.id(), "", now);
                        }
                    }
                    notifications
                            .mail()
                            .ifPresent(mail -> notifications
                                    .to(event.code())
                                    .forEach(each ->
                                            repository.insert(tx, mail.id().value(), event.id(), each.address(), now)));
                }
                if (!page.isEmpty()) {
                    repository.advance(tx, page.getLast().id());
                    repository.forget(tx, now.minus(KEPT));
                }
                return page.size() == PAGE;
            });
        }
    }

    private void serve(Channel channel) {
        UUID id = channel.id().value();
        if (!channel.enabled() || !busy.add(id)) {
            return;
        }
        Thread.ofVirtual().name("notify-" + channel.kind().word()).start(() -> {
            try {
                for (Delivery due : database.read(sql -> repository.due(sql, id, clock.instant(), AT_ONCE))) {
                    if (stopping) {
                        return;
                    }
                    attempt(channel, due);
                }
            } catch (RuntimeException trouble) {
                log.warn("Notifications by {} wait: {}", channel, trouble.getMessage());
            } finally {
                busy.remove(id);
            }
        });
    }

    private void attempt(Channel channel, Delivery due) {
        Optional<LoggedEvent> event = events.look(due.event());
        Delivery after = event.map(found -> outcome(channel, due, found))
                .orElseGet(() -> ended(due, Delivery.State.FAILED, "the event is not in the log any more"));
        database.change(tx -> repository.update(tx, after));
    }

    private Delivery outcome(Channel channel, Delivery due, LoggedEvent event) {
        try {
            courier(channel).deliver(channel, due.id(), due.recipient(), event);
            return ended(due, Delivery.State.SENT, "");
        } catch (Undelivered | RuntimeException failed) {
            String reason = String.valueOf(failed.getMessage());
            log.info("Event {} was not delivered by {}: {}", event.id(), channel, reason);
            int attempts = due.attempts() + 1;
            if (attempts >= ATTEMPTS) {
                return ended(due, Delivery.State.FAILED, reason);
            }
            Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, 10));
            return new Delivery(
                    due.id(),
                    due.channel(),
                    due.event(),
                    due.recipient(),
                    attempts,
                    Delivery.State.PENDING,
                    clock.instant().plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause),
                    reason);
        }
    }

    private Delivery ended(Delivery due, Delivery.State state, String error) {
        return new Delivery(
                due.id(),
                due.channel(),
                due.event(),
                due.recipient(),
                due.attempts() + 1,
                state,
                clock.instant(),
                error);
    }

    private Courier courier(Channel channel) {
        return java.util.Objects.requireNonNull(couriers.get(channel.kind()));
    }

    /** Delivers one made-up event at once, so that whoever set a channel up sees whether it works. */
    void test(Channel channel, LoggedEvent event) {
        try {
            courier(channel).deliver(channel, 0, "", event);
        } catch (Undelivered failed) {
            throw Failure.conflict("The test notification by " + channel.kind().word() + " was not delivered")
                    .because(String.valueOf(failed.getMessage()))
                    .next("Mend the channel " + channel.name() + " and test it again");
        }
    }

    List<Delivery> deliveries(Channel channel, int limit) {
        return database.read(sql -> repository.newest(sql, channel.id().value(), limit));
    }

    @Override
    public void close() {
        stopping = true;
        thread.interrupt();
    }
}
