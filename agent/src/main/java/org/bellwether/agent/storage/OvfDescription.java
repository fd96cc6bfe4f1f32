package org.bellwether.agent.storage;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What stands in the description of an OVF_STORE's volume: whether its content is whole, how long, and of when.
 *
 * @param updated when it was last written in full; empty: never
 * @param size of the tar in bytes; empty while it is being written
 */
record OvfDescription(boolean whole, Optional<Instant> updated, Optional<Long> size) {
    private static final Pattern WHOLE = Pattern.compile("\"Updated\"\\s*:\\s*(true|false)");
    private static final Pattern SIZE = Pattern.compile("\"Size\"\\s*:\\s*(\\d{1,15})");
    private static final Pattern DATE = Pattern.compile("\"Last Updated\"\\s*:\\s*\"([^\"]*)\"");
    /** As java.util.Date says itself; oVirt's reader wants the names in English. */
    private static final DateTimeFormatter WRITTEN =
            DateTimeFormatter.ofPattern("EEE MMM dd HH:mm:ss zzz yyyy", Locale.ENGLISH);

    private static final DateTimeFormatter READ =
            DateTimeFormatter.ofPattern("EEE MMM d HH:mm:ss zzz yyyy", Locale.ENGLISH);

    static OvfDescription parse(String text) {
        Matcher whole = WHOLE.matcher(text);
        Matcher size = SIZE.matcher(text);
        Matcher date = DATE.matcher(text);
        return new OvfDescription(
                whole.find() && whole.group(1).equals("true"),
                date.find() ? instant(date.group(1)) : Optional.empty(),
                size.find() ? Optional.of(Long.parseLong(size.group(1))) : Optional.empty());
    }

    /** oVirt takes no disk whose text it cannot read as JSON, and never one that is whole without a size. */
    String render(String domain) {
        return "{\"Updated\":" + whole + size.map(bytes -> ",\"Size\":" + bytes).orElse("") + ",\"Last Updated\":"
                + updated.map(time -> "\"" + date(time) + "\"").orElse("null") + ",\"Storage Domains\":[{\"uuid\":\""
                + domain + "\"}],\"Disk Description\":\"OVF_STORE\"}";
    }

    static String date(Instant time) {
        return WRITTEN.format(ZonedDateTime.ofInstant(time, ZoneOffset.UTC)).replace(" Z ", " UTC ");
    }

    private static Optional<Instant> instant(String text) {
        try {
            return Optional.of(Instant.from(READ.parse(text.replaceAll("\\s+", " "))));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
