package org.bellwether.api.generator;

import java.util.Locale;
import java.util.Set;
import javax.lang.model.SourceVersion;

/** How a name of the model is spelt in Java. */
final class JavaNames {
    /** Names that every object has already. */
    private static final Set<String> TAKEN = Set.of(
            "clone",
            "finalize",
            "notify",
            "notifyAll",
            "wait",
            "getClass",
            "hashCode",
            "equals",
            "toString",
            "structType",
            "toBuilder",
            "value",
            "list",
            "attribute",
            "isReference");

    private JavaNames() {}

    static String type(String snake) {
        var name = new StringBuilder();
        for (var word : snake.split("_")) {
            name.append(word.substring(0, 1).toUpperCase(Locale.ROOT)).append(word.substring(1));
        }
        return name.toString();
    }

    static String member(String snake) {
        var type = type(snake);
        var name = type.substring(0, 1).toLowerCase(Locale.ROOT) + type.substring(1);
        return SourceVersion.isKeyword(name) || TAKEN.contains(name) ? name + "_" : name;
    }

    static String constant(String snake) {
        return snake.toUpperCase(Locale.ROOT);
    }
}
