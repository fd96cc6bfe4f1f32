package org.bellwether.engine.vm;

import static org.bellwether.engine.platform.Permit.EDIT_TEMPLATE_PROPERTIES;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bellwether.api.types.Watchdog;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;

/** The watchdog that machines made from a template begin with, on the wire. */
final class TemplateWatchdogsApi {

    private final Database database;
    private final Templates templates;
    private final Operations operations;
    private final Events events;

    TemplateWatchdogsApi(Database database, Templates templates, Operations operations, Events events) {
        this.database = database;
        this.templates = templates;
        this.operations = operations;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.read("template_watchdogs", "list", request -> {
            var template = template(request);
            return Reply.list(of(template).stream().map(dog -> shown(template, dog)));
        });
        routes.read("template_watchdog", "get", request -> {
            var template = template(request);
            return Reply.of(shown(template, Watchdogs.find(of(template), request.pathId(1))));
        });
        routes.on("template_watchdogs", "add", EDIT_TEMPLATE_PROPERTIES, request -> {
            var sent = request.body(Watchdog.class);
            return Reply.created(written(
                    request,
                    now -> Watchdogs.added(
                            now, sent, "The template " + template(request).name())));
        });
        routes.on("template_watchdog", "update", EDIT_TEMPLATE_PROPERTIES, request -> {
            var sent = request.body(Watchdog.class);
            return Reply.of(written(request, now -> Watchdogs.changed(now, request.pathId(1), sent)));
        });
        routes.on("template_watchdog", "remove", EDIT_TEMPLATE_PROPERTIES, request -> {
            write(request, now -> Watchdogs.removed(now, request.pathId(1)));
            return Reply.done();
        });
    }

    private Template template(ApiRequest request) {
        return templates.get(request.id(0));
    }

    private static List<Watchdog> of(Template template) {
        return Watchdogs.of(template.spec().watchdogs());
    }

    private Watchdog written(ApiRequest request, UnaryOperator<List<Watchdog>> change) {
        var after = write(request, change);
        return shown(after, of(after).getFirst());
    }

    private Template write(ApiRequest request, UnaryOperator<List<Watchdog>> change) {
        var template = template(request);
        operations.requireFree(template.id(), "changing the watchdog of the template " + template.name());
        var asker = Asker.of(request);
        return database.transaction(tx -> {
            var after = templates.update(
                    tx,
                    template.id(),
                    now -> now.with(now.spec().toBuilder()
                            .watchdogs(change.apply(of(now)))
                            .build()));
            events.add(
                    tx,
                    EventCode.TEMPLATE_UPDATED,
                    asker,
                    Concerns.NOTHING.withTemplate(template.id()),
                    "The watchdog of the template " + template.name() + " was changed by " + asker.name() + ".");
            return after;
        });
    }

    private static Watchdog shown(Template template, Watchdog dog) {
        return dog.toBuilder()
                .template(org.bellwether.api.types.Template.builder()
                        .id(template.id().toString())
                        .build())
                .build();
    }
}
