package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the words for storage domains and disks ask of the engine. */
final class StorageWordsTest {

    private static final String ID = "53786b73-17fd-469c-af72-33017e82eefe";
    private static final String OTHER = "63786b73-17fd-469c-af72-33017e82eefe";
    private static final String DOMAIN = "/storagedomains/" + ID;

    private final ScriptedEngine engine = new ScriptedEngine();

    StorageWordsTest() {
        engine.get(
                        "/storagedomains?search=name%3Dgold",
                        "{'storage_domain':[{'id':'" + ID
                                + "','name':'gold','data_centers':{'data_center':[{'id':'center'}]}}]}")
                .get(DOMAIN, "{'id':'" + ID + "','name':'gold'}");
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private void done(String... words) {
        var said = Said.to(engine, words);
        assertThat(said.err()).isEmpty();
        assertThat(said.code()).isZero();
    }

    private JsonNode sent(String method, String path) {
        var bodies = engine.requests().stream()
                .filter(request ->
                        request.method().equals(method) && request.path().endsWith(path))
                .map(ScriptedEngine.Request::body)
                .toList();
        assertThat(bodies).as(method + " " + path).hasSize(1);
        return Json.parse(bodies.getFirst()).orElseThrow();
    }

    @Test
    void thresholds_and_name_of_a_domain_are_changed_and_nothing_else_is_said_of_it() {
        engine.on("PUT /api" + DOMAIN, 200, "{}");
        done("storage", "update", "gold", "--warn-below", "15", "--no-wipe-after-delete", "--no-wait");
        var change = sent("PUT", DOMAIN);
        assertThat(change.path("warning_low_space_indicator").asText()).isEqualTo("15");
        assertThat(change.path("wipe_after_delete").asText()).isEqualTo("false");
        assertThat(change).hasSize(2);
    }

    @Test
    void connections_are_listed_made_changed_and_given_to_domains() {
        engine.get("/storageconnections", "{'storage_connection':[{'id':'c1','type':'nfs','address':'filer'}]}")
                .get(DOMAIN + "/storageconnections", "{'storage_connection':[{'id':'c2','type':'nfs'}]}")
                .on("POST /api/storageconnections", 201, "{\"id\":\"c3\"}")
                .on("PUT /api/storageconnections/c3", 200, "{\"id\":\"c3\"}")
                .on("POST /api" + DOMAIN + "/storageconnections", 201, "{\"id\":\"c3\"}");
        assertThat(Said.to(engine, "storage", "connection", "list").out()).contains("c1", "filer");
        assertThat(Said.to(engine, "storage", "connection", "list", "gold").out())
                .contains("c2")
                .doesNotContain("c1");
        done("storage", "connection", "add", "--type", "nfs", "--address", "filer", "--path", "/gold");
        assertThat(sent("POST", "/storageconnections").path("path").asText()).isEqualTo("/gold");
        done("storage", "connection", "update", "c3", "--address", "other");
        assertThat(sent("PUT", "/storageconnections/c3").path("address").asText())
                .isEqualTo("other");
        done("storage", "connection", "attach", "gold", "c3");
        assertThat(sent("POST", DOMAIN + "/storageconnections").path("id").asText())
                .isEqualTo("c3");
    }

    @Test
    void what_a_domain_brings_is_listed_by_kind_and_registered_with_its_networks_mapped() {
        var vms = DOMAIN + "/vms";
        engine.get(vms + "?unregistered=true", "{'vm':[{'id':'v1','name':'web'}]}")
                .get(DOMAIN + "/templates?unregistered=true", "{'template':[{'id':'t1','name':'base'}]}")
                .get(DOMAIN + "/disks?unregistered=true", "{'disk':[{'id':'d1','name':'data'}]}")
                .get("/vnicprofiles", "{'vnic_profile':[{'id':'" + OTHER + "','name':'green'}]}")
                .on("POST /api" + vms + "/v1/register", 200, "{}")
                .on("POST /api" + DOMAIN + "/disks?unregistered=true", 201, "{\"id\":\"d1\"}");
        assertThat(Said.to(engine, "storage", "unregistered", "list", "gold").out())
                .contains("vm", "web", "template", "base", "disk", "data");
        done(
                "storage",
                "unregistered",
                "register",
                "gold",
                "web",
                "--name",
                "web2",
                "--partial",
                "--network",
                "red=green");
        var action = sent("POST", vms + "/v1/register");
        assertThat(action.path("vm").path("name").asText()).isEqualTo("web2");
        assertThat(action.path("allow_partial_import").asText()).isEqualTo("true");
        var mapping = action.path("registration_configuration")
                .path("vnic_profile_mappings")
                .path("registration_vnic_profile_mapping")
                .path(0);
        assertThat(mapping.path("from").path("network").path("name").asText()).isEqualTo("red");
        assertThat(mapping.path("to").path("id").asText()).isEqualTo(OTHER);
        done("storage", "unregistered", "register-disk", "gold", "data");
        assertThat(Said.to(engine, "storage", "unregistered", "register", "gold", "db")
                        .err())
                .contains("brings no db");
    }

    @Test
    void a_disk_profile_gets_a_qos_with_its_limits_and_one_without_limits_gets_none() {
        var profiles = DOMAIN + "/diskprofiles";
        engine.on("POST /api/datacenters/center/qoss", 201, "{\"id\":\"q1\"}")
                .on("POST /api" + profiles, 201, "{\"id\":\"p1\"}");
        done("storage", "profile", "add", "gold", "slow", "--iops", "100", "--read-mbytes", "20");
        var qos = sent("POST", "/qoss");
        assertThat(qos.path("type").asText()).isEqualTo("storage");
        assertThat(qos.path("max_iops").asText()).isEqualTo("100");
        assertThat(qos.path("max_read_throughput").asText()).isEqualTo("20");
        assertThat(sent("POST", profiles).path("qos").path("id").asText()).isEqualTo("q1");
        done("storage", "profile", "add", "gold", "free");
        assertThat(engine.requests().stream().filter(request -> request.path().endsWith("/qoss")))
                .hasSize(1);
    }

    @Test
    void a_domain_on_luns_is_taken_in_by_its_id() {
        engine.on("POST /api/storagedomains", 201, "{\"id\":\"" + ID + "\",\"name\":\"gold\"}");
        done("san", "import", "host1", ID, "--fibre-channel", "--no-wait");
        var domain = sent("POST", "/storagedomains");
        assertThat(domain.path("id").asText()).isEqualTo(ID);
        assertThat(domain.path("storage").path("type").asText()).isEqualTo("fcp");
        assertThat(domain.path("host").path("name").asText()).isEqualTo("host1");
    }

    @Test
    void a_disk_is_made_and_changed_with_all_that_can_be_decided_of_it() {
        engine.on("POST /api/disks", 201, "{\"id\":\"" + OTHER + "\",\"name\":\"data\"}")
                .get("/disks?search=name%3Ddata", "{'disk':[{'id':'" + OTHER + "','name':'data'}]}")
                .get("/disks/" + OTHER, "{'id':'" + OTHER + "','name':'data','status':'ok'}")
                .on("PUT /api/disks/" + OTHER, 200, "{}");
        done(
                "disk",
                "create",
                "data",
                "--size",
                "1G",
                "--storage",
                "gold",
                "--shareable",
                "--wipe-after-delete",
                "--profile",
                "p1",
                "--no-wait");
        var disk = sent("POST", "/disks");
        assertThat(List.of(
                        disk.path("shareable").asText(),
                        disk.path("wipe_after_delete").asText(),
                        disk.path("disk_profile").path("id").asText()))
                .containsExactly("true", "true", "p1");
        assertThat(disk.has("backup")).isFalse();
        done("disk", "update", "data", "--incremental-backup", "--no-shareable");
        var change = sent("PUT", "/disks/" + OTHER);
        assertThat(change.path("backup").asText()).isEqualTo("incremental");
        assertThat(change.path("shareable").asText()).isEqualTo("false");
    }

    @Test
    void a_machines_disk_is_plugged_in_and_out() {
        var attachments = "/vms/" + ID + "/diskattachments";
        engine.get("/vms?search=name%3Ddemo", "{'vm':[{'id':'" + ID + "','name':'demo'}]}")
                .get(attachments + "?follow=disk", "{'disk_attachment':[{'id':'a1','disk':{'id':'a1','name':'data'}}]}")
                .on("PUT /api" + attachments + "/a1", 200, "{}");
        done("vm", "disk", "unplug", "demo", "data");
        assertThat(sent("PUT", attachments + "/a1").path("active").asText()).isEqualTo("false");
    }

    @Test
    void how_a_machine_has_a_disk_is_changed_in_what_was_said_and_nothing_else() {
        var attachments = "/vms/" + ID + "/diskattachments";
        engine.get("/vms?search=name%3Ddemo", "{'vm':[{'id':'" + ID + "','name':'demo'}]}")
                .get(attachments + "?follow=disk", "{'disk_attachment':[{'id':'a1','disk':{'id':'a1','name':'data'}}]}")
                .on("PUT /api" + attachments + "/a1", 200, "{}");
        done("vm", "disk", "update", "demo", "data", "--discard", "--no-read-only", "--interface", "virtio_scsi");
        assertThat(sent("PUT", attachments + "/a1").toString())
                .isEqualTo("{\"interface\":\"virtio_scsi\",\"read_only\":\"false\",\"pass_discard\":\"true\"}");
    }
}
