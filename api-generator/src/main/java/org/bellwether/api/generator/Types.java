package org.bellwether.api.generator;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.ovirt.api.metamodel.concepts.EnumType;
import org.ovirt.api.metamodel.concepts.ListType;
import org.ovirt.api.metamodel.concepts.Method;
import org.ovirt.api.metamodel.concepts.Model;
import org.ovirt.api.metamodel.concepts.Name;
import org.ovirt.api.metamodel.concepts.NameParser;
import org.ovirt.api.metamodel.concepts.StructType;
import org.ovirt.api.metamodel.concepts.Type;

/**
 * All types to generate with their attributes, in the order of their names. Two of them are on the wire but not in the
 * model, and are added here: {@code action}, which carries the parameters of every action, and {@code fault}. Every
 * type with an {@code id} also gets the {@code href} that the wire gives it.
 */
final class Types {
    private final Map<String, List<Field>> structs = new TreeMap<>();
    private final Map<String, String> docs = new TreeMap<>();
    private final Map<String, EnumType> enums = new TreeMap<>();
    private final List<String> structOrder;
    private final List<String> enumOrder;

    Types(Model model) {
        for (var type : model.getTypes()) {
            var name = String.valueOf(type.getName());
            switch (type) {
                case StructType struct -> {
                    structs.put(name, fields(struct, model));
                    docs.put(name, orEmpty(struct.getDoc()));
                }
                case EnumType enumerated -> enums.put(name, enumerated);
                default -> {
                    // Lists and primitives need no source of their own.
                }
            }
        }
        addFault(model);
        addAction(model);
        structOrder = List.copyOf(structs.keySet());
        enumOrder = List.copyOf(enums.keySet());
    }

    List<String> structs() {
        return structOrder;
    }

    List<String> enums() {
        return enumOrder;
    }

    List<Field> fields(String struct) {
        return Objects.requireNonNull(structs.get(struct), struct);
    }

    String doc(String name) {
        return docs.getOrDefault(name, "");
    }

    EnumType enumerated(String name) {
        return Objects.requireNonNull(enums.get(name), name);
    }

    int structIndex(Type type) {
        return structOrder.indexOf(type.getName().toString());
    }

    int enumIndex(Type type) {
        return enumOrder.indexOf(type.getName().toString());
    }

    private static List<Field> fields(StructType struct, Model model) {
        var fields = new TreeMap<String, Field>();
        struct.attributes().forEach(a -> put(fields, a.getName(), a.getType(), false, a.getDoc()));
        struct.links().forEach(l -> put(fields, l.getName(), l.getType(), true, l.getDoc()));
        var id = fields.get("id");
        if (id != null && id.type().equals(model.getStringType()) && !fields.containsKey("href")) {
            put(fields, name("href"), model.getStringType(), false, "The path of this object.");
        }
        return List.copyOf(fields.values());
    }

    private static void put(Map<String, Field> fields, Name name, Type type, boolean link, String doc) {
        fields.put(name.toString(), Field.of(name.toString(), WireNames.attribute(name), type, link, orEmpty(doc)));
    }

    private void addFault(Model model) {
        var fields = new TreeMap<String, Field>();
        put(fields, name("reason"), model.getStringType(), false, "What kind of failure it is, in a few words.");
        put(fields, name("detail"), model.getStringType(), false, "What happened, to what, and what to do next.");
        structs.put("fault", List.copyOf(fields.values()));
        docs.put("fault", "The answer to a request that failed.");
    }

    /** Which parameters exist is the model's; the rest was seen in the published SDK's reader of actions. */
    private void addAction(Model model) {
        var fields = new TreeMap<String, Field>();
        for (var service : model.getServices()) {
            for (var method : service.getMethods()) {
                if (method.isAction()) {
                    for (var parameter : method.getParameters()) {
                        addParameter(fields, parameter.getName(), parameter.getType(), parameter.getDoc());
                    }
                }
            }
        }
        var strings = model.getStringType();
        for (var extra : List.of("id", "href", "name", "description", "comment")) {
            put(fields, name(extra), strings, false, "");
        }
        put(fields, name("async"), model.getBooleanType(), false, "Whether not to wait for the end of the action.");
        put(fields, name("status"), strings, false, "One of complete, in_progress, pending and failed.");
        put(fields, name("job"), type(model, "job"), true, "The job that carries the action out.");
        put(fields, name("fault"), placeholder("fault"), false, "Why the action failed.");
        put(fields, name("grace_period"), placeholder("grace_period"), false, "How long the action may take.");
        var expiry = new TreeMap<String, Field>();
        put(expiry, name("expiry"), model.getIntegerType(), false, "In milliseconds.");
        structs.put("grace_period", List.copyOf(expiry.values()));
        docs.put("grace_period", "How long an action may take.");
        structs.put("action", List.copyOf(fields.values()));
        docs.put("action", "The input and the result of an action.");
    }

    private static void addParameter(Map<String, Field> fields, Name name, Type type, String doc) {
        var before = fields.get(name.toString());
        var now = Field.of(name.toString(), WireNames.attribute(name), type, false, orEmpty(doc));
        if (before != null && !before.javaType().equals(now.javaType())) {
            throw new IllegalStateException("Two actions disagree about the type of " + name + ": " + before.javaType()
                    + " and " + now.javaType());
        }
        fields.putIfAbsent(name.toString(), now);
    }

    static boolean isAction(Method method) {
        return method.isAction() && method.getBase() == null;
    }

    private static Type type(Model model, String name) {
        var type = model.getType(name(name));
        if (type == null) {
            throw new IllegalStateException("The model has no type " + name);
        }
        return type;
    }

    private static Type placeholder(String name) {
        var type = new StructType();
        type.setName(name(name));
        return type;
    }

    static Name name(String snake) {
        return NameParser.parseUsingSeparator(snake, '_');
    }

    private static String orEmpty(@Nullable String doc) {
        return doc == null ? "" : doc;
    }

    /** How the route table spells a type: its name, with brackets behind it for a list. */
    static String describe(Type type) {
        return switch (type) {
            case ListType many -> describe(many.getElementType()) + "[]";
            case StructType struct -> struct.getName().toString();
            case EnumType enumerated -> enumerated.getName().toString();
            default -> type.getName().toString();
        };
    }
}
