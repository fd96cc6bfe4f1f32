package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** MAC pools, CPU profiles, affinity labels, and jobs of other programs. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PoolsLabelsJobsTest {
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

    private String cluster(String name, String more) {
        return administrator.add(
                "/clusters", "{\"name\":\"" + name + "\",\"data_center\":{\"name\":\"Default\"}" + more + "}");
    }

    private String vm(String name, String cluster) {
        return administrator.add(
                "/vms",
                "{\"name\":\"" + name + "\",\"cluster\":{\"id\":\"" + cluster
                        + "\"},\"template\":{\"name\":\"Blank\"}}");
    }

    private String mac(String vm, String name) {
        return administrator
                .post("/vms/" + vm + "/nics", "{\"name\":\"" + name + "\"}")
                .at("/mac/address")
                .asText();
    }

    @Test
    void addresses_are_unique_kept_for_stopped_machines_and_given_again() {
        String pool = administrator.add(
                "/macpools",
                "{\"name\":\"small\",\"ranges\":{\"range\":[{\"from\":\"02:00:00:00:00:01\",\"to\":\"02:00:00:00:00:03\"}]}}");
        String cluster = cluster("pooled", ",\"mac_pool\":{\"name\":\"small\"}");
        assertThat(administrator.get("/clusters/" + cluster).at("/mac_pool/id").asText())
                .isEqualTo(pool);
        String vm = vm("pooled1", cluster);
        Set<String> given = new HashSet<>();
        for (int i = 1; i <= 3; i++) {
            given.add(mac(vm, "nic" + i));
        }
        assertThat(given).containsExactlyInAnyOrder("02:00:00:00:00:01", "02:00:00:00:00:02", "02:00:00:00:00:03");
        var full = administrator.call("POST", "/vms/" + vm + "/nics", "{\"name\":\"nic4\"}");
        assertThat(full.statusCode()).isEqualTo(409);
        assertThat(full.body()).contains("ll 3 of the MAC pool small are taken");
        engine.restart();
        administrator = engine.administrator();
        assertThat(administrator.status("POST", "/vms/" + vm + "/nics", "{\"name\":\"nic4\"}"))
                .as("after a restart they are still taken")
                .isEqualTo(409);
        assertThat(administrator.status("DELETE", "/vms/" + vm, "")).isEqualTo(200);
        org.awaitility.Awaitility.await().until(() -> administrator.status("GET", "/vms/" + vm, "") == 404);
        assertThat(given).contains(mac(vm("pooled2", cluster), "nic1"));
        assertThat(administrator.status("DELETE", "/macpools/" + pool, ""))
                .as("a cluster uses it")
                .isEqualTo(409);
    }

    @Test
    void an_address_is_given_twice_only_where_the_pool_allows_it() {
        administrator.add(
                "/macpools",
                "{\"name\":\"twice\",\"allow_duplicates\":\"true\",\"ranges\":{\"range\":[{\"from\":\"02:00:00:00:01:00\",\"to\":\"02:00:00:00:01:ff\"}]}}");
        String lenient = cluster("lenient", ",\"mac_pool\":{\"name\":\"twice\"}");
        String nic = "{\"name\":\"nic1\",\"mac\":{\"address\":\"02:00:00:00:09:09\"}}";
        assertThat(administrator.status("POST", "/vms/" + vm("one", lenient) + "/nics", nic))
                .isEqualTo(201);
        assertThat(administrator.status("POST", "/vms/" + vm("two", lenient) + "/nics", nic))
                .isEqualTo(201);
        String strict = cluster("strict", "");
        assertThat(administrator.status("POST", "/vms/" + vm("three", strict) + "/nics", nic))
                .isEqualTo(409);
    }

    @Test
    void ranges_that_cannot_be_are_refused() {
        for (String range : new String[] {
            "{\"from\":\"02:00:00:00:00:09\",\"to\":\"02:00:00:00:00:01\"}",
            "{\"from\":\"03:00:00:00:00:00\",\"to\":\"03:00:00:00:00:01\"}",
            "{\"from\":\"02:00:00:00:00:00\",\"to\":\"04:00:00:00:00:01\"}",
            "{\"from\":\"nonsense\",\"to\":\"02:00:00:00:00:01\"}"
        }) {
            assertThat(administrator.status(
                            "POST", "/macpools", "{\"name\":\"bad\",\"ranges\":{\"range\":[" + range + "]}}"))
                    .as(range)
                    .isEqualTo(400);
        }
    }

    @Test
    void each_cluster_has_a_cpu_profile() {
        String cluster = cluster("profiled", "");
        String vm = vm("profiled1", cluster);
        var profiles =
                administrator.get("/clusters/" + cluster + "/cpuprofiles").get("cpu_profile");
        assertThat(profiles.size()).isEqualTo(1);
        assertThat(administrator.get("/vms/" + vm).at("/cpu_profile/id").asText())
                .isEqualTo(profiles.get(0).get("id").asText());
        assertThat(administrator.status(
                        "DELETE", "/cpuprofiles/" + profiles.get(0).get("id").asText(), ""))
                .isEqualTo(409);
        String more = administrator.add("/clusters/" + cluster + "/cpuprofiles", "{\"name\":\"more\"}");
        assertThat(administrator.names("/cpuprofiles", "cpu_profile")).contains("more");
        assertThat(administrator.status("DELETE", "/cpuprofiles/" + more, "")).isEqualTo(200);
    }

    @Test
    void labels_are_put_on_machines_from_either_side_and_go_with_them() {
        String vm = vm("labelled", cluster("labels", ""));
        String label = administrator.add("/affinitylabels", "{\"name\":\"fast\"}");
        administrator.post("/affinitylabels/" + label + "/vms", "{\"id\":\"" + vm + "\"}");
        assertThat(administrator.names("/vms/" + vm + "/affinitylabels", "affinity_label"))
                .containsExactly("fast");
        assertThat(administrator.status("DELETE", "/vms/" + vm + "/affinitylabels/" + label, ""))
                .isEqualTo(200);
        assertThat(administrator.get("/affinitylabels/" + label + "/vms").size())
                .isZero();
        administrator.post("/vms/" + vm + "/affinitylabels", "{\"name\":\"fast\"}");
        administrator.status("PUT", "/affinitylabels/" + label, "{\"has_implicit_affinity_group\":\"true\"}");
        var started = administrator.call("POST", "/vms/" + vm + "/start", "{}");
        assertThat(started.statusCode()).as("no host has the label").isEqualTo(409);
        administrator.status("DELETE", "/vms/" + vm, "");
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(administrator
                                .get("/affinitylabels/" + label + "/vms")
                                .size())
                        .isZero());
    }

    @Test
    void other_programs_tell_of_their_jobs() {
        var job = administrator.post("/jobs", "{\"description\":\"Backing up\",\"auto_cleared\":\"false\"}");
        String path = "/jobs/" + job.get("id").asText();
        assertThat(job.get("external").asText()).isEqualTo("true");
        assertThat(job.get("status").asText()).isEqualTo("started");
        String step = administrator.add(path + "/steps", "{\"description\":\"Reading\",\"type\":\"validating\"}");
        administrator.add(path + "/steps", "{\"description\":\"Writing\",\"type\":\"executing\"}");
        administrator.post(path + "/steps/" + step + "/end", "{\"succeeded\":\"true\"}");
        assertThat(administrator.get(path + "/steps/" + step).get("status").asText())
                .isEqualTo("finished");
        engine.restart();
        administrator = engine.administrator();
        assertThat(administrator.get(path).get("status").asText())
                .as("the engine does not resume what is not its own")
                .isEqualTo("started");
        administrator.post(path + "/end", "{\"succeeded\":\"false\"}");
        assertThat(administrator.get(path).get("status").asText()).isEqualTo("failed");
        assertThat(administrator.status("POST", path + "/steps", "{\"description\":\"late\",\"type\":\"executing\"}"))
                .isEqualTo(409);
        administrator.post(path + "/clear", "{}");
        assertThat(administrator.status("GET", path, "")).isEqualTo(404);
    }
}
