package org.bellwether.api.generator;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;
import org.ovirt.api.metamodel.concepts.EnumType;
import org.ovirt.api.metamodel.concepts.StructType;

/**
 * The Java sources of the types. A struct holds its values in one array and its static initialiser touches no other
 * type: {@code Structs}, the switch from a type's number to its class, loads a class only when its number is asked for.
 */
final class TypeSources {
    private static final String PACKAGE = "org.bellwether.api.types";

    private final Types types;

    TypeSources(Types types) {
        this.types = types;
    }

    /** Sources by file name. */
    Map<String, String> files() {
        var files = new TreeMap<String, String>();
        for (var name : types.structs()) {
            files.put(JavaNames.type(name) + ".java", struct(name));
        }
        for (var name : types.enums()) {
            files.put(JavaNames.type(name) + ".java", enumeration(name));
        }
        files.put("Structs.java", structs());
        return files;
    }

    private String struct(String name) {
        var java = JavaNames.type(name);
        var out = new StringBuilder(8192);
        var fields = types.fields(name);
        out.append("package ").append(PACKAGE).append(";\n\n");
        out.append("import java.time.Instant;\nimport java.util.List;\nimport org.bellwether.api.Struct;\n");
        out.append("import org.bellwether.api.StructBuilder;\nimport org.bellwether.api.StructType;\n");
        out.append("import org.jspecify.annotations.Nullable;\n\n");
        out.append(Docs.comment("", types.doc(name), "The type " + name + " of the API."));
        out.append("public final class ").append(java).append(" extends Struct {\n");
        out.append("    /** What this type is made of. */\n");
        out.append("    public static final StructType<").append(java).append("> TYPE = StructType.define(\n");
        out.append("            ")
                .append(types.structs().indexOf(name))
                .append(", ")
                .append(java)
                .append(".class, ");
        var element = WireNames.element(name);
        out.append(quoted(name)).append(", ").append(quoted(element)).append(", ");
        out.append(quoted(WireNames.plural(element))).append(",\n            ");
        out.append(quoted(shape(name))).append(");\n\n");
        out.append("    ").append(java).append("(@Nullable Object[] values) {\n        super(values);\n    }\n\n");
        out.append("    public static Builder builder() {\n        return new Builder(TYPE.blank());\n    }\n\n");
        out.append("    @Override\n    public StructType<").append(java).append("> structType() {\n");
        out.append("        return TYPE;\n    }\n\n");
        // No override: a bridge to it would make the verifier load every builder with its type.
        out.append("    public Builder toBuilder() {\n        return new Builder(copy());\n    }\n");
        for (int i = 0; i < fields.size(); i++) {
            accessor(out, fields.get(i), i);
        }
        out.append("\n    /** Builds a {@link ").append(java).append("}. */\n");
        out.append("    public static final class Builder extends StructBuilder<")
                .append(java)
                .append("> {\n");
        out.append("        Builder(@Nullable Object[] values) {\n            super(TYPE, values);\n        }\n");
        for (int i = 0; i < fields.size(); i++) {
            setter(out, fields.get(i), i);
        }
        return out.append("    }\n}\n").toString();
    }

    private static void accessor(StringBuilder out, Field field, int index) {
        var member = JavaNames.member(field.name());
        out.append('\n').append(Docs.comment("    ", field.doc(), ""));
        out.append("    public @Nullable ")
                .append(field.javaType())
                .append(' ')
                .append(member)
                .append("() {\n");
        if (field.list()) {
            out.append("        return list(").append(index).append(");\n");
        } else {
            out.append("        return (")
                    .append(field.javaType())
                    .append(") value(")
                    .append(index)
                    .append(");\n");
        }
        out.append("    }\n");
    }

    private static void setter(StringBuilder out, Field field, int index) {
        var member = JavaNames.member(field.name());
        out.append("\n        public Builder ").append(member).append("(@Nullable ");
        out.append(field.list() ? "List<" + field.javaElementType() + ">" : field.javaType());
        out.append(' ').append(member).append(") {\n            ").append(field.list() ? "putList(" : "put(");
        out.append(index).append(", ").append(member).append(");\n            return this;\n        }\n");
    }

    /** The attributes in the notation that {@code StructType} reads. */
    private String shape(String name) {
        var out = new StringBuilder();
        for (var field : types.fields(name)) {
            if (!out.isEmpty()) {
                out.append(' ');
            }
            out.append(field.name()).append('=');
            if (field.link()) {
                out.append('@');
            }
            if (field.list()) {
                out.append('*');
            }
            switch (field.type()) {
                case StructType struct -> out.append('o').append(types.structIndex(struct));
                case EnumType enumerated -> out.append('e').append(types.enumIndex(enumerated));
                default -> out.append(field.javaElementType().charAt(0));
            }
            if (field.list()) {
                out.append(':').append(field.inner());
            }
            if (!field.wire().equals(field.name())) {
                out.append('>').append(field.wire());
            }
        }
        return out.toString();
    }

    private String enumeration(String name) {
        var type = types.enumerated(name);
        var java = JavaNames.type(name);
        var out = new StringBuilder();
        out.append("package ").append(PACKAGE).append(";\n\n");
        out.append("import org.bellwether.api.EnumType;\nimport org.bellwether.api.WireEnum;\n\n");
        out.append(Docs.comment("", type.getDoc(), "The values of " + name + " in the API."));
        out.append("public enum ").append(java).append(" implements WireEnum {\n");
        var values = type.getValues();
        for (int i = 0; i < values.size(); i++) {
            var wire = values.get(i).getName().toString();
            out.append(Docs.comment("    ", values.get(i).getDoc(), ""));
            out.append("    ")
                    .append(JavaNames.constant(wire))
                    .append('(')
                    .append(quoted(wire))
                    .append(')');
            out.append(i + 1 < values.size() ? ",\n" : ";\n\n");
        }
        out.append("    /** The values by their names on the wire. */\n    public static final EnumType<")
                .append(java);
        out.append("> TYPE = EnumType.define(")
                .append(quoted(name))
                .append(", ")
                .append(java)
                .append(".class);\n\n");
        out.append("    private final String wire;\n\n    ").append(java).append("(String wire) {\n");
        out.append("        this.wire = wire;\n    }\n\n    @Override\n    public String wire() {\n");
        return out.append("        return wire;\n    }\n}\n").toString();
    }

    private String structs() {
        var out = new StringBuilder();
        out.append("package ").append(PACKAGE).append(";\n\n");
        out.append("import org.bellwether.api.EnumType;\nimport org.bellwether.api.StructType;\n");
        out.append("import org.jspecify.annotations.Nullable;\n\n");
        out.append(
                "/**\n * From the number or name of a type to the type, for the code that reads types generically. A\n");
        out.append(" * branch that is never taken loads no class.\n */\npublic final class Structs {\n");
        out.append("    private Structs() {}\n\n");
        out.append(
                "    /** A new object over the given values, which the object keeps: hand over and forget them. */\n");
        out.append("    public static Object create(int type, @Nullable Object[] values) {\n");
        var structs = types.structs();
        choose(out, "type", structs, i -> "" + i, i -> "new " + JavaNames.type(structs.get(i)) + "(values)");
        out.append("    }\n\n    /** The type of a number. */\n");
        out.append("    public static StructType<?> struct(int type) {\n");
        choose(out, "type", structs, i -> "" + i, i -> JavaNames.type(structs.get(i)) + ".TYPE");
        out.append("    }\n\n    /** The type of a name of the model, null when it has none of that name. */\n");
        out.append("    public static @Nullable StructType<?> struct(String name) {\n");
        choose(out, "name", structs, i -> quoted(structs.get(i)), i -> JavaNames.type(structs.get(i)) + ".TYPE");
        var enums = types.enums();
        out.append("    }\n\n    /** The enumeration of a number. */\n");
        out.append("    public static EnumType<?> enumeration(int type) {\n");
        choose(out, "type", enums, i -> "" + i, i -> JavaNames.type(enums.get(i)) + ".TYPE");
        out.append("    }\n\n    /** How many types there are; their numbers run from 0. */\n");
        out.append("    public static int count() {\n        return ")
                .append(structs.size())
                .append(";\n    }\n\n");
        out.append("    /** How many enumerations there are; their numbers run from 0. */\n");
        out.append("    public static int enumerations() {\n        return ").append(enums.size());
        return out.append(";\n    }\n}\n").toString();
    }

    /**
     * A switch of statements that return each for itself. As one expression its branches would meet, and the verifier
     * would load every class to prove that they fit together.
     */
    private static void choose(
            StringBuilder out, String on, List<String> names, IntFunction<String> label, IntFunction<String> result) {
        out.append("        switch (").append(on).append(") {\n");
        for (int i = 0; i < names.size(); i++) {
            out.append("            case ").append(label.apply(i)).append(" -> {\n                return ");
            out.append(result.apply(i)).append(";\n            }\n");
        }
        var otherwise = on.equals("name")
                ? "return null;"
                : "throw new IllegalArgumentException(\"No type has the number \" + type);";
        out.append("            default -> {\n                ").append(otherwise);
        out.append("\n            }\n        }\n");
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }
}
