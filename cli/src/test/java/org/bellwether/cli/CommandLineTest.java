package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people and scripts see: output, exit codes, and errors as sentences. */
final class CommandLineTest {

    private static final String ID = "53786b73-17fd-469c-af72-33017e82eefe";
    private static final String OTHER = "63786b73-17fd-469c-af72-33017e82eefe";
    private static final String VM = "{'id':'" + ID + "','name':'demo','status':'up','memory':'268435456',"
            + "'cpu':{'topology':{'sockets':'2','cores':'1','threads':'1'}},'host':{'id':'h'},'cluster':{'id':'c'},"
            + "'fqdn':'demo.example'}";

    private final ScriptedEngine engine = new ScriptedEngine();

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void machines_are_listed_with_the_names_of_what_they_refer_to() {
        engine.get("/vms", "{'vm':[" + VM + "]}")
                .get("/hosts", "{'host':[{'id':'h','name':'host1'}]}")
                .get("/clusters", "{'cluster':[{'id':'c','name':'Default'}]}");

        var said = Said.to(engine, "vm", "list");

        assertThat(said.code()).isZero();
        assertThat(said.out().lines())
                .containsExactly(
                        "NAME  STATUS  HOST   CLUSTER  MEMORY  CPUS  HOST NAME",
                        "demo  up      host1  Default  256M    2     demo.example");
        assertThat(said.err()).isEmpty();
    }

    @Test
    void snapshots_are_listed_and_named_by_what_they_are_called() {
        var path = "/vms/" + ID + "/snapshots";
        engine.get("/vms?search=name%3Ddemo", "{'vm':[" + VM + "]}")
                .get(
                        path,
                        "{'snapshot':[{'id':'s1','description':'before','snapshot_type':'regular','snapshot_status':'ok',"
                                + "'date':1795839352579,'persist_memorystate':'true'},"
                                + "{'id':'s2','description':'Active VM','snapshot_type':'active','snapshot_status':'ok'}]}")
                .on("DELETE /api" + path + "/s1", 200, "{}");

        var said = Said.to(engine, "vm", "snapshot", "list", "demo");
        assertThat(said.code()).isZero();
        assertThat(said.out().lines().toList())
                .hasSize(3)
                .satisfies(lines ->
                        assertThat(lines.get(1)).contains("before", "regular", "ok", "2026-11-2", "yes", "s1"));

        assertThat(Said.to(engine, "vm", "snapshot", "delete", "demo", "before", "--no-wait")
                        .code())
                .isZero();
        var missing = Said.to(engine, "vm", "snapshot", "delete", "demo", "after");
        assertThat(missing.code()).isNotZero();
        assertThat(missing.err()).contains("no snapshot called after", "bw vm snapshot list demo");
    }

    @Test
    void a_list_as_json_is_an_array_of_the_engines_own_objects() {
        engine.get("/vms", "{'vm':[" + VM + "]}");

        var said = Said.to(engine, "vm", "list", "-o", "json");

        var array = Json.parse(said.out()).orElseThrow();
        assertThat(array.isArray()).isTrue();
        assertThat(array.path(0).path("memory").asText()).isEqualTo("268435456");
    }

    @Test
    void an_empty_list_is_an_empty_array() {
        engine.get("/disks", "{}");

        assertThat(Said.to(engine, "disk", "list", "-o", "json").out().replace(" ", ""))
                .isEqualTo("[]\n");
    }

    @Test
    void a_run_signs_on_once_says_who_it_is_with_every_request_and_logs_out() {
        engine.get("/disks", "{}").get("/storagedomains", "{}");

        Said.to(engine, "disk", "list");

        assertThat(engine.signOns()).isOne();
        assertThat(engine.tokens()).isEmpty();
        assertThat(engine.requests()).hasSize(2);
        assertThat(engine.requests().stream()
                        .map(ScriptedEngine.Request::correlation)
                        .distinct())
                .singleElement()
                .asString()
                .matches("bw-[0-9a-f-]{23}");
    }

    @Test
    void a_session_that_the_engine_forgot_is_begun_anew() {
        engine.get("/disks", "{}").on("GET /api/storagedomains", 401, "").get("/storagedomains", "{}");

        assertThat(Said.to(engine, "disk", "list").code()).isZero();
        assertThat(engine.signOns()).isEqualTo(2);
    }

    @Test
    void help_needs_no_engine() {
        assertThat(Said.with(Map.of(), "--help").out()).contains("datacenter");
        assertThat(Said.with(Map.of(), "vm", "nic", "add", "--help").out()).contains("--mac");
        assertThat(Said.with(Map.of(), "completion", "bash").out()).contains("migrate", "up");
    }

    @Test
    void words_that_make_no_sense_exit_with_2_and_say_where_help_is() {
        var unknown = Said.to(engine, "vm", "strat", "demo");
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("strat", "vm start");

        var missing = Said.to(engine, "vm", "start");
        assertThat(missing.code()).isEqualTo(2);
        assertThat(missing.err()).contains("VM", "See: bw vm start --help");

        var size = Said.to(engine, "vm", "create", "demo", "--memory", "much");
        assertThat(size.code()).isEqualTo(2);
        assertThat(size.err()).contains("'much' is no size");
        assertThat(engine.requests()).isEmpty();
    }

    @Test
    void where_no_engine_listens_it_exits_with_3_and_says_where_it_looked_and_how_to_start_one() throws IOException {
        int free;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        var url = "http://127.0.0.1:" + free + "/ovirt-engine";

        var said = Said.with(Map.of("BW_URL", url, "BW_PASSWORD", "x"), "vm", "list");

        assertThat(said.code()).isEqualTo(3);
        assertThat(said.err()).contains(url, "bw up").doesNotContain("\tat ");
        assertThat(Said.with(Map.of(), "vm", "list").code()).isEqualTo(3);
    }

    @Test
    void a_wrong_password_is_told_in_the_engines_words() {
        var said = Said.with(Map.of("BW_URL", engine.url(), "BW_PASSWORD", "wrong"), "vm", "list");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).contains("refused the sign-on", "Cannot authenticate user 'admin@internal'.");
    }

    @Test
    void flags_go_before_the_environment(@TempDir Path directory) throws IOException {
        var password = Files.writeString(directory.resolve("password"), ScriptedEngine.PASSWORD + "\n");
        engine.get("/jobs", "{}");

        var said = Said.with(
                Map.of("BW_URL", "http://127.0.0.1:1", "BW_PASSWORD", "wrong"),
                "job",
                "list",
                "--url",
                engine.url() + "/api/",
                "--user",
                "admin@internal",
                "--password-file",
                password.toString());

        assertThat(said.err()).isEmpty();
        assertThat(said.code()).isZero();
    }

    @Test
    void a_password_never_crosses_the_network_in_clear_text() {
        var said = Said.with(Map.of("BW_URL", "http://engine.example.org", "BW_PASSWORD", "x"), "vm", "list");

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.err()).contains("clear text");
    }

    @Test
    void a_fault_exits_with_1_and_says_its_detail_alone() {
        engine.get("/datacenters", "{'data_center':[{'id':'d','name':'Default'}]}")
                .on(
                        "POST /api/networks",
                        409,
                        "{\"reason\":\"Operation Failed\",\"detail\":\"[The name is taken. Nothing was changed]\"}");

        var said = Said.to(engine, "network", "create", "red");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("bw: The name is taken. Nothing was changed.\n");
        assertThat(said.out()).isEmpty();
    }

    @Test
    void the_fault_of_an_action_is_told_too() {
        engine.get("/hosts/" + ID, "{'id':'" + ID + "','name':'host1'}")
                .on(
                        "POST /api/hosts/" + ID + "/activate",
                        400,
                        "{\"status\":\"failed\",\"fault\":{\"reason\":\"Invalid value\",\"detail\":\"host is odd\"}}");

        var said = Said.to(engine, "host", "activate", ID);

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("bw: Invalid value: host is odd.\n");
    }

    @Test
    void a_server_that_is_no_engine_is_recognised() {
        engine.on("GET /api/vms", 200, "text/html", "<html>welcome</html>")
                .on("GET /api/jobs", 502, "text/html", "<html>bad gateway</html>");

        var page = Said.to(engine, "vm", "list");
        assertThat(page.code()).isEqualTo(3);
        assertThat(page.err()).contains("is no engine", engine.url()).doesNotContain("<html>");
        assertThat(Said.to(engine, "job", "list").code()).isEqualTo(3);
    }

    @Test
    void an_unknown_name_is_refused_with_where_to_look() {
        engine.get("/vms?search=name%3Dnope", "{}");

        var said = Said.to(engine, "vm", "show", "nope");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).contains("There is no virtual machine named nope", "bw vm list");
    }

    @Test
    void a_name_that_two_bear_is_refused_with_their_ids() {
        engine.get(
                "/disks?search=name%3Ddata",
                "{'disk':[{'id':'" + ID + "','name':'data'},{'id':'" + OTHER + "','name':'data'}]}");

        var said = Said.to(engine, "disk", "remove", "data");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).contains(ID, OTHER);
        assertThat(engine.requests("DELETE")).isEmpty();
    }

    @Test
    void a_name_that_would_be_a_query_is_only_compared() {
        engine.get("/vms", "{'vm':[{'id':'" + ID + "','name':'other'}]}");

        var said = Said.to(engine, "vm", "remove", "* or name=other");

        assertThat(said.code()).isEqualTo(1);
        assertThat(engine.requests("DELETE")).isEmpty();
        assertThat(engine.requests()).allMatch(request -> !request.path().contains("search"));
    }

    @Test
    void what_others_wrote_cannot_steer_the_terminal() {
        engine.get("/jobs", "{'job':[{'id':'j','status':'finished','description':'\\u001b[2Jgone\\u0007\\u202e'}]}");

        assertThat(Said.to(engine, "job", "list").out()).contains("gone").doesNotContain("\u001b", "\u0007", "\u202e");
    }

    @Test
    void only_debug_prints_where_a_failure_came_from() {
        engine.get("/vms?search=name%3Dnope", "{}");

        assertThat(Said.to(engine, "vm", "show", "nope").err()).doesNotContain("\tat ");
        assertThat(Said.to(engine, "vm", "show", "nope", "--debug").err()).contains("\tat org.bellwether.cli");
    }

    @Test
    void any_request_can_be_made_and_its_fault_is_shown_whole() {
        engine.get("/vms?search=name%20%3D%20x", "{}")
                .on("POST /api/vms", 400, "{\"reason\":\"Incomplete parameters\",\"detail\":\"Vm [name]\"}");

        // A blank is written as an address needs it; the query's own signs stay as typed.
        engine.on("GET /api/vms?search=name%20=%20x", 200, "{}");
        assertThat(Said.to(engine, "api", "get", "vms?search=name = x").code()).isZero();

        var refused = Said.to(engine, "api", "POST", "/ovirt-engine/api/vms", "{}");
        assertThat(refused.code()).isEqualTo(1);
        assertThat(refused.out()).contains("\"reason\"");
        assertThat(refused.err()).isEqualTo("bw: Incomplete parameters: Vm [name].\n");

        assertThat(Said.to(engine, "api", "POST", "vms", "{broken").code()).isEqualTo(2);
        assertThat(Said.to(engine, "api", "PATCH", "vms").code()).isEqualTo(2);
        assertThat(Said.to(engine, "api", "GET", "https://elsewhere.example/x").code())
                .isEqualTo(2);
    }

    @Test
    void the_line_for_a_host_stands_alone() {
        engine.get("/clusters", "{'cluster':[{'id':'" + ID + "','name':'Default'}]}")
                .on("POST /services/host-token", 200, "{\"token\":\"abc\",\"command\":\"curl x | sh -s --\"}");

        var said = Said.to(engine, "host", "token");

        assertThat(said.out()).isEqualTo("curl x | sh -s --\n");
        assertThat(said.err()).contains("as root");
        assertThat(engine.requests("POST"))
                .singleElement()
                .satisfies(request -> assertThat(request.body()).isEqualTo("{\"cluster\":{\"id\":\"" + ID + "\"}}"));
    }

    @Test
    void events_are_told_oldest_first() {
        engine.get(
                "/events?max=50",
                "{'event':[{'id':'2','severity':'normal','code':'2','description':'second','time':2000},"
                        + "{'id':'1','severity':'normal','code':'1','description':'first','time':1000}]}");

        assertThat(Said.to(engine, "event", "list").out()).containsSubsequence("first", "second");
    }

    @Test
    void the_version_is_told_also_without_an_engine() {
        var said = Said.with(Map.of(), "version");

        assertThat(said.code()).isEqualTo(3);
        assertThat(said.out()).matches("bw \\d+\\.\\d+.*\n");
    }
}
