package org.bellwether.lab;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The engine's public API as plain HTTP and JSON, trusting the engine's own authority alone. */
public final class ApiClient {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** Longer than the engine itself waits for what it answers at once. */
    private static final Duration TIMEOUT = Duration.ofSeconds(130);

    /** What the engine answered. */
    public record Reply(int status, String contentType, String text) {
        /** The body as JSON; missing when it is none. */
        public JsonNode json() {
            try {
                JsonNode node = JSON.readTree(text);
                return node == null ? MissingNode.getInstance() : node;
            } catch (JsonProcessingException e) {
                return MissingNode.getInstance();
            }
        }

        public boolean succeeded() {
            return status / 100 == 2;
        }
    }

    private final HttpClient http;
    private final URI base;
    private final String token;

    private ApiClient(HttpClient http, URI base, String token) {
        this.http = http;
        this.base = base;
        this.token = token;
    }

    static boolean health(URI base, Path authority) {
        return asking(base, authority).getAsBoolean();
    }

    /** Asks on the connection that it has, as clients do, whether the engine is well. */
    static BooleanSupplier asking(URI base, Path authority) {
        HttpClient http = client(authority);
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + "/services/health"))
                .timeout(Duration.ofSeconds(5))
                .build();
        return () -> {
            try {
                return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
            } catch (IOException e) {
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        };
    }

    /** Whether the API's root answers 200 to a user with a password. */
    static boolean answers(URI base, Path authority, String credentials) {
        try {
            String basic = Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
            return client(authority)
                            .send(
                                    HttpRequest.newBuilder(URI.create(base + "/api"))
                                            .timeout(Duration.ofSeconds(5))
                                            .header("Authorization", "Basic " + basic)
                                            .header("Accept", "application/json")
                                            .build(),
                                    HttpResponse.BodyHandlers.discarding())
                            .statusCode()
                    == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Signs on with the password grant, as every oVirt client does. */
    public static ApiClient signOn(URI base, Path authority, String user, String password) {
        HttpClient http = client(authority);
        String form = "grant_type=password&scope=ovirt-app-api&username="
                + URLEncoder.encode(user, StandardCharsets.UTF_8)
                + "&password=" + URLEncoder.encode(password, StandardCharsets.UTF_8);
        Reply reply = send(
                http,
                HttpRequest.newBuilder(URI.create(base + "/sso/oauth/token"))
                        .timeout(TIMEOUT)
                        .header("Accept", "application/json")
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(HttpRequest.BodyPublishers.ofString(form))
                        .build());
        String token = reply.json().path("access_token").asText();
        if (token.isEmpty()) {
            throw new LabFailure("the engine refused the sign-on of " + user + ": " + reply.text());
        }
        return new ApiClient(http, base, token);
    }

    private static HttpClient client(Path authority) {
        return HttpClient.newBuilder()
                .sslContext(trusting(authority))
                .connectTimeout(Duration.ofSeconds(10))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
    }

    /** TLS that trusts the authorities of a file: two while the engine replaces its own. */
    public static SSLContext trusting(Path authority) {
        try (InputStream in = Files.newInputStream(authority)) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            for (var each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                store.setCertificateEntry("engine" + store.size(), each);
            }
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(store);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException e) {
            throw new LabFailure("the engine's certificate " + authority + " cannot be read: " + e.getMessage(), e);
        }
    }

    /** The token of this session, for clients of another kind. */
    public String token() {
        return token;
    }

    /** Any request; the path begins after /ovirt-engine/api, or after the host's name when it begins with it. */
    public Reply call(String method, String path, String body) {
        return call(method, path, body, "application/json");
    }

    public Reply call(String method, String path, String body, String contentType) {
        HttpRequest.Builder request = request(path)
                .header("Accept", "application/json")
                .method(
                        method,
                        body.isEmpty()
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(body));
        if (!body.isEmpty()) {
            request.header("Content-Type", contentType);
        }
        return send(http, request.build());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address(path)).timeout(TIMEOUT).header("Authorization", "Bearer " + token);
    }

    private URI address(String path) {
        if (path.startsWith("https:")) {
            return URI.create(path);
        }
        return path.startsWith("/ovirt-engine") ? base.resolve(path) : URI.create(base + "/api" + path);
    }

    /** GET of an object or a list; fails unless it is there. */
    public JsonNode get(String path) {
        return expectSuccess("GET", path, call("GET", path, ""));
    }

    public JsonNode post(String path, JsonNode body) {
        return expectSuccess("POST", path, call("POST", path, body.toString()));
    }

    /** What an action answers with bytes, such as a picture. */
    public byte[] bytes(String path, String body) {
        try {
            HttpResponse<byte[]> response = http.send(
                    request(path)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() / 100 != 2) {
                throw new LabFailure(path + " answered " + response.statusCode() + ": "
                        + new String(response.body(), StandardCharsets.UTF_8));
            }
            return response.body();
        } catch (IOException e) {
            throw new LabFailure(path + " broke off: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while asking for " + path, e);
        }
    }

    /** POST with JSON text in which single quotes stand for double ones. */
    public JsonNode post(String path, String body) {
        return post(path, json(body));
    }

    public JsonNode put(String path, String body) {
        return expectSuccess("PUT", path, call("PUT", path, json(body).toString()));
    }

    public void delete(String path) {
        Reply reply = call("DELETE", path, "");
        if (reply.status() != 404) {
            expectSuccess("DELETE", path, reply);
        }
    }

    /** Sends a file's bytes, for uploads. */
    public void upload(String url, Path file) {
        try {
            HttpRequest request = request(url)
                    .timeout(Duration.ofMinutes(10))
                    .header("Content-Type", "application/octet-stream")
                    .PUT(HttpRequest.BodyPublishers.ofFile(file))
                    .build();
            expectSuccess("PUT", url, send(http, request));
        } catch (IOException e) {
            throw new LabFailure("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** The objects of a list, whatever the name of their kind. */
    public List<JsonNode> list(String path) {
        List<JsonNode> found = new ArrayList<>();
        get(path).forEach(member -> member.forEach(found::add));
        return found;
    }

    /** The object of that name in a list; missing when there is none. */
    public JsonNode named(String path, String name) {
        return list(path).stream()
                .filter(object -> object.path("name").asText().equals(name))
                .findFirst()
                .orElse(MissingNode.getInstance());
    }

    /** Waits until an object is as the condition says, and answers it. */
    public JsonNode await(String path, Duration within, Predicate<JsonNode> condition) {
        JsonNode[] last = {MissingNode.getInstance()};
        if (!Await.holds(within, () -> {
            Reply reply = call("GET", path, "");
            last[0] = reply.succeeded() ? reply.json() : MissingNode.getInstance();
            return condition.test(last[0]);
        })) {
            throw new LabFailure("%s did not become what was waited for within %d s; it is %s"
                    .formatted(path, within.toSeconds(), last[0]));
        }
        return last[0];
    }

    public JsonNode awaitStatus(String path, String status, Duration within) {
        return await(path, within, object -> object.path("status").asText().equals(status));
    }

    /** JSON written with single quotes, which needs no escapes in Java. */
    public static JsonNode json(String text) {
        return parse(text.replace('\'', '"'));
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new LabFailure("not JSON: " + text, e);
        }
    }

    private JsonNode expectSuccess(String method, String path, Reply reply) {
        if (!reply.succeeded()) {
            JsonNode fault = reply.json();
            JsonNode words = fault.path("fault").isMissingNode() ? fault : fault.path("fault");
            String detail = Stream.of(words.path("reason"), words.path("detail"))
                    .map(JsonNode::asText)
                    .filter(text -> !text.isEmpty())
                    .reduce((left, right) -> left + ": " + right)
                    .orElse(reply.text());
            throw new LabFailure("%s %s: the engine answered %d, %s".formatted(method, path, reply.status(), detail));
        }
        return reply.json();
    }

    private static Reply send(HttpClient http, HttpRequest request) {
        try {
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            return new Reply(
                    answer.statusCode(),
                    answer.headers().firstValue("Content-Type").orElse(""),
                    answer.body());
        } catch (IOException e) {
            throw new LabFailure(
                    "the engine at %s does not answer: %s"
                            .formatted(request.uri().getAuthority(), e),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while talking to the engine", e);
        }
    }
}
