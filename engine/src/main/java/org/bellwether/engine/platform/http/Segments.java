package org.bellwether.engine.platform.http;

import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bellwether.engine.platform.Failure;

/** Takes paths, queries and forms apart. Of a parameter that is given several times, the first counts. */
final class Segments {
    private Segments() {}

    static String withoutMatrix(String path) {
        if (path.indexOf(';') < 0) {
            return path;
        }
        StringBuilder plain = new StringBuilder(path.length());
        boolean matrix = false;
        for (int i = 0; i < path.length(); i++) {
            char c = path.charAt(i);
            matrix = c == ';' || (matrix && c != '/');
            if (!matrix) {
                plain.append(c);
            }
        }
        return plain.toString();
    }

    /** The decoded segments of a path, without empty ones and matrix parameters. */
    static List<String> of(String path) {
        List<String> segments = new ArrayList<>();
        for (String segment : withoutMatrix(path).split("/", -1)) {
            if (!segment.isEmpty()) {
                segments.add(decoded(segment.replace("+", "%2B")));
            }
        }
        return segments;
    }

    /** The matrix parameters of the last segment. */
    static Map<String, String> matrix(String path) {
        String last = path.substring(path.lastIndexOf('/') + 1);
        int begin = last.indexOf(';');
        return begin < 0 ? Map.of() : pairs(last.substring(begin + 1), ';');
    }

    static Map<String, String> query(String query) {
        return pairs(query, '&');
    }

    static Map<String, String> form(String body) {
        return pairs(body, '&');
    }

    /** A text as one segment of a path. */
    static String encoded(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
            if (!plain) {
                return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
            }
        }
        return text;
    }

    /** A name without a value means the empty text. */
    private static Map<String, String> pairs(String text, char separator) {
        if (text.isEmpty()) {
            return Map.of();
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        int begin = 0;
        while (begin <= text.length()) {
            int end = text.indexOf(separator, begin);
            end = end < 0 ? text.length() : end;
            if (end > begin) {
                String pair = text.substring(begin, end);
                int equal = pair.indexOf('=');
                String name = decoded(equal < 0 ? pair : pair.substring(0, equal));
                pairs.putIfAbsent(name, equal < 0 ? "" : decoded(pair.substring(equal + 1)));
            }
            begin = end + 1;
        }
        return pairs;
    }

    private static String decoded(String text) {
        try {
            return text.indexOf('%') < 0 && text.indexOf('+') < 0
                    ? text
                    : URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException broken) {
            throw new WebException(
                    400,
                    "Operation Failed",
                    Failure.badRequest("The address or form holds a % that no two hexadecimal digits follow")
                            .next("Write %25 for a single %"));
        }
    }
}
