package org.bellwether.engine.vm;

import java.time.DateTimeException;
import java.time.DayOfWeek;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/**
 * Times of the clock on a wall somewhere: on one date, or on days of the week. Where clocks are set forward a time that does
 * not exist is taken for the one an hour later, where they are set back one that exists twice for the first.
 *
 * @param zone the time zone of the wall
 * @param date the one date; null: every week
 * @param days of the week; none: all
 * @param clock the times, such as 22:30
 */
record Times(String zone, @Nullable String date, List<DayOfWeek> days, List<String> clock) {

    private static final int MOST = 24;

    Times {
        days = List.copyOf(days);
        clock = List.copyOf(clock);
    }

    /**
     * @param zone such as Europe/Berlin
     * @param date such as 2027-01-31, or empty
     * @param days such as mon,fri, or empty
     * @param clock such as 07:30,19:30
     */
    static Times parse(String zone, String date, String days, String clock) {
        try {
            ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw wrong("the time zone '" + zone + "'", "Europe/Berlin, or UTC");
        }
        if (!date.isEmpty() && !days.isEmpty()) {
            throw Failure.badRequest("A schedule is for one date or for days of the week, not for both")
                    .next("Send either the date or the days");
        }
        String on = null;
        if (!date.isEmpty()) {
            try {
                on = LocalDate.parse(date).toString();
            } catch (DateTimeParseException e) {
                throw wrong("the date '" + date + "'", "2027-01-31");
            }
        }
        Set<DayOfWeek> week = EnumSet.noneOf(DayOfWeek.class);
        for (var day : words(days)) {
            week.add(day(day));
        }
        var times = new ArrayList<String>();
        for (var time : words(clock)) {
            try {
                times.add(LocalTime.parse(time).toString());
            } catch (DateTimeParseException e) {
                throw wrong("the time '" + time + "'", "07:30");
            }
        }
        if (times.isEmpty() || times.size() > MOST) {
            throw Failure.badRequest("A schedule has 1 to " + MOST + " times of the day")
                    .next("Send them like 07:30,19:30");
        }
        return new Times(
                zone, on, List.copyOf(week), times.stream().distinct().sorted().toList());
    }

    private static List<String> words(String list) {
        var words = new ArrayList<String>();
        for (var word : list.split(",", -1)) {
            if (!word.isBlank()) {
                words.add(word.strip().toLowerCase(Locale.ROOT));
            }
        }
        return words;
    }

    private static DayOfWeek day(String word) {
        for (var day : DayOfWeek.values()) {
            var name = day.name().toLowerCase(Locale.ROOT);
            if (name.equals(word) || name.substring(0, 3).equals(word)) {
                return day;
            }
        }
        throw wrong("the day '" + word + "'", "mon,wed");
    }

    private static Failure wrong(String what, String example) {
        return Failure.badRequest("There is no such thing as " + what).next("Send it like " + example);
    }

    /** The first of the times after an instant; empty when there is none any more. */
    Optional<Instant> after(Instant now) {
        var place = ZoneId.of(zone);
        var single = date;
        if (single != null) {
            return first(LocalDate.parse(single), place, now);
        }
        var day = now.atZone(place).toLocalDate();
        for (int ahead = 0; ahead <= 8; ahead++) {
            var that = day.plusDays(ahead);
            if (days.isEmpty() || days.contains(that.getDayOfWeek())) {
                var found = first(that, place, now);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Instant> first(LocalDate day, ZoneId place, Instant now) {
        return clock.stream()
                .map(time -> ZonedDateTime.of(day, LocalTime.parse(time), place).toInstant())
                .filter(time -> time.isAfter(now))
                .min(Instant::compareTo);
    }

    /** The instant as the clock on that wall shows it. */
    String shown(Instant instant) {
        var there = instant.atZone(ZoneId.of(zone));
        return there.toLocalDate() + " " + there.toLocalTime().withNano(0);
    }
}
