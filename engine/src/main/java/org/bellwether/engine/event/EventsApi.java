package org.bellwether.engine.event;

import static org.bellwether.engine.platform.Permit.AUDIT_LOG_MANAGEMENT;

import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
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
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.search.SearchSchema;

/** The log of events on the wire: newest first. */
public final class EventsApi {

    /** A search looks at this many of the newest events; older ones are found by narrowing with "from". */
    private static final int SEARCHED = 20_000;

    private static final int PAGE = 1_000;

    private final Events events;
    private final SearchSchema<LoggedEvent> schema = SearchSchema.<LoggedEvent>of("events")
            .number("type", LoggedEvent::code)
            .choice("severity", LoggedEvent::severity)
            .text("message", LoggedEvent::message)
            .date("time", LoggedEvent::time)
            .text("usrname", event -> event.userName().orElse(null))
            .text("correlation_id", LoggedEvent::correlationId)
            .text("vm.id", event -> text(event.concerns().vm()))
            .text("host.id", event -> text(event.concerns().host()))
            .text("event_vm", event -> text(event.concerns().vm()))
            .text("event_host", event -> text(event.concerns().host()))
            .build();

    public EventsApi(Events events) {
        this.events = events;
    }

    public void serve(ApiRoutes routes) {
        routes.read("events", "list", this::list);
        routes.read("event", "get", request -> Reply.of(document(find(request))));
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
                .customId(-1L)
                .floodRate(0L)
                .origin("oVirt");
        event.userName()
                .ifPresent(name -> document.user(User.builder().name(name).build()));
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
