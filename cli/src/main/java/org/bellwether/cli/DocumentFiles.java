package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.schema.FailsafeSchema;

/**
 * Documents in a directory of YAML files. The one member of a document, or its several, are named like the API's types; each
 * holds an object or a list of them. All scalars are texts, as in the API: {@code 007} and {@code no} stay what they are.
 */
final class DocumentFiles {

    /** One described object, and where it was read. */
    record Document(String word, ObjectNode content, String source) {}

    private static final String WRITTEN = "# Written by bw export. Apply it with bw apply -f; see docs/files.md.\n";

    private static final int DEEPEST = 50;

    private DocumentFiles() {}

    /** Of a file, or of all files that end in .yaml or .yml below a directory, in the order of their names. */
    static List<Document> read(Path place) {
        if (!Files.exists(place)) {
            throw CommandFailure.usage("There is no file or directory " + place + ".");
        }
        var documents = new ArrayList<Document>();
        for (Path file : files(place)) {
            try {
                read(file, documents);
            } catch (IOException | YamlEngineException e) {
                throw CommandFailure.usage("The file " + file + " cannot be read as YAML: "
                        + Text.sentence(String.valueOf(e.getMessage())) + " Nothing was applied.");
            }
        }
        if (documents.isEmpty()) {
            throw CommandFailure.usage(
                    "There is nothing to apply in " + place + ": no file there ends in .yaml or .yml.");
        }
        return documents;
    }

    private static List<Path> files(Path place) {
        try (Stream<Path> walk = Files.walk(place)) {
            return walk.filter(Files::isRegularFile)
                    .filter(file -> file.equals(place) || isYaml(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw CommandFailure.usage("The directory " + place + " cannot be read: " + e.getMessage() + ".");
        }
    }

    private static boolean isYaml(Path file) {
        String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
        return name.endsWith(".yaml") || name.endsWith(".yml");
    }

    private static void read(Path file, List<Document> into) throws IOException {
        var settings = LoadSettings.builder()
                .setSchema(new FailsafeSchema())
                .setAllowDuplicateKeys(false)
                .setLabel(file.toString())
                .build();
        String text = Files.readString(file, StandardCharsets.UTF_8);
        for (Object document : new Load(settings).loadAllFromString(text)) {
            JsonNode node = node(document == null ? "" : document, 0, file);
            if (!node.isObject()) {
                throw misshapen(file, "a document is no map");
            }
            for (var member : node.properties()) {
                boolean known = member.getKey().equals(Grants.WORD)
                        || Sort.described().stream()
                                .anyMatch(sort -> sort.word().equals(member.getKey()));
                if (!known) {
                    throw misshapen(file, "there is no sort of object called " + Text.clean(member.getKey()));
                }
                var list = member.getValue().isArray() ? member.getValue() : list(member.getValue());
                for (JsonNode each : list) {
                    if (!(each instanceof ObjectNode content)) {
                        throw misshapen(file, "a " + member.getKey() + " is no map");
                    }
                    into.add(new Document(member.getKey(), content, file.toString()));
                }
            }
        }
    }

    private static ArrayNode list(JsonNode only) {
        return JsonNodeFactory.instance.arrayNode().add(only);
    }

    private static CommandFailure misshapen(Path file, String why) {
        return CommandFailure.usage(
                "The file " + file + " describes nothing that can be applied: " + why
                        + ". A document begins with its sort, such as 'network:', and its attributes stand below that. Nothing was applied.");
    }

    /** @param depth how deep it lies; YAML can contain itself */
    private static JsonNode node(Object yaml, int depth, Path file) {
        if (depth > DEEPEST) {
            throw misshapen(file, "it is nested more than " + DEEPEST + " deep");
        }
        var nodes = JsonNodeFactory.instance;
        if (yaml instanceof Map<?, ?> map) {
            ObjectNode object = nodes.objectNode();
            map.forEach((name, value) ->
                    object.set(String.valueOf(name), node(value == null ? "" : value, depth + 1, file)));
            return object;
        }
        if (yaml instanceof List<?> list) {
            ArrayNode array = nodes.arrayNode();
            list.forEach(each -> array.add(node(each == null ? "" : each, depth + 1, file)));
            return array;
        }
        return nodes.textNode(String.valueOf(yaml));
    }

    /**
     * Writes documents into files of their sorts' directories, and removes those of an earlier export whose objects are gone.
     * Files that something else wrote stay.
     */
    static int write(Path directory, List<Document> documents) {
        try {
            Set<Path> written = new HashSet<>();
            for (var document : documents) {
                Path file = free(directory.resolve(document.source()), written);
                Files.createDirectories(file.toAbsolutePath().getParent());
                if (Files.exists(file) && !ours(file)) {
                    throw CommandFailure.refused(
                            0, "The file " + file + " was not written by bw export: move it away, or export elsewhere");
                }
                Files.writeString(
                        file, WRITTEN + Yaml.text(plain(Json.object().set(document.word(), document.content()))));
                written.add(file);
            }
            try (Stream<Path> walk = Files.walk(directory)) {
                for (Path file : walk.filter(Files::isRegularFile).toList()) {
                    if (isYaml(file) && !written.contains(file) && ours(file)) {
                        Files.delete(file);
                    }
                }
            }
            return written.size();
        } catch (IOException e) {
            throw CommandFailure.refused(
                    0, "The export into " + directory + " broke off: " + e + ". Mend that and export again");
        }
    }

    /** Names that differ may be written alike. */
    private static Path free(Path wanted, Set<Path> taken) {
        Path free = wanted;
        String name = String.valueOf(wanted.getFileName()).replaceFirst("\\.yaml$", "");
        for (int i = 2; taken.contains(free); i++) {
            free = wanted.resolveSibling(name + "~" + i + ".yaml");
        }
        return free;
    }

    /** A name that every file system takes. */
    static String fileName(String name) {
        String plain = name.replaceAll("[^\\p{L}\\p{N}_.@-]+", "_").replaceFirst("^\\.+", "_");
        return (plain.length() > 100 ? plain.substring(0, 100) : plain) + ".yaml";
    }

    private static boolean ours(Path file) throws IOException {
        return Files.readString(file, StandardCharsets.UTF_8).startsWith(WRITTEN);
    }

    /** Numbers and truths without quotes: they are read as texts anyway. */
    private static JsonNode plain(JsonNode node) {
        var nodes = JsonNodeFactory.instance;
        if (node.isObject()) {
            ObjectNode object = nodes.objectNode();
            node.properties().forEach(member -> object.set(member.getKey(), plain(member.getValue())));
            return object;
        }
        if (node.isArray()) {
            ArrayNode array = nodes.arrayNode();
            node.forEach(each -> array.add(plain(each)));
            return array;
        }
        String text = node.asText();
        if (text.equals("true") || text.equals("false")) {
            return nodes.booleanNode(text.equals("true"));
        }
        return text.matches("-?(0|[1-9][0-9]{0,17})") ? nodes.numberNode(Long.parseLong(text)) : node;
    }
}
