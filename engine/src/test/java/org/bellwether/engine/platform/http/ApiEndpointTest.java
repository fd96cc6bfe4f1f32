package org.bellwether.engine.platform.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApiEndpointTest {
    private static final String VM1 = "/ovirt-engine/api/vms/" + Flock.id(1);
    private static final String JSON = "application/json";
    private static final String XML = "application/xml";

    private final Flock flock = new Flock(30);
    private OpenDoor door;

    @BeforeAll
    void open(@TempDir Path folder) {
        ApiRoutes routes = new ApiRoutes();
        flock.declare(routes);
        door = new OpenDoor(folder, routes);
    }

    @AfterAll
    void close() {
        door.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ovirt-engine/api", "/ovirt-engine/api/", "/ovirt-engine/api/v4", "/ovirt-engine/api/v4/"})
    void the_root_answers_with_and_without_slash_and_version(String path) throws Exception {
        HttpResponse<String> answer = door.get(path);
        assertThat(answer.statusCode()).isEqualTo(200);
        JsonNode root = json(answer);
        String prefix = path.contains("v4") ? "/ovirt-engine/api/v4" : "/ovirt-engine/api";
        assertThat(root.at("/product_info/version/major").asText()).isEqualTo("4");
        assertThat(root.at("/product_info/version/full_version").asText()).startsWith("4.5.");
        assertThat(root.at("/special_objects/blank_template/href").asText())
                .isEqualTo(prefix + "/templates/00000000-0000-0000-0000-000000000000");
        assertThat(root.at("/authenticated_user/id").asText())
                .isEqualTo(OpenDoor.ADMIN.id().toString());
        assertThat(root.at("/summary/vms/total").asText()).isEqualTo("0");
        assertThat(root.at("/time").isNumber()).isTrue();
        List<String> rels = root.get("link").findValuesAsText("rel");
        assertThat(rels).hasSize(52).startsWith("clusters", "clusters/search", "datacenters");
        assertThat(rels.stream().filter(rel -> !rel.contains("/"))).hasSize(39);
        assertThat(root.get("link").get(0).get("href").asText()).isEqualTo(prefix + "/clusters");
        assertThat(answer.headers().firstValue("Link").orElseThrow()).contains(prefix + "/vms>; rel=vms");
    }

    @Test
    void a_user_does_not_learn_how_much_there_is() throws Exception {
        HttpResponse<String> answer =
                door.send(door.as(OpenDoor.USER_TOKEN, "/ovirt-engine/api").header("Accept", JSON));
        assertThat(json(answer).has("summary")).isFalse();
    }

    @Test
    void a_client_that_prefers_the_least_gets_no_links() throws Exception {
        var usual = json(door.send(door.as(OpenDoor.ADMIN_TOKEN, VM1).header("Accept", JSON)));
        assertThat(usual.has("link")).isTrue();
        for (String path : java.util.List.of(VM1, VM1.substring(0, VM1.lastIndexOf('/')))) {
            var answer = door.send(
                    door.as(OpenDoor.ADMIN_TOKEN, path).header("Accept", JSON).header("Prefer", "return=minimal"));
            assertThat(answer.headers().firstValue("Preference-Applied")).contains("return=minimal");
            assertThat(answer.body()).contains(usual.path("name").asText()).doesNotContain("href", "\"link\"");
        }
    }

    @Test
    void what_is_served_can_be_asked() {
        var routes = new ApiRoutes().read("vms", "list", _ -> Reply.list(java.util.List.of()));
        assertThat(routes.names()).containsExactly("vms.list");
        var body = new java.io.ByteArrayOutputStream();
        org.assertj.core.api.Assertions.assertThatCode(() -> new ServedMethods(routes)
                        .answer(new WebRequest(
                                "GET",
                                "/",
                                "",
                                java.util.Map.of(),
                                new WebBody(java.io.InputStream.nullInputStream(), 0, false),
                                "",
                                true,
                                ""))
                        .body()
                        .writeTo(body))
                .doesNotThrowAnyException();
        assertThat(body.toString(java.nio.charset.StandardCharsets.UTF_8)).isEqualTo("[\"vms.list\"]");
    }

    @Test
    void a_client_gets_the_format_that_it_prefers() throws Exception {
        assertThat(type(door.send(door.as(OpenDoor.ADMIN_TOKEN, VM1).header("Accept", XML))))
                .startsWith(XML);
        assertThat(type(door.send(door.as(OpenDoor.ADMIN_TOKEN, VM1).header("Accept", JSON))))
                .startsWith(JSON);
        assertThat(type(door.send(door.as(OpenDoor.ADMIN_TOKEN, VM1)
                        .header("Accept", "application/xml;q=0.5, application/json"))))
                .startsWith(JSON);
        assertThat(type(door.send(door.as(OpenDoor.ADMIN_TOKEN, VM1).header("Accept", "text/html,*/*;q=0.8"))))
                .startsWith(XML);
        assertThat(type(door.send(door.as(OpenDoor.ADMIN_TOKEN, VM1)))).startsWith(XML);
    }

    @Test
    void an_object_has_its_href_links_and_actions() throws Exception {
        JsonNode vm = json(door.get(VM1));
        assertThat(vm.get("href").asText()).isEqualTo(VM1);
        assertThat(vm.get("memory").asText()).isEqualTo("1073741824");
        assertThat(vm.at("/cluster/href").asText()).isEqualTo("/ovirt-engine/api/clusters/" + Flock.CLUSTER);
        assertThat(vm.get("link").findValuesAsText("rel")).contains("nics", "diskattachments");
        assertThat(vm.at("/actions/link").findValuesAsText("href")).contains(VM1 + "/start");
    }

    @Test
    void a_list_is_searched_limited_and_paged() throws Exception {
        assertThat(json(door.get("/ovirt-engine/api/vms")).get("vm")).hasSize(30);
        assertThat(json(door.get("/ovirt-engine/api/vms?max=4")).get("vm")).hasSize(4);
        assertThat(json(door.get("/ovirt-engine/api/vms?max=-1")).get("vm")).hasSize(30);
        assertThat(json(door.get("/ovirt-engine/api/vms;max=3")).get("vm")).hasSize(3);
        assertThat(names("/ovirt-engine/api/vms?search=name%3Dvm1*%20sortby%20name%20desc&max=2"))
                .containsExactly("vm19", "vm18");
        assertThat(names("/ovirt-engine/api/vms;max=2?search=SORTBY%20NAME%20ASC%20page%202"))
                .containsExactly("vm11", "vm12");
        assertThat(json(door.get("/ovirt-engine/api/vms?search=name%3DVM7")).get("vm"))
                .hasSize(1);
        assertThat(json(door.get("/ovirt-engine/api/vms?search=name%3DVM7&case_sensitive=true")))
                .isEmpty();
    }

    @Test
    void a_broken_search_is_a_fault_that_says_where() throws Exception {
        HttpResponse<String> answer = door.get("/ovirt-engine/api/vms?search=nosuch%3Dx");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("detail").asText()).contains("character 1:").contains("\"nosuch\"");
    }

    @Test
    void follow_puts_what_is_linked_into_the_answer_at_any_depth() throws Exception {
        JsonNode vm = json(door.get(VM1 + "?follow=disk_attachments.disk,nics,cluster.datacenter"));
        assertThat(vm.at("/nics/nic")).hasSize(2);
        assertThat(vm.at("/nics/nic/0/href").asText()).startsWith(VM1 + "/nics/");
        assertThat(vm.at("/disk_attachments/disk_attachment/0/disk/name").asText())
                .isEqualTo("disk of /disks/" + Flock.DISK);
        assertThat(vm.at("/cluster/name").asText()).isEqualTo("Default");
        assertThat(vm.at("/cluster/data_center/name").asText()).isEqualTo("Center");
        assertThat(vm.at("/cluster/data_center/href").asText())
                .isEqualTo("/ovirt-engine/api/datacenters/" + Flock.DATA_CENTER);
    }

    @Test
    void follow_of_a_list_reads_each_object_once() throws Exception {
        flock.clusterReads = 0;
        JsonNode vms = json(door.get("/ovirt-engine/api/vms;max=20?follow=CLUSTER,diskAttachments&current&search="));
        assertThat(vms.get("vm")).hasSize(20);
        assertThat(vms.findValuesAsText("name")).contains("Default");
        assertThat(vms.at("/vm/3/disk_attachments/disk_attachment")).hasSize(1);
        assertThat(flock.clusterReads).isEqualTo(1);
    }

    @Test
    void following_nothing_is_fine_and_following_nonsense_is_not() throws Exception {
        assertThat(door.get(VM1 + "?follow=").statusCode()).isEqualTo(200);
        HttpResponse<String> answer = door.get(VM1 + "?follow=nics,nonsense");
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(json(answer).get("detail").asText()).contains("nonsense");
    }

    @Test
    void an_added_object_is_created_at_its_location() throws Exception {
        HttpResponse<String> answer = door.post(
                "/ovirt-engine/api/vms",
                XML,
                "<vm><name>new</name><cluster><name>Default</name></cluster><template><name>Blank</name></template></vm>");
        assertThat(answer.statusCode()).isEqualTo(201);
        String location = answer.headers().firstValue("Location").orElseThrow();
        assertThat(json(door.get(location)).get("name").asText()).isEqualTo("new");
        assertThat(answer.body()).contains("href=\"" + location + "\"");
        HttpResponse<String> later = door.post(
                "/ovirt-engine/api/vms?clone",
                JSON,
                "{\"name\":\"c\",\"memory\":\"5\",\"cluster\":{\"id\":\"1\"},\"template\":{\"id\":\"1\"}}");
        assertThat(later.statusCode()).isEqualTo(202);
        assertThat(json(later).get("memory").asText()).isEqualTo("5");
        for (HttpResponse<String> added : List.of(answer, later)) {
            HttpResponse<String> removed = door.send(door.as(
                            OpenDoor.ADMIN_TOKEN,
                            added.headers().firstValue("Location").orElseThrow())
                    .header("Accept", JSON)
                    .DELETE());
            assertThat(removed.statusCode()).isEqualTo(200);
            assertThat(json(removed).get("status").asText()).isEqualTo("complete");
            assertThat(json(removed).at("/job/href").asText()).startsWith("/ovirt-engine/api/jobs/");
        }
    }

    @Test
    void an_update_changes_what_it_says_only() throws Exception {
        HttpResponse<String> answer = door.send(door.as(OpenDoor.ADMIN_TOKEN, "/ovirt-engine/api/vms/" + Flock.id(2))
                .header("Accept", JSON)
                .header("Content-Type", JSON)
                .PUT(BodyPublishers.ofString("{\"comment\":\"changed\"}")));
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(json(answer).get("comment").asText()).isEqualTo("changed");
        assertThat(json(answer).get("name").asText()).isEqualTo("vm2");
    }

    @Test
    void an_action_answers_an_action() throws Exception {
        HttpResponse<String> started = door.post(VM1 + "/start", XML, "<action/>");
        assertThat(started.statusCode()).isEqualTo(200);
        assertThat(started.body())
                .contains("<action>")
                .contains("<status>complete</status>")
                .contains("<job ");
        HttpResponse<String> ticket = door.post(VM1 + "/ticket", JSON, "");
        assertThat(json(ticket).at("/ticket/value").asText()).isEqualTo("abc");
    }

    @Test
    void the_fault_of_an_action_is_inside_the_action() throws Exception {
        HttpResponse<String> xml = door.post(VM1 + "/start", XML, "<action><pause>true</pause></action>");
        assertThat(xml.statusCode()).isEqualTo(409);
        assertThat(xml.body())
                .contains(
                        "<action><fault><detail>[Cannot run machine vm1. It runs already. Nothing was changed. Stop it"
                                + " first.]</detail><reason>Operation Failed</reason></fault><status>failed</status></action>");
        HttpResponse<String> json = door.post(VM1 + "/start", JSON, "{\"pause\":\"true\"}");
        assertThat(json(json).at("/fault/reason").asText()).isEqualTo("Operation Failed");
        assertThat(json(json).at("/status").asText()).isEqualTo("failed");
    }

    @Test
    void a_defect_tells_the_client_where_to_look_and_nothing_else() throws Exception {
        HttpResponse<String> answer = door.send(door.as(OpenDoor.ADMIN_TOKEN, VM1 + "/stop")
                .header("Accept", JSON)
                .header("Correlation-Id", "find-me")
                .POST(BodyPublishers.noBody()));
        assertThat(answer.statusCode()).isEqualTo(500);
        assertThat(answer.body()).contains("find-me").doesNotContain("secret").doesNotContain("IllegalState");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "POST | /vms | application/json | {\"memory\":\"1\"} | 400 | Incomplete parameters | required for add",
                "POST | /vms | application/json | {\"name\": | 400 | Request syntactically incorrect. | apidoc#services/vms/methods/add",
                "POST | /vms | application/xml | <vm><name>x</vm> | 400 | Request syntactically incorrect. | apidoc#services/vms/methods/add",
                "POST | /vms | application/xml | <host/> | 400 | Request syntactically incorrect. | apidoc",
                "POST | /vms | application/xml | nonsense | 400 | Request syntactically incorrect. | apidoc",
                "POST | /vms | application/json | [] | 400 | Request syntactically incorrect. | apidoc",
                "POST | /vms | application/json | {\"name\":\"x\",\"memory\":\"lots\"} | 400 | Invalid value | memory",
                "POST | /vms | application/json | {\"name\":{\"a\":1}} | 400 | | name",
                "POST | /vms | text/plain | x | 415 | Operation Failed | neither XML nor JSON",
                "GET | /vms/nonsense | | | 404 | Operation Failed | no vm with the id nonsense",
                "GET | /vms/00000000-0000-0000-0000-00000000dead | | | 404 | Operation Failed | no machine",
                "GET | /nosuch | | | 404 | Operation Failed | /nosuch",
                "GET | /vms/1/nosuch | | | 404 | Operation Failed | nosuch",
                "PATCH | /vms | | | 405 | Operation Failed | GET or POST",
                "DELETE | /vms | | | 405 | Operation Failed | GET or POST",
                "PUT | /vms/1/start | | | 405 | Operation Failed | POST",
                "GET | /katelloerrata/7 | | | 404 | Operation Failed | katello erratum",
                "POST | /bookmarks | application/json | {\"name\":\"a\",\"value\":\"b\"} | 501 | Operation Failed | bookmarks.add",
                "GET | /vms?max=many | | | 400 | Invalid value | max",
                "GET | /v3/vms | | | 400 | Operation Failed | Version 3",
            })
    void what_is_wrong_becomes_a_fault(
            String method, String path, String type, String body, int status, String reason, String detail)
            throws Exception {
        HttpRequest.Builder request = door.as(OpenDoor.ADMIN_TOKEN, "/ovirt-engine/api/x");
        request.uri(java.net.URI.create(door.at("/ovirt-engine/api") + path));
        request.header("Accept", JSON)
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (type != null) {
            request.header("Content-Type", type);
        }
        HttpResponse<String> answer = door.send(request);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(type(answer)).startsWith(JSON);
        if (reason != null) {
            assertThat(json(answer).get("reason").asText()).isEqualTo(reason);
        }
        assertThat(json(answer).get("detail").asText()).contains(detail).hasSizeGreaterThan(10);
    }

    @Test
    void a_list_that_nobody_serves_is_empty() throws Exception {
        assertThat(door.get("/ovirt-engine/api/katelloerrata").body().replaceAll("\\s", ""))
                .isEqualTo("{}");
        assertThat(door.get(VM1 + "/watchdogs").statusCode()).isEqualTo(200);
        HttpResponse<String> xml = door.send(door.as(OpenDoor.ADMIN_TOKEN, "/ovirt-engine/api/openstackimageproviders")
                .header("Accept", XML));
        assertThat(xml.body()).contains("<openstack_image_providers/>");
    }

    @Test
    void a_body_that_is_too_large_is_refused() throws Exception {
        String big = "{\"name\":\"" + "x".repeat(door.settings().bodyLimit()) + "\"}";
        HttpResponse<String> answer = door.post("/ovirt-engine/api/vms", JSON, big);
        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(type(answer)).startsWith(JSON);
    }

    @Test
    void a_body_that_is_too_deep_is_refused() throws Exception {
        String deep = "{\"cluster\":".repeat(5000) + "{}" + "}".repeat(5000);
        assertThat(door.post("/ovirt-engine/api/vms", JSON, deep).statusCode()).isIn(400, 413);
        String xml = "<vm>" + "<a>".repeat(5000) + "</a>".repeat(5000) + "</vm>";
        assertThat(door.post("/ovirt-engine/api/vms", XML, xml).statusCode()).isIn(400, 413);
    }

    @Test
    void entities_of_xml_are_not_resolved() throws Exception {
        String bomb = "<!DOCTYPE vm [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><vm><name>&a;</name></vm>";
        HttpResponse<String> answer = door.post("/ovirt-engine/api/vms", XML, bomb);
        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.body()).doesNotContain("root:");
    }

    @Test
    void the_correlation_id_is_cleaned_made_and_echoed() throws Exception {
        HttpResponse<String> given = door.send(door.as(OpenDoor.ADMIN_TOKEN, "/ovirt-engine/api/vms?max=1")
                .header("Correlation-Id", "my id; drop table/42_x-" + "y".repeat(50)));
        assertThat(given.headers().firstValue("Correlation-Id").orElseThrow())
                .isEqualTo(("myiddroptable42_x-" + "y".repeat(50)).substring(0, 36));
        HttpResponse<String> query = door.get("/ovirt-engine/api/vms?max=1&correlation_id=abc");
        assertThat(query.headers().firstValue("Correlation-Id")).contains("abc");
        assertThat(flock.correlations.getLast()).isEqualTo("abc");
        HttpResponse<String> none = door.get("/ovirt-engine/api/vms?max=1");
        assertThat(none.headers().firstValue("Correlation-Id").orElseThrow()).hasSize(36);
    }

    @Test
    void who_is_not_known_is_asked_in_the_words_of_the_api() throws Exception {
        for (String authorization :
                List.of("Bearer bad", "Bearer", "Basic !!!", "Basic bm9jb2xvbg==", "Digest x", "")) {
            HttpRequest.Builder request =
                    HttpRequest.newBuilder(door.at("/ovirt-engine/api")).header("Accept", XML);
            if (!authorization.isEmpty()) {
                request.header("Authorization", authorization);
            }
            HttpResponse<String> answer = door.send(request);
            assertThat(answer.statusCode()).as(authorization).isEqualTo(401);
            assertThat(answer.headers().firstValue("WWW-Authenticate")).contains("Basic realm=\"RESTAPI\"");
            assertThat(type(answer)).startsWith(XML);
            assertThat(answer.body()).contains("<fault>");
        }
    }

    @Test
    void a_password_is_taken_and_a_session_kept_when_asked() throws Exception {
        HttpRequest.Builder basic = HttpRequest.newBuilder(door.at(VM1))
                .header("Authorization", OpenDoor.basic("admin@internal", "secret"));
        HttpResponse<String> once = door.send(basic);
        assertThat(once.statusCode()).isEqualTo(200);
        assertThat(once.headers().firstValue("Set-Cookie")).isEmpty();
        HttpResponse<String> kept = door.send(basic.header("Prefer", "persistent-auth"));
        String cookie = kept.headers().firstValue("Set-Cookie").orElseThrow();
        assertThat(cookie)
                .contains("JSESSIONID=")
                .contains("HttpOnly")
                .contains("Secure")
                .contains("SameSite=Strict");
        HttpRequest.Builder with = HttpRequest.newBuilder(door.at(VM1)).header("Cookie", cookie.split(";")[0]);
        assertThat(door.send(with).statusCode()).isEqualTo(200);
        assertThat(door.send(with.header("Prefer", "new-auth")).statusCode()).isEqualTo(401);
    }

    @Test
    void who_lacks_the_permit_is_refused_before_the_body_counts() throws Exception {
        HttpResponse<String> answer = door.send(door.as(OpenDoor.USER_TOKEN, VM1 + "/start")
                .header("Accept", XML)
                .POST(BodyPublishers.ofString("broken")));
        assertThat(answer.statusCode()).isEqualTo(403);
        assertThat(answer.body()).contains("run_vm");
        assertThat(door.send(door.as(OpenDoor.USER_TOKEN, VM1)).statusCode()).isEqualTo(200);
    }

    @Test
    void only_administrators_may_ask_without_filter() throws Exception {
        assertThat(door.send(door.as(OpenDoor.USER_TOKEN, "/ovirt-engine/api/vms")
                                .header("Filter", "false"))
                        .statusCode())
                .isEqualTo(403);
        assertThat(door.send(door.as(OpenDoor.ADMIN_TOKEN, "/ovirt-engine/api/vms")
                                .header("Filter", "false"))
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void an_unknown_version_is_refused() throws Exception {
        assertThat(door.send(door.as(OpenDoor.ADMIN_TOKEN, VM1).header("Version", "4"))
                        .statusCode())
                .isEqualTo(200);
        assertThat(door.send(door.as(OpenDoor.ADMIN_TOKEN, VM1).header("Version", "3"))
                        .statusCode())
                .isEqualTo(400);
    }

    @Test
    void head_and_options_are_answered() throws Exception {
        HttpResponse<String> head =
                door.send(door.as(OpenDoor.ADMIN_TOKEN, "/ovirt-engine/api").method("HEAD", BodyPublishers.noBody()));
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().firstValue("Link")).isPresent();
        HttpResponse<String> options = door.send(
                door.as(OpenDoor.ADMIN_TOKEN, "/ovirt-engine/api/vms").method("OPTIONS", BodyPublishers.noBody()));
        assertThat(options.statusCode()).isEqualTo(200);
        assertThat(options.headers().firstValue("Allow").orElseThrow())
                .contains("GET")
                .contains("POST");
    }

    @Test
    void long_answers_are_compressed_for_who_wants_it() throws Exception {
        HttpResponse<byte[]> answer = door.client.send(
                door.as(OpenDoor.ADMIN_TOKEN, "/ovirt-engine/api/vms")
                        .header("Accept-Encoding", "gzip, deflate")
                        .header("Accept", JSON)
                        .build(),
                BodyHandlers.ofByteArray());
        assertThat(answer.headers().firstValue("Content-Encoding")).contains("gzip");
        try (var in = new GZIPInputStream(new java.io.ByteArrayInputStream(answer.body()))) {
            assertThat(new ObjectMapper().readTree(in).get("vm")).hasSize(30);
        }
        assertThat(door.get("/ovirt-engine/api/vms").headers().firstValue("Content-Encoding"))
                .isEmpty();
    }

    private List<String> names(String path) throws Exception {
        return json(door.get(path)).get("vm").findValuesAsText("name");
    }

    private static String type(HttpResponse<String> answer) {
        return answer.headers().firstValue("Content-Type").orElse("");
    }

    private static JsonNode json(HttpResponse<String> answer) throws Exception {
        return new ObjectMapper().readTree(answer.body());
    }
}
