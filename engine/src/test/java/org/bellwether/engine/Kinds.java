package org.bellwether.engine;

import java.util.regex.Pattern;

/** Of which kind a value of an answer is, as far as its text tells. */
final class Kinds {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern COUNT = Pattern.compile("-?[0-9]+");
    private static final Pattern DECIMAL = Pattern.compile("-?[0-9]+\\.[0-9]+");
    private static final Pattern DATE = Pattern.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+(Z|[+-][0-9:]+)");

    private Kinds() {}

    static String of(String text) {
        if (text.equals("true") || text.equals("false")) {
            return "flag";
        }
        if (ID.matcher(text).matches()) {
            return "id";
        }
        if (COUNT.matcher(text).matches()) {
            return "count";
        }
        if (DATE.matcher(text).matches()) {
            return "date";
        }
        return DECIMAL.matcher(text).matches() ? "decimal" : "text";
    }
}
