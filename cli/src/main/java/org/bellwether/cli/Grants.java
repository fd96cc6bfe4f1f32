package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Permissions as files describe them: a role, a user or a group, and an object, or none where it is given on the whole system.
 * They have no names: the three together say which is meant.
 */
final class Grants {

    static final String WORD = "permission";

    private static final List<Sort> OBJECTS = List.of(
            Sort.DATA_CENTER,
            Sort.CLUSTER,
            Sort.STORAGE_DOMAIN,
            Sort.TEMPLATE,
            Sort.VM,
            Sort.NETWORK,
            Sort.VNIC_PROFILE);

    private final EngineClient engine;
    private final Known known;
    private final Set<ObjectNode> present = new HashSet<>();

    Grants(EngineClient engine, Known known) {
        this.engine = engine;
        this.known = known;
    }

    /** All that can be described: those on disks and pools cannot, which are not described themselves. */
    List<ObjectNode> all() {
        Map<String, ObjectNode> found = new HashMap<>();
        Set<String> elsewhere = new HashSet<>();
        for (var each : engine.list("/permissions")) {
            elsewhere.add(each.id());
            describe(each, Optional.empty(), "").ifPresent(document -> found.put(document.toString(), document));
        }
        for (Sort holder : List.of(Sort.USER, Sort.GROUP)) {
            for (var who : known.all(holder)) {
                for (var each : who.list("permissions")) {
                    for (Sort object : OBJECTS) {
                        String id = each.text(object.word() + ".id");
                        if (!id.isEmpty()) {
                            elsewhere.add(each.id());
                            describe(each, Optional.of(object), id)
                                    .ifPresent(document -> found.put(document.toString(), document));
                        }
                    }
                }
            }
        }
        // The API's permissions do not name networks and their profiles: they are found at those, below what they
        // inherit.
        for (Sort object : List.of(Sort.NETWORK, Sort.VNIC_PROFILE)) {
            for (var each : List.copyOf(known.all(object))) {
                for (var permission : engine.list(known.path(object, each) + "/permissions")) {
                    if (elsewhere.add(permission.id())) {
                        describe(permission, Optional.of(object), each.id())
                                .ifPresent(document -> found.put(document.toString(), document));
                    }
                }
            }
        }
        return found.entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(Map.Entry::getValue)
                .toList();
    }

    private Optional<ObjectNode> describe(Entity permission, Optional<Sort> object, String objectId) {
        ObjectNode document = Json.object();
        var role = known.reference(Sort.ROLE, permission.text("role.id"));
        role.ifPresent(reference -> document.set(Sort.ROLE.word(), reference));
        int named = 0;
        for (Sort holder : List.of(Sort.USER, Sort.GROUP)) {
            var who = known.reference(holder, permission.text(holder.word() + ".id"));
            if (who.isPresent()) {
                document.set(holder.word(), who.get());
                named++;
            }
        }
        if (object.isPresent()) {
            var on = known.reference(object.get(), objectId);
            if (on.isEmpty()) {
                return Optional.empty();
            }
            document.set(object.get().word(), on.get());
        }
        return role.isPresent() && named == 1 ? Optional.of(document) : Optional.empty();
    }

    static String label(JsonNode document) {
        var object = object(document);
        return "permission " + new Entity(document).text("role.name") + " for "
                + new Entity(document).find("user.user_name").orElseGet(() -> new Entity(document).text("group.name"))
                + object.map(sort -> " on " + Known.label(sort, document.path(sort.word())))
                        .orElse("");
    }

    private static Optional<Sort> object(JsonNode document) {
        return OBJECTS.stream().filter(sort -> document.has(sort.word())).findFirst();
    }

    /** Whether it is given already, on that very object. */
    boolean given(ObjectNode document) {
        if (present.isEmpty()) {
            present.addAll(all());
        }
        ObjectNode normal = Json.object();
        for (var member : document.properties()) {
            Sort.referredBy(member.getKey())
                    .flatMap(sort ->
                            known.find(sort, member.getValue()).flatMap(found -> known.reference(sort, found.id())))
                    .ifPresent(reference -> normal.set(member.getKey(), reference));
        }
        return present.contains(normal);
    }

    /** Gives it; somebody of a directory who was never seen here is taken from there first. */
    void give(ObjectNode document) {
        Sort holder = holder(document);
        if (known.find(holder, document.path(holder.word())).isEmpty() && holder == Sort.USER) {
            String name = new Entity(document).text("user.user_name");
            ObjectNode user = Json.object().put("user_name", name);
            user.putObject("domain").put("name", name.substring(name.lastIndexOf('@') + 1));
            engine.post("/users", user);
            known.forget(Sort.USER);
        }
        ObjectNode permission = Json.object();
        for (Sort sort : List.of(Sort.ROLE, holder)) {
            permission.putObject(sort.word()).put("id", required(sort, document).id());
        }
        var object = object(document);
        var path = object.map(sort -> known.path(sort, required(sort, document)) + "/permissions")
                .orElse("/permissions");
        engine.post(path, permission);
        present.clear();
        known.forget(Sort.USER);
        known.forget(Sort.GROUP);
    }

    private Entity required(Sort sort, ObjectNode document) {
        return known.find(sort, document.path(sort.word()))
                .orElseThrow(() ->
                        CommandFailure.refused(404, "There is no " + Known.label(sort, document.path(sort.word()))));
    }

    private static Sort holder(JsonNode document) {
        var named = new ArrayList<Sort>();
        for (Sort sort : List.of(Sort.USER, Sort.GROUP)) {
            if (document.has(sort.word())) {
                named.add(sort);
            }
        }
        if (named.size() != 1 || !document.has("role")) {
            throw CommandFailure.refused(0, "A permission names a role, and either a user or a group");
        }
        return named.getFirst();
    }
}
