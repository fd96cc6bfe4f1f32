package org.bellwether.engine.platform.http;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Secret;

/**
 * One request as it came over the wire, its body still unread.
 *
 * @param method in capitals
 * @param path as sent: not decoded, with matrix parameters
 * @param query as sent, or empty
 * @param headers by name in lower case; of a header that came several times, the first
 * @param body what follows the headers
 * @param remote the address of the client, without its port
 * @param secure whether it came over TLS
 * @param correlation the id under which logs, jobs and events tell of this request
 */
public record WebRequest(
        String method,
        String path,
        String query,
        Map<String, String> headers,
        WebBody body,
        String remote,
        boolean secure,
        String correlation) {

    /** The longest correlation id that is taken; the API's own limit. */
    private static final int CORRELATION_LENGTH = 36;

    public Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    /** The access token that came with it. */
    public Optional<Secret> bearer() {
        return Bearer.of(header("authorization"));
    }

    /** The parameters of the query; of one that is given several times, the first. */
    public Map<String, String> parameters() {
        return Segments.query(query);
    }

    /** A cookie that came with it, unless it is empty. */
    public Optional<String> cookie(String name) {
        for (String pair : header("cookie").orElse("").split(";")) {
            String cookie = pair.strip();
            if (cookie.startsWith(name + "=") && cookie.length() > name.length() + 1) {
                return Optional.of(cookie.substring(name.length() + 1));
            }
        }
        return Optional.empty();
    }

    /** The path without matrix parameters and without a slash at its end. */
    public String plainPath() {
        String plain = Segments.withoutMatrix(path);
        return plain.length() > 1 && plain.endsWith("/") ? plain.substring(0, plain.length() - 1) : plain;
    }

    /** The correlation id that the client wished, without the characters that it may not hold, or else a new one. */
    static String correlation(Optional<String> wished) {
        StringBuilder clean = new StringBuilder(CORRELATION_LENGTH);
        String text = wished.orElse("");
        for (int i = 0; i < text.length() && clean.length() < CORRELATION_LENGTH; i++) {
            char c = text.charAt(i);
            boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
            if (letter || c == '-' || c == '_') {
                clean.append(c);
            }
        }
        return clean.isEmpty() ? UUID.randomUUID().toString() : clean.toString();
    }
}
