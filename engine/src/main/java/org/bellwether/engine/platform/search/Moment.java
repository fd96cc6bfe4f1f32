package org.bellwether.engine.platform.search;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.TemporalAdjusters;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A point or a stretch of time that someone wrote: "2026-11-22" is the whole day, "2026-11-22 10:00" that minute.
 *
 * @param begin its first instant
 * @param end the first instant after it
 */
record Moment(Instant begin, Instant end) {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("[yyyy-MM-dd][M/d/yyyy]", Locale.ROOT);
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("[yyyy-MM-dd][M/d/yyyy]['T'][ ]H:mm", Locale.ROOT);
    private static final DateTimeFormatter SECOND =
            DateTimeFormatter.ofPattern("[yyyy-MM-dd][M/d/yyyy]['T'][ ]H:mm:ss", Locale.ROOT);
    private static final Pattern SPAN =
            Pattern.compile("(?:(\\d{1,6})\\.)?(\\d{1,6}):(\\d{1,2})(?::(\\d{1,2}))?|(\\d{1,9})([smhd]?)");

    /** Reads a date, in UTC when it names no zone, relative to now for "today", "yesterday" and days of the week. */
    static Optional<Moment> parse(String text, Instant now) {
        String word = text.strip().toUpperCase(Locale.ROOT);
        LocalDate today = LocalDate.ofInstant(now, ZoneOffset.UTC);
        if (word.equals("TODAY")) {
            return Optional.of(day(today));
        }
        if (word.equals("YESTERDAY")) {
            return Optional.of(day(today.minusDays(1)));
        }
        for (DayOfWeek weekday : DayOfWeek.values()) {
            if (weekday.name().equals(word)) {
                return Optional.of(day(today.with(TemporalAdjusters.previousOrSame(weekday))));
            }
        }
        return written(word);
    }

    private static Optional<Moment> written(String text) {
        try {
            return Optional.of(day(LocalDate.parse(text, DAY)));
        } catch (DateTimeParseException notADay) {
            // Try the next, finer form.
        }
        try {
            return Optional.of(lasting(LocalDateTime.parse(text, MINUTE), Duration.ofMinutes(1)));
        } catch (DateTimeParseException notAMinute) {
            // Try the next, finer form.
        }
        try {
            return Optional.of(lasting(LocalDateTime.parse(text, SECOND), Duration.ofSeconds(1)));
        } catch (DateTimeParseException notASecond) {
            // Try the next form, the one that the API itself writes.
        }
        try {
            Instant instant = OffsetDateTime.parse(text).toInstant();
            return Optional.of(new Moment(instant, instant.plusMillis(1)));
        } catch (DateTimeParseException notADate) {
            return Optional.empty();
        }
    }

    /** Reads a length of time: "90" seconds, "15m", "2h", "3d", "1:30" hours, "2.04:00:00" days. */
    static Optional<Duration> parseSpan(String text) {
        Matcher matcher = SPAN.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            return Optional.empty();
        }
        if (matcher.group(5) != null) {
            long amount = Long.parseLong(matcher.group(5));
            return Optional.of(
                    switch (matcher.group(6)) {
                        case "m" -> Duration.ofMinutes(amount);
                        case "h" -> Duration.ofHours(amount);
                        case "d" -> Duration.ofDays(amount);
                        default -> Duration.ofSeconds(amount);
                    });
        }
        return Optional.of(Duration.ofDays(number(matcher, 1))
                .plusHours(number(matcher, 2))
                .plusMinutes(number(matcher, 3))
                .plusSeconds(number(matcher, 4)));
    }

    /** How an instant lies to this stretch: before it, in it or after it. */
    int comparisonOf(Instant instant) {
        if (instant.isBefore(begin)) {
            return -1;
        }
        return instant.isBefore(end) ? 0 : 1;
    }

    private static long number(Matcher matcher, int group) {
        String digits = matcher.group(group);
        return digits == null ? 0 : Long.parseLong(digits);
    }

    private static Moment day(LocalDate day) {
        return lasting(day.atStartOfDay(), Duration.ofDays(1));
    }

    private static Moment lasting(LocalDateTime begin, Duration length) {
        Instant instant = begin.toInstant(ZoneOffset.UTC);
        return new Moment(instant, instant.plus(length));
    }
}
