package org.bellwether.api;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values of attributes as text, and where in a document the reader stands. */
final class Values {
    private static final int SHOWN = 60;

    private Values() {}

    /** The value that the text means in the attribute. */
    static Object parse(Attribute attribute, String text, Trail path) {
        var value = switch (attribute.kind()) {
            case STRING -> text;
            case INTEGER -> Numbers.integer(text);
            case DECIMAL -> Numbers.decimal(text);
            case BOOLEAN -> Numbers.bool(text);
            case DATE -> Numbers.instant(text);
            case ENUM -> enumerated(attribute.enumeration(), text);
            case STRUCT -> null;
        };
        if (value == null) {
            throw wrong(attribute, "'" + shown(text) + "'", path);
        }
        return value;
    }

    private static @Nullable WireEnum enumerated(EnumType<?> type, String text) {
        var exact = type.find(text);
        return exact == null ? type.find(text.strip().toLowerCase(Locale.ROOT)) : exact;
    }

    static BadDocument wrong(Attribute attribute, String found, Trail path) {
        return new BadDocument(
                BadDocument.Cause.VALUE,
                "Invalid value " + found + " for '" + path + "': " + expected(attribute) + ".");
    }

    private static String expected(Attribute attribute) {
        return switch (attribute.kind()) {
            case STRING -> "text is expected";
            case INTEGER -> "a whole number is expected";
            case DECIMAL -> "a number is expected";
            case BOOLEAN -> "true or false is expected";
            case DATE -> "a date such as 2030-01-31T12:00:00.000Z is expected";
            case ENUM ->
                "one of "
                        + String.join(
                                ", ",
                                attribute.enumeration().values().stream()
                                        .map(WireEnum::wire)
                                        .toList())
                        + " is expected";
            case STRUCT -> "an object of type " + attribute.struct().name() + " is expected";
        };
    }

    /** No more of a stranger's text than fits a message, without anything that could change a terminal or a log. */
    static String shown(@Nullable String text) {
        var all = String.valueOf(text);
        var some = all.length() > SHOWN ? all.substring(0, SHOWN) + "…" : all;
        return some.replaceAll("\\p{Cntrl}", "?");
    }
}
