package org.bellwether.engine.platform.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One answer.
 *
 * @param status the HTTP status; never 204, which clients of this API cannot read
 * @param contentType the type of the body
 * @param headers further headers
 * @param body writes the body; must not fail but for the client's going away
 */
public record WebReply(int status, String contentType, Map<String, String> headers, Content body) {
    public static final String JSON = "application/json";
    public static final String XML = "application/xml";
    /** A stream of events (SSE), which its content flushes itself. */
    public static final String EVENTS = "text/event-stream";
    /** Bytes as they are; never compressed on the way. */
    public static final String BYTES = "application/octet-stream";

    /** Writes the body of an answer. */
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    public WebReply {
        headers = Map.copyOf(headers);
    }

    public static WebReply of(int status, String contentType, Content body) {
        return new WebReply(status, contentType, Map.of(), body);
    }

    public static WebReply text(int status, String contentType, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return of(status, contentType, out -> out.write(bytes));
    }

    public static WebReply json(int status, String json) {
        return text(status, JSON, json);
    }

    public WebReply with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new WebReply(status, contentType, more, body);
    }
}
