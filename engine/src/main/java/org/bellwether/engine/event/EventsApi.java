package org.bellwether.engine.event;

import static org.bellwether.engine.platform.Permit.AUDIT_LOG_MANAGEMENT;
import static org.bellwether.engine.platform.Permit.INJECT_EXTERNAL_EVENTS;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bellwether.api.Struct;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.DataCenter;
import org.bellwether.api.types.Event;
import org.bellwether.api.types.Host;
import org.bellwether.api.types.LogSeverity;
import org.bellwether.api.types.StorageDomain;
import org.bellwether.api.types.Template;
import org.bellwether.api.types.User;
import org.bellwether.api.types.Vm;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Stored;

/** The log of events on the wire: newest first. */
public final class EventsApi {

    /** A search looks at this many of the newest events; older ones are found by narrowing with "from". */
    private static final int SEARCHED = 20_000;

    private static final int PAGE = 1_000;
    private static final int LONGEST = 4_000;

    private final Events events;
    private final SearchSchema<LoggedEvent> schema;

    /** @param names the name of an object, by the API's name of its kind and its id; empty when it is gone */
    public EventsApi(Events events, BiFunction<String, UUID, String> names) {
        this.events = events;
        this.schema = SearchSchema.<LoggedEvent>of("events")
                .text("id", event -> Long.toString(event.id()))
                .number("type", LoggedEvent::code)
                .choice("severity", LoggedEvent::severity)
                .text("message", LoggedEvent::message)
                .date("time", LoggedEvent::time)
                .text("usrname", event -> event.userName().orElse(null))
                .text("correlation_id", LoggedEvent::correlationId)
                .text("origin", LoggedEvent::origin)
                .number("custom_event_id", LoggedEvent::customId)
                .absent("event_volume", "there are no Gluster volumes")
                .text("_event_quota_id", event -> text(event.concerns().quota()))
                .flag("deleted", event -> false)
                .text("_event_vm_id", event -> text(event.concerns().vm()))
                .text("_event_host_id", event -> text(event.concerns().host()))
                .text("_event_template_id", event -> text(event.concerns().template()))
                .text("_event_storage_id", event -> text(event.concerns().storageDomain()))
                .text("_event_datacenter_id", event -> text(event.concerns().dataCenter()))
                .text("usrid", event -> text(event.userId()))
                // Of what is gone only the id is left.
                .text("vm.id", event -> text(event.concerns().vm()))
                .text("host.id", event -> text(event.concerns().host()))
                .text("template.id", event -> text(event.concerns().template()))
                .text("event_vm", event -> named("vm", event.concerns().vm(), names))
                .text("event_host", event -> named("host", event.concerns().host(), names))
                .text(
                        "event_template",
                        event -> named("template", event.concerns().template(), names))
                .text(
                        "event_storage",
                        event -> named("storage_domain", event.concerns().storageDomain(), names))
                .text(
                        "event_datacenter",
                        event -> named("data_center", event.concerns().dataCenter(), names))
                .build();
    }

    private static String named(String kind, Optional<UUID> id, BiFunction<String, UUID, String> names) {
        return id.map(known -> names.apply(kind, known)).orElse("");
    }

    /** Lets events be searched by the objects of a kind that they are about, and the objects by events. */
    public <T extends Stored<T>> EventsApi about(
            List<String> words, Function<Concerns, Optional<UUID>> which, ReadModel<T> model, SearchSchema<T> kind) {
        schema.relate(
                words,
                event -> which.apply(event.concerns()).flatMap(id -> model.find(Id.of(id))).stream()
                        .toList(),
                () -> kind);
        kind.relateAtOnce(
                List.of("event", "events"),
                () -> {
                    Map<UUID, List<LoggedEvent>> byObject = events.newest(Optional.empty(), SEARCHED).stream()
                            .filter(event -> which.apply(event.concerns()).isPresent())
                            .collect(Collectors.groupingBy(
                                    event -> which.apply(event.concerns()).orElseThrow()));
                    return object -> byObject.getOrDefault(object.id().value(), List.of());
                },
                () -> schema);
        return this;
    }

    public void serve(ApiRoutes routes) {
        routes.read("events", "list", this::list);
        routes.read("event", "get", request -> Reply.of(document(find(request))));
        routes.on("events", "add", INJECT_EXTERNAL_EVENTS, this::add);
        routes.on("events", "undelete", AUDIT_LOG_MANAGEMENT, request -> {
            events.undismiss();
            return Reply.done();
        });
        routes.on("event", "remove", AUDIT_LOG_MANAGEMENT, request -> {
            events.dismiss(find(request).id());
            return Reply.done();
        });
    }

    private Reply list(ApiRequest request) {
        var from = request.number("from");
        Optional<Long> above = from.isPresent() ? Optional.of(from.getAsLong()) : Optional.empty();
        if (request.search().isBlank()) {
            var newest = request.filtered()
                    ? events.newest(above, SEARCHED).stream()
                            .filter(event -> tells(request, event))
                            .limit(request.maximum().orElse(PAGE))
                            .toList()
                    : events.newest(above, request.maximum().orElse(PAGE));
            return Reply.list(newest.stream().map(EventsApi::document));
        }
        var candidates = events.newest(above, SEARCHED).stream()
                .filter(event -> tells(request, event))
                .toList();
        return Reply.list(request.search(schema, candidates).stream().map(EventsApi::document));
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(Event.class);
        var origin = Optional.ofNullable(sent.origin()).map(String::strip).orElse("");
        if (origin.isEmpty() || origin.equalsIgnoreCase(LoggedEvent.OWN)) {
            throw Failure.badRequest("The event's origin cannot be '" + origin + "'")
                    .because("that is what the engine itself says")
                    .next("Name the program that tells of it");
        }
        var code = switch (Optional.ofNullable(sent.severity()).orElse(LogSeverity.NORMAL)) {
            case NORMAL -> EventCode.EXTERNAL_NORMAL;
            case WARNING -> EventCode.EXTERNAL_WARNING;
            case ERROR -> EventCode.EXTERNAL_ERROR;
            case ALERT -> EventCode.EXTERNAL_ALERT;
        };
        var text = Optional.ofNullable(sent.description()).orElse("");
        long custom = Optional.ofNullable(sent.customId()).orElse(-1L);
        if (text.isBlank() || text.length() > LONGEST) {
            throw Failure.badRequest("The event's description must have 1 to " + LONGEST + " characters");
        }
        events.change(tx -> events.add(tx, code, Asker.of(request), concerns(sent), text, origin, custom));
        return events.newest(Optional.empty(), SEARCHED).stream()
                .filter(event ->
                        event.origin().equals(origin) && event.message().equals(text))
                .findFirst()
                .map(made -> Reply.created(document(made)))
                .orElseThrow(() -> Failure.internal("The event that was added is not in the log"));
    }

    private static Concerns concerns(Event sent) {
        var about = Concerns.NOTHING;
        for (var attribute : Event.TYPE.attributes()) {
            if (sent.value(attribute) instanceof Struct reference
                    && reference.structType().attribute("id") != null
                    && reference.value("id") instanceof String id) {
                about = switch (attribute.name()) {
                    case "vm" -> about.withVm(id(id));
                    case "host" -> about.withHost(id(id));
                    case "cluster" -> about.withCluster(id(id));
                    case "data_center" -> about.withDataCenter(id(id));
                    case "storage_domain" -> about.withStorageDomain(id(id));
                    case "template" -> about.withTemplate(id(id));
                    default -> about;
                };
            }
        }
        return about;
    }

    private static Id<?> id(String text) {
        try {
            return Id.of(text);
        } catch (IllegalArgumentException noUuid) {
            throw Failure.badRequest("'" + text + "' is no id of an object");
        }
    }

    private LoggedEvent find(ApiRequest request) {
        try {
            return events.find(Long.parseLong(request.pathId()))
                    .filter(event -> tells(request, event))
                    .orElseThrow(() -> Failure.notFound("There is no event with the id " + request.pathId()));
        } catch (NumberFormatException e) {
            throw Failure.notFound("There is no event with the id " + request.pathId());
        }
    }

    /** Whether the caller may hear of the innermost object that the event is about. */
    private static boolean tells(ApiRequest request, LoggedEvent event) {
        if (!request.filtered()) {
            return true;
        }
        var about = event.concerns();
        return about.vm()
                .map(id -> request.looksInto("vm", id))
                .or(() -> about.template().map(id -> request.looksInto("template", id)))
                .or(() -> about.host().map(id -> request.looksInto("host", id)))
                .or(() -> about.storageDomain().map(id -> request.looksInto("storage_domain", id)))
                .or(() -> about.cluster().map(id -> request.looksInto("cluster", id)))
                .or(() -> about.dataCenter().map(id -> request.looksInto("data_center", id)))
                .orElse(false);
    }

    private static String text(Optional<UUID> id) {
        return id.map(UUID::toString).orElse("");
    }

    private static Event document(LoggedEvent event) {
        var concerns = event.concerns();
        var document = Event.builder()
                .id(Long.toString(event.id()))
                .index(event.id())
                .code((long) event.code())
                .severity(severity(event.severity()))
                .time(event.time())
                .description(event.message())
                .correlationId(event.correlationId())
                .customId(event.customId())
                .floodRate(0L)
                .origin(event.origin());
        event.userName()
                .ifPresent(name -> document.user(User.builder()
                        .id(event.userId().map(UUID::toString).orElse(null))
                        .name(name)
                        .build()));
        concerns.vm().ifPresent(id -> document.vm(Vm.builder().id(id.toString()).build()));
        concerns.host()
                .ifPresent(id -> document.host(Host.builder().id(id.toString()).build()));
        concerns.cluster()
                .ifPresent(id ->
                        document.cluster(Cluster.builder().id(id.toString()).build()));
        concerns.dataCenter()
                .ifPresent(id -> document.dataCenter(
                        DataCenter.builder().id(id.toString()).build()));
        concerns.storageDomain()
                .ifPresent(id -> document.storageDomain(
                        StorageDomain.builder().id(id.toString()).build()));
        concerns.template()
                .ifPresent(id ->
                        document.template(Template.builder().id(id.toString()).build()));
        return document.build();
    }

    private static LogSeverity severity(String name) {
        return Arrays.stream(LogSeverity.values())
                .filter(severity -> severity.wire().equals(name))
                .findFirst()
                .orElse(LogSeverity.NORMAL);
    }
}
