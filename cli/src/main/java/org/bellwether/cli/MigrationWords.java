package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** How people say how machines migrate, and how the API does. */
final class MigrationWords {

    static final String POLICIES =
            "legacy, minimal-downtime, suspend-if-needed, post-copy, very-large; inherit: nothing of its own.";

    private static final Map<String, String> IDS = ids();

    private MigrationWords() {}

    private static Map<String, String> ids() {
        Map<String, String> ids = new LinkedHashMap<>();
        ids.put("inherit", "");
        ids.put("legacy", "00000000-0000-0000-0000-000000000000");
        ids.put("minimal-downtime", "80554327-0569-496b-bdeb-fcbbf52b827b");
        ids.put("suspend-if-needed", "80554327-0569-496b-bdeb-fcbbf52b827c");
        ids.put("post-copy", "a7aeedb2-8d66-4e51-bb22-32595027ce71");
        ids.put("very-large", "57237b82-b8c2-425f-b425-114b35219626");
        return ids;
    }

    static void policy(ObjectNode migration, @Nullable String word) {
        if (word == null) {
            return;
        }
        var id = IDS.get(word);
        if (id == null) {
            throw CommandFailure.usage("There is no migration policy called " + word + ": it is one of "
                    + String.join(", ", IDS.keySet()) + ".");
        }
        migration.putObject("policy").put("id", id);
    }

    static String policy(Entity entity) {
        var id = entity.text("migration.policy.id");
        return IDS.entrySet().stream()
                .filter(each -> !id.isEmpty() && each.getValue().equals(id))
                .map(Map.Entry::getKey)
                .collect(Collectors.joining());
    }
}
