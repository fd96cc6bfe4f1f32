package org.bellwether.api.generator;

import org.ovirt.api.metamodel.concepts.EnumType;
import org.ovirt.api.metamodel.concepts.ListType;
import org.ovirt.api.metamodel.concepts.StructType;
import org.ovirt.api.metamodel.concepts.Type;

/**
 * One attribute of a generated type.
 *
 * @param name the model's words, joined by underscores
 * @param wire the element or key on the wire
 * @param type the type of the value, or of one value of the list
 * @param list whether it holds many
 * @param link whether the model calls it a link: {@code follow} may replace the reference by the object
 * @param doc the model's documentation, may be empty
 */
record Field(String name, String wire, Type type, boolean list, boolean link, String doc) {
    static Field of(String name, String wire, Type type, boolean link, String doc) {
        return type instanceof ListType many
                ? new Field(name, wire, many.getElementType(), true, link, doc)
                : new Field(name, wire, type, false, link, doc);
    }

    /** The element of one value of the list. */
    String inner() {
        if (type instanceof StructType) {
            return WireNames.element(type.getName().toString());
        }
        return WireNames.singular(name);
    }

    String javaType() {
        var one = javaElementType();
        return list ? "List<" + one + ">" : one;
    }

    String javaElementType() {
        if (type instanceof StructType || type instanceof EnumType) {
            return JavaNames.type(type.getName().toString());
        }
        return switch (type.getName().toString()) {
            case "string" -> "String";
            case "integer" -> "Long";
            case "decimal" -> "Double";
            case "boolean" -> "Boolean";
            case "date" -> "Instant";
            default ->
                throw new IllegalStateException("The model has a primitive type nobody knows: " + type.getName());
        };
    }
}
