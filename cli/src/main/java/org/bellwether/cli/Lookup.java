package org.bellwether.cli;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Finds objects by what people call them: a name or an id. */
final class Lookup {

    /** Names that the search language takes as they are; others are looked for in the whole list. */
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private final EngineClient engine;

    Lookup(EngineClient engine) {
        this.engine = engine;
    }

    /**
     * The one object of that name or id.
     *
     * @throws CommandFailure refused, when there is none or more than one
     */
    Entity find(Kind kind, String nameOrId) {
        if (Json.isId(nameOrId)) {
            return engine.find(kind.path() + "/" + nameOrId)
                    .orElseThrow(() -> none(kind.words(), nameOrId, "with the id", kind.listing()));
        }
        boolean search = kind.searchable() && PLAIN.matcher(nameOrId).matches();
        var candidates = engine.list(search ? kind.path() + "?search=name%3D" + nameOrId : kind.path());
        return only(candidates, kind.words(), nameOrId, kind.listing());
    }

    /** The one object of that name or id within a list that is not searched, such as a machine's interfaces. */
    Entity find(String list, String words, String nameOrId) {
        var all = engine.list(list);
        if (Json.isId(nameOrId)) {
            return all.stream()
                    .filter(each -> each.id().equalsIgnoreCase(nameOrId))
                    .findFirst()
                    .orElseThrow(() -> none(words, nameOrId, "with the id", "bw api GET " + list));
        }
        return only(all, words, nameOrId, "bw api GET " + list);
    }

    /** Where an object is that is named with its kind, such as {@code vm/demo}. */
    String path(String object) {
        int slash = object.indexOf('/');
        for (Kind kind : Kind.values()) {
            if (slash > 0 && kind.listing().equals("bw " + object.substring(0, slash) + " list")) {
                return kind.path(find(kind, object.substring(slash + 1)));
            }
        }
        throw CommandFailure.usage(
                "'" + Text.clean(object) + "' is no object: say its kind and its name, such as vm/demo.");
    }

    /** Names by id, for tables that show what objects refer to. */
    Map<String, String> names(Kind kind) {
        Map<String, String> names = new HashMap<>();
        engine.list(kind.path()).forEach(each -> names.put(each.id(), each.name()));
        return names;
    }

    private static Entity only(List<Entity> candidates, String words, String name, String listing) {
        var found = candidates.stream().filter(each -> each.name().equals(name)).toList();
        if (found.isEmpty()) {
            throw none(words, name, "named", listing);
        }
        if (found.size() > 1) {
            throw CommandFailure.refused(
                    409,
                    "There are %d %ss named %s. Say which by its id: %s."
                            .formatted(
                                    found.size(),
                                    words,
                                    name,
                                    String.join(
                                            ", ", found.stream().map(Entity::id).toList())));
        }
        return found.getFirst();
    }

    private static CommandFailure none(String words, String nameOrId, String how, String listing) {
        return CommandFailure.refused(
                404,
                "There is no %s %s %s. See what there is with: %s"
                        .formatted(words, how, Text.clean(nameOrId), listing));
    }
}
