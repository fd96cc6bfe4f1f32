package org.bellwether.engine.platform.store;

import java.util.Locale;
import org.bellwether.api.Struct;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.jspecify.annotations.Nullable;

/** Finds what a document refers to: by id, or by name where it gives no id. */
public final class References {

    private References() {}

    /**
     * The one object that is meant.
     *
     * @param what what it is called in a message, e.g. "cluster"
     * @throws Failure BAD_REQUEST when the reference is missing or names nothing, NOT_FOUND when there is no such object,
     *     CONFLICT when several have the name
     */
    public static <T extends Stored<T>> T find(ReadModel<T> model, @Nullable Struct reference, String what) {
        if (reference == null) {
            throw Failure.badRequest("The " + what + " is missing").next("Name it by its id or its name");
        }
        var id = reference.value("id");
        if (id instanceof String text && !text.isBlank()) {
            return byId(model, text, what);
        }
        var name = reference.value("name");
        if (!(name instanceof String text) || text.isBlank()) {
            throw Failure.badRequest("The " + what + " is named neither by id nor by name");
        }
        var found = model.named(text);
        if (found.size() > 1) {
            throw Failure.conflict("There are " + found.size() + " objects of the kind " + what + " called " + text)
                    .next("Name the one you mean by its id");
        }
        return found.stream().findFirst().orElseThrow(() -> missing(what, text));
    }

    private static <T extends Stored<T>> T byId(ReadModel<T> model, String text, String what) {
        try {
            return model.find(Id.of(text)).orElseThrow(() -> missing(what, text));
        } catch (IllegalArgumentException noUuid) {
            throw missing(what, text);
        }
    }

    private static Failure missing(String what, String name) {
        return Failure.notFound(
                "Entity not found: " + what.substring(0, 1).toUpperCase(Locale.ROOT) + what.substring(1) + " " + name);
    }
}
