package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What people and programs send by mistake or in malice gets a fault of the API, changes nothing, and shows no insides. */
@ExtendWith(World.Extension.class)
final class BadInputTest {
    private static final String NOBODY = "11111111-2222-3333-4444-555555555555";

    private final World world;

    BadInputTest(World world) {
        this.world = world;
    }

    @Test
    void unknown_ids_are_not_found() {
        refused(404, "GET", "/vms/" + NOBODY, "");
        refused(404, "DELETE", "/vms/" + NOBODY, "");
        refused(404, "POST", "/vms/" + NOBODY + "/start", "{}");
        refused(404, "GET", "/vms/not-a-uuid", "");
        refused(404, "PUT", "/disks/" + NOBODY, "{\"name\":\"x\"}");
        refused(404, "GET", "/no-such-collection", "");
        refused(
                404,
                "POST",
                "/vms",
                "{\"name\":\"x\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"no-such\"}}");
    }

    @Test
    void missing_and_wrong_values_are_bad_requests() {
        long before = world.api().list("/vms").size();
        refused(400, "POST", "/vms", "{}");
        refused(400, "POST", "/vms", "{\"name\":\"x\"}");
        refused(400, "POST", "/vms", vm("x", "\"memory\":\"much\""));
        refused(400, "POST", "/vms", vm("x", "\"memory\":\"-5\""));
        refused(400, "POST", "/vms", vm("x", "\"type\":\"toaster\""));
        refused(400, "POST", "/vms", vm("", "\"memory\":\"268435456\""));
        refused(400, "POST", "/vms", vm("a/b c\\u0000", "\"memory\":\"268435456\""));
        refused(400, "POST", "/disks", "{\"name\":\"x\",\"format\":\"cow\",\"provisioned_size\":\"-1\"}");
        assertThat(world.api().list("/vms")).hasSize((int) before);
    }

    @Test
    void broken_bodies_are_bad_requests() {
        refused(400, "POST", "/vms", "{\"name\":");
        refused(400, "POST", "/vms", "[]");
        refused(400, "POST", "/vms", "not json at all");
        check(400, world.api().call("POST", "/vms", "<vm><name>x</name>", "application/xml"));
        check(
                400,
                world.api()
                        .call(
                                "POST",
                                "/vms",
                                "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/passwd\">]><vm><name>&b;</name></vm>",
                                "application/xml"));
        ApiClient.Reply strange = world.api().call("POST", "/vms", "name=x", "application/x-www-form-urlencoded");
        assertThat(strange.status()).isIn(400, 415);
    }

    @Test
    void a_body_without_end_is_refused() {
        ApiClient.Reply reply = world.api().call("POST", "/vms", "{\"name\":\"" + "x".repeat(20 << 20) + "\"}");
        assertThat(reply.status()).isIn(400, 413);
        plain(reply);
        String deep = "{\"cluster\":".repeat(100_000) + "1" + "}".repeat(100_000);
        ApiClient.Reply tooDeep = world.api().call("POST", "/vms", deep);
        assertThat(tooDeep.status()).isIn(400, 413);
        plain(tooDeep);
    }

    @Test
    void a_taken_name_is_a_conflict() {
        world.machine("taken");
        refused(409, "POST", "/vms", vm("taken", "\"memory\":\"268435456\""));
        assertThat(world.api().list("/vms").stream()
                        .filter(vm -> vm.path("name").asText().equals("taken")))
                .hasSize(1);
    }

    @Test
    void what_does_not_fit_the_state_is_a_conflict() {
        String vm = world.machine("state");
        refused(409, "POST", "/vms/" + vm + "/stop", "{}");
        refused(409, "POST", "/vms/" + vm + "/migrate", "{\"host\":{\"name\":\"host2\"}}");
        assertThat(world.status(vm)).isEqualTo("down");
    }

    @Test
    void a_bad_token_is_refused_without_words_about_why() throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newBuilder()
                .sslContext(ApiClient.trusting(world.engine.authority()))
                .build()) {
            for (String token : new String[] {"Bearer nonsense", "Bearer ", "Basic eDp5", "Negotiate x"}) {
                HttpResponse<String> reply = http.send(
                        HttpRequest.newBuilder(URI.create(world.engine.url() + "/api/vms"))
                                .header("Authorization", token)
                                .header("Accept", "application/json")
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
                assertThat(reply.statusCode()).as(token).isEqualTo(401);
                assertThat(reply.body()).doesNotContain("Exception", "<html");
            }
        }
    }

    private static String vm(String name, String more) {
        return "{\"name\":\"" + name + "\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}," + more
                + "}";
    }

    private void refused(int status, String method, String path, String body) {
        ApiClient.Reply reply = world.api().call(method, path, body);
        assertThat(reply.status())
                .as(method + " " + path + " " + body.substring(0, Math.min(80, body.length())) + ": " + reply.text())
                .isEqualTo(status);
        plain(reply);
    }

    private static void check(int status, ApiClient.Reply reply) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        plain(reply);
    }

    /** A fault with words, never HTML, never a stack trace. */
    private static void plain(ApiClient.Reply reply) {
        assertThat(reply.contentType()).contains("json");
        assertThat(reply.text()).doesNotContain("Exception", "at org.", "at java.", "<html", "root:x:0");
        assertThat(reply.text()).contains("reason");
        assertThat(reply.text()).doesNotContain("\"detail\":\"\"");
    }
}
