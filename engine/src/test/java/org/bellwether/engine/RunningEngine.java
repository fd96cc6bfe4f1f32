package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.bellwether.engine.platform.config.EngineConfig;
import org.bellwether.engine.platform.config.TraceConfig;

/** The whole engine, without hosts, in this process: PostgreSQL, TLS, every route. */
final class RunningEngine implements AutoCloseable {
    static final String API = "/ovirt-engine/api";

    private final ObjectMapper json = new ObjectMapper();
    private final Path folder;
    private final HttpClient client;
    private final Clock clock;
    private final Optional<TraceConfig> traces;
    private Engine engine;

    RunningEngine(Path folder) {
        this(folder, Clock.systemUTC());
    }

    RunningEngine(Path folder, Clock clock) {
        this(folder, clock, Optional.empty());
    }

    RunningEngine(Path folder, Clock clock, Optional<TraceConfig> traces) {
        this.folder = folder;
        this.traces = traces;
        this.clock = clock;
        this.client = HttpClient.newBuilder()
                .sslContext(trusting())
                // A call that is refused before its body is read ends the stream of HTTP/2, but not what is answered.
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        this.engine = start();
    }

    private Engine start() {
        return Engine.start(
                new EngineConfig(
                        folder.resolve("data"),
                        "127.0.0.1",
                        0,
                        Optional.empty(),
                        Optional.empty(),
                        "localhost",
                        folder.resolve("password"),
                        Optional.empty(),
                        "",
                        Duration.ofDays(30),
                        Duration.ofDays(3650),
                        Optional.empty(),
                        agentArchive(),
                        Map.of("color", Pattern.compile("red|green")),
                        Optional.empty(),
                        EngineConfig.Silence.USUAL,
                        EngineConfig.PowerTimes.USUAL,
                        traces),
                clock);
    }

    /** What it would put on hosts; nothing unless a test writes it. */
    Path agentArchive() {
        return folder.resolve("agent.tar.gz");
    }

    /** What is inside, for what cannot be done from outside without a host. */
    Engine inside() {
        return engine;
    }

    void restart() {
        restart(() -> {});
    }

    /** @param meanwhile is done while no engine runs */
    void restart(Runnable meanwhile) {
        engine.close();
        meanwhile.run();
        engine = start();
    }

    String password() {
        try {
            return Files.readString(folder.resolve("password")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The certificate of its authority. */
    Path authority() {
        return folder.resolve("data/pki/ca.crt");
    }

    /** Signs on with name and password and gives what one may do then. */
    Caller signOn(String name, String password) {
        var answer = send(request("/ovirt-engine/sso/oauth/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("grant_type=password&scope=ovirt-app-api&username=" + encoded(name)
                        + "&password=" + encoded(password))));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return new Caller("Bearer " + read(answer.body()).get("access_token").asText());
    }

    Caller administrator() {
        return signOn("admin@internal", password());
    }

    Caller nobody() {
        return new Caller("Bearer nothing");
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("https://localhost:" + engine.httpsPort() + path))
                .timeout(Duration.ofSeconds(60));
    }

    /** A call that is refused before its body is read ends the connection, which the next one may find out too late. */
    HttpResponse<String> send(HttpRequest.Builder request) {
        for (int attempt = 1; ; attempt++) {
            try {
                return client.send(request.build(), BodyHandlers.ofString());
            } catch (IOException e) {
                if (attempt == 5) {
                    throw new UncheckedIOException(e);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    JsonNode read(String body) {
        try {
            return json.readTree(new StringReader(body));
        } catch (IOException e) {
            throw new UncheckedIOException(body, e);
        }
    }

    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        client.shutdownNow();
        engine.close();
    }

    /** Somebody at the API, in JSON. */
    final class Caller {
        private final String authorization;

        Caller(String authorization) {
            this.authorization = authorization;
        }

        String authorization() {
            return authorization;
        }

        HttpResponse<String> call(String verb, String path, String body, String... headers) {
            var request = request(path.startsWith("/ovirt-engine") ? path : API + path)
                    .header("Authorization", authorization)
                    .header("Accept", "application/json")
                    .header("Content-Type", "application/json")
                    .method(verb, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
            for (int i = 0; i < headers.length; i += 2) {
                request.header(headers[i], headers[i + 1]);
            }
            return send(request);
        }

        HttpResponse<String> callXml(String path) {
            return send(request(API + path)
                    .header("Authorization", authorization)
                    .header("Accept", "application/xml")
                    .GET());
        }

        JsonNode get(String path, String... headers) {
            var answer = call("GET", path, "", headers);
            assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
            return read(answer.body());
        }

        JsonNode post(String path, String body) {
            var answer = call("POST", path, body);
            assertThat(answer.statusCode()).as(path + ": " + answer.body()).isBetween(200, 202);
            return read(answer.body());
        }

        String add(String path, String body) {
            return post(path, body).get("id").asText();
        }

        /** Makes a machine of nothing, and waits until the job that makes it is over. */
        String machine(String name) {
            String id = add(
                    "/vms",
                    "{\"name\":\"" + name + "\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
            await("VM " + name + " is made")
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> get("/vms/" + id).get("status").asText().equals("down"));
            return id;
        }

        int status(String verb, String path, String body) {
            return call(verb, path, body).statusCode();
        }

        /** The names of what a list shows. */
        java.util.List<String> names(String path, String singular, String... headers) {
            java.util.List<String> names = new java.util.ArrayList<>();
            get(path, headers)
                    .path(singular)
                    .forEach(each -> names.add(each.get("name").asText()));
            return names;
        }

        /** Adds a user with a password and signs it on. */
        Caller user(String name) {
            add(
                    "/users",
                    "{\"user_name\":\"" + name + "@internal\",\"domain\":{\"name\":\"internal-authz\"},\"password\":\""
                            + PASSWORD + "\"}");
            return signOn(name + "@internal", PASSWORD);
        }

        String userId(String name) {
            return get("/users?search=" + encoded("usrname=" + name + "@internal-authz"))
                    .at("/user/0/id")
                    .asText();
        }

        /** Gives a user a role on an object, for instance {@code /vms/…}; on the system when that is empty. */
        String give(String user, String role, String object) {
            return add(
                    object + "/permissions",
                    "{\"role\":{\"name\":\"" + role + "\"},\"user\":{\"id\":\"" + userId(user) + "\"}}");
        }
    }

    static final String PASSWORD = "correct horse battery";

    /** The certificate's name is checked elsewhere; here it is new with each engine. */
    static SSLContext trusting() {
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new Anyone()}, new SecureRandom());
            return context;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static final class Anyone implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {
            throw new IllegalStateException("no client has a certificate");
        }

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {
            // It is the one that was started here.
        }

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }
}
