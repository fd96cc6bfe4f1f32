package org.bellwether.engine.platform.http;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bellwether.api.Struct;
import org.bellwether.api.types.ApiSummary;
import org.bellwether.api.types.ApiSummaryItem;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.feed.ChangeFeed;
import org.bellwether.engine.platform.feed.ChangeStream;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.Identity;

/** A real server on the loopback address with a gate that knows two users, and a client that trusts it. */
final class OpenDoor implements AutoCloseable {
    static final Principal ADMIN = new Principal(new UUID(1, 1), "admin@internal", true);
    static final Principal USER = new Principal(new UUID(1, 2), "user@internal", false);
    static final String ADMIN_TOKEN = "admin-token";
    static final String USER_TOKEN = "user-token";

    final Authority authority;
    final HttpServer server;
    final HttpClient client;
    final ChangeFeed feed;
    private final HttpSettings settings;

    OpenDoor(Path folder, ApiRoutes routes) {
        this(folder, routes, usual());
    }

    OpenDoor(Path folder, ApiRoutes routes, HttpSettings settings) {
        this.settings = settings;
        this.authority = Authority.open(folder, InstantSource.system());
        Identity identity = authority.web(settings.names());
        ApiSummaryItem none = ApiSummaryItem.builder().active(0L).total(0L).build();
        new ApiRoot(
                        new UUID(7, 7),
                        () -> ApiSummary.builder()
                                .hosts(none)
                                .vms(none)
                                .users(none)
                                .storageDomains(none)
                                .build(),
                        InstantSource.system())
                .declare(routes);
        Site.Builder site = Site.of(new ApiEndpoint(routes, new TwoUsers(), settings));
        new PkiPages(authority::trustedByClients, identity::certificate, identity::publicKey).declare(site);
        site.onPlain("GET", HealthPage.PATH, new HealthPage(() -> true));
        feed = new ChangeFeed("run", id -> Optional.empty());
        site.on("GET", ChangeStream.PATH, new ChangeStream(feed, new TwoUsers()));
        new PortalFiles().declare(site);
        site.on("POST", Enrolment.PATH, new Enrolment(application -> {
            if (!application.secret().reveal().equals("good")) {
                throw Failure.forbidden("The token is not good").next("Make a new one");
            }
            UUID host = UUID.nameUUIDFromBytes(application.request().key().getEncoded());
            return new Enrolment.Admission(
                    host,
                    org.bellwether.engine.platform.pki.Pem.write(authority.sign(application.request(), host)),
                    org.bellwether.engine.platform.pki.Pem.write(authority.certificate()));
        }));
        this.server = HttpServer.start(settings, identity, site.build());
        this.client = HttpClient.newBuilder()
                .sslContext(trusting(authority))
                .connectTimeout(Duration.ofSeconds(20))
                .build();
    }

    static HttpSettings usual() {
        return limited(4 * 1024 * 1024, Duration.ofSeconds(15));
    }

    static HttpSettings limited(int bodyLimit, Duration headerTime) {
        return new HttpSettings(
                "127.0.0.1",
                0,
                OptionalInt.of(0),
                List.of("localhost", "127.0.0.1"),
                bodyLimit,
                8,
                Duration.ofSeconds(20),
                200,
                Duration.ofSeconds(30),
                headerTime);
    }

    URI at(String path) {
        return URI.create("https://localhost:" + server.httpsPort() + path);
    }

    URI plain(String path) {
        return URI.create("http://127.0.0.1:" + server.httpPort().orElseThrow() + path);
    }

    HttpRequest.Builder as(String token, String path) {
        return HttpRequest.newBuilder(at(path))
                .timeout(Duration.ofSeconds(60))
                .header("Authorization", "Bearer " + token);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(as(ADMIN_TOKEN, path).header("Accept", "application/json"));
    }

    HttpResponse<String> post(String path, String type, String body) throws IOException, InterruptedException {
        return send(as(ADMIN_TOKEN, path)
                .header("Accept", type)
                .header("Content-Type", type)
                .POST(BodyPublishers.ofString(body)));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    static String basic(String name, String password) {
        return "Basic "
                + Base64.getEncoder()
                        .encodeToString((name + ":" + password).getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    static SSLContext trusting(Authority authority) {
        try {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(null, null);
            trust.setCertificateEntry("authority", authority.certificate());
            TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
            managers.init(trust);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    HttpSettings settings() {
        return settings;
    }

    @Override
    public void close() {
        feed.close();
        client.shutdownNow();
        server.close();
    }

    /** Knows an administrator and a user that may do nothing but sign on. */
    private static final class TwoUsers implements Gate {
        private final Map<String, Principal> tokens =
                new ConcurrentHashMap<>(Map.of(ADMIN_TOKEN, ADMIN, USER_TOKEN, USER));
        private final List<Secret> sessions = new ArrayList<>();

        @Override
        public Optional<Principal> ofToken(Secret token) {
            return Optional.ofNullable(tokens.get(token.reveal()));
        }

        @Override
        public Optional<Principal> look(Secret token) {
            return ofToken(token);
        }

        @Override
        public boolean goesOn(Principal principal, Instant begun) {
            return true;
        }

        @Override
        public Principal ofPassword(String name, Secret password, String remote) {
            if (name.equals("admin@internal") && password.reveal().equals("secret")) {
                return ADMIN;
            }
            throw Failure.unauthenticated("Cannot authenticate user").next("Verify name and password");
        }

        @Override
        public synchronized Secret session(Principal principal, Optional<Duration> idle) {
            Secret session = Secret.of("session-" + sessions.size());
            sessions.add(session);
            tokens.put(session.reveal(), principal);
            return session;
        }

        @Override
        public boolean allows(Principal principal, Permit permit, List<Target> path) {
            return principal.administrator() || permit == Permit.LOGIN;
        }

        @Override
        public boolean anywhere(Principal principal, Permit permit) {
            return principal.administrator() || permit == Permit.LOGIN;
        }

        @Override
        public boolean sees(Principal principal, Target object) {
            return true;
        }

        @Override
        public boolean looksInto(Principal principal, Target object) {
            return true;
        }

        @Override
        public List<Target> referred(String kind, Struct reference) {
            return List.of();
        }

        @Override
        public boolean liesIn(List<Target> path, Target object) {
            return false;
        }
    }
}
