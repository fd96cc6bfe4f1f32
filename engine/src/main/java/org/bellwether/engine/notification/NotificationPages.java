package org.bellwether.engine.notification;

import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.event.LoggedEvent;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.ServiceCall;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/** Channels of notifications, beside the API, which knows only the subscriptions of users. For administrators. */
final class NotificationPages implements Endpoint {
    static final String PATH = "/ovirt-engine/services/notifications";

    private static final int SHOWN = 100;
    private static final Set<String> OWN =
            Set.of("name", "kind", "enabled", "severity", "codes", "secret", "privacy_secret");

    private final Database database;
    private final Notifications notifications;
    private final Notifier notifier;
    private final Gate gate;
    private final Events events;
    private final InstantSource clock;
    private final UUID instance;

    NotificationPages(
            Database database,
            Notifications notifications,
            Notifier notifier,
            Gate gate,
            Events events,
            InstantSource clock,
            UUID instance) {
        this.events = events;
        this.instance = instance;
        this.database = database;
        this.notifications = notifications;
        this.notifier = notifier;
        this.gate = gate;
        this.clock = clock;
    }

    @Override
    public WebReply answer(WebRequest request) {
        var call = ServiceCall.of(request, gate, PATH, "notifications");
        return switch (call.kind()) {
            case "GET0" ->
                WebReply.json(
                        200,
                        list(
                                "channel",
                                notifications.channels().all().stream()
                                        .map(this::shown)
                                        .toList()));
            case "POST0" -> WebReply.json(201, Json.object(shown(add(call.caller(), call.texts()))));
            case "GET1" -> WebReply.json(200, Json.object(shown(channel(call.name()))));
            case "PUT1" -> WebReply.json(200, Json.object(shown(change(call.caller(), call.name(), call.texts()))));
            case "DELETE1" -> {
                var channel = channel(call.name());
                database.change(tx -> {
                    notifications.delete(tx, channel.id());
                    tell(tx, call.caller(), channel, "removed");
                });
                yield WebReply.json(200, "{}");
            }
            case "POST2test" -> {
                notifier.test(channel(call.name()), trial(call.caller()));
                yield WebReply.json(200, "{}");
            }
            case "GET2deliveries" ->
                WebReply.json(
                        200,
                        list(
                                "delivery",
                                notifier.deliveries(channel(call.name()), SHOWN).stream()
                                        .map(NotificationPages::shown)
                                        .toList()));
            default -> throw call.unknown();
        };
    }

    private static String list(String name, List<Map<String, Object>> members) {
        return members.stream().map(Json::object).collect(Collectors.joining(",", "{\"" + name + "\":[", "]}"));
    }

    private Channel channel(String reference) {
        var named = notifications.channels().named(reference);
        if (!named.isEmpty()) {
            return named.getFirst();
        }
        try {
            return notifications.channel(Id.of(reference));
        } catch (IllegalArgumentException noUuid) {
            throw Failure.notFound("There is no notification channel called " + reference);
        }
    }

    private Channel add(Principal caller, Map<String, String> sent) {
        var channel = new Channel(
                        Id.random(),
                        Names.checked(sent.get("name"), "a notification channel"),
                        Channel.Kind.of(sent.getOrDefault("kind", "")),
                        flag(sent, true),
                        Channel.Severity.of(sent.getOrDefault("severity", "warning")),
                        codes(sent.getOrDefault("codes", "")),
                        ServiceCall.settings(sent, OWN, Map.of()),
                        Sealed.of(Secret.of(sent.getOrDefault("secret", ""))),
                        privacy(sent, Optional.empty()))
                .checked();
        database.change(tx -> {
            notifications.insert(tx, channel);
            tell(tx, caller, channel, "added");
        });
        return channel;
    }

    /** Who hears of nothing any more must be able to find out since when. */
    private void tell(Transaction tx, Principal caller, Channel channel, String what) {
        events.add(
                tx,
                EventCode.NOTIFICATIONS_CHANGED,
                new Asker(caller.name(), UUID.randomUUID().toString()),
                Concerns.NOTHING,
                "The notification channel " + channel.name() + " was " + what + " by " + caller.name() + ".");
    }

    private Channel change(Principal caller, String reference, Map<String, String> sent) {
        var id = channel(reference).id();
        return database.transaction(tx -> {
            var after = notifications.update(
                    tx,
                    id,
                    now -> new Channel(
                                    now.id(),
                                    sent.containsKey("name")
                                            ? Names.checked(sent.get("name"), "a notification channel")
                                            : now.name(),
                                    now.kind(),
                                    flag(sent, now.enabled()),
                                    sent.containsKey("severity")
                                            ? Channel.Severity.of(sent.get("severity"))
                                            : now.severity(),
                                    sent.containsKey("codes") ? codes(sent.get("codes")) : now.codes(),
                                    ServiceCall.settings(sent, OWN, now.settings()),
                                    sent.containsKey("secret")
                                            ? Sealed.of(Secret.of(sent.get("secret")))
                                            : now.sealed(),
                                    privacy(sent, now.privacy()))
                            .checked());
            tell(tx, caller, after, after.enabled() ? "changed" : "changed, and is off,");
            return after;
        });
    }

    /** What is set to nothing is taken away. */
    private static Optional<Sealed> privacy(Map<String, String> sent, Optional<Sealed> before) {
        return Optional.ofNullable(sent.get("privacy_secret"))
                .map(secret -> Optional.of(secret)
                        .filter(text -> !text.isEmpty())
                        .map(Secret::of)
                        .map(Sealed::of))
                .orElse(before);
    }

    private static boolean flag(Map<String, String> sent, boolean otherwise) {
        return Optional.ofNullable(sent.get("enabled"))
                .map(Boolean::parseBoolean)
                .orElse(otherwise);
    }

    private static Set<Integer> codes(String text) {
        Set<Integer> codes = new TreeSet<>();
        for (String code : text.split("[, ]+")) {
            if (!code.isEmpty()) {
                try {
                    codes.add(Integer.valueOf(code));
                } catch (NumberFormatException noNumber) {
                    throw Failure.badRequest("'" + code + "' is no code of an event")
                            .next("Give numbers, such as 9, 119");
                }
            }
        }
        return codes;
    }

    private LoggedEvent trial(Principal caller) {
        return new LoggedEvent(
                0,
                0,
                Channel.Severity.NORMAL.word(),
                clock.instant(),
                "This is a test of notifications.",
                "",
                Optional.of(caller.name()),
                Optional.of(caller.id()),
                Concerns.NOTHING,
                "oVirt",
                -1);
    }

    private Map<String, Object> shown(Channel channel) {
        Map<String, Object> members = new TreeMap<>(channel.settings());
        members.put("id", channel.id().toString());
        members.put("name", channel.name());
        members.put("kind", channel.kind().word());
        members.put("enabled", channel.enabled());
        members.put("severity", channel.severity().word());
        members.put(
                "codes", channel.codes().stream().sorted().map(String::valueOf).collect(Collectors.joining(",")));
        members.put("secret_set", !channel.secret().isEmpty());
        if (channel.kind() == Channel.Kind.SNMP) {
            members.put("privacy_secret_set", channel.privacy().isPresent());
            // Receivers of version 3 must be told it.
            members.put("engine_id", TrapEngine.word(instance));
        }
        return members;
    }

    private static Map<String, Object> shown(Delivery delivery) {
        Map<String, Object> members = new TreeMap<>();
        members.put("id", delivery.id());
        members.put("event", delivery.event());
        members.put("recipient", delivery.recipient());
        members.put("attempts", delivery.attempts());
        members.put("state", delivery.state().name().toLowerCase(java.util.Locale.ROOT));
        members.put("next_attempt", delivery.next().toString());
        members.put("error", delivery.error());
        return members;
    }
}
