package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Commands that wait say what became of what they began, in the engine's words. */
final class WaitingTest {

    private static final String ID = "53786b73-17fd-469c-af72-33017e82eefe";
    private static final String HOST1 = "11111111-17fd-469c-af72-33017e82eefe";
    private static final String HOST2 = "22222222-17fd-469c-af72-33017e82eefe";
    private static final String JOBS = "/jobs?search=correlation_id%3D*";
    private static final String EVENTS = "/events?search=correlation_id%3D*";

    private final ScriptedEngine engine = new ScriptedEngine();

    @AfterEach
    void stop() {
        engine.close();
    }

    private static String vm(String status, String host) {
        return "{'id':'%s','name':'demo','status':'%s','host':{'id':'%s'}}".formatted(ID, status, host);
    }

    private void begin(String verb) {
        engine.on("POST /api/vms/" + ID + "/" + verb, 200, "{\"status\":\"complete\"}");
    }

    @Test
    void creating_takes_the_templates_cluster_and_waits_until_the_disks_are_made() {
        engine.get(
                        "/templates",
                        "{'template':[{'id':'old','name':'tiny','version':{'version_number':'1'},'cluster':{'id':'c'}},"
                                + "{'id':'new','name':'tiny','version':{'version_number':'2'},'cluster':{'id':'c'}}]}")
                .on("POST /api/vms", 202, vm("image_locked", "").replace('\'', '"'))
                .get("/vms/" + ID, vm("image_locked", ""))
                .get("/vms/" + ID, vm("down", ""))
                .get(JOBS, "{'job':[{'id':'j','status':'started'}]}");

        var said = Said.to(engine, "vm", "create", "demo", "--template", "tiny", "--memory", "512M", "--cpus", "2");

        assertThat(said.err()).isEmpty();
        assertThat(said.out()).isEqualTo("Machine demo is made.\n");
        var sent = Json.parse(engine.requests("POST").getFirst().body()).orElseThrow();
        assertThat(sent.path("template").path("id").asText()).isEqualTo("new");
        assertThat(sent.path("cluster").path("id").asText()).isEqualTo("c");
        assertThat(sent.path("memory").asText()).isEqualTo("536870912");
        assertThat(sent.path("cpu").path("topology").path("sockets").asText()).isEqualTo("2");
    }

    @Test
    void a_start_that_fails_exits_with_1_in_the_words_of_the_event() {
        begin("start");
        engine.get("/vms/" + ID, vm("down", ""))
                .get(JOBS, "{'job':[{'id':'j','status':'failed','description':'Launching VM demo'}]}")
                .get(
                        EVENTS,
                        "{'event':[{'severity':'error','description':'VM demo could not be started: no memory'},"
                                + "{'severity':'normal','description':'asked'}]}");

        var said = Said.to(engine, "vm", "start", ID);

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("bw: VM demo could not be started: no memory.\n");
    }

    @Test
    void without_such_an_event_the_failed_step_speaks() {
        begin("migrate");
        engine.get("/vms/" + ID, vm("up", HOST1))
                .get("/hosts/" + HOST2, "{'id':'" + HOST2 + "','name':'host2'}")
                .get(JOBS, "{'job':[{'id':'j','status':'failed','description':'Migrating VM demo'}]}")
                .get(EVENTS, "{}")
                .get("/jobs/j/steps", "{'step':[{'status':'failed','description':'Move: the link broke'}]}");

        var said = Said.to(engine, "vm", "migrate", ID, "--host", HOST2);

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("bw: Migrating VM demo has failed: Move: the link broke.\n");
    }

    @Test
    void a_migration_is_over_when_the_machine_runs_on_the_destination() {
        begin("migrate");
        engine.get("/vms/" + ID, vm("up", HOST1))
                .get("/vms/" + ID, vm("migrating", HOST1))
                .get("/vms/" + ID, vm("migrating", HOST2))
                .get("/vms/" + ID, vm("up", HOST2))
                .get("/hosts/" + HOST2, "{'id':'" + HOST2 + "','name':'host2'}")
                .get(JOBS, "{'job':[{'id':'j','status':'started'}]}");

        var said = Said.to(engine, "vm", "migrate", ID, "--host", HOST2);

        assertThat(said.err()).isEmpty();
        assertThat(said.out()).isEqualTo("Machine demo runs on host2.\n");
        assertThat(engine.requests("POST").getFirst().body()).isEqualTo("{\"host\":{\"id\":\"" + HOST2 + "\"}}");
    }

    @Test
    void what_does_not_end_in_time_exits_with_4_and_says_that_it_goes_on() {
        begin("stop");
        engine.get("/vms/" + ID, vm("powering_down", HOST1)).get(JOBS, "{}");

        var said = Said.to(engine, "vm", "stop", ID, "--timeout", "1");

        assertThat(said.code()).isEqualTo(4);
        assertThat(said.err()).contains("machine demo to be down", "in vain", "--timeout");
        assertThat(engine.tokens()).isEmpty();
    }

    @Test
    void a_guest_that_does_not_listen_can_be_switched_off() {
        begin("shutdown");
        engine.get("/vms/" + ID, vm("up", HOST1)).get(JOBS, "{}");

        var said = Said.to(engine, "vm", "shutdown", ID, "--timeout", "1");

        assertThat(said.code()).isEqualTo(4);
        assertThat(said.err()).contains("bw vm stop demo");
    }

    @Test
    void who_does_not_wait_is_told_that_it_was_begun() {
        begin("stop");
        engine.get("/vms/" + ID, vm("powering_down", HOST1));

        var said = Said.to(engine, "vm", "stop", ID, "--no-wait");

        assertThat(said.code()).isZero();
        assertThat(said.out()).isEqualTo("Machine demo is stopping.\n");
    }

    @Test
    void an_engine_that_restarts_is_waited_for() {
        begin("start");
        engine.get("/vms/" + ID, vm("down", ""))
                .on("GET /api/vms/" + ID, 503, "{\"reason\":\"Operation Failed\",\"detail\":\"[Starting]\"}")
                .get("/vms/" + ID, vm("up", HOST1))
                .get("/hosts/" + HOST1, "{'id':'" + HOST1 + "','name':'host1'}");

        var said = Said.to(engine, "vm", "start", ID);

        assertThat(said.err()).isEmpty();
        assertThat(said.out()).isEqualTo("Machine demo is up on host1.\n");
    }

    @Test
    void a_machine_that_vanishes_while_it_is_made_is_not_waited_for_forever() {
        engine.get("/templates", "{'template':[{'id':'t','name':'tiny','cluster':{'id':'c'}}]}")
                .on("POST /api/vms", 202, vm("image_locked", "").replace('\'', '"'))
                .get(JOBS, "{'job':[{'id':'j','status':'aborted','description':'Creating VM demo'}]}")
                .get(EVENTS, "{'event':[{'severity':'error','description':'No room for the disks of demo'}]}");

        var said = Said.to(engine, "vm", "create", "demo", "--template", "tiny");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.err()).isEqualTo("bw: No room for the disks of demo.\n");
    }

    @Test
    void removing_waits_until_it_is_gone() {
        engine.get("/vms/" + ID, vm("down", ""))
                .get("/vms/" + ID, vm("image_locked", ""))
                .on("GET /api/vms/" + ID, 404, "{\"reason\":\"Operation Failed\",\"detail\":\"[No such machine]\"}")
                .on("DELETE /api/vms/" + ID + "?detach_only=true", 200, "{\"status\":\"complete\"}")
                .get(JOBS, "{}");

        var said = Said.to(engine, "vm", "remove", ID, "--keep-disks", "-o", "json");

        assertThat(said.code()).isZero();
        assertThat(said.out()).contains(ID);
    }
}
