package org.bellwether.engine.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.regex.Pattern;

/**
 * Takes secrets out of what is stored: what is of the types that hold them (sealed, hashed, keys), what the API's model calls
 * a password, token or key, and scripts that people wrote for their guests.
 */
final class Redaction {
    private static final String GONE = "****";
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern FIELD = Pattern.compile(
            "(?i).*(pass(word|phrase|wd)|secret|token|private_?key|credential|custom_?script|ssh_?keys|chap|hash).*");
    private static final Pattern VALUE =
            Pattern.compile("(?s)sealed:.*|\\$(6|y|5|argon2id)\\$.*|.*-----BEGIN [A-Z ]*PRIVATE KEY-----.*");
    private static final Pattern LINE = Pattern.compile("(?i)((?:password|passphrase|secret|token)\\s*[=:]\\s*)\\S+");

    private Redaction() {}

    /** JSON without its secrets; what is no JSON does not get out at all. */
    static String json(String text) {
        try {
            return JSON.writeValueAsString(clean(JSON.readTree(text)));
        } catch (JsonProcessingException e) {
            return "\"" + GONE + "\"";
        }
    }

    /** A line of a log or a configuration. */
    static String line(String text) {
        return LINE.matcher(text).replaceAll("$1" + GONE);
    }

    private static JsonNode clean(JsonNode node) {
        return switch (node) {
            case ObjectNode object -> {
                object.properties()
                        .forEach(field -> field.setValue(
                                FIELD.matcher(field.getKey()).matches()
                                                && !field.getValue().isNull()
                                        ? TextNode.valueOf(GONE)
                                        : clean(field.getValue())));
                yield object;
            }
            case ArrayNode array -> {
                for (int at = 0; at < array.size(); at++) {
                    array.set(at, clean(array.get(at)));
                }
                yield array;
            }
            case TextNode value when VALUE.matcher(value.textValue()).matches() -> TextNode.valueOf(GONE);
            default -> node;
        };
    }
}
