package org.bellwether.engine.notification;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.store.Database;

/** Notifications: who is told of events beside those who look, and how. */
public final class NotificationFeature implements AutoCloseable {
    private final Database database;
    private final InstantSource clock;
    private final UUID instance;
    private final Notifications notifications;
    private final Notifier notifier;
    private final Events events;

    /**
     * @param engine how the notifications call this engine
     * @param instance which engine it is, whatever it is called
     */
    public NotificationFeature(Database database, Events events, InstantSource clock, String engine, UUID instance) {
        this.instance = instance;
        this.events = events;
        this.database = database;
        this.clock = clock;
        this.notifications = new Notifications(database);
        this.notifier = new Notifier(
                database,
                events,
                notifications,
                Map.of(
                        Channel.Kind.MAIL, new MailCourier(engine),
                        Channel.Kind.WEBHOOK, new WebhookCourier(clock),
                        Channel.Kind.SNMP, new TrapCourier(new TrapEngine(database, clock, instance))),
                clock);
        notifications.load();
    }

    /** @param mailOf the address of a user; absent when there is no such user */
    public void serve(ApiRoutes routes, Function<UUID, Optional<String>> mailOf) {
        new SubscriptionsApi(database, notifications, mailOf).serve(routes);
    }

    public void declare(Site.Builder site, Gate gate) {
        var pages = new NotificationPages(database, notifications, notifier, gate, events, clock, instance);
        site.on("GET", NotificationPages.PATH, pages).on("POST", NotificationPages.PATH, pages);
        site.below(NotificationPages.PATH, pages);
    }

    public void start() {
        notifier.start();
    }

    @Override
    public void close() {
        notifier.close();
    }
}
