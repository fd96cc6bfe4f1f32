package org.bellwether.engine.template;

import static org.bellwether.engine.platform.Permit.CREATE_TEMPLATE;
import static org.bellwether.engine.platform.Permit.DELETE_TEMPLATE;
import static org.bellwether.engine.platform.Permit.EDIT_TEMPLATE_PROPERTIES;

import java.time.Clock;
import java.util.Set;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/** Instance types on the wire. */
final class InstanceTypesApi {

    private static final Set<String> OBSERVED =
            Set.of("creation_time", "status", "origin", "version", "initialization", "vm");

    private final Database database;
    private final InstanceTypes types;
    private final Events events;
    private final Clock clock;
    private final SearchSchema<InstanceType> schema = SearchSchema.<InstanceType>of("instance types")
            .text("id", type -> type.id().toString())
            .text("name", InstanceType::name)
            .text("description", type -> type.spec().description())
            .build();

    InstanceTypesApi(Database database, InstanceTypes types, Events events, Clock clock) {
        this.events = events;
        this.database = database;
        this.types = types;
        this.clock = clock;
    }

    void serve(ApiRoutes routes) {
        routes.read(
                "instance_types",
                "list",
                request -> Reply.list(
                        request.search(schema, types.model().all()).stream().map(InstanceTypesApi::document)));
        routes.on("instance_types", "add", CREATE_TEMPLATE, this::add);
        routes.read("instance_type", "get", request -> Reply.of(document(type(request))));
        routes.on("instance_type", "update", EDIT_TEMPLATE_PROPERTIES, this::update);
        routes.on("instance_type", "remove", DELETE_TEMPLATE, request -> {
            var type = type(request);
            database.change(tx -> {
                types.delete(tx, type.id());
                tell(tx, EventCode.TEMPLATE_REMOVED, request, type, "removed");
            });
            return Reply.done();
        });
    }

    private static org.bellwether.api.types.InstanceType document(InstanceType type) {
        return type.spec().toBuilder()
                .id(type.id().toString())
                .name(type.name())
                .creationTime(type.created())
                .build();
    }

    private static org.bellwether.api.types.InstanceType decided(org.bellwether.api.types.InstanceType request) {
        return Decided.of(org.bellwether.api.types.InstanceType.TYPE, request, OBSERVED, Set.of());
    }

    private Reply add(ApiRequest request) {
        var asked = request.body(org.bellwether.api.types.InstanceType.class);
        var type = new InstanceType(
                Id.random(), Names.checked(asked.name(), "an instance type"), clock.instant(), decided(asked));
        database.change(tx -> {
            types.insert(tx, type);
            tell(tx, EventCode.TEMPLATE_ADDED, request, type, "added");
        });
        return Reply.created(document(type));
    }

    private Reply update(ApiRequest request) {
        var asked = request.body(org.bellwether.api.types.InstanceType.class);
        var changed = database.transaction(tx -> {
            var after = types.update(
                    tx,
                    type(request).id(),
                    now -> now.changed(
                            asked.name() == null ? now.name() : Names.checked(asked.name(), "an instance type"),
                            org.bellwether.api.types.InstanceType.TYPE.merge(now.spec(), decided(asked))));
            tell(tx, EventCode.TEMPLATE_UPDATED, request, after, "changed");
            return after;
        });
        return Reply.of(document(changed));
    }

    private void tell(Transaction tx, EventCode code, ApiRequest request, InstanceType type, String what) {
        var asker = Asker.of(request);
        events.add(
                tx,
                code,
                asker,
                Concerns.NOTHING,
                "The instance type " + type.name() + " was " + what + " by " + asker.name() + ".");
    }

    private InstanceType type(ApiRequest request) {
        return types.get(request.<InstanceType>id());
    }
}
