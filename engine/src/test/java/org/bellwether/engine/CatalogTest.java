package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
}
