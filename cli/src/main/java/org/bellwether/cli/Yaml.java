package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Writes JSON's tree as YAML: blocks, and quotes wherever a reader might take a text for something else. */
final class Yaml {

    private static final Pattern PLAIN = Pattern.compile("[A-Za-z_/][A-Za-z0-9_./@+-]*( [A-Za-z0-9_./@+-]+)*");

    /** What some readers take for a truth, or for nothing. */
    private static final Set<String> WORDS =
            Set.of("true", "false", "yes", "no", "on", "off", "null", "y", "n", "inf", "nan");

    private Yaml() {}

    static String text(JsonNode node) {
        var text = new StringBuilder();
        if (node.isContainerNode() && !node.isEmpty()) {
            block(text, node, 0);
        } else {
            text.append(scalar(node)).append('\n');
        }
        return text.toString();
    }

    private static void block(StringBuilder text, JsonNode node, int depth) {
        if (node.isArray()) {
            for (JsonNode each : node) {
                indent(text, depth).append('-');
                if (each.isObject() && !each.isEmpty()) {
                    // The first member stands beside the dash, the others below it.
                    var inner = new StringBuilder();
                    block(inner, each, depth + 1);
                    text.append(' ').append(inner.substring(2 * (depth + 1)));
                } else {
                    value(text, each, depth + 1);
                }
            }
        } else {
            for (Map.Entry<String, JsonNode> member : node.properties()) {
                indent(text, depth).append(quoted(member.getKey())).append(':');
                value(text, member.getValue(), depth + 1);
            }
        }
    }

    private static void value(StringBuilder text, JsonNode node, int depth) {
        if (node.isContainerNode() && !node.isEmpty()) {
            text.append('\n');
            block(text, node, depth);
        } else {
            text.append(' ').append(scalar(node)).append('\n');
        }
    }

    private static String scalar(JsonNode node) {
        if (node.isArray()) {
            return "[]";
        }
        if (node.isObject()) {
            return "{}";
        }
        return node.isTextual() ? quoted(node.asText()) : Json.text(node);
    }

    private static String quoted(String text) {
        boolean plain = PLAIN.matcher(text).matches() && !WORDS.contains(text.toLowerCase(Locale.ROOT));
        return plain ? text : Json.text(TextNode.valueOf(text));
    }

    private static StringBuilder indent(StringBuilder text, int depth) {
        return text.append("  ".repeat(depth));
    }
}
