package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bellwether.api.Attribute;
import org.bellwether.api.Kind;
import org.bellwether.api.Route;
import org.bellwether.api.Routes;
import org.bellwether.api.StructType;
import org.bellwether.engine.inventory.Seeds;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every password that any type of the API has is said to every route that takes such a type. Nobody is told it again, and it is
 * nowhere in the database as it was said; a type that forgets about one is found here, whoever brings it.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SecretsSaidTest {
    private static final String SECRET = "Zz9-said-in-confidence";
    private static final Pattern NAMES = Pattern.compile("(?i).*(password|passphrase|secret).*");
    private static final int DEPTH = 3;
    /** Links whose objects may be said together with what links to them. */
    private static final Set<String> ALONG = Set.of("vm", "template", "disk", "host", "storage_domain");

    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private Map<String, String> there;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
        String vm = administrator.machine("confidant");
        there = Map.of(
                "/datacenters/", Seeds.DATA_CENTER.toString(),
                "/clusters/", Seeds.CLUSTER.toString(),
                "/networks/", Seeds.MANAGEMENT_NETWORK.toString(),
                "/templates/", new UUID(0, 0).toString(),
                "/instancetypes/", "00000003-0003-0003-0003-0000000000be",
                "/vms/", vm);
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    @Test
    void what_is_said_in_confidence_is_neither_told_nor_written_down() {
        List<String> told = new ArrayList<>();
        int said = 0;
        int taken = 0;
        for (Route route : Routes.all()) {
            StructType<?> type = route.method().body();
            if (type == null || !Set.of("POST", "PUT").contains(route.verb())) {
                continue;
            }
            Map<String, String> members = secrets(type, DEPTH);
            if (members.isEmpty()) {
                continue;
            }
            said++;
            introduce(type, "said-" + said, members);
            String body = document(members);
            var answer = administrator.call(route.verb(), path(route), body);
            taken += answer.statusCode() < 300 ? 1 : 0;
            if (answer.body().contains(SECRET)) {
                told.add(route + " answered " + answer.statusCode() + ": " + answer.body());
            }
        }
        assertThat(taken).as("of " + said + " that were said").isGreaterThan(3);
        for (Route route : Routes.all()) {
            if (route.verb().equals("GET")
                    && administrator
                            .call("GET", path(route), "", "All-Content", "true")
                            .body()
                            .contains(SECRET)) {
                told.add(route.toString());
            }
        }
        assertThat(told).as("who tells it").isEmpty();
        assertThat(written()).as("where it is written down").isEmpty();
    }

    /** All that is a secret in such an object, and in what is within it or stands beside it on the way in. */
    private Map<String, String> secrets(StructType<?> type, int depth) {
        Map<String, String> members = new LinkedHashMap<>();
        for (Attribute attribute : type.attributes()) {
            String value = "";
            if (attribute.kind() == Kind.STRING
                    && NAMES.matcher(attribute.name()).matches()) {
                value = "\"" + SECRET + "\"";
            } else if (attribute.kind() == Kind.STRUCT
                    && depth > 0
                    && (!attribute.isLink() || (depth == DEPTH && ALONG.contains(attribute.name())))) {
                Map<String, String> within = secrets(attribute.struct(), depth - 1);
                if (!within.isEmpty() && attribute.name().equals("vm")) {
                    within.put("id", "\"" + there.get("/vms/") + "\"");
                }
                value = within.isEmpty() ? "" : document(within);
            }
            if (!value.isEmpty()) {
                members.put(
                        attribute.wire(),
                        attribute.isList() ? "{\"" + attribute.inner() + "\":[" + value + "]}" : value);
            }
        }
        return members;
    }

    private static String document(Map<String, String> members) {
        return members.entrySet().stream()
                .map(each -> "\"" + each.getKey() + "\":" + each.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    /** Gives it what most objects need beside. */
    private void introduce(StructType<?> type, String name, Map<String, String> members) {
        Map<String, String> known = Map.of(
                "name", "\"" + name + "\"",
                "cluster", "{\"name\":\"Default\"}",
                "template", "{\"name\":\"Blank\"}",
                "vm", "{\"id\":\"" + there.get("/vms/") + "\"}",
                "address", "\"192.0.2.9\"",
                "memory", "\"1073741824\"");
        type.attributes().stream()
                .filter(each -> known.containsKey(each.name()))
                .forEach(each -> members.putIfAbsent(each.wire(), known.get(each.name())));
    }

    private String path(Route route) {
        String path = route.path();
        for (Map.Entry<String, String> each : there.entrySet()) {
            if (path.startsWith(each.getKey() + "{")) {
                path = each.getKey() + each.getValue() + path.substring(path.indexOf('}') + 1);
            }
        }
        return path.replaceAll("\\{[^}]*\\}", UUID.randomUUID().toString());
    }

    private List<String> written() {
        return engine.inside().ground().database.transaction(tx -> {
            List<String> found = new ArrayList<>();
            for (Object table :
                    tx.sql().fetchValues("select tablename::text from pg_tables where schemaname = current_schema()")) {
                Object rows = tx.sql()
                        .fetchValue("select count(*) from " + table + " t where t::text like ?", "%" + SECRET + "%");
                if (!String.valueOf(rows).equals("0")) {
                    found.add(table + ": " + rows);
                }
            }
            return found;
        });
    }
}
