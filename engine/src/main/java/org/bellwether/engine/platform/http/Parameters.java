package org.bellwether.engine.platform.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.bellwether.engine.platform.Failure;

/**
 * The parameters of one request: of its query, else of the matrix parameters of the path's last segment, else, for the two
 * that have one, of a header.
 */
final class Parameters {
    private static final Set<String> YES = Set.of("", "t", "true", "y", "yes", "1");
    private static final Set<String> NO = Set.of("f", "false", "n", "no", "0");

    private final Map<String, String> query;
    private final Map<String, String> matrix;
    private final Map<String, String> headers;

    private Parameters(Map<String, String> query, Map<String, String> matrix, Map<String, String> headers) {
        this.query = query;
        this.matrix = matrix;
        this.headers = headers;
    }

    static Parameters of(WebRequest request) {
        return new Parameters(Segments.query(request.query()), Segments.matrix(request.path()), request.headers());
    }

    /** For a request inside a request: it has none of its own. */
    static Parameters none() {
        return new Parameters(Map.of(), Map.of(), Map.of());
    }

    Optional<String> text(String name) {
        String value = query.get(name);
        if (value == null) {
            value = matrix.get(name);
        }
        if (value == null && name.equals("filter")) {
            value = headers.get("filter");
        }
        if (value == null && name.equals("all_content")) {
            value = headers.get("all-content");
        }
        return Optional.ofNullable(value);
    }

    /** Given without a value it is true; what is neither yes nor no counts as not given. */
    Optional<Boolean> flag(String name) {
        String value =
                text(name).map(text -> text.strip().toLowerCase(Locale.ROOT)).orElse("-");
        if (YES.contains(value)) {
            return Optional.of(true);
        }
        return NO.contains(value) ? Optional.of(false) : Optional.empty();
    }

    OptionalLong number(String name) {
        Optional<String> value = text(name).map(String::strip).filter(text -> !text.isEmpty());
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(Long.parseLong(value.get()));
        } catch (NumberFormatException notANumber) {
            throw new WebException(
                    400,
                    "Invalid value",
                    Failure.badRequest("The parameter " + name + " is \"" + value.get() + "\", which is no number")
                            .next("Give a whole number"));
        }
    }

    /** The most objects that a list may have; negative means all, as clients have always written it. */
    OptionalInt maximum() {
        OptionalLong max = number("max");
        return max.isEmpty() || max.getAsLong() < 0
                ? OptionalInt.empty()
                : OptionalInt.of((int) Math.min(max.getAsLong(), Integer.MAX_VALUE));
    }

    /** What the client wants beside the object itself, for instance {@code statistics}. */
    Set<String> details() {
        Set<String> details = new TreeSet<>(Negotiation.details(headers.getOrDefault("accept", "")));
        text("detail").ifPresent(value -> {
            for (String word : value.split("[,+]")) {
                details.add(word.strip());
            }
        });
        return details;
    }
}
