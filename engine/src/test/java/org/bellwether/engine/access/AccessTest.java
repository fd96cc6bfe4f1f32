package org.bellwether.engine.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.StringReader;
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
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.OptionalInt;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bellwether.api.types.ApiSummary;
import org.bellwether.api.types.Tag;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.ApiEndpoint;
import org.bellwether.engine.platform.http.ApiRoot;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.HttpServer;
import org.bellwether.engine.platform.http.HttpSettings;
import org.bellwether.engine.platform.http.PkiPages;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.Identity;
import org.bellwether.engine.platform.store.Database;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.ovirt.engine.sdk4.Connection;
import org.ovirt.engine.sdk4.ConnectionBuilder;
import org.ovirt.engine.sdk4.Error;

/** Signing on for real: PostgreSQL, TLS, and the SDK that people have. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AccessTest {
    private static final String TOKEN = "/ovirt-engine/sso/oauth/token";

    private volatile Instant now = Instant.now();
    private final InstantSource clock = () -> now;
    private Path folder;
    private Path passwordFile;
    private Database database;
    private Authority authority;
    private HttpClient client;
    private Access access;
    private HttpServer server;
    private String firstPassword = "";

    @BeforeAll
    void openDatabase(@TempDir Path temporary) throws Exception {
        folder = temporary;
        passwordFile = folder.resolve("admin-password");
        database = Database.embedded(folder.resolve("database"));
        authority = Authority.open(folder.resolve("pki"), InstantSource.system());
        client = HttpClient.newBuilder().sslContext(trusting(authority)).build();
    }

    @AfterAll
    void closeDatabase() {
        client.shutdownNow();
        database.close();
    }

    @BeforeEach
    void start() throws Exception {
        access = Access.open(database, passwordFile, new ObjectTree(), new Events(database, Clock.systemUTC()), clock);
        firstPassword = firstPassword.isEmpty() ? password() : firstPassword;
        ApiRoutes routes = new ApiRoutes();
        new ApiRoot(new UUID(1, 1), () -> ApiSummary.builder().build(), clock).declare(routes);
        routes.on(
                "tags",
                "add",
                Permit.TAG_MANAGEMENT,
                request -> Reply.created(request.body(Tag.class).toBuilder()
                        .id(UUID.randomUUID().toString())
                        .build()));
        access.declare(routes);
        HttpSettings settings = HttpSettings.of("127.0.0.1", 0, OptionalInt.empty(), List.of("localhost", "127.0.0.1"));
        Identity identity = authority.web(settings.names());
        Site.Builder site = Site.of(new ApiEndpoint(routes, access, settings));
        new PkiPages(authority::trustedByClients, identity::certificate, identity::publicKey).declare(site);
        access.declare(site);
        server = HttpServer.start(settings, identity, site.build());
    }

    @AfterEach
    void stop() {
        server.close();
        access.close();
    }

    @Test
    void the_password_is_made_once_for_its_owner_only_and_never_stored() throws Exception {
        assertThat(firstPassword).hasSize(24);
        String password = password();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(passwordFile)))
                .isEqualTo("rw-------");
        restart();
        assertThat(password()).isEqualTo(password);
        List<InternalUser> users = new AccessRepository(database).users();
        assertThat(users).hasSize(1);
        assertThat(users.getFirst().passwordHash())
                .startsWith("$argon2id$v=19$")
                .doesNotContain(password);
        assertThat(users.getFirst().toString()).doesNotContain("argon2id");
    }

    @Test
    @SuppressWarnings("try") // The SDK declares that closing may throw anything, even an interruption.
    void the_sdk_connects_with_the_authority_checked_and_logs_out() throws Exception {
        try (Connection connection = ConnectionBuilder.connection()
                .url(url("/ovirt-engine/api"))
                .user("admin@internal")
                .password(password())
                .trustStoreFile(trustStore().toString())
                .trustStorePassword("changeit")
                .build()) {
            var api = connection.systemService().get().send().api();
            assertThat(api.productInfo().version().majorAsInteger()).isEqualTo(4);
            assertThat(api.authenticatedUser().id())
                    .isEqualTo(access.administrator().id().toString());
            var users = connection
                    .systemService()
                    .usersService()
                    .list()
                    .search("usrname=admin*")
                    .send()
                    .users();
            assertThat(users).hasSize(1);
            assertThat(users.getFirst().userName()).isEqualTo("admin@internal-authz");
            assertThat(connection
                            .systemService()
                            .domainsService()
                            .list()
                            .send()
                            .domains()
                            .getFirst()
                            .name())
                    .isEqualTo("internal-authz");
            var tag = connection
                    .systemService()
                    .tagsService()
                    .add()
                    .tag(org.ovirt.engine.sdk4.builders.Builders.tag().name("blue"))
                    .send()
                    .tag();
            assertThat(tag.name()).isEqualTo("blue");
            assertThat(connection
                            .systemService()
                            .vmsService()
                            .list()
                            .search("name=x")
                            .send()
                            .vms())
                    .isEmpty();
        }
    }

    @Test
    @SuppressWarnings("try") // The SDK declares that closing may throw anything, even an interruption.
    void the_sdk_is_told_why_it_may_not_come_in() throws Exception {
        try (Connection connection = ConnectionBuilder.connection()
                .url(url("/ovirt-engine/api"))
                .user("admin@internal")
                .password("wrong")
                .trustStoreFile(trustStore().toString())
                .trustStorePassword("changeit")
                .build()) {
            assertThatThrownBy(() -> connection.systemService().get().send())
                    .isInstanceOf(Error.class)
                    .rootCause()
                    .hasMessageContaining("Cannot authenticate user 'admin@internal'");
        }
    }

    @Test
    void a_token_is_given_in_the_form_that_clients_know() throws Exception {
        HttpResponse<String> answer = signOn("admin@internal", password(), "ovirt-app-api");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        JsonNode json = json(answer);
        assertThat(json.get("token_type").asText()).isEqualTo("bearer");
        assertThat(json.get("scope").asText()).isEqualTo("ovirt-app-api");
        assertThat(json.get("exp").isTextual()).isTrue();
        String token = json.get("access_token").asText();
        assertThat(token).hasSize(43);
        assertThat(api(token).statusCode()).isEqualTo(200);
        JsonNode info = json(form("/ovirt-engine/sso/oauth/token-info", "token=" + token));
        assertThat(info.get("active").asBoolean()).isTrue();
        assertThat(info.get("user_id").asText()).isEqualTo("admin@internal");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "grant_type=password&scope=ovirt-app-api&username=admin@internal&password=x | error_code | access_denied",
                "grant_type=password&username=admin@internal&password=x | error | access_denied",
                "grant_type=password&scope=ovirt-app-api&username=nobody@internal&password=x | error_code | access_denied",
                "grant_type=password&scope=ovirt-app-api&username=admin&password=x | error_code | access_denied",
                "grant_type=password&scope=ovirt-app-api&username=admin@internal | error_code | invalid_request",
                "grant_type=password&scope=ovirt-app-api | error_code | invalid_request",
                "scope=ovirt-app-api&username=a&password=b | error_code | invalid_request",
                "grant_type=magic | error | unsupported_grant_type",
                "'' | error | invalid_request",
                "%%% | reason | Operation Failed",
            })
    void a_wrong_request_for_a_token_is_a_400_in_json(String form, String key, String code) throws Exception {
        HttpResponse<String> answer = form(TOKEN, form.replace("@", "%40"));
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type").orElseThrow()).startsWith("application/json");
        assertThat(json(answer).get(key).asText()).isEqualTo(code);
        now = now.plus(Duration.ofMinutes(5));
    }

    @Test
    void a_token_ends_at_log_out_and_a_log_out_without_one_is_fine() throws Exception {
        String token = token();
        assertThat(api(token).statusCode()).isEqualTo(200);
        HttpResponse<String> out = form("/ovirt-engine/services/sso-logout", "scope=ovirt-app-api&token=" + token);
        assertThat(out.statusCode()).isEqualTo(200);
        assertThat(out.body()).isEqualTo("{}");
        assertThat(api(token).statusCode()).isEqualTo(401);
        assertThat(form("/ovirt-engine/services/sso-logout", "scope=&token=").body())
                .isEqualTo("{}");
        String other = token();
        assertThat(form("/ovirt-engine/sso/oauth/revoke", "scope=&token=" + other)
                        .statusCode())
                .isEqualTo(200);
        assertThat(api(other).statusCode()).isEqualTo(401);
    }

    @Test
    void a_token_lives_as_long_as_it_is_used_and_no_longer() throws Exception {
        String token = token();
        for (int i = 0; i < 4; i++) {
            now = now.plus(Duration.ofMinutes(29));
            assertThat(api(token).statusCode()).isEqualTo(200);
        }
        now = now.plus(Duration.ofMinutes(31));
        assertThat(api(token).statusCode()).isEqualTo(401);
    }

    @Test
    void a_token_survives_a_restart_and_only_its_hash_is_stored() throws Exception {
        String token = token();
        restart();
        assertThat(api(token).statusCode()).isEqualTo(200);
        assertThat(new AccessRepository(database).tokens())
                .anySatisfy(stored -> assertThat(stored.hash()).isEqualTo(TokenHash.of(Secret.of(token))));
    }

    @Test
    void another_password_in_the_file_counts_after_a_restart_and_ends_old_tokens() throws Exception {
        String token = token();
        String before = password();
        Files.writeString(passwordFile, "another password\n");
        Files.setLastModifiedTime(passwordFile, FileTime.from(now.plusSeconds(10)));
        now = now.plusSeconds(20);
        restart();
        assertThat(api(token).statusCode()).isEqualTo(401);
        assertThat(signOn("admin@internal", "another password", "ovirt-app-api").statusCode())
                .isEqualTo(200);
        assertThat(signOn("admin@internal", before, "ovirt-app-api").statusCode())
                .isEqualTo(400);
        now = now.plus(Duration.ofHours(1));
    }

    @Test
    void who_guesses_must_wait_and_the_right_password_does_not_help_meanwhile() throws Exception {
        for (int i = 0; i < 5; i++) {
            assertThat(signOn("admin@internal", "guess" + i, "ovirt-app-api").statusCode())
                    .isEqualTo(400);
        }
        HttpResponse<String> refused = signOn("admin@internal", password(), "ovirt-app-api");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("too many").contains("seconds");
        now = now.plus(Duration.ofMinutes(3));
        assertThat(signOn("admin@internal", password(), "ovirt-app-api").statusCode())
                .isEqualTo(200);
    }

    @Test
    void a_password_works_on_the_api_itself() throws Exception {
        String credentials = java.util.Base64.getEncoder()
                .encodeToString(("admin@internal:" + password()).getBytes(StandardCharsets.UTF_8));
        HttpResponse<String> answer = client.send(
                HttpRequest.newBuilder(URI.create(url("/ovirt-engine/api")))
                        .header("Authorization", "Basic " + credentials)
                        .build(),
                BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
    }

    @Test
    void nobody_unknown_may_do_anything() {
        Principal stranger = new Principal(UUID.randomUUID(), "admin@internal", true);
        for (Permit permit : Permit.values()) {
            assertThat(access.allows(stranger, permit, List.of())).isFalse();
            assertThat(access.allows(access.administrator(), permit, List.of())).isTrue();
        }
    }

    @Test
    void a_browsers_session_survives_a_reload_in_a_cookie_and_ends_with_signing_off() throws Exception {
        String session = "/ovirt-engine/sso/session";
        HttpResponse<String> begun = form(
                session, "username=admin%40internal&password=" + URLEncoder.encode(password(), StandardCharsets.UTF_8));
        String cookie = begun.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie).contains("Secure", "HttpOnly", "SameSite=Strict", "Path=" + session);
        String kept = cookie.substring(0, cookie.indexOf(';'));
        String token = json(begun).get("access_token").asText();
        assertThat(api(token).statusCode()).isEqualTo(200);

        assertThat(json(browser("GET", session, kept)).get("access_token").asText())
                .isEqualTo(token);
        assertThat(json(browser("GET", session, "BELLWETHER_SESSION=forged"))).isEmpty();
        HttpResponse<String> wrong = form(session, "username=admin%40internal&password=wrong");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.headers().firstValue("WWW-Authenticate")).isEmpty();

        assertThat(browser("DELETE", session, kept)
                        .headers()
                        .firstValue("Set-Cookie")
                        .orElseThrow())
                .contains("Max-Age=0");
        assertThat(api(token).statusCode()).isEqualTo(401);
        assertThat(json(browser("GET", session, kept))).isEmpty();
    }

    private HttpResponse<String> browser(String method, String path, String cookie) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(url(path)))
                        .header("Cookie", cookie)
                        .method(method, BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void an_empty_password_file_is_refused(@TempDir Path other) throws Exception {
        Path empty = Files.writeString(other.resolve("admin-password"), "\n");
        assertThatThrownBy(() ->
                        Access.open(database, empty, new ObjectTree(), new Events(database, Clock.systemUTC()), clock))
                .isInstanceOf(Failure.class);
    }

    private void restart() throws Exception {
        stop();
        start();
    }

    private String password() throws Exception {
        return Files.readString(passwordFile).strip();
    }

    private String token() throws Exception {
        return json(signOn("admin@internal", password(), "ovirt-app-api"))
                .get("access_token")
                .asText();
    }

    private HttpResponse<String> signOn(String name, String password, String scope) throws Exception {
        return form(
                TOKEN,
                "grant_type=password&scope=" + scope + "&username=" + URLEncoder.encode(name, StandardCharsets.UTF_8)
                        + "&password=" + URLEncoder.encode(password, StandardCharsets.UTF_8));
    }

    private HttpResponse<String> form(String path, String body) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(url(path)))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .header("Accept", "application/json")
                        .POST(BodyPublishers.ofString(body))
                        .build(),
                BodyHandlers.ofString());
    }

    private HttpResponse<String> api(String token) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(url("/ovirt-engine/api")))
                        .header("Authorization", "Bearer " + token)
                        .build(),
                BodyHandlers.ofString());
    }

    private String url(String path) {
        return "https://localhost:" + server.httpsPort() + path;
    }

    private Path trustStore() throws Exception {
        Path file = folder.resolve("trust.p12");
        KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
        trust.load(null, null);
        trust.setCertificateEntry("authority", authority.certificate());
        try (var out = Files.newOutputStream(file)) {
            trust.store(out, "changeit".toCharArray());
        }
        return file;
    }

    private static SSLContext trusting(Authority authority) throws Exception {
        KeyStore trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("authority", authority.certificate());
        TrustManagerFactory managers = TrustManagerFactory.getInstance("PKIX");
        managers.init(trust);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, managers.getTrustManagers(), null);
        return context;
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return new ObjectMapper().readTree(new StringReader(answer.body()));
    }
}
