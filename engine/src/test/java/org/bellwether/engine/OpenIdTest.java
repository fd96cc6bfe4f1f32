package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.RunningEngine.encoded;

import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** People sign on in the browser with a provider of OpenID Connect, and only those for whom it really stands. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OpenIdTest {
    private static final String DIRECTORIES = "/ovirt-engine/services/directories";

    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private OpenIdServer provider;

    @BeforeAll
    void start(@TempDir Path folder) throws Exception {
        provider = new OpenIdServer(folder.resolve("provider"));
        engine = new RunningEngine(folder.resolve("engine"));
        administrator = engine.administrator();
        administrator.post(
                DIRECTORIES,
                "{\"name\":\"corp\",\"kind\":\"oidc\",\"url\":\"" + provider.issuer() + "\",\"client_id\":\""
                        + OpenIdServer.CLIENT + "\",\"ca_file\":\"" + provider.authority() + "\",\"password\":\""
                        + OpenIdServer.SECRET + "\"}");
    }

    @AfterAll
    void stop() {
        engine.close();
        provider.close();
    }

    @BeforeEach
    void honest() {
        provider.lie(OpenIdServer.Lie.NONE);
        provider.brief(false);
    }

    /** A browser that was sent away, with its cookie. */
    private record Away(URI address, String cookie) {}

    private Away begin() {
        return begin("");
    }

    private Away begin(String more) {
        var away = engine.send(engine.request("/ovirt-engine/sso/openid/login?profile=corp" + more)
                .GET());
        assertThat(away.statusCode()).as(away.body()).isEqualTo(302);
        String cookie = away.headers().firstValue("set-cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "Secure", "SameSite=Lax");
        return new Away(
                URI.create(away.headers().firstValue("location").orElseThrow()),
                cookie.substring(0, cookie.indexOf(';')));
    }

    private HttpResponse<String> back(URI address, String cookie) {
        return engine.send(engine.request(address.getRawPath() + "?" + address.getRawQuery())
                .header("Cookie", cookie)
                .GET());
    }

    private HttpResponse<String> signOn(Map<String, Object> person) throws Exception {
        provider.person(person);
        var away = begin();
        return back(provider.agreed(away.address()), away.cookie());
    }

    /** What the portal does next: it asks for the session that the cookie keeps. */
    private RunningEngine.Caller portal(HttpResponse<String> arrived) {
        assertThat(arrived.statusCode()).as(arrived.body()).isEqualTo(302);
        assertThat(arrived.headers().firstValue("location")).contains("/");
        String cookie = arrived.headers().firstValue("set-cookie").orElseThrow();
        assertThat(cookie).contains("HttpOnly", "SameSite=Strict");
        var session = engine.send(engine.request("/ovirt-engine/sso/session")
                .header("Cookie", cookie.substring(0, cookie.indexOf(';')))
                .GET());
        var token = engine.read(session.body()).path("access_token").asText("");
        assertThat(token).as(session.body()).isNotEmpty();
        return engine.new Caller("Bearer " + token);
    }

    private String idOf(String name) {
        return administrator
                .get("/users?search=" + encoded("usrname=" + name + "@corp-authz"))
                .at("/user/0/id")
                .asText();
    }

    @Test
    void somebody_of_the_provider_signs_on_and_is_given_permissions_like_anybody_else() throws Exception {
        var first = portal(signOn(
                Map.of("sub", "1-ewe", "preferred_username", "ewe", "given_name", "Ewa", "email", "ewe@example.org")));
        assertThat(first.status("GET", "/clusters", "")).isEqualTo(403);
        String id = idOf("ewe");
        assertThat(administrator.get("/users/" + id).get("name").asText()).isEqualTo("Ewa");
        administrator.add("/permissions", "{\"role\":{\"name\":\"ReadOnlyAdmin\"},\"user\":{\"id\":\"" + id + "\"}}");
        assertThat(first.names("/clusters", "cluster")).containsExactly("Default");
        assertThat(administrator
                        .get("/events?search=" + encoded("message=*ewe@corp*"))
                        .toString())
                .contains("signed on from");
        assertThat(administrator
                        .call("GET", "/ovirt-engine/services/directories", "")
                        .body())
                .doesNotContain(OpenIdServer.SECRET);
        assertThat(engine.nobody().call("GET", "/ovirt-engine/sso/profiles", "").body())
                .contains("/ovirt-engine/sso/openid/login?profile=corp");
    }

    @Test
    void who_came_for_a_program_goes_back_to_it_and_nobody_is_sent_elsewhere() throws Exception {
        provider.person(Map.of("sub", "7-ram", "preferred_username", "ram"));
        String asked =
                "/authorize?client_id=grafana&redirect_uri=https%3A%2F%2Fgrafana.example.org%2F&scope=openid+profile";
        var away = begin("&next=" + encoded(asked));
        assertThat(back(provider.agreed(away.address()), away.cookie())
                        .headers()
                        .firstValue("location"))
                .contains(asked);
        for (String wrong : new String[] {
            "https://wolf.example.org/",
            "//wolf.example.org/authorize?x",
            "/authorize",
            "/admin",
            "/authorize?a\nSet-Cookie:x"
        }) {
            var other = begin("&next=" + encoded(wrong));
            assertThat(back(provider.agreed(other.address()), other.cookie())
                            .headers()
                            .firstValue("location"))
                    .as(wrong)
                    .contains("/");
        }
    }

    @Test
    void who_is_renamed_stays_and_who_takes_the_name_is_somebody_else() throws Exception {
        portal(signOn(Map.of("sub", "2-ram", "preferred_username", "ram")));
        String ram = idOf("ram");
        portal(signOn(Map.of("sub", "2-other", "preferred_username", "ram")));
        assertThat(idOf("ram")).isNotEqualTo(ram);
        assertThat(administrator.get("/users/" + ram).get("user_name").asText()).isEqualTo("2-ram@corp-authz");
        portal(signOn(Map.of("sub", "2-ram", "preferred_username", "leader")));
        assertThat(administrator.get("/users/" + ram).get("user_name").asText()).isEqualTo("leader@corp-authz");
        portal(signOn(Map.of("sub", "2-ram", "preferred_username", "ram")));
        assertThat(administrator.get("/users/" + ram).get("user_name").asText()).isEqualTo("ram@corp-authz");
    }

    @Test
    void groups_of_the_provider_count_once_they_are_known_here() throws Exception {
        String farm = administrator.add("/groups", "{\"name\":\"farm\",\"domain\":{\"name\":\"corp-authz\"}}");
        administrator.add(
                "/permissions", "{\"role\":{\"name\":\"ReadOnlyAdmin\"},\"group\":{\"id\":\"" + farm + "\"}}");
        var lamb =
                Map.<String, Object>of("sub", "3-lamb", "preferred_username", "lamb", "groups", List.of("farm", "x"));
        assertThat(portal(signOn(lamb)).names("/clusters", "cluster")).containsExactly("Default");
        assertThat(portal(signOn(Map.of("sub", "3-lamb", "preferred_username", "lamb")))
                        .status("GET", "/clusters", ""))
                .as("who left the group")
                .isEqualTo(403);
    }

    @Test
    void what_a_brief_token_does_not_tell_is_asked_for() throws Exception {
        provider.brief(true);
        portal(signOn(Map.of("sub", "4-brief", "preferred_username", "brief", "family_name", "Ef")));
        assertThat(administrator.get("/users/" + idOf("brief")).get("last_name").asText())
                .isEqualTo("Ef");
        provider.lie(OpenIdServer.Lie.OTHER_PERSON_IN_USER_INFO);
        assertThat(signOn(Map.of("sub", "4-brief", "preferred_username", "brief"))
                        .statusCode())
                .isEqualTo(403);
    }

    @Test
    void nobody_signs_on_by_a_token_that_is_not_for_this_sign_on() throws Exception {
        for (var lie : List.of(
                OpenIdServer.Lie.OTHER_NONCE,
                OpenIdServer.Lie.OTHER_AUDIENCE,
                OpenIdServer.Lie.OTHER_ISSUER,
                OpenIdServer.Lie.OTHER_KEY,
                OpenIdServer.Lie.UNSIGNED,
                OpenIdServer.Lie.EXPIRED)) {
            provider.lie(lie);
            var refused = signOn(Map.of("sub", "5-wolf", "preferred_username", "wolf"));
            assertThat(refused.statusCode()).as(lie + refused.body()).isEqualTo(403);
            assertThat(refused.headers().firstValue("set-cookie")).isEmpty();
        }
        assertThat(idOf("wolf")).isEmpty();
    }

    @Test
    void a_sign_on_ends_once_and_in_the_browser_that_began_it() throws Exception {
        provider.person(Map.of("sub", "6-goat", "preferred_username", "goat"));
        var mine = begin();
        var others = begin();
        var answer = provider.agreed(mine.address());
        assertThat(back(answer, others.cookie()).statusCode())
                .as("another browser")
                .isEqualTo(400);
        assertThat(back(answer, mine.cookie()).statusCode()).as("it is over").isEqualTo(400);
        var again = begin();
        var code = provider.agreed(again.address());
        assertThat(back(code, again.cookie()).statusCode()).isEqualTo(302);
        assertThat(back(code, again.cookie()).statusCode()).as("twice").isEqualTo(400);
        var third = begin();
        String stolen = code.getRawQuery().replaceFirst("&state=.*", "")
                + "&state="
                + com.nimbusds.openid.connect.sdk.AuthenticationRequest.parse(third.address())
                        .getState()
                        .getValue();
        assertThat(back(URI.create("/ovirt-engine/sso/openid/callback?" + stolen), third.cookie())
                        .statusCode())
                .as("a code that was used")
                .isEqualTo(403);
        var denied = begin();
        String state = com.nimbusds.openid.connect.sdk.AuthenticationRequest.parse(denied.address())
                .getState()
                .getValue();
        var told = back(
                URI.create("/ovirt-engine/sso/openid/callback?error=access_denied&state=" + state), denied.cookie());
        assertThat(told.statusCode()).isEqualTo(403);
        assertThat(told.body()).contains("access_denied", "Try again");
    }

    @Test
    void a_provider_that_is_away_or_not_trusted_says_so_and_passwords_are_not_for_it() {
        assertThat(administrator.status("POST", DIRECTORIES + "/corp/test", "{}"))
                .isEqualTo(200);
        administrator.post(
                DIRECTORIES,
                "{\"name\":\"stranger\",\"kind\":\"oidc\",\"url\":\"" + provider.issuer() + "\",\"client_id\":\"x\"}");
        var test = administrator.call("POST", DIRECTORIES + "/stranger/test", "{}");
        assertThat(test.statusCode()).as(test.body()).isEqualTo(503);
        assertThat(engine.send(engine.request("/ovirt-engine/sso/openid/login?profile=stranger")
                                .GET())
                        .statusCode())
                .isEqualTo(503);
        assertThat(engine.send(engine.request("/ovirt-engine/sso/openid/login?profile=internal")
                                .GET())
                        .statusCode())
                .isEqualTo(404);
        var password = engine.send(engine.request("/ovirt-engine/sso/oauth/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(
                        "grant_type=password&scope=ovirt-app-api&username=ewe%40corp&password=anything")));
        assertThat(password.statusCode()).isEqualTo(400);
        assertThat(password.body()).contains("in a browser");
        for (String wrong : new String[] {
            "\"url\":\"http://login.example.org\",\"client_id\":\"x\"",
            "\"url\":\"https://login.example.org\"",
            "\"url\":\"https://login.example.org\",\"client_id\":\"x\",\"base\":\"dc=x\""
        }) {
            assertThat(administrator.status("POST", DIRECTORIES, "{\"name\":\"no\",\"kind\":\"oidc\"," + wrong + "}"))
                    .as(wrong)
                    .isEqualTo(400);
        }
    }
}
