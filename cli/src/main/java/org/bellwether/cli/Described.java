package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import org.bellwether.cli.Sort.Members;

/** Objects as files describe them: what people decided, without ids, and with names where the API has references by id. */
final class Described {

    private static final Set<String> NEVER = Set.of("href", "link", "actions");
    private static final Set<String> OF_REFERENCES = Set.of("id", "name", "user_name", "version");
    private static final Set<String> OF_DISKS = Set.of(
            "alias",
            "name",
            "description",
            "provisioned_size",
            "format",
            "sparse",
            "shareable",
            "wipe_after_delete",
            "propagate_errors",
            "backup",
            "storage_domains");

    private final Known known;

    Described(Known known) {
        this.known = known;
    }

    /** Of an object that the engine has. */
    ObjectNode of(Sort sort, Entity entity) {
        ObjectNode document = Json.object().put("name", entity.name());
        for (var member : entity.json().properties()) {
            String field = member.getKey();
            if (field.equals("name")
                    || field.equals("id")
                    || NEVER.contains(field)
                    || sort.observed().contains(field)) {
                continue;
            }
            var members = sort.members().stream()
                    .filter(each -> each.field().equals(field))
                    .findFirst();
            if (members.isPresent()) {
                put(document, field, members(members.get(), entity));
            } else {
                value(field, member.getValue()).ifPresent(value -> put(document, field, value));
            }
        }
        if (sort == Sort.STORAGE_DOMAIN) {
            entity.list("data_centers").stream()
                    .findFirst()
                    .flatMap(center -> known.reference(Sort.DATA_CENTER, center.id()))
                    .ifPresent(center -> document.set("data_center", center));
        }
        if (sort == Sort.TEMPLATE && !document.path("vm").has("name")) {
            // The machine that it was made from is gone.
            document.remove("vm");
        }
        if (sort == Sort.CLUSTER || sort == Sort.TEMPLATE || sort == Sort.VM) {
            withoutHardware(document);
        }
        return document;
    }

    /** The architecture is the host's, and no CPU type means that the first host decides it. */
    private static void withoutHardware(ObjectNode document) {
        if (document.path("cpu") instanceof ObjectNode cpu) {
            cpu.remove("architecture");
            if (cpu.path("type").asText("").isEmpty()) {
                cpu.remove("type");
            }
            if (cpu.isEmpty()) {
                document.remove("cpu");
            }
        }
        if (document.path("initialization") instanceof ObjectNode initialization) {
            initialization.remove("configuration");
        }
    }

    private static void put(ObjectNode document, String field, JsonNode value) {
        if (!value.isContainerNode() || !value.isEmpty()) {
            document.set(field, value);
        }
    }

    private JsonNode members(Members members, Entity entity) {
        ArrayNode list = listed(members, entity);
        return list.isEmpty() ? list : Json.object().set(members.each(), list);
    }

    /** What belongs to an object, in the order in which the engine lists it; networks have none there, so by their names. */
    ArrayNode listed(Members members, Entity entity) {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        var all = members.field().equals("networks")
                ? entity.list(members.field()).stream()
                        .sorted(Comparator.comparing(Entity::name))
                        .toList()
                : entity.list(members.field());
        for (var each : all) {
            ObjectNode described = Json.object();
            for (var member : each.json().properties()) {
                if (members.decided().contains(member.getKey())) {
                    value(member.getKey(), member.getValue())
                            .ifPresent(value -> put(described, member.getKey(), value));
                }
            }
            list.add(described);
        }
        return list;
    }

    private Optional<JsonNode> value(String field, JsonNode node) {
        if (node.isObject()) {
            if (field.equals("disk")) {
                return Optional.of(disk(node));
            }
            return object(field, node);
        }
        if (node.isArray()) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            for (JsonNode each : node) {
                value(field, each).ifPresent(list::add);
            }
            return Optional.of(list);
        }
        return Optional.of(node);
    }

    private Optional<JsonNode> object(String field, JsonNode node) {
        String id = node.path("id").asText("");
        var sort = Sort.referredBy(field);
        if (sort.isPresent() && !id.isEmpty()) {
            var reference = known.reference(sort.get(), id);
            return Optional.of(
                    reference.isPresent() ? reference.get() : Json.object().put("id", id));
        }
        ObjectNode plain = Json.object();
        for (var member : node.properties()) {
            if (!NEVER.contains(member.getKey())) {
                value(member.getKey(), member.getValue()).ifPresent(value -> put(plain, member.getKey(), value));
            }
        }
        return plain.isEmpty() ? Optional.empty() : Optional.of(plain);
    }

    private JsonNode disk(JsonNode disk) {
        ObjectNode described = Json.object();
        for (var member : disk.properties()) {
            if (OF_DISKS.contains(member.getKey())) {
                value(member.getKey(), member.getValue()).ifPresent(value -> put(described, member.getKey(), value));
            }
        }
        described.remove("alias");
        return described;
    }

    /** With ids where the document has names, as the engine wants to be told. */
    JsonNode sent(String field, JsonNode node) {
        if (node.isObject()) {
            var sort = Sort.referredBy(field);
            if (sort.isPresent() && isReference(sort.get(), node)) {
                var found = known.find(sort.get(), node)
                        .orElseThrow(() -> CommandFailure.refused(
                                404, "It refers to the " + Known.label(sort.get(), node) + ", which there is not"));
                return Json.object().put("id", found.id());
            }
            ObjectNode sent = Json.object();
            node.properties().forEach(member -> sent.set(member.getKey(), sent(member.getKey(), member.getValue())));
            return sent;
        }
        if (node.isArray()) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            node.forEach(each -> list.add(sent(field, each)));
            return list;
        }
        return node;
    }

    /** As {@link #of} would write it, for comparing: whoever writes a file may refer by id. */
    JsonNode normal(String field, JsonNode node) {
        if (node.isObject()) {
            String id = node.path("id").asText("");
            var reference =
                    Sort.referredBy(field).filter(any -> !id.isEmpty()).flatMap(sort -> known.reference(sort, id));
            if (reference.isPresent()) {
                return reference.get();
            }
            ObjectNode normal = Json.object();
            node.properties()
                    .forEach(member -> normal.set(member.getKey(), normal(member.getKey(), member.getValue())));
            return normal;
        }
        if (node.isArray()) {
            ArrayNode list = JsonNodeFactory.instance.arrayNode();
            node.forEach(each -> list.add(normal(field, each)));
            return list;
        }
        return node;
    }

    private static boolean isReference(Sort sort, JsonNode node) {
        for (var member : node.properties()) {
            boolean fits = OF_REFERENCES.contains(member.getKey())
                    || sort.scope()
                            .filter(scope -> scope.word().equals(member.getKey()))
                            .isPresent();
            if (!fits) {
                return false;
            }
        }
        return !node.isEmpty();
    }
}
