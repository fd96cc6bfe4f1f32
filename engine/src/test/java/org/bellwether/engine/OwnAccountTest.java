package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.RunningEngine.PASSWORD;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.bellwether.engine.access.AuthenticatorApp;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What belongs to people's accounts, asked twice, by two at once, by who may not, and with what is no such thing. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OwnAccountTest {

    /** Made for this test; nobody has its other half. */
    static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIC+8zMTwmjPXR1iS1ouJwzixGUqiTBb1rvZf9E9wqh68 ann@desk";

    private static final String SAME_KEY = KEY.replace("ann@desk", "ann@elsewhere");

    private static final String OTHER_KEY = "ecdsa-sha2-nistp256 "
            + "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBNiea1NNlTIaJRzhWXQkDWBVZKGU"
            + "VFLv27X4cOHZbWMcaIZ6slXc9S+NFULY6vdj1ARaO/x6ENpt5GxWWYCoXCs= two";

    private static final String WEAK_KEY = "ssh-rsa "
            + "AAAAB3NzaC1yc2EAAAADAQABAAAAgQCXneZmThzLWf/n2KQ1CDghazrUFYAQT2vg/oZPcKvTKoVMihruxFZt7lwdTA"
            + "yiWDCHMoqprcvdAYAtF0OcxRayzeYsQim8jDnxVhNIYIk5mJVwTCFepZpm/dqKnEGhFcFWKyMguEtVkNSQU3ErrZfJ"
            + "5r366rO7RvOkeu8WU46m0w== root@vm";

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

    private String keys(String user) {
        return "/users/" + administrator.userId(user) + "/sshpublickeys";
    }

    private static String key(String content) {
        return JsonNodeFactory.instance.objectNode().put("content", content).toString();
    }

    private static List<Integer> atOnce(List<Callable<Integer>> calls) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var answers = new ArrayList<Integer>();
            for (var call : threads.invokeAll(calls)) {
                answers.add(call.get());
            }
            return answers.stream().sorted().toList();
        }
    }

    @Test
    void people_keep_their_own_keys_and_administrators_those_of_all() {
        var ann = administrator.user("ann");
        administrator.give("ann", "UserRole", "");
        String place = keys("ann");
        String id = ann.add(place, key("  " + KEY + "\n"));
        assertThat(ann.get(place + "/" + id).get("content").asText()).isEqualTo(KEY);
        assertThat(ann.status("POST", place, key(SAME_KEY)))
                .as("the same key with another comment")
                .isEqualTo(409);
        assertThat(ann.call("PUT", place + "/" + id, key(OTHER_KEY)).statusCode())
                .isEqualTo(200);
        assertThat(administrator.get(place).at("/ssh_public_key/0/content").asText())
                .isEqualTo(OTHER_KEY);
        assertThat(administrator
                        .get("/users/" + administrator.userId("ann") + "?follow=ssh_public_keys")
                        .at("/ssh_public_keys/ssh_public_key/0/id")
                        .asText())
                .isEqualTo(id);
        engine.restart();
        assertThat(ann.get(place).get("ssh_public_key")).hasSize(1);
        administrator.add(place, key(KEY));
        assertThat(administrator.status("DELETE", place + "/" + id, "")).isEqualTo(200);
        assertThat(administrator.status("DELETE", place + "/" + id, "")).isEqualTo(404);
        assertThat(administrator.get("/events?max=10").toString())
                .contains("was added to user ann@internal-authz by admin@internal")
                .doesNotContain("AAAAC3Nza");
        assertThat(administrator.status("DELETE", "/users/" + administrator.userId("ann"), ""))
                .as("keys go with their user")
                .isEqualTo(200);
    }

    @Test
    void nobody_reaches_the_keys_and_options_of_others() {
        var bob = administrator.user("bob");
        administrator.give("bob", "UserRole", "");
        administrator.user("carol");
        String carols = "/users/" + administrator.userId("carol");
        administrator.add(carols + "/sshpublickeys", key(KEY));
        String option = administrator.add(carols + "/options", "{\"name\":\"a\",\"content\":\"1\"}");
        for (String place : List.of("/sshpublickeys", "/options", "/options/" + option)) {
            assertThat(bob.status("GET", carols + place, "")).as(place).isEqualTo(404);
        }
        assertThat(bob.status("POST", carols + "/sshpublickeys", key(OTHER_KEY)))
                .isEqualTo(403);
        assertThat(bob.status("POST", carols + "/options", "{\"name\":\"b\",\"content\":\"1\"}"))
                .isEqualTo(403);
        assertThat(bob.status("DELETE", carols + "/options/" + option, "")).isEqualTo(403);
        assertThat(engine.nobody().status("GET", carols + "/sshpublickeys", "")).isEqualTo(401);
    }

    @Test
    void what_is_no_public_key_is_refused() {
        administrator.user("dave");
        String place = keys("dave");
        for (String wrong : List.of(
                "",
                "x",
                "ssh-ed25519",
                "ssh-ed25519 !!!",
                "ssh-dss " + KEY.split(" ", -1)[1],
                "ssh-rsa " + KEY.split(" ", -1)[1],
                "command=\"/bin/sh\" " + KEY,
                KEY + "\n" + OTHER_KEY,
                KEY + "\0",
                KEY.substring(0, 40),
                "ssh-ed25519 " + "A".repeat(100),
                "ssh-ed25519 /////w==",
                KEY + " " + "x".repeat(20_000),
                WEAK_KEY,
                "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXk\n-----END OPENSSH PRIVATE KEY-----")) {
            var answer = administrator.call("POST", place, key(wrong));
            assertThat(answer.statusCode()).as(wrong + answer.body()).isEqualTo(400);
            assertThat(answer.body()).contains("not a public key of SSH");
        }
        assertThat(administrator.status("POST", place, "{}")).isEqualTo(400);
        assertThat(administrator.get(place).size()).isZero();
    }

    @Test
    void of_many_who_add_the_same_at_once_one_does() throws Exception {
        administrator.user("erin");
        String place = keys("erin");
        var same = new ArrayList<Callable<Integer>>();
        for (int at = 0; at < 8; at++) {
            same.add(() -> administrator.status("POST", place, key(KEY)));
        }
        assertThat(atOnce(same)).containsExactly(201, 409, 409, 409, 409, 409, 409, 409);
        var option = new ArrayList<Callable<Integer>>();
        for (int at = 0; at < 8; at++) {
            option.add(() -> administrator.status(
                    "POST",
                    "/users/" + administrator.userId("erin") + "/options",
                    "{\"name\":\"once\",\"content\":\"true\"}"));
        }
        assertThat(atOnce(option)).containsExactly(201, 409, 409, 409, 409, 409, 409, 409);
        String blank = "/templates/00000000-0000-0000-0000-000000000000/watchdogs";
        var dogs = new ArrayList<Callable<Integer>>();
        for (int at = 0; at < 8; at++) {
            dogs.add(() -> administrator.status("POST", blank, "{\"model\":\"i6300esb\",\"action\":\"reset\"}"));
        }
        assertThat(atOnce(dogs)).containsExactly(201, 409, 409, 409, 409, 409, 409, 409);
        assertThat(administrator.status(
                        "DELETE",
                        blank + "/"
                                + administrator.get(blank).at("/watchdog/0/id").asText(),
                        ""))
                .isEqualTo(200);
    }

    @Test
    void options_are_json_under_a_name_and_the_same_as_preferences() {
        var frank = administrator.user("frank");
        administrator.give("frank", "UserRole", "");
        String place = "/users/" + administrator.userId("frank") + "/options";
        String id = frank.add(place, "{\"name\":\"columns\",\"content\":\"[\\\"name\\\"]\"}");
        assertThat(frank.call("GET", SERVICES + "preferences", "").body())
                .isEqualTo("{\"columns\":\"[\\\"name\\\"]\"}");
        assertThat(frank.call("PUT", SERVICES + "preferences", "{\"theme\":\"dark\"}")
                        .statusCode())
                .isEqualTo(200);
        var listed = frank.get(place).get("user_option");
        assertThat(listed).hasSize(2);
        assertThat(listed.get(1).get("content").asText()).as("is JSON, too").isEqualTo("\"dark\"");
        for (String wrong : List.of("", "{", "a", "1 2", "[".repeat(100_000), "{\\\"a\\\":}")) {
            assertThat(frank.status("POST", place, "{\"name\":\"wrong\",\"content\":\"" + wrong + "\"}"))
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(frank.status("POST", place, "{\"name\":\"" + "n".repeat(101) + "\",\"content\":\"1\"}"))
                .isEqualTo(400);
        assertThat(frank.status("DELETE", place + "/" + id, "")).isEqualTo(200);
        assertThat(frank.status("DELETE", place + "/" + id, "")).isEqualTo(404);
        assertThat(frank.status("GET", place + "/nonsense", "")).isEqualTo(404);
    }

    @Test
    void who_looks_after_users_does_not_become_an_administrator_of_all() {
        String role = administrator.add(
                "/roles",
                "{\"name\":\"UserKeeper\",\"administrative\":true,\"permits\":{\"permit\":[{\"name\":\"login\"},"
                        + "{\"name\":\"manipulate_users\"},{\"name\":\"manipulate_roles\"}]}}");
        var keeper = administrator.user("keeper");
        administrator.give("keeper", "UserKeeper", "");
        var boss = administrator.user("boss");
        administrator.give("boss", "SuperUser", "");
        administrator.user("plain");
        String group = administrator.add("/groups", "{\"name\":\"bosses\",\"domain\":{\"name\":\"internal-authz\"}}");
        administrator.post("/permissions", "{\"role\":{\"name\":\"SuperUser\"},\"group\":{\"name\":\"bosses\"}}");
        String bosss = "/users/" + administrator.userId("boss");
        String plains = "/users/" + administrator.userId("plain");
        assertThat(keeper.status("PUT", plains, "{\"last_name\":\"Jones\"}")).isEqualTo(200);
        assertThat(keeper.status("POST", plains + "/sshpublickeys", key(KEY))).isEqualTo(201);
        assertThat(keeper.status("PUT", bosss, "{\"password\":\"a-password-of-mine\"}"))
                .isEqualTo(403);
        assertThat(keeper.status("DELETE", bosss, "")).isEqualTo(403);
        assertThat(keeper.status("POST", bosss + "/sshpublickeys", key(KEY))).isEqualTo(403);
        assertThat(keeper.status("DELETE", SERVICES + "second-factor?user=" + administrator.userId("boss"), ""))
                .isEqualTo(403);
        String member = "{\"groups\":{\"group\":[{\"id\":\"" + group + "\"}]}}";
        assertThat(keeper.status("PUT", "/users/" + administrator.userId("keeper"), member))
                .as("by way of a group")
                .isEqualTo(403);
        assertThat(keeper.status(
                        "POST",
                        "/users",
                        "{\"user_name\":\"straw@internal\",\"domain\":{\"name\":\"internal-authz\"},\"password\":\""
                                + PASSWORD + "\",\"groups\":{\"group\":[{\"name\":\"bosses\"}]}}"))
                .as("or of somebody new")
                .isEqualTo(403);
        assertThat(keeper.status("POST", "/roles/" + role + "/permits", "{\"name\":\"configure_engine\"}"))
                .as("or of their own role")
                .isEqualTo(403);
        assertThat(boss.status("PUT", plains, member)).isEqualTo(200);
        assertThat(administrator.get("/events?max=10").toString())
                .contains("User plain@internal-authz was changed by boss@internal. The user's groups are now: bosses.");
    }

    /** An engine of its own: whoever guesses makes everybody at that address wait. */
    @Test
    void who_finds_an_open_browser_gets_rid_of_no_second_factor(@TempDir Path folder) {
        try (var other = new RunningEngine(folder)) {
            var admin = other.administrator();
            var own = admin.user("grace");
            var begun = other.read(form(other, own, "").body());
            var app = new AuthenticatorApp(begun.get("secret").asText());
            assertThat(form(other, own, "code=" + app.code(Instant.now())).statusCode())
                    .isEqualTo(200);
            assertThat(form(other, own, "").statusCode())
                    .as("another one instead of it")
                    .isEqualTo(409);
            var said = new TreeSet<String>();
            for (int guess = 0; guess < 30; guess++) {
                var answer = own.call("DELETE", SERVICES + "second-factor?code=" + (100_000 + guess), "");
                assertThat(answer.statusCode()).isEqualTo(403);
                said.add(answer.body());
            }
            assertThat(said.toString()).contains("code of the second factor is wrong", "Too many");
            // The address waits, as that of who guesses passwords does; administrators who are signed on help at once.
            assertThat(admin.status("DELETE", SERVICES + "second-factor?user=" + admin.userId("grace"), ""))
                    .isEqualTo(200);
        }
    }

    private static HttpResponse<String> form(RunningEngine engine, RunningEngine.Caller caller, String form) {
        return engine.send(engine.request(SERVICES + "second-factor")
                .header("Authorization", caller.authorization())
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    @Test
    void bw_keeps_accounts_too(@TempDir Path secrets) throws Exception {
        administrator.user("henry");
        administrator.give("henry", "UserRole", "");
        Path file = Files.writeString(secrets.resolve("id.pub"), KEY + "\n");
        var added = BwWords.bw(engine, "user", "key", "add", "henry", file.toString());
        assertThat(added.code()).as(added.err()).isZero();
        assertThat(BwWords.bw(engine, "user", "key", "list", "henry").out()).contains("ssh-ed25519", "ann@desk");
        assertThat(BwWords.bw(engine, "user", "key", "add", "henry", file.toString())
                        .code())
                .isEqualTo(1);
        assertThat(BwWords.bw(engine, "user", "key", "remove", "henry", "ann@desk")
                        .code())
                .isZero();
        assertThat(BwWords.bw(engine, "user", "key", "remove", "henry", "ann@desk")
                        .err())
                .contains("bw user key list henry");
        var made = BwWords.bw(engine, "account", "token", "nightly", "--days", "2", "--read-only", "-o", "json");
        assertThat(made.code()).as(made.err()).isZero();
        String token = engine.read(made.out()).get("token").asText();
        var program = Map.of("BW_TOKEN", token);
        assertThat(BwWords.as(engine, program, "account", "show").out()).contains("admin@internal-authz");
        assertThat(BwWords.as(engine, program, "vm", "list").code())
                .as("it lives on after a run")
                .isZero();
        assertThat(BwWords.as(engine, program, "tag", "create", "x").err()).isNotEmpty();
        var wrong = BwWords.as(engine, Map.of("BW_TOKEN", "nonsense"), "vm", "list");
        assertThat(wrong.code()).isEqualTo(1);
        Path next = Files.writeString(secrets.resolve("next"), "the-next-password");
        var henry = Map.of("BW_USER", "henry@internal", "BW_PASSWORD", PASSWORD);
        var changed = BwWords.as(engine, henry, "account", "password", "--new-password-file", next.toString());
        assertThat(changed.code()).as(changed.err()).isZero();
        var begun = BwWords.as(
                engine,
                Map.of("BW_USER", "henry@internal", "BW_PASSWORD", "the-next-password"),
                "account",
                "factor",
                "begin",
                "-o",
                "json");
        var app = new AuthenticatorApp(engine.read(begun.out()).get("secret").asText());
        Map<String, String> signs = Map.of("BW_USER", "henry@internal", "BW_PASSWORD", "the-next-password");
        var on = BwWords.as(engine, signs, "account", "factor", "confirm", app.code(Instant.now()));
        assertThat(on.code()).as(on.err()).isZero();
        assertThat(BwWords.as(engine, signs, "account", "show").err()).contains("second factor is needed");
        var with = BwWords.as(
                engine,
                signs,
                "account",
                "show",
                "--otp",
                app.code(Instant.now().plusSeconds(30)));
        assertThat(with.code()).as(with.err()).isZero();
        assertThat(BwWords.bw(engine, "account", "factor", "forget", "henry").code())
                .isZero();
        assertThat(BwWords.as(engine, signs, "account", "show").code()).isZero();
    }

    @Test
    void bw_keeps_bookmarks() {
        assertThat(BwWords.bw(engine, "bookmark", "create", "up", "Vms: status = up")
                        .code())
                .isZero();
        assertThat(BwWords.bw(engine, "bookmark", "update", "up", "Vms: status = down")
                        .code())
                .isZero();
        assertThat(BwWords.bw(engine, "bookmark", "list").out()).contains("up", "status = down");
        assertThat(BwWords.bw(engine, "bookmark", "remove", "up").code()).isZero();
    }
}
