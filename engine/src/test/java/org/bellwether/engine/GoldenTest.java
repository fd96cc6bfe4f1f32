package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The answers of a real oVirt 4.5 engine, kept as their shapes: which fields, links and actions each answer had, and of which kind
 * each value was. Ours may say more, never less, and never in another kind; in JSON and in XML.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GoldenTest {
    private static final String SHAPES = "golden-shapes.txt";

    /** What the real engine said and this one does not, each with its reason. What is here and said all the same is an error, too. */
    private static final Map<String, String> NOT_HERE = absences();

    private static Map<String, String> absences() {
        Map<String, String> absences = new LinkedHashMap<>();
        absences.put(
                "/domains /domain#users/search",
                "the API's model has no such link, and the list is searched all the same");
        absences.put(
                "/domains /domain#groups/search",
                "the API's model has no such link, and the list is searched all the same");
        absences.put("/katelloerrata /reason", "there the real engine failed");
        absences.put("/katelloerrata /detail", "there the real engine failed");
        for (String vms : List.of(
                "/vms?max=2 /vm",
                "/vms/{vm} ",
                "/vms/{vm}?follow=nics,disk_attachments,snapshots,graphics_consoles ")) {
            absences.put(vms + "/stop_time", "the machine never ran");
        }
        return absences;
    }

    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private final Map<String, String> ids = new LinkedHashMap<>();

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
        ids.put("{data_center}", id("/datacenters", "data_center"));
        ids.put("{cluster}", id("/clusters", "cluster"));
        ids.put("{template}", "00000000-0000-0000-0000-000000000000");
        String vm = administrator.machine("golden");
        administrator.post(
                "/vms/" + vm + "/nics",
                "{\"name\":\"nic1\",\"vnic_profile\":{\"id\":\"" + id("/vnicprofiles", "vnic_profile") + "\"}}");
        ids.put("{vm}", vm);
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private String id(String path, String singular) {
        return administrator.get(path).at("/" + singular + "/0/id").asText();
    }

    @Test
    void every_field_of_the_real_engine_is_in_our_json() {
        compare(path -> JsonShape.of(administrator.get(path)));
    }

    @Test
    void every_field_of_the_real_engine_is_in_our_xml() {
        compare(path -> {
            var answer = administrator.callXml(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(200);
            return XmlShape.of(answer.body());
        });
    }

    private interface Source {
        Map<String, Set<String>> shape(String path);
    }

    private void compare(Source source) {
        List<String> wrong = new ArrayList<>();
        golden().forEach((path, expected) -> {
            if (path.startsWith("/disks?")) {
                // Disks need storage, and storage a host: storage/DiskShapeTest compares them.
                return;
            }
            Map<String, Set<String>> ours = source.shape(resolved(path));
            expected.forEach((field, kinds) -> {
                String at = path + " " + field;
                boolean excused = NOT_HERE.containsKey(at);
                Set<String> found = ours.get(field);
                if (found == null && !excused) {
                    wrong.add(at + ": missing");
                } else if (found != null && excused) {
                    wrong.add(at + ": is here, although the test says that it is not");
                } else if (found != null && found.stream().noneMatch(kind -> fits(kinds, kind))) {
                    wrong.add(at + ": is " + found + " where the real engine has " + kinds);
                }
            });
        });
        assertThat(wrong).isEmpty();
    }

    /** An id is a text, too, and so is a count where the real engine had both. */
    private static boolean fits(Set<String> expected, String found) {
        return expected.contains(found)
                || (found.equals("date") && expected.contains("number"))
                || (expected.contains("text") && Set.of("id", "count").contains(found));
    }

    private String resolved(String path) {
        String resolved = path;
        for (Map.Entry<String, String> each : ids.entrySet()) {
            resolved = resolved.replace(each.getKey(), each.getValue());
        }
        return resolved;
    }

    private static Map<String, Map<String, Set<String>>> golden() {
        Map<String, Map<String, Set<String>>> golden = new LinkedHashMap<>();
        Map<String, Set<String>> current = new TreeMap<>();
        for (String line : resource().split("\n")) {
            if (line.startsWith("GET ")) {
                current = new TreeMap<>();
                golden.put(line.substring("GET ".length()), current);
            } else {
                String[] words = line.strip().split(" ");
                current.put(words[0], words.length == 1 ? Set.of("") : new TreeSet<>(List.of(words[1].split("\\|"))));
            }
        }
        return golden;
    }

    private static String resource() {
        try (var stream = GoldenTest.class.getResourceAsStream(SHAPES)) {
            assertThat(stream).as(SHAPES).isNotNull();
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The shape of a JSON answer. */
    private static final class JsonShape {
        private final Map<String, Set<String>> found = new TreeMap<>();

        static Map<String, Set<String>> of(JsonNode document) {
            var shape = new JsonShape();
            shape.walk(document, "");
            return shape.found;
        }

        private void walk(JsonNode node, String at) {
            if (node.isArray()) {
                node.forEach(each -> walk(each, at));
            } else if (node.isObject()) {
                node.properties().forEach(member -> member(member.getKey(), member.getValue(), at));
            } else {
                put(at, node.isNumber() ? "number" : node.isBoolean() ? "boolean" : Kinds.of(node.asText()));
            }
        }

        private void member(String name, JsonNode value, String at) {
            if (name.equals("link") && value.at("/0/rel").isTextual()) {
                value.forEach(link -> put(at + "#" + link.get("rel").asText(), ""));
            } else if (name.equals("actions")) {
                value.get("link").forEach(link -> put(at + "!" + link.get("rel").asText(), ""));
            } else {
                walk(value, at + "/" + name);
            }
        }

        private void put(String at, String kind) {
            found.computeIfAbsent(at, _ -> new TreeSet<>()).add(kind);
        }
    }
}
