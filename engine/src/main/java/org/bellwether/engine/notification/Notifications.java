package org.bellwether.engine.notification;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** The channels on which somebody is told of events, and the users who subscribed to some. */
final class Notifications {
    private final Database database;
    private final ObjectTable<Channel> channels =
            new ObjectTable<>("notification_channels", "notification channel", Channel.class, _ -> Map.of());
    private final ObjectTable<Subscription> subscriptions = new ObjectTable<>(
            "event_subscriptions", "event subscription", Subscription.class, each -> Map.of("user_id", each.user()));
    private final Lookup<UUID, Subscription> byUser = subscriptions.model().indexedBy(each -> Optional.of(each.user()));
    private final Lookup<Integer, Subscription> byCode =
            subscriptions.model().indexedBy(each -> Optional.of(each.code()));
    private final Map<String, Integer> notifiable = notifiable();

    Notifications(Database database) {
        this.database = database;
    }

    /** Also ends the subscriptions of users who are removed from now on. */
    void load() {
        channels.load(database);
        subscriptions.load(database);
        database.watch((tx, change) -> {
            if (change.table().equals("users") && change.how() == ObjectChange.How.REMOVED) {
                subscriptions.matching(tx, "user_id", change.id()).forEach(each -> subscriptions.delete(tx, each.id()));
            }
        });
    }

    /** The kinds of events that users can subscribe to, by the API's words, with their codes. */
    private static Map<String, Integer> notifiable() {
        try (var in = Objects.requireNonNull(Notifications.class.getResourceAsStream("notifiable-events.tsv"))) {
            Map<String, Integer> codes = new TreeMap<>();
            for (String line : new String(in.readAllBytes(), StandardCharsets.US_ASCII).split("\n")) {
                String[] columns = line.split("\t");
                codes.put(columns[1], Integer.valueOf(columns[0]));
            }
            return codes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Optional<Integer> codeOf(String event) {
        return Optional.ofNullable(notifiable.get(event));
    }

    ReadModel<Channel> channels() {
        return channels.model();
    }

    Channel channel(Id<Channel> id) {
        return channels.get(id);
    }

    void insert(Transaction tx, Channel channel) {
        channels.insert(tx, channel);
    }

    Channel update(Transaction tx, Id<Channel> id, java.util.function.UnaryOperator<Channel> change) {
        return channels.update(tx, id, change);
    }

    void delete(Transaction tx, Id<Channel> id) {
        channels.delete(tx, id);
    }

    /** The channel that users' mails go over: the first of its name that is on. */
    Optional<Channel> mail() {
        return channels.model().all().stream()
                .filter(channel -> channel.kind() == Channel.Kind.MAIL && channel.enabled())
                .findFirst();
    }

    Collection<Subscription> of(UUID user) {
        return byUser.of(user);
    }

    List<Subscription> to(int code) {
        return List.copyOf(byCode.of(code));
    }

    Optional<Subscription> subscription(Id<Subscription> id) {
        return subscriptions.model().find(id);
    }

    void insert(Transaction tx, Subscription subscription) {
        subscriptions.insert(tx, subscription);
    }

    void deleteSubscription(Transaction tx, Id<Subscription> id) {
        subscriptions.delete(tx, id);
    }
}
