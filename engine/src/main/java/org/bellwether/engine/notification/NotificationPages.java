package org.bellwether.engine.notification;

import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.LoggedEvent;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.engine.platform.store.Database;

/** Channels of notifications, beside the API, which knows only the subscriptions of users. For administrators. */
final class NotificationPages implements Endpoint {
    static final String PATH = "/ovirt-engine/services/notifications";

    private static final int BODY_LIMIT = 32 * 1024;
    private static final int SHOWN = 100;
    private static final Set<String> OWN = Set.of("name", "kind", "enabled", "severity", "codes", "secret");

    private final Database database;
    private final Notifications notifications;
    private final Notifier notifier;
    private final Gate gate;
    private final InstantSource clock;

    NotificationPages(
            Database database, Notifications notifications, Notifier notifier, Gate gate, InstantSource clock) {
        this.database = database;
        this.notifications = notifications;
        this.notifier = notifier;
        this.gate = gate;
        this.clock = clock;
    }

    @Override
    public WebReply answer(WebRequest request) {
        Principal caller = gate.caller(request, "Notifications are for administrators only");
        if (!gate.allows(caller, Permit.CONFIGURE_ENGINE, List.of())) {
            throw Failure.forbidden(caller.name() + " may not look after notifications")
                    .because("the permit " + Permit.CONFIGURE_ENGINE.wireName() + " is needed");
        }
        String below = request.plainPath().substring(PATH.length());
        String[] path = below.isEmpty() ? new String[0] : below.substring(1).split("/");
        String call = request.method().replace("HEAD", "GET") + path.length + (path.length == 2 ? path[1] : "");
        if (caller.readOnly() && !call.startsWith("GET")) {
            throw Failure.forbidden("The access token may only read");
        }
        return switch (call) {
            case "GET0" ->
                WebReply.json(
                        200,
                        list(
                                "channel",
                                notifications.channels().all().stream()
                                        .map(NotificationPages::shown)
                                        .toList()));
            case "POST0" ->
                WebReply.json(
                        201, Json.object(shown(add(Json.texts(request.body().read(BODY_LIMIT))))));
            case "GET1" -> WebReply.json(200, Json.object(shown(channel(path[0]))));
            case "PUT1" ->
                WebReply.json(
                        200,
                        Json.object(
                                shown(change(path[0], Json.texts(request.body().read(BODY_LIMIT))))));
            case "DELETE1" -> {
                var channel = channel(path[0]);
                database.change(tx -> notifications.delete(tx, channel.id()));
                yield WebReply.json(200, "{}");
            }
            case "POST2test" -> {
                notifier.test(channel(path[0]), trial(caller));
                yield WebReply.json(200, "{}");
            }
            case "GET2deliveries" ->
                WebReply.json(
                        200,
                        list(
                                "delivery",
                                notifier.deliveries(channel(path[0]), SHOWN).stream()
                                        .map(NotificationPages::shown)
                                        .toList()));
            default -> throw Failure.notFound("There is nothing at " + request.method() + " " + request.plainPath());
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

    private Channel add(Map<String, String> sent) {
        var channel = checked(new Channel(
                Id.random(),
                Names.checked(sent.get("name"), "a notification channel"),
                Channel.Kind.of(sent.getOrDefault("kind", "")),
                flag(sent, true),
                Channel.Severity.of(sent.getOrDefault("severity", "warning")),
                codes(sent.getOrDefault("codes", "")),
                settings(sent, Map.of()),
                Sealed.of(Secret.of(sent.getOrDefault("secret", "")))));
        database.change(tx -> notifications.insert(tx, channel));
        return channel;
    }

    private Channel change(String reference, Map<String, String> sent) {
        var id = channel(reference).id();
        return database.transaction(tx -> notifications.update(
                tx,
                id,
                now -> checked(new Channel(
                        now.id(),
                        sent.containsKey("name")
                                ? Names.checked(sent.get("name"), "a notification channel")
                                : now.name(),
                        now.kind(),
                        flag(sent, now.enabled()),
                        sent.containsKey("severity") ? Channel.Severity.of(sent.get("severity")) : now.severity(),
                        sent.containsKey("codes") ? codes(sent.get("codes")) : now.codes(),
                        settings(sent, now.settings()),
                        sent.containsKey("secret") ? Sealed.of(Secret.of(sent.get("secret"))) : now.sealed()))));
    }

    private static Channel checked(Channel channel) {
        channel.kind().check(channel.settings());
        channel.number("port", 1);
        return channel;
    }

    private static boolean flag(Map<String, String> sent, boolean otherwise) {
        return Optional.ofNullable(sent.get("enabled"))
                .map(Boolean::parseBoolean)
                .orElse(otherwise);
    }

    /** What is set to nothing is taken away. */
    private static Map<String, String> settings(Map<String, String> sent, Map<String, String> before) {
        Map<String, String> settings = new HashMap<>(before);
        sent.forEach((name, value) -> {
            if (!OWN.contains(name)) {
                settings.put(name, value.strip());
            }
        });
        settings.values().removeIf(String::isEmpty);
        return settings;
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

    private static Map<String, Object> shown(Channel channel) {
        Map<String, Object> members = new TreeMap<>(channel.settings());
        members.put("id", channel.id().toString());
        members.put("name", channel.name());
        members.put("kind", channel.kind().word());
        members.put("enabled", channel.enabled());
        members.put("severity", channel.severity().word());
        members.put(
                "codes", channel.codes().stream().sorted().map(String::valueOf).collect(Collectors.joining(",")));
        members.put("secret_set", !channel.secret().isEmpty());
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
