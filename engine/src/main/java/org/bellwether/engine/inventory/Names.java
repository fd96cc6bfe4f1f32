package org.bellwether.engine.inventory;

import java.util.Optional;
import java.util.regex.Pattern;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/** Names of objects, as people may give them. */
public final class Names {

    private static final Pattern NAME =
            Pattern.compile("[\\p{L}\\p{N}_.+-]([\\p{L}\\p{N} _.+-]{0,253}[\\p{L}\\p{N}_.+-])?");

    private Names() {}

    /**
     * The name, without blanks around it.
     *
     * @param what what it is the name of, e.g. "a cluster"
     * @throws Failure BAD_REQUEST when it is missing, too long, or has characters that hosts and clients stumble over
     */
    public static String checked(@Nullable String name, String what) {
        var plain = Optional.ofNullable(name).map(String::strip).orElse("");
        if (!NAME.matcher(plain).matches()) {
            throw Failure.badRequest("'" + plain + "' cannot be the name of " + what)
                    .because("a name has 1 to 255 letters, digits, blanks within, and . _ + -");
        }
        return plain;
    }
}
