package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.bellwether.engine.BwWords.bw;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bellwether.api.types.HighAvailability;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.vm.Vm;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What would follow if hosts failed, as clients see it; the hosts here answer nobody, so nothing finds a place. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ForesightTest {

    private static final String CLUSTERS = "/ovirt-engine/services/placement/clusters";
    private static final String CLUSTER = CLUSTERS + "/" + Seeds.CLUSTER;

    private final ForwardClock clock = new ForwardClock();
    private final Id<Host> one = Id.random();
    private final Id<Host> two = Id.random();
    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder, clock);
        var database = engine.inside().ground().database;
        for (var host : List.of(host(one, "one", 1), host(two, "two", 2))) {
            database.change(tx -> tx.sql()
                    .execute(
                            "insert into hosts (id, name, cluster_id, address, body) values (?, ?, ?, ?, ?::jsonb)",
                            host.id().value(),
                            host.name(),
                            Seeds.CLUSTER,
                            host.address(),
                            Json.write(host)));
        }
        var held = engine.inside().held();
        database.change(tx -> held.vms.insertAll(
                tx, List.of(vm("plain", one, 0), vm("common", one, 1), vm("urgent", one, 100), vm("other", two, 50))));
        engine.restart();
        administrator = engine.administrator();
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private static Host host(Id<Host> id, String name, int number) {
        return new Host(
                id,
                name,
                Id.of(Seeds.CLUSTER),
                "192.0.2." + number,
                54321,
                Host.Wanted.ACTIVE,
                org.bellwether.api.types.Host.builder().build());
    }

    /** @param priority 0: not highly available */
    private static Vm vm(String name, Id<Host> host, long priority) {
        return new Vm(
                Id.random(),
                name,
                Id.of(Seeds.CLUSTER),
                Template.BLANK,
                host,
                1,
                Instant.now(),
                Instant.now(),
                null,
                null,
                org.bellwether.api.types.Vm.builder()
                        .memory(1L << 30)
                        .highAvailability(HighAvailability.builder()
                                .enabled(priority > 0)
                                .priority(priority)
                                .build())
                        .build());
    }

    @Test
    void what_becomes_of_each_machine_is_told_and_why() {
        var answer = administrator.get(CLUSTER + "/what-if?hosts=" + one);
        assertThat(answer.path("machines").findValuesAsText("name")).containsExactly("urgent", "common", "plain");
        assertThat(answer.at("/machines/0/outcome").asText()).isEqualTo("stranded");
        assertThat(answer.at("/machines/0/host_name").asText()).isEqualTo("one");
        assertThat(answer.at("/machines/0/reason").asText()).startsWith("two: it is ");
        assertThat(answer.at("/machines/0/changes/0").asText()).contains("two: bring it up");
        assertThat(answer.at("/machines/2/outcome").asText()).isEqualTo("stays_down");
        assertThat(administrator.status("GET", CLUSTER + "/what-if", "")).isEqualTo(400);
        assertThat(administrator.status("GET", CLUSTER + "/what-if?hosts=" + Id.random(), ""))
                .isEqualTo(404);
        assertThat(administrator.status("GET", CLUSTER + "/what-if?storage_domains=" + Id.random(), ""))
                .as("nobody is told that nothing would happen if what is not there failed")
                .isEqualTo(404);
        assertThat(administrator.status("POST", CLUSTER + "/what-if?hosts=" + one, "{}"))
                .isEqualTo(400);
    }

    @Test
    void whether_a_host_may_fail_is_told_to_administrators_also_to_those_who_may_only_read() {
        var state = administrator.get(CLUSTERS).at("/clusters/0");
        assertThat(state.path("kept").asBoolean()).isFalse();
        assertThat(state.path("machines").asInt()).isEqualTo(3);
        assertThat(administrator.get(CLUSTER).at("/hosts/0/stranded/0/name").asText())
                .isEqualTo("urgent");
        var reader = administrator.user("foresight-reader");
        assertThat(reader.status("GET", CLUSTERS, "")).isEqualTo(403);
        assertThat(reader.status("GET", CLUSTER + "/what-if?hosts=" + one, "")).isEqualTo(403);
        administrator.give("foresight-reader", "ReadOnlyAdmin", "");
        assertThat(reader.get(CLUSTERS).at("/clusters/0/name").asText()).isEqualTo("Default");
        assertThat(engine.nobody().status("GET", CLUSTERS, "")).isEqualTo(401);
    }

    @Test
    void words_say_the_same() {
        var said = bw(engine, "cluster", "what-if", "Default", "--host", "one", "--host", "two");
        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out()).contains("Find no place:", "urgent", "nowhere", "the cluster has no other host");
        assertThat(bw(engine, "cluster", "what-if", "Default").out()).contains("Any one host may fail: no", "common");
        var json = bw(engine, "cluster", "what-if", "Default", "--host", "two", "-o", "json");
        assertThat(engine.read(json.out()).at("/machines/0/name").asText()).isEqualTo("other");
    }

    @Test
    void people_are_told_once_when_no_host_may_fail_and_when_it_may_again() {
        // The first look begins the time that it must hold, and the second, at the engine's own pace, finds it over.
        clock.forward(Duration.ofMinutes(10));
        await().atMost(Duration.ofSeconds(150))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    clock.forward(Duration.ofMinutes(1));
                    assertThat(told(10300)).hasSize(1);
                });
        assertThat(told(10300).getFirst()).contains("If host one failed, 2 of its 2 highly available machines");
        engine.restart();
        administrator = engine.administrator();
        clock.forward(Duration.ofMinutes(10));
        for (var vm : List.of("common", "urgent", "other")) {
            var id =
                    administrator.get("/vms?search=name%3D" + vm).at("/vm/0/id").asText();
            assertThat(administrator.status("PUT", "/vms/" + id, "{\"high_availability\":{\"enabled\":\"false\"}}"))
                    .isEqualTo(200);
        }
        await().atMost(Duration.ofSeconds(150))
                .pollInterval(Duration.ofSeconds(1))
                .untilAsserted(() -> {
                    clock.forward(Duration.ofMinutes(1));
                    assertThat(told(10301)).hasSize(1);
                });
        assertThat(told(10300)).hasSize(1);
        highlyAvailable(true);
        // What was found before is too old then to be shown to the other tests.
        clock.forward(Duration.ofMinutes(2));
    }

    private void highlyAvailable(boolean now) {
        for (var vm : List.of("common", "urgent", "other")) {
            var id =
                    administrator.get("/vms?search=name%3D" + vm).at("/vm/0/id").asText();
            assertThat(administrator.status(
                            "PUT", "/vms/" + id, "{\"high_availability\":{\"enabled\":\"" + now + "\"}}"))
                    .isEqualTo(200);
        }
    }

    private List<String> told(int code) {
        return java.util.stream.StreamSupport.stream(
                        administrator
                                .get("/events?search=type%3D" + code)
                                .path("event")
                                .spliterator(),
                        false)
                .filter(event -> event.path("code").asInt() == code)
                .map(event -> event.path("description").asText())
                .toList();
    }
}
