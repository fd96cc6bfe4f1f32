package org.bellwether.lab;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnknownFieldSet;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * A collector of OpenTelemetry: takes spans over HTTP in the protocol's own bytes, and reads them by the numbers of its fields,
 * without the library that wrote them.
 */
final class SpanCollector implements AutoCloseable {
    private static final int RESOURCE_SPANS = 1;
    private static final int SCOPE_SPANS = 2;
    private static final int SPANS = 2;
    private static final int TRACE_ID = 1;
    private static final int SPAN_ID = 2;
    private static final int PARENT_ID = 4;
    private static final int NAME = 5;
    private static final int KIND = 6;
    private static final int START = 7;
    private static final int END = 8;
    private static final int ATTRIBUTES = 9;
    private static final int STATUS = 15;
    private static final int STATUS_CODE = 3;

    /** One span as it came; its kind is 1 for internal, 2 for server, 3 for client. */
    record Span(
            String trace,
            String id,
            String parent,
            String name,
            long kind,
            long start,
            long end,
            Map<String, String> notes,
            boolean failed) {}

    private final HttpServer server;
    private final List<Span> spans = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();

    SpanCollector() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/traces", this::take);
        server.start();
    }

    String address() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1/traces";
    }

    List<Span> spans() {
        return List.copyOf(spans);
    }

    /** All spans of the trace that the first of a name belongs to. */
    List<Span> traceOf(String name) {
        return spans.stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .map(first -> spans.stream()
                        .filter(span -> span.trace().equals(first.trace()))
                        .toList())
                .orElse(List.of());
    }

    List<String> tokens() {
        return List.copyOf(tokens);
    }

    private void take(HttpExchange exchange) throws IOException {
        tokens.add(String.valueOf(exchange.getRequestHeaders().getFirst("X-Token")));
        boolean packed = "gzip".equals(exchange.getRequestHeaders().getFirst("Content-Encoding"));
        try (var body = packed ? new GZIPInputStream(exchange.getRequestBody()) : exchange.getRequestBody()) {
            read(body.readAllBytes());
        }
        exchange.getResponseHeaders().set("Content-Type", "application/x-protobuf");
        exchange.sendResponseHeaders(200, -1);
        exchange.close();
    }

    private void read(byte[] request) throws InvalidProtocolBufferException {
        for (var resource : within(UnknownFieldSet.parseFrom(request), RESOURCE_SPANS)) {
            for (var scope : within(resource, SCOPE_SPANS)) {
                for (var span : within(scope, SPANS)) {
                    spans.add(span(span));
                }
            }
        }
    }

    private static Span span(UnknownFieldSet span) throws InvalidProtocolBufferException {
        Map<String, String> notes = new HashMap<>();
        for (var note : within(span, ATTRIBUTES)) {
            var value = within(note, 2).getFirst();
            notes.put(
                    text(note, 1),
                    value.hasField(1)
                            ? text(value, 1)
                            : value.getField(3).getVarintList().toString());
        }
        boolean failed = false;
        for (var status : within(span, STATUS)) {
            failed = status.getField(STATUS_CODE).getVarintList().contains(2L);
        }
        return new Span(
                hex(span, TRACE_ID),
                hex(span, SPAN_ID),
                hex(span, PARENT_ID),
                text(span, NAME),
                span.getField(KIND).getVarintList().getFirst(),
                span.getField(START).getFixed64List().getFirst(),
                span.getField(END).getFixed64List().getFirst(),
                notes,
                failed);
    }

    private static List<UnknownFieldSet> within(UnknownFieldSet message, int field)
            throws InvalidProtocolBufferException {
        List<UnknownFieldSet> all = new CopyOnWriteArrayList<>();
        for (ByteString bytes : message.getField(field).getLengthDelimitedList()) {
            all.add(UnknownFieldSet.parseFrom(bytes));
        }
        return all;
    }

    private static String text(UnknownFieldSet message, int field) {
        return first(message, field).map(ByteString::toStringUtf8).findFirst().orElse("");
    }

    private static String hex(UnknownFieldSet message, int field) {
        return first(message, field)
                .map(bytes -> HexFormat.of().formatHex(bytes.toByteArray()))
                .findFirst()
                .orElse("");
    }

    private static Stream<ByteString> first(UnknownFieldSet message, int field) {
        return message.getField(field).getLengthDelimitedList().stream();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
