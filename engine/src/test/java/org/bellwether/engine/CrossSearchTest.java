package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.RunningEngine.encoded;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Objects are searched by all their fields and by what they are related to. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrossSearchTest {
    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
        administrator.add(
                "/vms",
                "{\"name\":\"web1\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"},"
                        + "\"cpu\":{\"topology\":{\"sockets\":\"3\"}}}");
        administrator.add(
                "/vms", "{\"name\":\"db1\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
        String web = administrator.get("/vms?search=name%3Dweb1").at("/vm/0/id").asText();
        administrator.add("/tags", "{\"name\":\"front\"}");
        administrator.post("/vms/" + web + "/tags", "{\"name\":\"front\"}");
        administrator.user("joe");
        administrator.give("joe", "UserRole", "/vms/" + web);
        String profile =
                administrator.get("/vnicprofiles").at("/vnic_profile/0/id").asText();
        administrator.post(
                "/vms/" + web + "/nics", "{\"name\":\"nic1\",\"vnic_profile\":{\"id\":\"" + profile + "\"}}");
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private List<String> found(String kind, String singular, String query) {
        return administrator.names("/" + kind + "?search=" + encoded(query), singular);
    }

    @Test
    void machines_are_found_by_their_relations() {
        for (String query : List.of(
                "tag=front",
                "tag = FRONT and datacenter=Default",
                "users.usrname=joe@internal-authz",
                "vnic.network_name=ovirtmgmt",
                "vcpus=3",
                "events.message=*web1* and name=web*",
                "template.name=Blank and name=web1",
                "name=web1 and cluster=Default sortby name desc page 1")) {
            assertThat(found("vms", "vm", query)).as(query).containsExactly("web1");
        }
        assertThat(found("vms", "vm", "tag != front")).containsExactly("db1");
        assertThat(found("vms", "vm", "host.name=*")).isEmpty();
    }

    @Test
    void other_kinds_are_found_by_machines() {
        assertThat(found("templates", "template", "vm.name=web1")).containsExactly("Blank");
        assertThat(found("datacenters", "data_center", "Clusters.name=Default")).containsExactly("Default");
        assertThat(found("clusters", "cluster", "datacenter.name=Default and cluster_network.name=ovirtmgmt"))
                .containsExactly("Default");
        assertThat(found("networks", "network", "cluster_network.name=Default")).containsExactly("ovirtmgmt");
        assertThat(administrator
                        .get("/users?search=" + encoded("vms.name=web1"))
                        .toString())
                .contains("joe");
        assertThat(administrator
                        .get("/events?search=" + encoded("event_vm=web1 and vm.name=web*"))
                        .toString())
                .contains("web1");
    }

    @Test
    void a_mistake_is_told_with_what_there_is() {
        var wrong = administrator.call("GET", "/vms?search=" + encoded("nmae=x"), "");
        assertThat(wrong.statusCode()).isEqualTo(400);
        assertThat(wrong.body()).contains("t character 1").contains("Did you mean \\\"name\\\"");
        var unrelated = administrator.call("GET", "/vms?search=" + encoded("moon.name=x"), "");
        assertThat(unrelated.statusCode()).isEqualTo(400);
        assertThat(unrelated.body()).contains("template");
    }

    /** What nothing here can have: a query for it is refused with the reason, for an empty list would look like an answer. */
    private static final List<String> ABSENT =
            List.of("Vm.k8s_namespace", "Network.provider_name", "Event.event_volume");

    @Test
    void a_field_that_nothing_here_can_have_is_refused_with_the_reason() {
        for (String query : List.of("event_volume=x", "severity=normal and event_volume != x", "sortby event_volume")) {
            var refused = administrator.call("GET", "/events?search=" + encoded(query), "");
            assertThat(refused.statusCode()).as(query).isEqualTo(400);
            assertThat(refused.body())
                    .as(query)
                    .contains("because there are no Gluster volumes", "or use one of: ")
                    .doesNotContain(", event_volume,");
        }
        assertThat(administrator
                        .call("GET", "/vms?search=" + encoded("k8s_namespace=x"), "")
                        .body())
                .contains("Kubernetes");
        assertThat(administrator
                        .call("GET", "/networks?search=" + encoded("provider_name=x"), "")
                        .body())
                .contains("provider");
    }

    /** Every field of the field's own search language is known, and asked for it answers or says why it cannot. */
    @Test
    void every_field_that_clients_know_is_there() throws Exception {
        Map<String, String> places = Map.of(
                "Vm", "vms",
                "Host", "hosts",
                "Cluster", "clusters",
                "DataCenter", "datacenters",
                "StorageDomain", "storagedomains",
                "Template", "templates",
                "Disk", "disks",
                "Network", "networks",
                "Event", "events",
                "Pool", "vmpools");
        List<String> unknown = new ArrayList<>();
        String fields = new String(
                CrossSearchTest.class.getResourceAsStream("search-fields.txt").readAllBytes(),
                java.nio.charset.StandardCharsets.UTF_8);
        for (String line : fields.split("\n")) {
            String kind = line.substring(0, line.indexOf(' '));
            for (String field : line.substring(line.indexOf(' ') + 1).split(" ")) {
                String query = places.containsKey(kind) ? "sortby " + field : field + "=0";
                int status = administrator.status(
                        "GET", "/" + places.getOrDefault(kind, kind) + "?search=" + encoded(query), "");
                if (status != 200
                        && administrator.status(
                                        "GET",
                                        "/" + places.getOrDefault(kind, kind) + "?search=" + encoded(field + "=x"),
                                        "")
                                != 200) {
                    unknown.add(kind + "." + field);
                }
            }
        }
        assertThat(unknown).containsExactlyInAnyOrderElementsOf(ABSENT);
    }
}
