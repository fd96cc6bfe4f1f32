package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** An object as the engine sent it. The API writes integers and booleans as strings, and a list one level down. */
record Entity(JsonNode json) {

    String id() {
        return text("id");
    }

    String name() {
        return text("name");
    }

    String status() {
        return text("status");
    }

    /** A value by its path, such as {@code cpu.topology.cores}; empty text when it is absent. */
    String text(String path) {
        return at(path).asText("");
    }

    Optional<String> find(String path) {
        return Optional.of(text(path)).filter(text -> !text.isEmpty());
    }

    OptionalLong number(String path) {
        try {
            return at(path).isNumber()
                    ? OptionalLong.of(at(path).asLong())
                    : OptionalLong.of(Long.parseLong(text(path)));
        } catch (NumberFormatException absent) {
            return OptionalLong.empty();
        }
    }

    /** Times are milliseconds since 1970. */
    Optional<Instant> time(String path) {
        var millis = number(path);
        return millis.isPresent() ? Optional.of(Instant.ofEpochMilli(millis.getAsLong())) : Optional.empty();
    }

    boolean flag(String path) {
        return text(path).equals("true");
    }

    /** The member object; an empty one when it is absent. */
    Entity one(String path) {
        return new Entity(at(path));
    }

    /** The objects of a list, whatever the name of their kind: {@code {"nic": […]}}. */
    List<Entity> list(String path) {
        return members(at(path));
    }

    /** The objects of a whole answer that is a list. */
    List<Entity> members() {
        return members(json);
    }

    /** The objects of a list as the engine's additions to the API write it: {@code [{…}, …]}. */
    List<Entity> plain(String path) {
        List<Entity> found = new ArrayList<>();
        at(path).forEach(each -> found.add(new Entity(each)));
        return found;
    }

    private JsonNode at(String path) {
        JsonNode at = json;
        for (String name : path.split("\\.")) {
            at = at.path(name);
        }
        return at;
    }

    private static List<Entity> members(JsonNode list) {
        List<Entity> found = new ArrayList<>();
        for (JsonNode member : list) {
            if (member.isArray()) {
                member.forEach(each -> found.add(new Entity(each)));
            }
        }
        return found;
    }
}
