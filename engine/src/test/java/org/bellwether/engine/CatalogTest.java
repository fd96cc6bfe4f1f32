package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.bellwether.engine.inventory.Seeds;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tags, bookmarks, external events, and what is the same in every installation. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CatalogTest {

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

    @Test
    void tags_form_a_tree_and_are_put_on_machines() {
        String parent = administrator.add("/tags", "{\"name\":\"place\"}");
        String child = administrator.add("/tags", "{\"name\":\"berlin\",\"parent\":{\"id\":\"" + parent + "\"}}");
        assertThat(administrator.status("PUT", "/tags/" + parent, "{\"parent\":{\"id\":\"" + child + "\"}}"))
                .as("no tag lies below itself")
                .isEqualTo(409);
        String vm = administrator.add(
                "/vms", "{\"name\":\"tagged\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
        administrator.post("/vms/" + vm + "/tags", "{\"name\":\"berlin\"}");
        administrator.post("/vms/" + vm + "/tags", "{\"name\":\"berlin\"}");
        assertThat(administrator.names("/vms/" + vm + "/tags", "tag")).containsExactly("berlin");
        assertThat(administrator.get("/vms/" + vm + "?follow=tags").toString()).contains("berlin");
        assertThat(administrator.status("DELETE", "/tags/00000000-0000-0000-0000-000000000000", ""))
                .isEqualTo(409);
        assertThat(administrator.status("DELETE", "/tags/" + parent, "")).isEqualTo(200);
        assertThat(administrator.get("/vms/" + vm + "/tags").size())
                .as("with its children")
                .isZero();
        assertThat(administrator.names("/tags", "tag")).containsExactly("root");
    }

    @Test
    void bookmarks_are_kept_for_everybody() {
        String id = administrator.add("/bookmarks", "{\"name\":\"up\",\"value\":\"vms: status=up\"}");
        administrator.call("PUT", "/bookmarks/" + id, "{\"value\":\"vms: status=down\"}");
        assertThat(administrator.get("/bookmarks/" + id).get("value").asText()).isEqualTo("vms: status=down");
        assertThat(administrator.status("POST", "/bookmarks", "{\"name\":\"up\",\"value\":\"x\"}"))
                .isEqualTo(409);
        assertThat(administrator.status("DELETE", "/bookmarks/" + id, "")).isEqualTo(200);
    }

    @Test
    void other_programs_tell_events_and_events_are_dismissed_and_brought_back() {
        var event = administrator.post(
                "/events",
                "{\"origin\":\"backup\",\"severity\":\"warning\",\"description\":\"the tape is"
                        + " full\",\"custom_id\":\"7\"}");
        assertThat(event.get("code").asText()).isEqualTo("9802");
        assertThat(event.get("custom_id").asText()).isEqualTo("7");
        assertThat(administrator.status(
                        "POST",
                        "/events",
                        "{\"origin\":\"oVirt\",\"severity\":\"normal\",\"description\":\"x\",\"custom_id\":\"1\"}"))
                .isEqualTo(400);
        String id = event.get("id").asText();
        assertThat(administrator.status("DELETE", "/events/" + id, "")).isEqualTo(200);
        assertThat(administrator.get("/events?max=50").toString()).doesNotContain("the tape is full");
        assertThat(administrator.status("POST", "/events/undelete", "{}")).isEqualTo(200);
        assertThat(administrator.get("/events?max=50").toString()).contains("the tape is full");
        var audit = engine.read(
                administrator.call("GET", "/ovirt-engine/services/audit", "").body());
        assertThat(audit.get("intact").asBoolean()).isTrue();
        assertThat(audit.get("events").asLong()).isPositive();
    }

    @Test
    void what_is_the_same_everywhere_can_be_read() {
        for (String place : List.of("networkfilters", "schedulingpolicyunits", "icons", "clusterlevels")) {
            var list = administrator.get("/" + place).elements().next();
            assertThat(list).as(place).isNotEmpty();
            String id = list.get(0).get("id").asText();
            assertThat(administrator.get("/" + place + "/" + id).get("id").asText())
                    .isEqualTo(id);
        }
        assertThat(administrator
                        .get("/options/MaxNumOfVmSockets?version=4.8")
                        .at("/values/system_option_value/0/value")
                        .asText())
                .isEqualTo("10000");
        assertThat(administrator.status("GET", "/options/NoSuchThing", "")).isEqualTo(404);
    }

    /** As the portal of the field's own engine asks for its list of machines. */
    @Test
    void what_is_asked_for_beside_an_object_comes_with_it() {
        String vm = administrator.machine("detailed");
        administrator.post("/vms/" + vm + "/nics", "{\"name\":\"nic1\"}");
        var listed = administrator.get("/vms;max=20?detail=current_graphics_consoles&current&search="
                + RunningEngine.encoded("name=detailed SORTBY NAME ASC page 1") + "&follow=nics");
        assertThat(listed.at("/vm/0/graphics_consoles/graphics_console/0/protocol")
                        .asText())
                .isEqualTo("vnc");
        assertThat(listed.at("/vm/0/nics/nic/0/name").asText()).isEqualTo("nic1");
        var one = engine.send(engine.request(RunningEngine.API + "/vms/" + vm)
                .header("Authorization", administrator.authorization())
                .header("Accept", "application/json; detail=nics"));
        assertThat(engine.read(one.body()).at("/nics/nic/0/name").asText()).isEqualTo("nic1");
        assertThat(administrator.get("/vms/" + vm + ";detail=statistics").at("/statistics/statistic"))
                .isNotNull();
        assertThat(administrator.status("GET", "/vms/" + vm + "?detail=nonsense,,-main+..", ""))
                .isEqualTo(200);
    }

    @Test
    void the_root_counts_who_there_is_and_who_is_signed_on() {
        var before = administrator.get("").at("/summary/users");
        administrator.user("counted");
        var after = administrator.get("").at("/summary/users");
        assertThat(after.get("total").asLong()).isEqualTo(before.get("total").asLong() + 1);
        assertThat(after.get("active").asLong()).isEqualTo(before.get("active").asLong() + 1);
        assertThat(administrator.get("").at("/summary/storage_domains/active").asLong())
                .isZero();
    }

    @Test
    void whoever_changes_what_holds_for_many_stands_in_the_log() {
        String qos = administrator.add(
                "/datacenters/" + Seeds.DATA_CENTER + "/qoss",
                "{\"name\":\"slow\",\"type\":\"storage\",\"max_iops\":\"100\"}");
        administrator.call("PUT", "/datacenters/" + Seeds.DATA_CENTER + "/qoss/" + qos, "{\"max_iops\":\"200\"}");
        String type = administrator.add("/instancetypes", "{\"name\":\"huge\",\"memory\":\"1073741824\"}");
        administrator.status("DELETE", "/instancetypes/" + type, "");
        String profile = administrator.add(
                "/vnicprofiles", "{\"name\":\"told\",\"network\":{\"id\":\"" + Seeds.MANAGEMENT_NETWORK + "\"}}");
        administrator.status("DELETE", "/vnicprofiles/" + profile, "");
        assertThat(
                        administrator.status(
                                "POST",
                                "/ovirt-engine/services/notifications",
                                "{\"name\":\"pager\",\"kind\":\"webhook\",\"url\":\"https://192.0.2.1/\",\"enabled\":\"false\"}"))
                .isEqualTo(201);
        assertThat(administrator.status("DELETE", "/ovirt-engine/services/notifications/pager", ""))
                .isEqualTo(200);
        assertThat(administrator.get("/events?max=20").toString())
                .contains("The QoS slow was added by admin@internal", "The QoS slow was changed by")
                .contains("The instance type huge was added by", "The instance type huge was removed by")
                .contains("The vNIC profile told of the network ovirtmgmt was removed by")
                .contains("The notification channel pager was removed by admin@internal");
    }

    @Test
    void networks_are_also_changed_below_their_data_center_and_two_at_once_both_count() throws Exception {
        String below = "/datacenters/" + Seeds.DATA_CENTER + "/networks";
        String id = administrator.add(below, "{\"name\":\"both\"}");
        administrator.add("/networks/" + id + "/networklabels", "{\"id\":\"blue\"}");
        var calls = new ArrayList<Callable<Integer>>();
        calls.add(() -> administrator.status("PUT", below + "/" + id, "{\"mtu\":\"9000\"}"));
        calls.add(() -> administrator.status("PUT", "/networks/" + id, "{\"description\":\"storage\"}"));
        calls.add(() -> administrator.status("PUT", "/networks/" + id, "{\"comment\":\"both\"}"));
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var answer : threads.invokeAll(calls)) {
                assertThat(answer.get()).isEqualTo(200);
            }
        }
        var now = administrator.get("/networks/" + id);
        assertThat(now.get("mtu").asText()).isEqualTo("9000");
        assertThat(now.get("description").asText()).isEqualTo("storage");
        assertThat(now.get("comment").asText()).isEqualTo("both");
        assertThat(administrator.names("/networks?search=label%3Dblue", "network"))
                .containsExactly("both");
        assertThat(administrator.status(
                        "DELETE", "/datacenters/00000000-0000-0000-0000-000000000009/networks/" + id, ""))
                .as("of another data center")
                .isEqualTo(404);
        assertThat(administrator.status("DELETE", below + "/" + id, "")).isEqualTo(200);
    }
}
