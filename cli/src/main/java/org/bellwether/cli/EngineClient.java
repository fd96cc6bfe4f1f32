package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocketFactory;

/**
 * The engine's public API in JSON, as one user, for one run of the command. It signs on at once and logs out when closed;
 * every request of the run carries the same correlation id, by which jobs and events are found again.
 */
final class EngineClient implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(10);

    /** The engine itself waits up to 100 s for slow storage before it answers. */
    private static final Duration ANSWER = Duration.ofSeconds(150);

    private static final Duration GOODBYE = Duration.ofSeconds(3);

    /** What the engine answered, whatever it was. */
    record Answer(int status, String text) {
        boolean succeeded() {
            return status / 100 == 2;
        }
    }

    private final Login login;
    private final HttpClient http;
    private volatile String correlation = "";
    private volatile String token = "";

    private EngineClient(Login login, HttpClient http) {
        this.login = login;
        this.http = http;
        correlateAnew();
    }

    /** @throws CommandFailure unreachable when nobody answers, refused when the engine does not know the user */
    static EngineClient signOn(Login login) {
        var builder = HttpClient.newBuilder()
                .connectTimeout(CONNECT)
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER);
        if (login.url().getScheme().equals("https")) {
            login.authority().ifPresent(file -> builder.sslContext(Trust.only(file)));
        }
        var client = new EngineClient(login, builder.build());
        client.signOn();
        return client;
    }

    private void signOn() {
        if (!login.token().isEmpty()) {
            // Looked at by the first request: one that is not good (any more) is refused there.
            token = login.token();
            return;
        }
        var form = "grant_type=password&scope=ovirt-app-api&username=" + encode(login.user()) + "&password="
                + encode(login.password()) + (login.otp().isEmpty() ? "" : "&otp=" + encode(login.otp()));
        var answer = form("/sso/oauth/token", form, ANSWER);
        var body = Json.parse(answer.text());
        if (answer.succeeded()) {
            token = body.map(json -> json.path("access_token").asText("")).orElse("");
        }
        if (token.isEmpty()) {
            var why = body.flatMap(json -> Optional.of(json.path("error_description")
                                    .asText(json.path("error").asText("")))
                            .filter(text -> !text.isBlank()))
                    .orElseThrow(() -> Refusals.noEngine(login.url(), answer));
            throw CommandFailure.refused(
                    401,
                    "The engine at %s refused the sign-on of %s: %s"
                            .formatted(login.url(), login.user(), Text.sentence(why)));
        }
    }

    URI url() {
        return login.url();
    }

    String correlation() {
        return correlation;
    }

    /** For a run that does several things, each of which may fail by itself. */
    void correlateAnew() {
        correlation = "bw-" + UUID.randomUUID().toString().substring(0, 23);
    }

    Entity get(String path) {
        return expect(call("GET", path, Optional.empty()));
    }

    /** Empty when there is no such object. */
    Optional<Entity> find(String path) {
        var answer = call("GET", path, Optional.empty());
        return answer.status() == 404 ? Optional.empty() : Optional.of(expect(answer));
    }

    List<Entity> list(String path) {
        return get(path).members();
    }

    Entity post(String path, JsonNode body) {
        return expect(call("POST", path, Optional.of(Json.text(body))));
    }

    Entity put(String path, JsonNode body) {
        return expect(call("PUT", path, Optional.of(Json.text(body))));
    }

    /** What the places beside the API take: a form, as who is signed on. */
    Entity form(String path, Map<String, String> fields) {
        var body = fields.entrySet().stream()
                .map(each -> encode(each.getKey()) + "=" + encode(each.getValue()))
                .collect(Collectors.joining("&"));
        return expect(send(HttpRequest.newBuilder(address(path))
                .timeout(ANSWER)
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Bearer " + token)
                .header("Correlation-Id", correlation)
                .POST(BodyPublishers.ofString(body))
                .build()));
    }

    Entity delete(String path) {
        return expect(call("DELETE", path, Optional.empty()));
    }

    /**
     * Any request, with the engine's answer as it is.
     *
     * @param path begins after {@code /ovirt-engine/api}, or is whole when it begins with {@code /ovirt-engine}
     */
    Answer call(String method, String path, Optional<String> body) {
        var answer = send(authorised(method, path, body));
        if (answer.status() == 401 && login.token().isEmpty()) {
            // The engine may have forgotten the session: signed on anew, or refused for good, on the second attempt.
            signOn();
            answer = send(authorised(method, path, body));
        }
        return answer;
    }

    /** Trusts whom this client trusts. */
    SSLSocketFactory tls() {
        return http.sslContext().getSocketFactory();
    }

    /** What the engine answers with bytes, such as a picture. */
    byte[] bytes(String method, String path) {
        var request = HttpRequest.newBuilder(address(path))
                .timeout(ANSWER)
                // Refusals in words; what is asked for has a type of its own.
                .header("Accept", "application/json, */*;q=0.1")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + token)
                .header("Correlation-Id", correlation)
                .method(method, BodyPublishers.ofString("{}"))
                .build();
        var taken = new java.io.ByteArrayOutputStream();
        receive(request, response -> {
            try (var bytes = response.body()) {
                bytes.transferTo(taken);
            }
            var answer = new Answer(response.statusCode(), taken.toString(StandardCharsets.UTF_8));
            if (!answer.succeeded()) {
                throw Refusals.of(answer, login.url());
            }
            return new Answer(answer.status(), "");
        });
        return taken.toByteArray();
    }

    /** A WebSocket below the engine's address; the ticket in the path is the permission. */
    WebSocket socket(String path, WebSocket.Listener listener) {
        var address = URI.create(login.url().toString().replaceFirst("^http", "ws") + path);
        try {
            return http.newWebSocketBuilder()
                    .connectTimeout(CONNECT)
                    .subprotocols("binary")
                    .header("Authorization", "Bearer " + token)
                    .buildAsync(address, listener)
                    .get(CONNECT.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            var cause = e.getCause() == null ? e : e.getCause();
            throw CommandFailure.unreachable(
                    "The engine at %s took no console connection: %s.".formatted(login.url(), cause), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.inVain("Interrupted while the console was opened.");
        }
    }

    @Override
    public void close() {
        if (token.isEmpty() || token.equals(login.token())) {
            // A program's own token is there for its next run.
            return;
        }
        var ended = token;
        token = "";
        try {
            form("/services/sso-logout", "scope=ovirt-app-api&token=" + encode(ended), GOODBYE);
        } catch (CommandFailure unheard) {
            // The command is over and its outcome known; a session nobody uses ends by itself.
        }
    }

    private HttpRequest authorised(String method, String path, Optional<String> body) {
        var request = HttpRequest.newBuilder(address(path))
                .timeout(ANSWER)
                .header("Accept", "application/json")
                .header("Authorization", "Bearer " + token)
                .header("Correlation-Id", correlation)
                .method(method, body.map(BodyPublishers::ofString).orElseGet(BodyPublishers::noBody));
        if (body.isPresent()) {
            request.header("Content-Type", "application/json");
        }
        return request.build();
    }

    private URI address(String path) {
        try {
            return path.startsWith("/ovirt-engine/")
                    ? login.url().resolve(new URI(path))
                    : new URI(login.url() + "/api" + path);
        } catch (java.net.URISyntaxException e) {
            throw CommandFailure.usage("'%s' is no path of the API: %s.".formatted(Text.clean(path), e.getReason()));
        }
    }

    private Answer form(String path, String form, Duration timeout) {
        return send(HttpRequest.newBuilder(URI.create(login.url() + path))
                .timeout(timeout)
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build());
    }

    private interface Reading {
        Answer read(HttpResponse<InputStream> response) throws IOException;
    }

    private Answer send(HttpRequest request) {
        return receive(request, response -> {
            try (var bytes = response.body()) {
                return new Answer(response.statusCode(), new String(bytes.readAllBytes(), StandardCharsets.UTF_8));
            }
        });
    }

    private Answer receive(HttpRequest request, Reading reading) {
        try {
            return reading.read(http.send(request, BodyHandlers.ofInputStream()));
        } catch (SSLException e) {
            throw CommandFailure.unreachable(
                    "The server at %s is not trusted: %s. Name the authority of that engine with --ca or BW_CA."
                            .formatted(login.url(), String.valueOf(e.getMessage())),
                    e);
        } catch (ConnectException e) {
            throw CommandFailure.unreachable(
                    "No engine answers at %s. Start it with %s, or name another with --url or BW_URL."
                            .formatted(login.url(), Login.START),
                    e);
        } catch (HttpTimeoutException e) {
            throw CommandFailure.unreachable(
                    "The engine at %s did not answer in time. Look how it is with %s."
                            .formatted(login.url(), Login.STATUS),
                    e);
        } catch (IOException e) {
            throw CommandFailure.unreachable(
                    "The connection to the engine at %s broke: %s. Whether it did what was asked, a look will tell."
                            .formatted(login.url(), e.getMessage() == null ? e.toString() : e.getMessage()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.inVain("Interrupted while the engine was asked; what it began goes on.");
        }
    }

    private Entity expect(Answer answer) {
        if (!answer.succeeded()) {
            throw Refusals.of(answer, login.url());
        }
        return Json.parse(answer.text()).map(Entity::new).orElseThrow(() -> Refusals.noEngine(login.url(), answer));
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
