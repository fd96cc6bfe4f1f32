package org.bellwether.api;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * Something a request must say: one of several attributes, as paths such as {@code cluster.id}. An attribute in a list
 * is there when every element of the list has it, or another one of the alternatives, and there is at least one.
 */
public record Demand(List<String> alternatives) {
    static Demand parse(String notation) {
        return new Demand(List.of(notation.split("\\|")));
    }

    public boolean isMetBy(Struct request) {
        return met(request, alternatives);
    }

    private static boolean met(Struct struct, List<String> paths) {
        var rests = new LinkedHashMap<String, List<String>>();
        for (String path : paths) {
            int dot = path.indexOf('.');
            rests.computeIfAbsent(dot < 0 ? path : path.substring(0, dot), _ -> new ArrayList<>())
                    .add(dot < 0 ? "" : path.substring(dot + 1));
        }
        return rests.entrySet().stream().anyMatch(each -> has(struct, each.getKey(), each.getValue()));
    }

    private static boolean has(Struct struct, String name, List<String> rests) {
        var attribute = struct.structType().attribute(name);
        var value = attribute == null ? null : struct.value(attribute);
        if (value == null || rests.contains("")) {
            return value != null;
        }
        return switch (value) {
            case Struct inner -> met(inner, rests);
            case List<?> list ->
                !list.isEmpty() && list.stream().allMatch(each -> each instanceof Struct inner && met(inner, rests));
            default -> false;
        };
    }

    /** As faults spell it: {@code cluster.id|cluster.name} is {@code cluster.id|name}. */
    @Override
    public String toString() {
        var text = new StringBuilder(alternatives.getFirst());
        var first = alternatives.getFirst();
        var parent = first.substring(0, first.lastIndexOf('.') + 1);
        for (var other : alternatives.subList(1, alternatives.size())) {
            text.append('|').append(other.startsWith(parent) ? other.substring(parent.length()) : other);
        }
        return text.toString();
    }
}
