package org.bellwether.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An HTTP server on the loopback that answers what a test wrote down, in the wire format of the API. Signing on, tokens and
 * logging out are as of a real engine; nothing else happens in it.
 */
final class ScriptedEngine implements AutoCloseable {

    static final String PASSWORD = "right & proper";

    /** What came in. */
    record Request(String method, String path, String body, String correlation, String range) {}

    private record Scripted(int status, String contentType, String body) {}

    private final HttpServer server;
    private final Map<String, Deque<Scripted>> script = new ConcurrentHashMap<>();
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<String> tokens = new CopyOnWriteArrayList<>();
    private final AtomicInteger signOns = new AtomicInteger();

    ScriptedEngine() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort() + "/ovirt-engine";
    }

    /** Said more than once for one request, the answers come one after the other, and the last one again and again. */
    ScriptedEngine on(String methodAndPath, int status, String body) {
        return on(methodAndPath, status, "application/json", body);
    }

    ScriptedEngine on(String methodAndPath, int status, String contentType, String body) {
        script.computeIfAbsent(methodAndPath, _ -> new ArrayDeque<>()).add(new Scripted(status, contentType, body));
        return this;
    }

    /** JSON with single quotes, which needs no escapes in Java. */
    ScriptedEngine get(String path, String body) {
        return on("GET /api" + path, 200, body.replace('\'', '"'));
    }

    /** The session is over; the engine does not know its token any more. */
    void forgetTokens() {
        tokens.clear();
    }

    /** Tokens that were given out and not given back. */
    List<String> tokens() {
        return tokens;
    }

    int signOns() {
        return signOns.get();
    }

    List<Request> requests() {
        return requests;
    }

    List<Request> requests(String method) {
        return requests.stream()
                .filter(request -> request.method().equals(method))
                .toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().toString().replaceFirst("^/ovirt-engine", "");
            Scripted answer = answer(exchange, path, body);
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized Scripted answer(HttpExchange exchange, String path, String body) {
        if (path.equals("/sso/oauth/token")) {
            return signOn(body);
        }
        if (path.equals("/services/sso-logout")) {
            tokens.removeIf(token -> body.endsWith("token=" + token));
            return new Scripted(200, "application/json", "{}");
        }
        var headers = exchange.getRequestHeaders();
        requests.add(new Request(
                exchange.getRequestMethod(),
                path,
                body,
                String.valueOf(headers.getFirst("Correlation-Id")),
                String.valueOf(headers.getFirst("Content-Range"))));
        String token = String.valueOf(headers.getFirst("Authorization")).replaceFirst("^Bearer ", "");
        if (path.startsWith("/api") && !tokens.contains(token)) {
            return new Scripted(401, "application/json", "");
        }
        var answers = script.get(exchange.getRequestMethod() + " "
                + path.replaceFirst("correlation_id%3Dbw-[0-9a-f-]+$", "correlation_id%3D*"));
        if (answers == null) {
            return new Scripted(404, "application/json", "{\"reason\":\"Operation Failed\",\"detail\":\"[Not here]\"}");
        }
        return answers.size() > 1 ? answers.removeFirst() : answers.getFirst();
    }

    private Scripted signOn(String form) {
        int number = signOns.incrementAndGet();
        if (!form.endsWith("&password=right+%26+proper")) {
            return new Scripted(
                    400,
                    "application/json",
                    "{\"error_code\":\"access_denied\",\"error\":\"Cannot authenticate user 'admin@internal'\"}");
        }
        String token = "token" + number;
        tokens.add(token);
        return new Scripted(200, "application/json", "{\"access_token\":\"" + token + "\",\"token_type\":\"bearer\"}");
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
