package org.bellwether.engine.storage;

import java.util.List;

/** Lists of names for people: a few of them, and how many more there are. */
final class Names {

    private static final int SHOWN = 10;

    private Names() {}

    static String some(List<String> names) {
        return names.size() <= SHOWN
                ? String.join(", ", names)
                : String.join(", ", names.subList(0, SHOWN)) + " and " + (names.size() - SHOWN) + " more";
    }
}
