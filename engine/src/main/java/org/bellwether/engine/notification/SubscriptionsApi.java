package org.bellwether.engine.notification;

import static org.bellwether.engine.platform.Permit.MANIPULATE_USERS;

import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.api.types.EventSubscription;
import org.bellwether.api.types.NotifiableEvent;
import org.bellwether.api.types.NotificationMethod;
import org.bellwether.api.types.User;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.store.Database;

/** What users want to be told of by mail, on the wire. The id of a subscription is the word for its event. */
final class SubscriptionsApi {
    private final Database database;
    private final Notifications notifications;
    private final Function<UUID, Optional<String>> mailOf;

    /** @param mailOf the address of a user; absent when there is no such user, empty when none is known */
    SubscriptionsApi(Database database, Notifications notifications, Function<UUID, Optional<String>> mailOf) {
        this.database = database;
        this.notifications = notifications;
        this.mailOf = mailOf;
    }

    void serve(ApiRoutes routes) {
        routes.read("event_subscriptions", "list", request -> {
            UUID user = user(request);
            return Reply.list(request.limited(notifications.of(user)).stream().map(SubscriptionsApi::document));
        });
        routes.read("event_subscription", "get", request -> Reply.of(document(find(request))));
        routes.on("event_subscriptions", "add", MANIPULATE_USERS, this::add);
        routes.on("event_subscription", "remove", MANIPULATE_USERS, request -> {
            var gone = find(request);
            database.change(tx -> notifications.deleteSubscription(tx, gone.id()));
            return Reply.done();
        });
    }

    private UUID user(ApiRequest request) {
        UUID user = request.<User>id(0).value();
        if (mailOf.apply(user).isEmpty()) {
            throw Failure.notFound("There is no user with the id " + user);
        }
        return user;
    }

    private Subscription find(ApiRequest request) {
        UUID user = user(request);
        return notifications.of(user).stream()
                .filter(each -> each.event().equals(request.pathId(1)))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The user has not subscribed to " + request.pathId(1)));
    }

    private Reply add(ApiRequest request) {
        UUID user = user(request);
        var sent = request.body(EventSubscription.class);
        NotifiableEvent event = sent.event();
        if (event == null) {
            throw Failure.badRequest("The subscription names no event").next("Give one, such as host_failure");
        }
        if (sent.notificationMethod() == NotificationMethod.SNMP) {
            throw Failure.badRequest("Users are told by mail only")
                    .next("For SNMP make a notification channel: bw notification create --kind snmp");
        }
        String address = Optional.ofNullable(sent.address())
                .filter(text -> !text.isBlank())
                .or(() -> mailOf.apply(user))
                .map(String::strip)
                .filter(text -> text.contains("@"))
                .orElseThrow(() -> Failure.badRequest("The subscription has no mail address")
                        .because("none is given, and the user has none")
                        .next("Give the address"));
        int code = notifications
                .codeOf(event.wire())
                .orElseThrow(() -> Failure.badRequest("Nobody can be told of " + event.wire()));
        var made = new Subscription(Id.random(), user + "/" + event.wire(), user, event.wire(), code, address);
        database.change(tx -> notifications.insert(tx, made));
        return Reply.created(document(made));
    }

    private static EventSubscription document(Subscription subscription) {
        return EventSubscription.builder()
                .id(subscription.event())
                .event(java.util.Arrays.stream(NotifiableEvent.values())
                        .filter(event -> event.wire().equals(subscription.event()))
                        .findFirst()
                        .orElse(null))
                .address(subscription.address())
                .notificationMethod(NotificationMethod.SMTP)
                .user(User.builder().id(subscription.user().toString()).build())
                .build();
    }
}
