package org.bellwether.engine.vm;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bellwether.api.types.TimeZone;
import org.bellwether.api.types.Vm;
import org.bellwether.engine.platform.Failure;

/**
 * What a machine's hardware clock shows when it starts. Guests that are Windows take it for their local time, others for
 * UTC; so it is decided for each machine by the name of a time zone: of the IANA's, or as Windows calls them.
 */
final class TimeZones {

    /** Which of the IANA's a zone of Windows is, in the part of the world that the CLDR (windowsZones.xml) gives as 001. */
    private static final Map<String, String> WINDOWS = windows();

    private TimeZones() {}

    /** Nothing for a name that nobody knows. */
    static Optional<ZoneId> zone(String name) {
        try {
            return Optional.of(ZoneId.of(WINDOWS.getOrDefault(name, name)));
        } catch (DateTimeException unknown) {
            return Optional.empty();
        }
    }

    /** How much later than UTC it is there now, in seconds. */
    static int offsetSeconds(Vm spec, Instant now) {
        return Optional.ofNullable(spec.timeZone())
                .map(TimeZone::name)
                .flatMap(TimeZones::zone)
                .map(zone -> zone.getRules().getOffset(now).getTotalSeconds())
                .orElse(0);
    }

    /** Refuses a name that nobody knows. */
    static void check(Vm request) {
        var asked = request.timeZone();
        var name = asked == null ? null : asked.name();
        if (name != null && zone(name).isEmpty()) {
            throw Failure.badRequest("There is no time zone \"" + name + "\"")
                    .next("Send a name such as Europe/Vienna or, as Windows has it, W. Europe Standard Time");
        }
    }

    private static Map<String, String> windows() {
        try (InputStream in = Objects.requireNonNull(TimeZones.class.getResourceAsStream("windows-zones.txt"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line -> line.split("="))
                    .collect(Collectors.toUnmodifiableMap(words -> words[0], words -> words[1]));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
