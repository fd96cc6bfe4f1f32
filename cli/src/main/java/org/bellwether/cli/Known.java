package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The engine's objects by their ids and by what people call them. Each sort is fetched once, and again after it was changed.
 */
final class Known {

    private static final String FIRST_VERSION = "1";

    private final EngineClient engine;
    private final Map<Sort, Map<String, Entity>> byId = new EnumMap<>(Sort.class);
    private final Map<String, String> paths = new LinkedHashMap<>();

    Known(EngineClient engine) {
        this.engine = engine;
    }

    Collection<Entity> all(Sort sort) {
        return fetched(sort).values();
    }

    Optional<Entity> withId(Sort sort, String id) {
        return Optional.ofNullable(fetched(sort).get(id));
    }

    private Map<String, Entity> fetched(Sort sort) {
        var known = byId.get(sort);
        if (known == null) {
            known = new LinkedHashMap<>();
            if (sort == Sort.QUOTA) {
                for (var center : List.copyOf(all(Sort.DATA_CENTER))) {
                    fetch(known, path(Sort.DATA_CENTER, center) + "/quotas", sort);
                }
            } else {
                fetch(known, "/" + sort.collection(), sort);
            }
            byId.put(sort, known);
        }
        return known;
    }

    private void fetch(Map<String, Entity> into, String list, Sort sort) {
        for (var each : engine.list(list + sort.query())) {
            into.put(each.id(), each);
            paths.put(each.id(), list + "/" + each.id());
        }
    }

    /** Where the API has it. */
    String path(Sort sort, Entity entity) {
        if (!paths.containsKey(entity.id())) {
            fetched(sort);
        }
        return paths.getOrDefault(entity.id(), "/" + sort.collection() + "/" + entity.id());
    }

    /** Looks at it anew. */
    Entity again(Sort sort, Entity before) {
        var now = engine.get(path(sort, before) + sort.query());
        fetched(sort).put(now.id(), now);
        return now;
    }

    /** To be fetched again when it is asked for: it was changed, and what comes along with it. */
    void forget(Sort sort) {
        switch (sort) {
            case DATA_CENTER, NETWORK, CLUSTER, STORAGE_DOMAIN -> byId.clear();
            default -> byId.remove(sort);
        }
    }

    /**
     * The one that is meant by its id, or its name and what its name is unique in.
     *
     * @throws CommandFailure refused, when several are
     */
    Optional<Entity> find(Sort sort, JsonNode reference) {
        String id = reference.path("id").asText("");
        if (!id.isEmpty()) {
            return withId(sort, id);
        }
        var found = new ArrayList<Entity>();
        for (var each : all(sort)) {
            if (called(sort, each).equals(called(sort, new Entity(reference))) && fits(sort, reference, each)) {
                found.add(each);
            }
        }
        if (found.size() > 1) {
            throw CommandFailure.refused(
                    409,
                    "There are %d of the %s. Say which is meant%s."
                            .formatted(
                                    found.size(),
                                    label(sort, reference) + " ",
                                    sort.scope()
                                            .map(scope -> " with " + scope.word())
                                            .orElse(" by its id"))
                            .replace("  ", " "));
        }
        return found.stream().findFirst();
    }

    private boolean fits(Sort sort, JsonNode reference, Entity candidate) {
        if (sort == Sort.TEMPLATE) {
            return version(new Entity(reference)).equals(version(candidate));
        }
        var scope = sort.scope();
        if (scope.isEmpty() || reference.path(scope.get().word()).isMissingNode()) {
            return true;
        }
        return find(scope.get(), reference.path(scope.get().word()))
                .filter(within -> within.id().equals(candidate.text(scope.get().word() + ".id")))
                .isPresent();
    }

    private static String version(Entity template) {
        return template.find("version.version_number").orElse(FIRST_VERSION);
    }

    private static String called(Sort sort, Entity entity) {
        return entity.text(sort == Sort.USER ? "user_name" : "name");
    }

    /** How files refer to it: by name, and what its name is unique in. Empty when there is no such object. */
    Optional<ObjectNode> reference(Sort sort, String id) {
        return withId(sort, id).map(entity -> {
            var reference = Json.object().put(sort == Sort.USER ? "user_name" : "name", called(sort, entity));
            if (sort == Sort.TEMPLATE && !version(entity).equals(FIRST_VERSION)) {
                reference.putObject("version").put("version_number", version(entity));
            }
            sort.scope()
                    .ifPresent(scope -> reference(scope, entity.text(scope.word() + ".id"))
                            .ifPresent(within -> reference.set(scope.word(), within)));
            return reference;
        });
    }

    /** What a person calls it: {@code network blue of north}. */
    static String label(Sort sort, JsonNode reference) {
        return sort.words() + " " + Text.clean(inFull(sort, reference));
    }

    static String inFull(Sort sort, JsonNode reference) {
        var entity = new Entity(reference);
        String name = called(sort, entity).isEmpty() ? entity.id() : called(sort, entity);
        if (sort == Sort.TEMPLATE && !version(entity).equals(FIRST_VERSION)) {
            name += " version " + version(entity);
        }
        var scope = sort.scope();
        if (scope.isEmpty() || reference.path(scope.get().word()).isMissingNode()) {
            return name;
        }
        return name + " of " + inFull(scope.get(), reference.path(scope.get().word()));
    }
}
