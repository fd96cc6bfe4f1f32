package org.bellwether.engine.statistics;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.store.Json;
import org.jspecify.annotations.Nullable;

/** How much is used, now and over time: an addition to the API, described in the engine's README. */
public final class UsagePages implements Endpoint {

    /** Everything below this path is served here. */
    public static final String PATH = "/ovirt-engine/services/usage";

    private static final int MOST = 5_000;

    private final StatisticsHistory history;
    private final Measurements measurements;
    private final Gate gate;

    public UsagePages(StatisticsHistory history, Measurements measurements, Gate gate) {
        this.history = history;
        this.measurements = measurements;
        this.gate = gate;
    }

    @Override
    public WebReply answer(WebRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw Failure.badRequest("What is used can only be read");
        }
        var reader = gate.caller(request, "What is used is told only to who is signed on");
        var place = request.plainPath().substring(PATH.length() + 1).split("/", -1);
        var parameters = parameters(request.query());
        var kind = Subject.of(place[0])
                .filter(any -> place.length <= 2)
                .orElseThrow(() -> Failure.notFound("There is nothing at " + request.plainPath())
                        .next("Use system, vms, hosts, clusters or storagedomains"));
        if (place.length == 2 || kind == Subject.SYSTEM) {
            return over(reader, kind, place.length == 2 ? id(place[1]) : Measurements.ALL, parameters);
        }
        return now(reader, kind, parameters);
    }

    /** Parallel lists, the shortest form: times in seconds since 1970, and a value or null for each. */
    private record Series(String unit, List<@Nullable Double> values) {}

    private record Course(String span, int seconds, List<Long> times, Map<String, Series> series) {}

    private WebReply over(Principal reader, Subject kind, UUID id, Map<String, String> parameters) {
        if (!visible(reader, kind, id) || !measurements.exists(kind, id)) {
            throw Failure.notFound("There is no such object, or you may not see it");
        }
        var span = chosen(
                parameters, "span", "hour", Span::of, Stream.of(Span.values()).map(Span::word));
        var samples = history.of(id, span);
        Map<String, Series> series = new LinkedHashMap<>();
        for (var measure : Measure.values()) {
            if (samples.stream().anyMatch(sample -> sample.value(measure).isPresent())) {
                var values = new ArrayList<@Nullable Double>();
                samples.forEach(sample -> {
                    var value = sample.value(measure);
                    values.add(value.isPresent() ? rounded(value.getAsDouble()) : null);
                });
                series.put(measure.word(), new Series(measure.unit(), values));
            }
        }
        var times =
                samples.stream().map(sample -> sample.time().getEpochSecond()).toList();
        return WebReply.json(
                200, Json.write(new Course(span.word(), span.grain().seconds(), times, series)));
    }

    private WebReply now(Principal reader, Subject kind, Map<String, String> parameters) {
        var by = chosen(
                parameters,
                "by",
                "cpu",
                Measure::of,
                Stream.of(Measure.values()).map(Measure::word));
        int most = number(parameters.getOrDefault("max", "100"));
        var all = history.newest().values().stream()
                .filter(sample -> measurements.exists(kind, sample.subject()))
                .filter(sample -> sample.value(by).isPresent())
                .sorted(Comparator.comparingDouble(
                                (Sample sample) -> sample.value(by).orElse(0))
                        .reversed())
                .filter(sample -> visible(reader, kind, sample.subject()))
                .limit(most)
                .map(UsagePages::shown)
                .toList();
        return WebReply.json(200, Json.write(Map.of("usage", all)));
    }

    private static Map<String, Object> shown(Sample sample) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", sample.subject().toString());
        for (var measure : Measure.values()) {
            var value = sample.value(measure);
            if (value.isPresent()) {
                shown.put(measure.word(), rounded(value.getAsDouble()));
            }
        }
        return shown;
    }

    private static double rounded(double value) {
        return Math.abs(value) >= 1000 ? Math.rint(value) : Math.rint(value * 100) / 100;
    }

    private boolean visible(Principal reader, Subject kind, UUID id) {
        return reader.administrator() || gate.allows(reader, Permit.LOGIN, kind.path(id));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException noId) {
            throw Failure.notFound("There is no object with such an id");
        }
    }

    private static int number(String text) {
        if (!text.matches("\\d{1,6}")) {
            throw Failure.badRequest("max is not a number: " + text);
        }
        return Math.min(Integer.parseInt(text), MOST);
    }

    private static <T> T chosen(
            Map<String, String> parameters,
            String name,
            String usual,
            java.util.function.Function<String, Optional<T>> read,
            Stream<String> possible) {
        var word = parameters.getOrDefault(name, usual).toLowerCase(Locale.ROOT);
        return read.apply(word)
                .orElseThrow(() -> Failure.badRequest("The parameter " + name + " cannot be \"" + word + "\"")
                        .next("Use one of " + possible.collect(Collectors.joining(", "))));
    }

    private static Map<String, String> parameters(String query) {
        Map<String, String> found = new LinkedHashMap<>();
        for (var pair : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                found.put(pair.substring(0, equals), pair.substring(equals + 1));
            }
        }
        return found;
    }
}
