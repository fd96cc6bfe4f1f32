package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bellwether.cli.Sort.Members;

/**
 * What a document wishes to be other than it is. What a document does not mention is not compared, and of lists of objects
 * only {@link Members#whole() whole} ones say that there shall be no others.
 */
final class Differences {

    /** One value, by its path within the object; nothing where there is none. */
    record Difference(String path, String from, String to) {
        @Override
        public String toString() {
            return path + ": " + (from.isEmpty() ? "(nothing)" : from) + " -> " + (to.isEmpty() ? "(nothing)" : to);
        }
    }

    private Differences() {}

    /** Of a whole document, in the form of {@link Described}. */
    static List<Difference> of(Sort sort, JsonNode wish, JsonNode present) {
        var found = new ArrayList<Difference>();
        for (var member : wish.properties()) {
            String field = member.getKey();
            var members = sort.members().stream()
                    .filter(each -> each.field().equals(field))
                    .findFirst();
            if (members.isPresent()) {
                members(members.get(), member.getValue(), present.path(field), found);
            } else if (!sort.saidOnce().contains(field)) {
                values(field, member.getValue(), present.path(field), found);
            }
        }
        return found;
    }

    private static void members(Members members, JsonNode wish, JsonNode present, List<Difference> found) {
        for (var each : wish.path(members.each())) {
            String key = key(each);
            String path = members.field() + "[" + key + "]";
            var there = called(members, present, key);
            if (there.isEmpty()) {
                found.add(new Difference(path, "", members.whole() ? key : "added"));
            } else {
                values(path, each, there.get(), found);
            }
        }
        if (members.whole()) {
            for (var each : present.path(members.each())) {
                if (called(members, wish, key(each)).isEmpty()) {
                    found.add(new Difference(members.field() + "[" + key(each) + "]", key(each), ""));
                }
            }
        }
    }

    static Optional<JsonNode> called(Members members, JsonNode list, String key) {
        for (var each : list.path(members.each())) {
            if (key(each).equals(key)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    /** By what one of a list is told from the others. */
    static String key(JsonNode member) {
        for (String path : List.of("/name", "/disk/name", "/cluster/name", "/storage_domain/name")) {
            if (!member.at(path).asText("").isEmpty()) {
                return member.at(path).asText();
            }
        }
        return "all";
    }

    private static void values(String path, JsonNode wish, JsonNode present, List<Difference> found) {
        if (wish.isObject()) {
            wish.properties()
                    .forEach(member -> values(
                            path + "." + member.getKey(), member.getValue(), present.path(member.getKey()), found));
            return;
        }
        String from = words(present);
        String to = words(wish);
        if (!from.equals(to)) {
            found.add(new Difference(path, from, to));
        }
    }

    /** Of a list in no order: the API's lists of values are sets. */
    private static String words(JsonNode node) {
        if (node.isArray()) {
            var words = new ArrayList<String>();
            node.forEach(each -> words.add(words(each)));
            words.sort(null);
            return String.join(", ", words);
        }
        if (node.isObject()) {
            var words = new ArrayList<String>();
            node.properties().forEach(member -> words.add(member.getKey() + "=" + words(member.getValue())));
            words.sort(null);
            return "{" + String.join(", ", words) + "}";
        }
        return node.isMissingNode() || node.isNull() ? "" : Text.clean(node.asText());
    }

    /** The attributes of the object itself that differ, whole, as the wish has them. */
    static ObjectNode changed(Sort sort, ObjectNode wish, JsonNode present) {
        ObjectNode changed = Json.object();
        for (var member : wish.properties()) {
            String field = member.getKey();
            boolean own = sort.members().stream().noneMatch(each -> each.field().equals(field))
                    && !sort.saidOnce().contains(field);
            var found = new ArrayList<Difference>();
            if (own) {
                values(field, member.getValue(), present.path(field), found);
            }
            if (!found.isEmpty()) {
                changed.set(field, member.getValue());
            }
        }
        return changed;
    }

    /** Of one of a list: what differs, whole. */
    static ObjectNode changed(JsonNode wish, JsonNode present) {
        ObjectNode changed = Json.object();
        for (var member : wish.properties()) {
            var found = new ArrayList<Difference>();
            values(member.getKey(), member.getValue(), present.path(member.getKey()), found);
            if (!found.isEmpty()) {
                changed.set(member.getKey(), member.getValue());
            }
        }
        return changed;
    }
}
