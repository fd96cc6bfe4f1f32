package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.bellwether.api.types.Ssh;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Json;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Whom the engine vouches for at a host; with a host that answers: CockpitTest in the lab. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CockpitPagesTest {
    private static final String PAGE = "/ovirt-engine/services/cockpit/";
    private static final int UNREACHABLE = 503;

    private final Id<Host> host = Id.random();
    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        var known = new Host(
                host,
                "one",
                Id.of(Seeds.CLUSTER),
                "127.0.0.1",
                // Where no agent answers.
                9,
                Host.Wanted.ACTIVE,
                org.bellwether.api.types.Host.builder()
                        .ssh(Ssh.builder().build())
                        .build());
        engine.inside()
                .ground()
                .database
                .change(tx -> tx.sql()
                        .execute(
                                "insert into hosts (id, name, cluster_id, address, body) values (?, ?, ?, ?, ?::jsonb)",
                                host.value(),
                                known.name(),
                                Seeds.CLUSTER,
                                known.address(),
                                Json.write(known)));
        engine.restart();
        administrator = engine.administrator();
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    @Test
    void a_host_without_cockpit_says_so() {
        var way = engine.read(administrator.call("GET", PAGE + host, "").body());
        assertThat(way.get("installed").asBoolean()).isFalse();
        assertThat(way.get("vouches").asBoolean()).isFalse();
        assertThat(way.get("address").asText()).isEqualTo("https://127.0.0.1:9090/bellwether");
        assertThat(administrator.status("POST", PAGE + host, "{}")).isEqualTo(UNREACHABLE);
    }

    @Test
    void what_is_no_host_and_who_is_nobody_are_refused() {
        assertThat(administrator.status("GET", PAGE + "nonsense", "")).isEqualTo(404);
        assertThat(administrator.status("POST", PAGE + Id.random(), "{}")).isEqualTo(404);
        assertThat(administrator.status("DELETE", PAGE + host, "")).isEqualTo(400);
        assertThat(engine.nobody().status("POST", PAGE + host, "{}")).isEqualTo(401);
    }

    @Test
    void whoever_administers_only_that_host_does_not_become_root_there() {
        var ann = administrator.user("ann");
        assertThat(ann.status("POST", PAGE + host, "{}")).isIn(403, 404);
        administrator.give("ann", "HostAdmin", "/hosts/" + host);
        assertThat(ann.status("POST", PAGE + host, "{}")).isEqualTo(403);
        administrator.give("ann", "ClusterAdmin", "/clusters/" + Seeds.CLUSTER);
        assertThat(ann.status("POST", PAGE + host, "{}")).isEqualTo(403);
    }

    @Test
    void whoever_administers_the_hosts_of_the_data_center_does() {
        var bob = administrator.user("bob");
        administrator.give("bob", "HostAdmin", "/datacenters/" + Seeds.DATA_CENTER);
        assertThat(bob.status("POST", PAGE + host, "{}")).isEqualTo(UNREACHABLE);
    }
}
