package org.bellwether.engine.access;

import java.util.Locale;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;

/**
 * What a password must be like: long, and not the name. Length is what makes guessing hard; rules about kinds of characters
 * make people write passwords down.
 */
final class PasswordPolicy {

    static final int SHORTEST = 8;
    static final int LONGEST = 1024;

    private PasswordPolicy() {}

    static void check(String name, Secret password) {
        String text = password.reveal();
        if (text.length() < SHORTEST || text.length() > LONGEST) {
            throw refused("it must have " + SHORTEST + " to " + LONGEST + " characters");
        }
        if (text.toLowerCase(Locale.ROOT).contains(name.toLowerCase(Locale.ROOT)) && name.length() > 2) {
            throw refused("it must not contain the name");
        }
        if (text.chars().distinct().count() < 4) {
            throw refused("it must have at least four different characters");
        }
    }

    private static Failure refused(String why) {
        return Failure.badRequest("The password is not accepted").because(why).undone("Nothing was changed");
    }
}
