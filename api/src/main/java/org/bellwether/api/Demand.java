package org.bellwether.api;

import java.util.List;

/**
 * Something a request must say: one of several attributes, as paths such as {@code cluster.id}. An attribute in a list
 * is there when every element of the list has it and there is at least one.
 */
public record Demand(List<String> alternatives) {
    static Demand parse(String notation) {
        return new Demand(List.of(notation.split("\\|")));
    }

    public boolean isMetBy(Struct request) {
        return alternatives.stream().anyMatch(path -> has(request, path));
    }

    private static boolean has(Struct struct, String path) {
        int dot = path.indexOf('.');
        var attribute = struct.structType().attribute(dot < 0 ? path : path.substring(0, dot));
        var value = attribute == null ? null : struct.value(attribute);
        if (value == null) {
            return false;
        }
        if (dot < 0) {
            return true;
        }
        var rest = path.substring(dot + 1);
        return switch (value) {
            case Struct inner -> has(inner, rest);
            case List<?> list ->
                !list.isEmpty() && list.stream().allMatch(each -> each instanceof Struct inner && has(inner, rest));
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
