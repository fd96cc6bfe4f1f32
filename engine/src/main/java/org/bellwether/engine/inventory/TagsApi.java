package org.bellwether.engine.inventory;

import static org.bellwether.engine.platform.Permit.TAG_MANAGEMENT;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.jspecify.annotations.Nullable;

/** Tags on the wire, and what they are put on. */
public final class TagsApi {

    private record Codes(EventCode put, EventCode taken) {}

    private static final Map<String, Codes> CODES = Map.of(
            "vm", new Codes(EventCode.TAG_PUT_ON_VM, EventCode.TAG_TAKEN_FROM_VM),
            "host", new Codes(EventCode.TAG_PUT_ON_HOST, EventCode.TAG_TAKEN_FROM_HOST),
            "template", new Codes(EventCode.TAG_PUT_ON_TEMPLATE, EventCode.TAG_TAKEN_FROM_TEMPLATE),
            "user", new Codes(EventCode.TAG_PUT_ON_USER, EventCode.TAG_TAKEN_FROM_USER),
            "group", new Codes(EventCode.TAG_PUT_ON_GROUP, EventCode.TAG_TAKEN_FROM_GROUP));

    private final Database database;
    private final Tags tags;
    private final Events events;

    public TagsApi(Database database, Tags tags, Events events) {
        this.database = database;
        this.tags = tags;
        this.events = events;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "tags",
                "list",
                request -> Reply.list(request.limited(tags.all()).stream().map(TagsApi::document)));
        routes.on("tags", "add", TAG_MANAGEMENT, this::add);
        routes.read("tag", "get", request -> Reply.of(document(tags.get(request.id()))));
        routes.on("tag", "update", TAG_MANAGEMENT, this::update);
        routes.on("tag", "remove", TAG_MANAGEMENT, this::remove);
        routes.read(
                "assigned_tags",
                "list",
                request -> Reply.list(
                        request.limited(tags.on(object(request))).stream().map(TagsApi::document)));
        routes.on("assigned_tags", "add", TAG_MANAGEMENT, this::put);
        routes.read("assigned_tag", "get", request -> Reply.of(document(assigned(request))));
        routes.on("assigned_tag", "remove", TAG_MANAGEMENT, this::take);
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Tag.class);
        var tag = new Tag(
                Id.random(),
                name(sent.name()),
                Optional.ofNullable(sent.description()).orElse(""),
                parent(sent).orElse(Tag.ROOT.id()));
        database.change(tx -> {
            tags.insert(tx, tag);
            events.add(
                    tx, EventCode.TAG_ADDED, Asker.of(request), Concerns.NOTHING, "Tag " + tag.name() + " was added.");
        });
        return Reply.created(document(tag));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Tag.class);
        var tag = notRoot(tags.get(request.id()));
        var changed = database.transaction(tx -> {
            events.add(
                    tx,
                    EventCode.TAG_UPDATED,
                    Asker.of(request),
                    Concerns.NOTHING,
                    "Tag " + tag.name() + " was changed.");
            return tags.update(
                    tx,
                    tag.id(),
                    before -> new Tag(
                            before.id(),
                            sent.name() == null ? before.name() : name(sent.name()),
                            Optional.ofNullable(sent.description()).orElse(before.description()),
                            parent(sent).orElse(before.parent())));
        });
        return Reply.of(document(changed));
    }

    private Reply remove(ApiRequest request) {
        var tag = notRoot(tags.get(request.id()));
        database.change(tx -> {
            tags.delete(tx, tag.id());
            events.add(
                    tx,
                    EventCode.TAG_REMOVED,
                    Asker.of(request),
                    Concerns.NOTHING,
                    "Tag " + tag.name() + " was removed.");
        });
        return Reply.done();
    }

    private Reply put(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Tag.class);
        var tag = referred(sent);
        var object = object(request);
        if (!tags.on(object).contains(tag)) {
            database.change(tx -> {
                tags.put(tx, tag.id(), object);
                tell(tx, request, codes(request).put(), tag);
            });
        }
        return Reply.created(document(tag));
    }

    private Reply take(ApiRequest request) {
        var tag = assigned(request);
        database.change(tx -> {
            tags.take(tx, tag.id(), object(request));
            tell(tx, request, codes(request).taken(), tag);
        });
        return Reply.done();
    }

    private void tell(
            org.bellwether.engine.platform.store.Transaction tx, ApiRequest request, EventCode code, Tag tag) {
        var holder = request.targets().getFirst();
        Id<?> id = request.id(0);
        var concerns = switch (holder.service()) {
            case "vm" -> Concerns.NOTHING.withVm(id);
            case "host" -> Concerns.NOTHING.withHost(id);
            case "template" -> Concerns.NOTHING.withTemplate(id);
            default -> Concerns.NOTHING;
        };
        events.add(
                tx,
                code,
                Asker.of(request),
                concerns,
                "The tags of " + holder.service() + " " + holder.id() + " were changed: " + tag.name() + ".");
    }

    private static Codes codes(ApiRequest request) {
        var service = request.targets().getFirst().service();
        return Optional.ofNullable(CODES.get(service))
                .orElseThrow(() -> Failure.badRequest("A " + service.replace('_', ' ') + " takes no tags"));
    }

    private static UUID object(ApiRequest request) {
        return request.id(0).value();
    }

    private Tag assigned(ApiRequest request) {
        Id<Tag> id = request.id();
        return tags.on(object(request)).stream()
                .filter(tag -> tag.id().equals(id))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The object has no tag with the id " + id));
    }

    private Optional<Id<Tag>> parent(org.bellwether.api.types.Tag sent) {
        return Optional.ofNullable(sent.parent()).map(parent -> referred(parent).id());
    }

    private Tag referred(org.bellwether.api.types.Tag reference) {
        var id = reference.id();
        if (id != null) {
            try {
                return tags.get(Id.of(id));
            } catch (IllegalArgumentException noUuid) {
                throw Failure.notFound("Entity not found: Tag " + id);
            }
        }
        var name = String.valueOf(reference.name());
        return tags.named(name).orElseThrow(() -> Failure.notFound("Entity not found: Tag " + name));
    }

    private String name(@Nullable String sent) {
        var name = Names.checked(sent, "a tag");
        if (name.equals(Tag.ROOT.name())) {
            throw Failure.conflict("There is a tag of that name already");
        }
        return name;
    }

    private static Tag notRoot(Tag tag) {
        if (tag.id().equals(Tag.ROOT.id())) {
            throw Failure.conflict("The root of the tags cannot be changed");
        }
        return tag;
    }

    private static org.bellwether.api.types.Tag document(Tag tag) {
        var document = org.bellwether.api.types.Tag.builder()
                .id(tag.id().toString())
                .name(tag.name())
                .description(tag.description());
        tag.parentId()
                .ifPresent(parent -> document.parent(org.bellwether.api.types.Tag.builder()
                        .id(parent.toString())
                        .build()));
        return document.build();
    }
}
