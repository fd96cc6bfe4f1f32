package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.RunningEngine.encoded;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The engine vouches for its users to other programs, one of which is a second engine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SsoProviderTest {
    private static final String CLIENTS = "/ovirt-engine/services/sso-clients";
    private static final String OPENID = "/ovirt-engine/sso/openid";
    private static final String BACK = "https://program.example.org/back?from=engine";

    private RunningEngine engine;
    private RunningEngine other;
    private RunningEngine.Caller administrator;
    private String readerSecret;
    private String actorSecret;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder.resolve("provider"));
        other = new RunningEngine(folder.resolve("other"));
        administrator = engine.administrator();
        readerSecret = add("reader", BACK, false);
        actorSecret = add("actor", BACK, true);
    }

    @AfterAll
    void stop() {
        other.close();
        engine.close();
    }

    private String add(String name, String redirects, boolean api) {
        return administrator
                .post(
                        CLIENTS,
                        "{\"name\":\"" + name + "\",\"redirect_uris\":\"" + redirects + "\",\"api\":\"" + api + "\"}")
                .get("client_secret")
                .asText();
    }

    private static Map<String, String> question(String client, String scope) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("response_type", "code");
        words.put("client_id", client);
        words.put("redirect_uri", BACK);
        words.put("scope", scope);
        words.put("state", "st&te");
        words.put("nonce", "n-1");
        return words;
    }

    private static String form(Map<String, String> words) {
        return words.entrySet().stream()
                .map(word -> word.getKey() + "=" + encoded(word.getValue()))
                .collect(Collectors.joining("&"));
    }

    private HttpResponse<String> authorize(Map<String, String> words) {
        return engine.send(engine.request(OPENID + "/authorize?" + form(words)).GET());
    }

    /** What the portal's page does for whoever is signed on. */
    private URI granted(RunningEngine.Caller who, Map<String, String> words) {
        var json = new com.fasterxml.jackson.databind.ObjectMapper().valueToTree(words);
        return URI.create(
                who.post(OPENID + "/grant", json.toString()).get("location").asText());
    }

    /** The error code that the program is sent, in whichever order its words come. */
    private static String refusal(HttpResponse<String> answer) {
        String back = answer.headers().firstValue("location").orElseThrow();
        assertThat(back).startsWith(BACK + "&");
        return word(URI.create(back), "error");
    }

    private static String word(URI address, String name) {
        for (String pair : address.getRawQuery().split("&")) {
            if (pair.startsWith(name + "=")) {
                return java.net.URLDecoder.decode(pair.substring(name.length() + 1), StandardCharsets.UTF_8);
            }
        }
        return "";
    }

    private HttpResponse<String> exchange(String client, String secret, Map<String, String> words) {
        String both =
                Base64.getEncoder().encodeToString((client + ":" + encoded(secret)).getBytes(StandardCharsets.UTF_8));
        return engine.send(engine.request(OPENID + "/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .header("Authorization", "Basic " + both)
                .POST(BodyPublishers.ofString(form(words))));
    }

    private static Map<String, String> code(String code) {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("grant_type", "authorization_code");
        words.put("code", code);
        words.put("redirect_uri", BACK);
        return words;
    }

    private JsonNode signedOn(String client, String secret, String scope) {
        var back = granted(administrator, question(client, scope));
        var answer = exchange(client, secret, code(word(back, "code")));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return engine.read(answer.body());
    }

    @Test
    void another_engine_signs_its_users_on_here() {
        String clientId = "second-engine";
        String callback = other.request(OPENID + "/callback").build().uri().toString();
        String secret = add(clientId, callback, false);
        String issuer = engine.request(OPENID).build().uri().toString();
        other.administrator()
                .post(
                        "/ovirt-engine/services/directories",
                        "{\"name\":\"first\",\"kind\":\"oidc\",\"url\":\"" + issuer + "\",\"client_id\":\"" + clientId
                                + "\",\"ca_file\":\"" + engine.authority() + "\",\"password\":\"" + secret + "\"}");
        var away = other.send(other.request(OPENID + "/login?profile=first").GET());
        assertThat(away.statusCode()).as(away.body()).isEqualTo(302);
        var asked = URI.create(away.headers().firstValue("location").orElseThrow());
        assertThat(asked.getPath()).isEqualTo(OPENID + "/authorize");
        var portal = engine.send(
                engine.request(asked.getRawPath() + "?" + asked.getRawQuery()).GET());
        assertThat(portal.statusCode()).as(portal.body()).isEqualTo(302);
        var page = URI.create(portal.headers().firstValue("location").orElseThrow());
        assertThat(page.getPath()).isEqualTo("/authorize");

        Map<String, String> words = new LinkedHashMap<>();
        for (String pair : page.getRawQuery().split("&")) {
            words.put(pair.substring(0, pair.indexOf('=')), word(page, pair.substring(0, pair.indexOf('='))));
        }
        var back = granted(administrator, words);
        String cookie = away.headers().firstValue("set-cookie").orElseThrow();
        var arrived = other.send(other.request(back.getRawPath() + "?" + back.getRawQuery())
                .header("Cookie", cookie.substring(0, cookie.indexOf(';')))
                .GET());
        assertThat(arrived.statusCode()).as(arrived.body()).isEqualTo(302);
        assertThat(other.administrator()
                        .get("/users?search=" + encoded("usrname=admin@internal@first-authz"))
                        .at("/user/0/principal")
                        .asText())
                .isEqualTo("admin@internal");
    }

    @Test
    void who_only_asks_who_somebody_is_does_not_get_into_the_api() {
        var tokens = signedOn("reader", readerSecret, "openid profile ovirt-app-api");
        assertThat(tokens.get("scope").asText()).isEqualTo("openid profile");
        var program = engine.new Caller("Bearer " + tokens.get("access_token").asText());
        assertThat(program.status("GET", "", "")).isEqualTo(401);
        assertThat(program.status("GET", "/vms", "")).isEqualTo(401);
        assertThat(program.status("GET", "/ovirt-engine/services/sessions", "")).isNotEqualTo(200);
        var person = program.get(OPENID + "/userinfo");
        assertThat(person.get("preferred_username").asText()).isEqualTo("admin@internal");
        String id = administrator
                .get("/users?search=usrname%3Dadmin@internal-authz")
                .at("/user/0/id")
                .asText();
        assertThat(person.get("sub").asText()).isEqualTo(id);
        assertThat(program.status(
                        "POST",
                        OPENID + "/grant",
                        "{\"client_id\":\"actor\",\"redirect_uri\":\"" + BACK
                                + "\",\"response_type\":\"code\",\"scope\":\"ovirt-app-api\"}"))
                .as("a token for one program is none for another")
                .isEqualTo(401);
        assertThat(engine.nobody().status("GET", OPENID + "/userinfo", "")).isEqualTo(401);
    }

    @Test
    void a_program_that_may_acts_as_its_user_until_it_is_removed() {
        String secret = add("passing", BACK, true);
        var tokens = signedOn("passing", secret, "ovirt-app-api");
        assertThat(tokens.has("id_token")).isFalse();
        var program = engine.new Caller("Bearer " + tokens.get("access_token").asText());
        assertThat(program.names("/clusters", "cluster")).containsExactly("Default");
        assertThat(program.call("POST", "/ovirt-engine/services/tokens", "", "X-Nothing", "x")
                        .statusCode())
                .as("it makes itself no token that outlives it")
                .isEqualTo(403);
        assertThat(program.status("POST", "/ovirt-engine/services/second-factor", ""))
                .isEqualTo(403);
        assertThat(administrator.status("DELETE", CLIENTS + "/passing", "")).isEqualTo(200);
        assertThat(program.status("GET", "/clusters", "")).isEqualTo(401);
        engine.restart();
        assertThat(program.status("GET", "/clusters", "")).as("after a restart").isEqualTo(401);
        assertThat(authorize(question("passing", "openid")).statusCode()).isEqualTo(400);
    }

    @Test
    void a_code_is_good_once_and_for_its_program_only() {
        var back = granted(administrator, question("actor", "openid ovirt-app-api"));
        assertThat(back.toString()).startsWith(BACK + "&");
        assertThat(word(back, "state")).isEqualTo("st&te");
        String code = word(back, "code");
        assertThat(exchange("reader", readerSecret, code(code)).statusCode()).isEqualTo(400);
        assertThat(exchange("actor", readerSecret, code(code)).statusCode()).isEqualTo(401);
        var elsewhere = code(code);
        elsewhere.put("redirect_uri", "https://wolf.example.org/");
        assertThat(exchange("actor", actorSecret, elsewhere).statusCode()).isEqualTo(400);
        var verified = code(code);
        verified.put("code_verifier", new CodeVerifier().getValue());
        assertThat(exchange("actor", actorSecret, verified).statusCode())
                .as("there was no challenge")
                .isEqualTo(400);

        var first = exchange("actor", actorSecret, code(code));
        assertThat(first.statusCode()).as(first.body()).isEqualTo(200);
        var program = engine
        .new Caller("Bearer " + engine.read(first.body()).get("access_token").asText());
        assertThat(program.status("GET", "/vms", "")).isEqualTo(200);
        assertThat(exchange("actor", actorSecret, code(code)).statusCode()).isEqualTo(400);
        assertThat(program.status("GET", "/vms", ""))
                .as("a code that came twice was seen by somebody else")
                .isEqualTo(401);
    }

    @Test
    void a_challenge_is_met_by_who_made_it() {
        var verifier = new CodeVerifier();
        var words = question("reader", "openid");
        words.put(
                "code_challenge",
                CodeChallenge.compute(CodeChallengeMethod.S256, verifier).getValue());
        words.put("code_challenge_method", "S256");
        String code = word(granted(administrator, words), "code");
        assertThat(exchange("reader", readerSecret, code(code)).statusCode()).isEqualTo(400);
        var wrong = code(code);
        wrong.put("code_verifier", new CodeVerifier().getValue());
        assertThat(exchange("reader", readerSecret, wrong).statusCode()).isEqualTo(400);
        var right = code(code);
        right.put("code_verifier", verifier.getValue());
        assertThat(exchange("reader", readerSecret, right).statusCode()).isEqualTo(200);
        words.put("code_challenge_method", "plain");
        assertThat(refusal(authorize(words))).isEqualTo("invalid_request");
    }

    @Test
    void nobody_is_sent_where_no_administrator_said_so() {
        var strange = question("reader", "openid");
        strange.put("redirect_uri", BACK + "/more");
        var refused = authorize(strange);
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.headers().firstValue("location")).isEmpty();
        assertThat(refused.body()).contains("bw sso-client show reader").doesNotContain(BACK + "/more");
        assertThat(authorize(question("nobody", "openid")).statusCode()).isEqualTo(400);
        assertThat(refusal(authorize(question("reader", "ovirt-app-api")))).isEqualTo("invalid_scope");
        for (String wrong :
                new String[] {"http://program.example.org/", "javascript:alert(1)", "https://x/#part", "", "https://"
                }) {
            assertThat(administrator.status(
                            "POST", CLIENTS, "{\"name\":\"wrong\",\"redirect_uris\":\"" + wrong + "\"}"))
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(administrator.status("POST", CLIENTS, "{\"name\":\"reader\",\"redirect_uris\":\"" + BACK + "\"}"))
                .isEqualTo(409);
        assertThat(administrator.call("GET", CLIENTS, "").body()).doesNotContain(readerSecret, "secret");
        assertThat(engine.nobody().status("GET", CLIENTS, "")).isEqualTo(401);
    }

    @Test
    void only_a_persons_own_session_grants() {
        var token = administrator.call(
                "POST",
                "/ovirt-engine/services/tokens",
                "name=robot&days=1&read_only=true",
                "Content-Type",
                "application/x-www-form-urlencoded");
        assertThat(token.statusCode()).as(token.body()).isBetween(200, 201);
        var robot = engine
        .new Caller("Bearer " + engine.read(token.body()).get("token").asText());
        var question = new com.fasterxml.jackson.databind.ObjectMapper()
                .valueToTree(question("actor", "ovirt-app-api"))
                .toString();
        assertThat(robot.status("POST", OPENID + "/grant", question)).isEqualTo(401);
        assertThat(engine.nobody().status("POST", OPENID + "/grant", question)).isEqualTo(401);
        var silent = question("actor", "openid");
        silent.put("prompt", "none");
        var back = granted(engine.nobody(), silent);
        assertThat(back.toString()).startsWith(BACK + "&");
        assertThat(word(back, "error")).isEqualTo("login_required");
    }

    @Test
    void a_session_lives_as_long_as_its_client_wants_it() {
        for (String wrong : new String[] {"0", "-5", "1441", "soon"}) {
            assertThat(administrator
                            .call("GET", "", "", "Prefer", "persistent-auth", "Session-TTL", wrong)
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
        var kept = administrator.call("GET", "", "", "Prefer", "persistent-auth", "Session-TTL", "120");
        String cookie = kept.headers().firstValue("set-cookie").orElseThrow();
        String session = cookie.substring(cookie.indexOf('=') + 1, cookie.indexOf(';'));
        engine.restart();
        administrator = engine.administrator();
        var info = engine.send(engine.request("/ovirt-engine/sso/oauth/token-info")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("token=" + session)));
        long ends = Long.parseLong(engine.read(info.body()).get("exp").asText());
        assertThat(ends - System.currentTimeMillis()).isBetween(115 * 60_000L, 120 * 60_000L);
    }
}
