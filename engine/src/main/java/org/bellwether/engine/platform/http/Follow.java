package org.bellwether.engine.platform.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.api.Attribute;
import org.bellwether.api.RouteMatch;
import org.bellwether.api.Routes;
import org.bellwether.api.Service;
import org.bellwether.api.Struct;
import org.bellwether.api.StructBuilder;
import org.bellwether.api.StructType;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Puts what {@code follow=disk_attachments.disk,nics} names into the answer: each link is read through the handler of its
 * own route, with the caller's own permits, without leaving the process. An object that many refer to is read once.
 */
final class Follow {
    /** As many objects as one answer may pull in. Names can lead in circles, and each round multiplies. */
    private static final int MAXIMUM = 200_000;

    private final ApiRoutes routes;
    private final Rights rights;
    private final ApiRequest.Call call;
    private final Map<String, Optional<Reply>> read = new HashMap<>();
    private int count;

    Follow(ApiRoutes routes, Rights rights, ApiRequest.Call call) {
        this.routes = routes;
        this.rights = rights;
        this.call = call;
    }

    /** What is to be followed from one object: names, each with what is to be followed from there. */
    private static final class Wishes {
        private final Map<String, Wishes> names = new LinkedHashMap<>();

        static Wishes of(String follow) {
            Wishes root = new Wishes();
            for (String path : follow.split(",")) {
                Wishes at = root;
                for (String name : path.strip().split("\\.")) {
                    if (!name.isBlank()) {
                        at = at.names.computeIfAbsent(name.strip(), _ -> new Wishes());
                    }
                }
            }
            return root;
        }
    }

    Reply followed(Reply reply, @Nullable String follow) {
        if (follow == null || follow.isBlank()) {
            return reply;
        }
        Wishes wishes = Wishes.of(follow);
        return switch (reply) {
            case Reply.One(var object) -> new Reply.One(followed(object, call.path(), wishes));
            case Reply.Many(var objects) -> new Reply.Many(followed(objects, call.path(), wishes));
            case Reply.Created created -> created;
            case Reply.Done done -> done;
            case Reply.Raw raw -> raw;
        };
    }

    private List<? extends Struct> followed(List<? extends Struct> objects, String collection, Wishes wishes) {
        if (wishes.names.isEmpty()) {
            return objects;
        }
        List<Struct> all = new ArrayList<>(objects.size());
        for (Struct object : objects) {
            String id = text(object, "id");
            all.add(followed(object, id == null ? collection : collection + "/" + Segments.encoded(id), wishes));
        }
        return all;
    }

    private Struct followed(Struct object, String otherwiseAt, Wishes wishes) {
        if (wishes.names.isEmpty()) {
            return object;
        }
        if (++count > MAXIMUM) {
            throw Failure.badRequest("The request follows too much")
                    .because("more than " + MAXIMUM + " objects would be in the answer")
                    .next("Follow less, or limit the list with max");
        }
        String href = text(object, "href");
        String path = href == null ? otherwiseAt : href;
        StructBuilder<? extends Struct> builder = object.edit();
        wishes.names.forEach((name, further) -> {
            Attribute attribute = object.structType().followed(name);
            if (attribute == null) {
                throw Failure.badRequest("Cannot follow \"" + name + "\"")
                        .because("a " + object.structType().name().replace('_', ' ') + " has no such link")
                        .next("Use the names of its links: " + links(object));
            }
            Object value =
                    attribute.isList() ? list(object, attribute, path, further) : one(object, attribute, path, further);
            if (value != null) {
                builder.set(attribute, value);
            }
        });
        return builder.build();
    }

    private @Nullable Object one(Struct object, Attribute attribute, String path, Wishes further) {
        if (!(object.value(attribute) instanceof Struct reference)) {
            // A link without an object of its own, such as the parent of a tag, may be a service of its own below.
            return below(path, attribute)
                    .filter(Reply.One.class::isInstance)
                    .map(reply -> followed(((Reply.One) reply).object(), path + "/" + attribute.linkName(), further))
                    .orElse(null);
        }
        return whole(reference, further);
    }

    private @Nullable Object list(Struct object, Attribute attribute, String path, Wishes further) {
        Optional<Reply> reply = below(path, attribute);
        if (reply.isPresent() && reply.get() instanceof Reply.Many(var objects)) {
            return placed(followed(objects, path + "/" + attribute.linkName(), further), path, attribute);
        }
        if (object.value(attribute) instanceof List<?> references) {
            List<Struct> all = new ArrayList<>(references.size());
            for (Object reference : references) {
                all.add(whole((Struct) reference, further));
            }
            return all;
        }
        return null;
    }

    /** Objects that are followed keep the href that they have in their own list. */
    private static List<? extends Struct> placed(List<? extends Struct> objects, String path, Attribute attribute) {
        if (objects.isEmpty()) {
            return objects;
        }
        Attribute href = objects.getFirst().structType().attribute("href");
        if (href == null) {
            return objects;
        }
        List<Struct> placed = new ArrayList<>(objects.size());
        for (Struct object : objects) {
            String id = text(object, "id");
            if (id == null || object.value(href) != null) {
                placed.add(object);
            } else {
                String at = path + "/" + attribute.linkName() + "/" + Segments.encoded(id);
                placed.add(object.edit().set(href, at).build());
            }
        }
        return placed;
    }

    private Optional<Reply> below(String path, Attribute attribute) {
        Service service = Routes.at(path);
        return service == null || service.child(attribute.linkName()) == null
                ? Optional.empty()
                : read(path + "/" + attribute.linkName());
    }

    /** The object that a reference means; the reference itself if it leads nowhere or is gone by now. */
    private Struct whole(Struct reference, Wishes further) {
        String id = text(reference, "id");
        String href = text(reference, "href");
        String path = href != null || id == null ? href : Routes.home(reference.structType(), id);
        if (path == null || !reference.isReference()) {
            return path == null ? reference : followed(reference, path, further);
        }
        Optional<Reply> reply = read(path);
        if (reply.isPresent() && reply.get() instanceof Reply.One(var object)) {
            return object.structType() == reference.structType() ? followed(object, path, further) : reference;
        }
        return reference;
    }

    private Optional<Reply> read(String path) {
        Optional<Reply> known = read.get(path);
        if (known == null) {
            known = dispatched(path);
            read.put(path, known);
        }
        return known;
    }

    private Optional<Reply> dispatched(String path) {
        if (!(Routes.match("GET", path) instanceof RouteMatch.Found(var _, var method, var _))) {
            return Optional.empty();
        }
        Optional<ApiRoutes.Served> served = routes.find(method);
        if (served.isEmpty()) {
            return method.name().equals("list") ? Optional.of(Reply.list(List.of())) : Optional.empty();
        }
        StructType<?> result = method.result();
        ApiRequest.Call inner = new ApiRequest.Call(
                call.principal(),
                call.correlation(),
                call.prefix(),
                path,
                Targets.of(path),
                Parameters.none(),
                "",
                call.gate(),
                result == null ? "" : result.name(),
                call.filtered());
        try {
            rights.enter(inner);
            rights.permit(inner, served.get().permit(), method);
            return Optional.of(rights.shown(inner, served.get().handler().handle(new ApiRequest(inner, List.of()))));
        } catch (Failure gone) {
            if (gone.kind() == Failure.Kind.NOT_FOUND || gone.kind() == Failure.Kind.FORBIDDEN) {
                return Optional.empty();
            }
            throw gone;
        }
    }

    private static String links(Struct object) {
        return String.join(
                ", ",
                object.structType().attributes().stream()
                        .filter(Attribute::isLink)
                        .map(Attribute::name)
                        .toList());
    }

    private static @Nullable String text(Struct struct, String name) {
        Attribute attribute = struct.structType().attribute(name);
        return attribute != null && struct.value(attribute) instanceof String text ? text : null;
    }
}
