package org.bellwether.api;

import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Numbers and dates as documents spell them. */
final class Numbers {
    /** Longer than any number of 64 bits, with or without a fraction, needs to be. */
    static final int LONGEST = 64;

    /** Beyond this a whole decimal is written as the shortest digits that mean it. */
    private static final double EXACT = 1e15;

    private static final Instant FIRST = Instant.parse("0000-01-01T00:00:00Z");
    private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999Z");

    private Numbers() {}

    /** A finite number without an exponent, and without a fraction when it is whole. */
    static String plain(double number) {
        if (number == Math.rint(number) && Math.abs(number) < EXACT) {
            return Long.toString((long) number);
        }
        var text = Double.toString(number);
        return text.indexOf('E') < 0
                ? text
                : new BigDecimal(text).stripTrailingZeros().toPlainString();
    }

    /** Such as {@code 2023-11-14T22:13:20.000Z}. */
    static String dateTime(Instant instant) {
        var time = LocalDateTime.ofEpochSecond(instant.getEpochSecond(), instant.getNano(), ZoneOffset.UTC);
        var text = new StringBuilder(24);
        int year = time.getYear();
        digits(text, Math.clamp(year, 0, 9999), 4).append('-');
        digits(text, time.getMonthValue(), 2).append('-');
        digits(text, time.getDayOfMonth(), 2);
        digits(text.append('T'), time.getHour(), 2).append(':');
        digits(text, time.getMinute(), 2).append(':');
        digits(text, time.getSecond(), 2).append('.');
        return digits(text, time.getNano() / 1_000_000, 3).append('Z').toString();
    }

    private static StringBuilder digits(StringBuilder text, int value, int width) {
        int unit = 1;
        for (int i = 1; i < width; i++) {
            unit *= 10;
        }
        for (; unit > 0; unit /= 10) {
            text.append((char) ('0' + (value / unit) % 10));
        }
        return text;
    }

    /** A whole number of 64 bits; null when the text is none. */
    static @Nullable Long integer(String text) {
        var digits = text.strip();
        if (digits.isEmpty() || digits.length() > LONGEST) {
            return null;
        }
        try {
            return Long.valueOf(digits);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** A finite number; null when the text is none. */
    static @Nullable Double decimal(String text) {
        var digits = text.strip();
        if (digits.isEmpty() || digits.length() > LONGEST || !isDecimal(digits)) {
            return null;
        }
        try {
            var number = Double.valueOf(digits);
            return number.isInfinite() ? null : number;
        } catch (NumberFormatException e) {
            return null;
        }
    }

    /** Java also reads hexadecimal numbers, NaN and trailing letters, which documents do not have. */
    private static boolean isDecimal(String text) {
        return text.chars().allMatch(c -> (c >= '0' && c <= '9') || ".-+eE".indexOf(c) >= 0);
    }

    /** {@code true}, {@code false}, {@code 1} or {@code 0} in any case; null when the text is none of these. */
    static @Nullable Boolean bool(String text) {
        var word = text.strip();
        if (word.equalsIgnoreCase("true") || word.equals("1")) {
            return Boolean.TRUE;
        }
        return (word.equalsIgnoreCase("false") || word.equals("0")) ? Boolean.FALSE : null;
    }

    /** An xs:dateTime, with or without a zone (then UTC), cut to milliseconds; null when the text is none. */
    static @Nullable Instant instant(String text) {
        var word = text.strip();
        if (word.length() > LONGEST) {
            return null;
        }
        try {
            return inCalendar(OffsetDateTime.parse(word).toInstant());
        } catch (DateTimeParseException withoutZone) {
            try {
                return inCalendar(LocalDateTime.parse(word).toInstant(ZoneOffset.UTC));
            } catch (DateTimeParseException e) {
                return null;
            }
        }
    }

    /** Milliseconds since 1970; null when they are outside the years 0 to 9999. */
    static @Nullable Instant instant(long milliseconds) {
        return inCalendar(Instant.ofEpochMilli(milliseconds));
    }

    /** Beyond these years documents in XML and JSON spell dates in ways that not every client reads. */
    private static @Nullable Instant inCalendar(Instant instant) {
        return instant.isBefore(FIRST) || instant.isAfter(LAST) ? null : instant.truncatedTo(ChronoUnit.MILLIS);
    }
}
