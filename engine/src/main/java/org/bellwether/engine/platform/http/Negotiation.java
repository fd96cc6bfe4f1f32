package org.bellwether.engine.platform.http;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bellwether.api.Format;

/** Finds out in which of the API's two spellings a client reads and writes. */
final class Negotiation {
    private Negotiation() {}

    /**
     * What the client prefers to read. Who accepts neither, such as a browser, gets XML: an answer that it can show is
     * better than none.
     */
    static Format accepted(Optional<String> accept) {
        double best = 0;
        Format format = Format.XML;
        for (String range : accept.orElse("").toLowerCase(Locale.ROOT).split(",")) {
            Optional<Format> meant = named(range);
            double weight = weight(range);
            if (meant.isPresent() && weight > best) {
                best = weight;
                format = meant.get();
            }
        }
        return format;
    }

    /**
     * What the client sends. Without a type it is XML, unless it begins like JSON.
     *
     * @throws WebException 415 if it is neither
     */
    static Format sent(Optional<String> contentType, byte[] body) {
        if (contentType.isEmpty() || contentType.get().isBlank()) {
            return body.length > 0 && body[0] == '{' ? Format.JSON : Format.XML;
        }
        return named(contentType.get().toLowerCase(Locale.ROOT))
                .orElseThrow(() -> new WebException(
                        415,
                        "Operation Failed",
                        "[The request's body is neither XML nor JSON. Send it with Content-Type application/xml or"
                                + " application/json.]"));
    }

    /** The details that a client asks for in the header: {@code application/xml; detail=statistics; detail=-main}. */
    static Set<String> details(String accept) {
        Set<String> details = new TreeSet<>();
        for (String part : accept.split("[;,]")) {
            String word = part.strip();
            if (word.startsWith("detail=")) {
                details.add(word.substring("detail=".length()).strip());
            }
        }
        return details;
    }

    private static Optional<Format> named(String range) {
        String type = (range.indexOf(';') < 0 ? range : range.substring(0, range.indexOf(';'))).strip();
        return switch (type) {
            case "application/json", "text/json" -> Optional.of(Format.JSON);
            case "application/xml", "text/xml", "*/*", "application/*" -> Optional.of(Format.XML);
            default -> Optional.empty();
        };
    }

    private static double weight(String range) {
        int q = range.indexOf("q=");
        if (q < 0) {
            return 1;
        }
        int end = range.indexOf(';', q);
        try {
            return Double.parseDouble(
                    range.substring(q + 2, end < 0 ? range.length() : end).strip());
        } catch (NumberFormatException careless) {
            return 1;
        }
    }
}
