package org.bellwether.engine.template;

import static org.bellwether.engine.platform.Permit.EDIT_TEMPLATE_PROPERTIES;

import java.util.List;
import java.util.function.UnaryOperator;
import org.bellwether.api.types.Display;
import org.bellwether.api.types.GraphicsConsole;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.jspecify.annotations.Nullable;

/** The screen that machines made from a template have, on the wire: {@code templates/{id}/graphicsconsoles}. */
final class TemplateScreensApi {

    private final Database database;
    private final Templates templates;
    private final Operations operations;
    private final Events events;

    TemplateScreensApi(Database database, Templates templates, Operations operations, Events events) {
        this.database = database;
        this.templates = templates;
        this.operations = operations;
        this.events = events;
    }

    void serve(ApiRoutes routes) {
        routes.read("template_graphics_consoles", "list", request -> Reply.list(of(template(request))));
        routes.read("template_graphics_console", "get", request -> Reply.of(wanted(request)));
        routes.on("template_graphics_consoles", "add", EDIT_TEMPLATE_PROPERTIES, request -> {
            var sent = request.body(GraphicsConsole.class);
            var after = write(
                    request,
                    now -> Screens.added(
                            now, sent, "The template " + template(request).name()));
            return Reply.created(of(after).getFirst());
        });
        routes.on("template_graphics_console", "remove", EDIT_TEMPLATE_PROPERTIES, request -> {
            wanted(request);
            write(request, Screens::removed);
            return Reply.done();
        });
    }

    private Template template(ApiRequest request) {
        return templates.get(request.<Template>id(0));
    }

    private static List<GraphicsConsole> of(Template template) {
        return Screens.headless(template.spec().display())
                ? List.of()
                : List.of(Screens.document()
                        .template(org.bellwether.api.types.Template.builder()
                                .id(template.id().toString())
                                .build())
                        .build());
    }

    private GraphicsConsole wanted(ApiRequest request) {
        var template = template(request);
        return of(template).stream()
                .filter(each -> request.pathId(1).equals(each.id()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The template " + template.name()
                        + " has no graphics console with the id " + request.pathId(1)));
    }

    private Template write(ApiRequest request, UnaryOperator<@Nullable Display> change) {
        var template = template(request);
        operations.requireFree(template.id(), "changing the screen of the template " + template.name());
        var asker = Asker.of(request);
        return database.transaction(tx -> {
            var after = templates.update(
                    tx,
                    template.id(),
                    now -> now.with(now.spec().toBuilder()
                            .display(change.apply(now.spec().display()))
                            .build()));
            events.add(
                    tx,
                    EventCode.TEMPLATE_UPDATED,
                    asker,
                    Concerns.NOTHING.withTemplate(template.id()),
                    "The screen of the template " + template.name() + " was changed by " + asker.name() + ".");
            return after;
        });
    }
}
