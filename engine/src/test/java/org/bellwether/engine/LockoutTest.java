package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.BwWords.bw;
import static org.bellwether.engine.RunningEngine.PASSWORD;
import static org.bellwether.engine.RunningEngine.encoded;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bellwether.engine.access.AuthenticatorApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Too many wrong passwords lock an account, whatever address they come from, and what lets it in again. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LockoutTest {
    private static final String SERVICES = "/ovirt-engine/services/";
    private static final int FAILURES = 20;

    /** So many failures of one address make it wait, which is another thing. */
    private static final int OF_ONE_ADDRESS = 4;

    private final ForwardClock clock = new ForwardClock();
    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private int tries;
    private Path folder = Path.of("");

    @BeforeAll
    void start(@TempDir Path temporary) {
        folder = temporary;
        engine = new RunningEngine(folder, clock);
        administrator = engine.administrator();
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    /** As somebody does who comes from many addresses. */
    private HttpResponse<String> signOn(String name, String password, String more) {
        int address = tries++ / OF_ONE_ADDRESS;
        try (var client = HttpClient.newBuilder()
                .sslContext(RunningEngine.trusting())
                .localAddress(InetAddress.getByAddress(new byte[] {127, 0, 1, (byte) address}))
                .build()) {
            return client.send(
                    engine.request("/ovirt-engine/sso/oauth/token")
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString("grant_type=password&scope=ovirt-app-api&username="
                                    + encoded(name + "@internal") + "&password=" + encoded(password) + more))
                            .build(),
                    BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private HttpResponse<String> factor(RunningEngine.Caller whose, String form) {
        return engine.send(engine.request(SERVICES + "second-factor")
                .header("Authorization", whose.authorization())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    private void lock(String name) {
        for (int i = 0; i < FAILURES; i++) {
            assertThat(signOn(name, "wrong-" + i, "").body()).contains("the name or the password is wrong");
        }
    }

    private long told(int code, String name) {
        return administrator
                .get("/events?search=" + encoded("type=" + code))
                .path("event")
                .findValuesAsText("description")
                .stream()
                .filter(each -> each.contains(name))
                .count();
    }

    private String hash(String name) {
        return engine.inside()
                .ground()
                .database
                .read(sql -> sql.fetchOne("select password_hash from internal_users where name = ?", name)
                        .get(0, String.class));
    }

    @Test
    void wrong_passwords_lock_an_account_for_a_while_and_its_open_sessions_go_on() {
        var session = administrator.user("attacked");
        administrator.give("attacked", "UserRole", "");
        assertThat(hash("attacked")).startsWith("$argon2id$");
        for (int i = 1; i < FAILURES; i++) {
            assertThat(signOn("attacked", "wrong-" + i, "").statusCode()).isEqualTo(400);
        }
        assertThat(signOn("attacked", PASSWORD, "").statusCode())
                .as("nineteen lock nobody, and the right one begins anew")
                .isEqualTo(200);
        assertThat(told(160, "attacked")).isZero();
        lock("attacked");
        var refused = signOn("attacked", PASSWORD, "");
        assertThat(refused.statusCode()).isEqualTo(400);
        assertThat(refused.body())
                .contains("too many wrong passwords or codes came for this user", "ask an administrator to unlock");
        assertThat(session.status("GET", "/vms", "")).isEqualTo(200);
        assertThat(told(160, "User attacked@internal cannot sign on until")).isEqualTo(1);
        assertThat(told(114, "attacked")).isGreaterThanOrEqualTo(2 * FAILURES - 1);

        engine.restart();
        administrator = engine.administrator();
        assertThat(signOn("attacked", PASSWORD, "").body())
                .as("a restart forgives nothing")
                .contains("too many wrong");

        clock.forward(Duration.ofMinutes(16));
        assertThat(signOn("attacked", PASSWORD, "").statusCode()).isEqualTo(200);
        assertThat(signOn("attacked", "wrong-again", "").statusCode()).isEqualTo(400);
        assertThat(signOn("attacked", PASSWORD, "").statusCode())
                .as("counted anew")
                .isEqualTo(200);
        assertThat(engine.inside().ground().events.verify().intact()).isTrue();
    }

    @Test
    void an_administrator_unlocks_and_so_does_another_password() {
        administrator.user("forgetful");
        lock("forgetful");
        var id = administrator.userId("forgetful");
        var locked = administrator.get(SERVICES + "lockouts").path("lockouts");
        assertThat(locked.findValuesAsText("user_name")).contains("forgetful@internal");
        assertThat(bw(engine, "user", "locked").out()).contains("forgetful@internal");
        assertThat(bw(engine, "user", "unlock", "forgetful").out()).contains("may sign on again");
        assertThat(signOn("forgetful", PASSWORD, "").statusCode()).isEqualTo(200);
        assertThat(told(10340, "User forgetful@internal may sign on again: unlocked by admin@internal"))
                .isEqualTo(1);
        assertThat(administrator.status("DELETE", SERVICES + "lockouts?user=" + id, ""))
                .as("who is not locked")
                .isEqualTo(409);
        lock("forgetful");
        administrator.call("PUT", "/users/" + id, "{\"password\":\"another-good-one\"}");
        assertThat(signOn("forgetful", "another-good-one", "").statusCode()).isEqualTo(200);
    }

    @Test
    void a_password_that_is_set_at_the_engine_itself_lets_the_administrator_in() {
        lock("admin");
        assertThat(signOn("admin", engine.password(), "").body()).contains("too many wrong");
        engine.restart(() -> {
            try {
                Files.writeString(folder.resolve("password"), "a password of the engine's host\n");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        assertThat(signOn("admin", engine.password(), "").statusCode()).isEqualTo(200);
        administrator = engine.administrator();
    }

    @Test
    void only_who_administers_users_unlocks_and_no_more_than_they_may_change() {
        var somebody = administrator.user("somebody");
        var keeper = administrator.user("keeper");
        administrator.add(
                "/roles",
                "{\"name\":\"Keepers\",\"administrative\":\"true\",\"permits\":{\"permit\":[{\"name\":\"manipulate_users\"},{\"name\":\"login\"}]}}");
        administrator.give("keeper", "Keepers", "");
        administrator.user("boss");
        administrator.give("boss", "SuperUser", "");
        lock("boss");
        var place = SERVICES + "lockouts?user=" + administrator.userId("boss");
        assertThat(engine.nobody().status("GET", SERVICES + "lockouts", "")).isEqualTo(401);
        assertThat(engine.nobody().status("DELETE", place, "")).isEqualTo(401);
        assertThat(somebody.status("GET", SERVICES + "lockouts", "")).isEqualTo(403);
        assertThat(somebody.status("DELETE", place, "")).isEqualTo(403);
        assertThat(keeper.status("GET", SERVICES + "lockouts", "")).isEqualTo(200);
        assertThat(keeper.status("DELETE", place, ""))
                .as("each unlocking gives twenty more tries at an administrator's password")
                .isEqualTo(403);
        assertThat(administrator.status("DELETE", place, "")).isEqualTo(200);
        assertThat(administrator.status("DELETE", SERVICES + "lockouts?user=x", ""))
                .isEqualTo(404);
    }

    @Test
    void wrong_codes_lock_as_wrong_passwords_do() {
        var session = administrator.user("factored");
        var app = new AuthenticatorApp(
                engine.read(factor(session, "").body()).get("secret").asText());
        assertThat(factor(session, "code=" + app.code(clock.instant())).statusCode())
                .isEqualTo(200);
        for (int i = 0; i < FAILURES; i++) {
            assertThat(signOn("factored", PASSWORD, "&otp=00000x").body())
                    .contains("the code of the second factor is wrong");
        }
        clock.forward(Duration.ofSeconds(30));
        assertThat(signOn("factored", PASSWORD, "&otp=" + app.code(clock.instant()))
                        .body())
                .contains("too many wrong passwords or codes");
        assertThat(told(160, "factored")).isEqualTo(1);
    }
}
