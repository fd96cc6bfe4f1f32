package org.bellwether.cli;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** Parts of request paths. */
final class Paths {

    private Paths() {}

    /** A value within a query. */
    static String encode(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8);
    }

    /** What people type, with what no address may hold written as it must be. */
    static String typed(String path) {
        StringBuilder typed = new StringBuilder();
        path.strip().codePoints().forEach(c -> {
            if (c <= ' ' || c == 0x7f || "\"<>\\^`{|}[]".indexOf(c) >= 0) {
                typed.append(String.format("%%%02X", c));
            } else {
                typed.appendCodePoint(c);
            }
        });
        return typed.toString();
    }
}
