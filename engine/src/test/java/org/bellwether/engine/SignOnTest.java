package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.RunningEngine.PASSWORD;
import static org.bellwether.engine.RunningEngine.encoded;

import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import org.bellwether.engine.access.AuthenticatorApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What people do with their accounts: passwords, sessions, tokens for programs, a second factor. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignOnTest {

    private static final String SERVICES = "/ovirt-engine/services/";

    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private HttpResponse<String> form(RunningEngine.Caller caller, String place, String form) {
        return engine.send(engine.request(SERVICES + place)
                .header("Authorization", caller.authorization())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    private HttpResponse<String> signOn(String name, String password, String more) {
        return engine.send(engine.request("/ovirt-engine/sso/oauth/token")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString("grant_type=password&scope=ovirt-app-api&username=" + encoded(name)
                        + "&password=" + encoded(password) + more)));
    }

    @Test
    void people_change_their_own_password_with_the_old_one_and_are_signed_off() {
        var user = administrator.user("changer");
        assertThat(form(user, "password", "password=wrong&new_password=another-good-one")
                        .statusCode())
                .as("the session is good as before")
                .isEqualTo(403);
        assertThat(form(user, "password", "password=" + encoded(PASSWORD) + "&new_password=short")
                        .statusCode())
                .isEqualTo(400);
        assertThat(form(user, "password", "password=" + encoded(PASSWORD) + "&new_password=another-good-one")
                        .statusCode())
                .isEqualTo(200);
        assertThat(user.status("GET", "/vms", "")).isEqualTo(401);
        assertThat(signOn("changer@internal", PASSWORD, "").statusCode()).isEqualTo(400);
        assertThat(signOn("changer@internal", "another-good-one", "").statusCode())
                .isEqualTo(200);
    }

    @Test
    void bad_passwords_are_not_taken() {
        for (String bad : new String[] {"", "short", "aaaaaaaaaaaa", "nameof-the-user"}) {
            assertThat(administrator.status(
                            "POST",
                            "/users",
                            "{\"user_name\":\"nameof\",\"domain\":{\"name\":\"internal-authz\"},\"password\":\"" + bad
                                    + "\"}"))
                    .as(bad)
                    .isEqualTo(400);
        }
    }

    @Test
    void sessions_are_listed_and_ended() {
        var user = administrator.user("guest");
        var sessions =
                engine.read(user.call("GET", SERVICES + "sessions", "").body()).get("sessions");
        assertThat(sessions).hasSize(1);
        assertThat(sessions.get(0).get("user_name").asText()).isEqualTo("guest@internal");
        String id = sessions.get(0).get("id").asText();
        var other = administrator.user("other-guest");
        assertThat(other.status("DELETE", SERVICES + "sessions?id=" + id, "")).isEqualTo(404);
        var all =
                engine.read(administrator.call("GET", SERVICES + "sessions", "").body());
        assertThat(all.toString()).contains("guest@internal", "other-guest@internal");
        assertThat(administrator.status("DELETE", SERVICES + "sessions?id=" + id, ""))
                .isEqualTo(200);
        assertThat(user.status("GET", "/vms", "")).isEqualTo(401);
        assertThat(administrator.get("/events?max=20").toString()).contains("A session of guest@internal was ended");
    }

    @Test
    void a_programs_token_lives_on_its_own_and_does_what_it_may() {
        var user = administrator.user("programmer");
        administrator.give("programmer", "SuperUser", "");
        var made = form(user, "tokens", "name=backup&days=30&read_only=true");
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        var program = engine
        .new Caller("Bearer " + engine.read(made.body()).get("token").asText());
        assertThat(program.status("GET", "/vms", "")).isEqualTo(200);
        assertThat(program.status("POST", "/tags", "{\"name\":\"x\"}")).isEqualTo(403);
        assertThat(program.call("GET", "/vms", "", "Prefer", "persistent-auth")
                        .headers()
                        .firstValue("set-cookie"))
                .as("no session grows out of a token that only reads")
                .isEmpty();
        assertThat(program.status("POST", SERVICES + "host-token", "{\"cluster\":{\"name\":\"Default\"}}"))
                .as("a host that enrols is a change")
                .isEqualTo(403);
        assertThat(program.status("PUT", SERVICES + "preferences", "{\"language\":\"de\"}"))
                .isEqualTo(403);
        String vm = administrator.machine("watched-only");
        assertThat(engine.send(engine.request(RunningEngine.API + "/vms/" + vm + "/graphicsconsoles/766e63")
                                .header("Authorization", program.authorization())
                                .header("Accept", "application/x-virt-viewer"))
                        .statusCode())
                .as("the file holds a password to the machine's keyboard")
                .isEqualTo(403);
        assertThat(form(program, "tokens", "name=child").statusCode()).isEqualTo(403);
        assertThat(form(program, "password", "password=" + encoded(PASSWORD) + "&new_password=another-good-one")
                        .statusCode())
                .isEqualTo(403);
        engine.restart();
        assertThat(program.status("GET", "/vms", "")).isEqualTo(200);
        var listed =
                engine.read(user.call("GET", SERVICES + "sessions", "").body()).get("sessions");
        for (var each : listed) {
            if (each.get("name").asText().equals("backup")) {
                assertThat(user.status(
                                "DELETE",
                                SERVICES + "sessions?id=" + each.get("id").asText(),
                                ""))
                        .isEqualTo(200);
            }
        }
        assertThat(program.status("GET", "/vms", "")).isEqualTo(401);
        assertThat(form(user, "tokens", "name=forever&days=999999").statusCode())
                .isEqualTo(400);
    }

    @Test
    void nobody_is_given_tokens_without_end() {
        var user = administrator.user("hoarder");
        for (int i = 0; i < 100; i++) {
            assertThat(form(user, "tokens", "name=token" + i).statusCode()).isEqualTo(200);
        }
        var refused = form(user, "tokens", "name=more");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("is given no more");
    }

    @Test
    void a_second_factor_is_needed_from_its_first_code_on_and_each_code_works_once() {
        var user = administrator.user("careful");
        var begun = engine.read(form(user, "second-factor", "").body());
        assertThat(begun.get("uri").asText()).startsWith("otpauth://totp/Bellwether:careful@internal?secret=");
        assertThat(signOn("careful@internal", PASSWORD, "").statusCode())
                .as("not yet")
                .isEqualTo(200);
        var app = new AuthenticatorApp(begun.get("secret").asText());
        assertThat(form(user, "second-factor", "code=000000").statusCode()).isEqualTo(400);
        String first = app.code(Instant.now());
        assertThat(form(user, "second-factor", "code=" + first).statusCode()).isEqualTo(200);
        var refused = signOn("careful@internal", PASSWORD, "");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body()).contains("second factor is needed");
        assertThat(signOn("careful@internal", PASSWORD, "&otp=" + first).statusCode())
                .as("it was used already")
                .isEqualTo(400);
        String next = app.code(Instant.now().plusSeconds(30));
        assertThat(signOn("careful@internal", PASSWORD, "&otp=" + next).statusCode())
                .isEqualTo(200);
        engine.restart();
        assertThat(signOn("careful@internal", PASSWORD, "").statusCode()).isEqualTo(400);
        assertThat(signOn("careful@internal", PASSWORD, "&otp=" + next).statusCode())
                .as("it was used before the restart")
                .isEqualTo(400);
        administrator = engine.administrator();
        assertThat(administrator.status(
                        "DELETE", SERVICES + "second-factor?user=" + administrator.userId("careful"), ""))
                .isEqualTo(200);
        assertThat(signOn("careful@internal", PASSWORD, "").statusCode()).isEqualTo(200);
    }

    @Test
    void who_comes_and_who_is_turned_away_stands_in_the_log() {
        administrator.user("logged");
        signOn("logged@internal", "wrong password", "");
        var events = administrator.get("/events?max=30").toString();
        assertThat(events)
                .contains("User logged@internal signed on from 127.0.0.1")
                .contains("User logged@internal could not sign on from 127.0.0.1")
                .doesNotContain("wrong password");
    }
}
