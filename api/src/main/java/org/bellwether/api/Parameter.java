package org.bellwether.api;

/**
 * A parameter of a method of a service.
 *
 * @param name the model's name; also the name of the query parameter or of the action's attribute
 * @param type the name of a primitive ({@code string}, {@code integer}, {@code boolean}, {@code decimal}, {@code
 *     date}), of an enumeration or of a {@link StructType}
 * @param list whether it is a list of these
 * @param in whether the caller gives it
 * @param out whether the answer has it
 * @param required whether the caller must give it
 */
public record Parameter(String name, String type, boolean list, boolean in, boolean out, boolean required) {
    /** Reads the notation of the generator: {@code direction name type[]!}. */
    static Parameter parse(String notation) {
        var words = notation.split(" ");
        var type = words[2];
        var required = type.endsWith("!");
        type = required ? type.substring(0, type.length() - 1) : type;
        var list = type.endsWith("[]");
        type = list ? type.substring(0, type.length() - 2) : type;
        return new Parameter(words[1], type, list, !words[0].equals("out"), !words[0].equals("in"), required);
    }

    /** Whether the values are objects. */
    public boolean isStruct() {
        return StructType.named(type) != null;
    }
}
