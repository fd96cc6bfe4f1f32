package org.bellwether.cli;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** How sizes, times and words of others are written for people, and read from them. */
final class Text {

    private static final Pattern SIZE =
            Pattern.compile("([0-9]{1,15})\\s*([KMGTP]?)(?:i?B)?", Pattern.CASE_INSENSITIVE);
    private static final String UNITS = "KMGTP";
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss", Locale.ROOT);

    private Text() {}

    /**
     * Without what would steer the terminal: names and guests' words come from anywhere.
     */
    static String clean(String text) {
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .map(c -> Character.isISOControl(c) || Character.getType(c) == Character.FORMAT ? ' ' : c)
                .forEach(clean::appendCodePoint);
        return clean.toString();
    }

    /** {@code 512M}, {@code 2G}, {@code 1TiB} or plain bytes; units are powers of 1024. */
    static long bytes(String text, String what) {
        var match = SIZE.matcher(text.strip());
        if (!match.matches()) {
            throw CommandFailure.usage(
                    "The %s '%s' is no size: write a whole number with K, M, G or T, such as 512M or 2G."
                            .formatted(what, clean(text)));
        }
        String unit = match.group(2).toUpperCase(Locale.ROOT);
        int power = unit.isEmpty() ? 0 : UNITS.indexOf(unit) + 1;
        try {
            return Math.multiplyExact(Long.parseLong(match.group(1)), 1L << (10 * power));
        } catch (ArithmeticException e) {
            throw CommandFailure.usage("The %s %s is larger than any disk or memory.".formatted(what, clean(text)));
        }
    }

    /** Bytes in the largest unit that keeps them readable: {@code 512M}, {@code 1.5G}. */
    static String size(OptionalLong bytes) {
        if (bytes.isEmpty()) {
            return "";
        }
        double value = bytes.getAsLong();
        int power = 0;
        while (value >= 1024 && power < UNITS.length()) {
            value /= 1024;
            power++;
        }
        String unit = power == 0 ? "" : UNITS.substring(power - 1, power);
        String number = String.format(Locale.ROOT, value < 10 ? "%.1f" : "%.0f", value);
        return (number.endsWith(".0") ? number.substring(0, number.length() - 2) : number) + unit;
    }

    /** In the time zone of whoever reads it. */
    static String time(Instant instant) {
        return TIME.format(instant.atZone(ZoneId.systemDefault()));
    }

    static String seconds(Duration duration) {
        long seconds = duration.toSeconds();
        return seconds < 120 ? seconds + " s" : seconds / 60 + " min " + seconds % 60 + " s";
    }

    /** One sentence with its full stop. */
    static String sentence(String words) {
        String clean = clean(words).strip();
        return clean.isEmpty() || clean.endsWith(".") || clean.endsWith("!") || clean.endsWith("?")
                ? clean
                : clean + ".";
    }
}
