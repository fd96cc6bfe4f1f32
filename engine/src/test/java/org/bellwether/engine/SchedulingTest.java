package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Affinity groups and scheduling policies as clients see them, and decisions that are kept. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchedulingTest {
    private static final String EVEN = "20d25257-b4bd-4589-92a6-c4c5c5d3fd1a";
    private static final String NONE = "b4ed2332-a7ac-4d5f-9596-99a439cb2812";

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

    private String cluster(String name) {
        return administrator.add("/clusters", "{\"name\":\"" + name + "\",\"data_center\":{\"name\":\"Default\"}}");
    }

    private String vm(String name, String cluster) {
        return administrator.add(
                "/vms",
                "{\"name\":\"" + name + "\",\"cluster\":{\"id\":\"" + cluster
                        + "\"},\"template\":{\"name\":\"Blank\"}}");
    }

    @Test
    void groups_keep_their_members_and_lose_what_is_removed() {
        String cluster = cluster("grouped");
        String vm = vm("member", cluster);
        String label = administrator.add("/affinitylabels", "{\"name\":\"grouped\"}");
        String groups = "/clusters/" + cluster + "/affinitygroups";
        var made = administrator.post(
                groups,
                "{\"name\":\"apart\",\"vms_rule\":{\"positive\":\"false\",\"enforcing\":\"true\"},\"priority\":\"3\","
                        + "\"vms\":{\"vm\":[{\"name\":\"member\"}]}}");
        String group = groups + "/" + made.get("id").asText();
        assertThat(made.at("/vms_rule/enabled").asText()).isEqualTo("true");
        assertThat(made.at("/vms_rule/positive").asText()).isEqualTo("false");
        assertThat(made.at("/hosts_rule/enabled").asText()).isEqualTo("false");
        assertThat(made.get("broken").asText()).isEqualTo("false");
        assertThat(administrator.get(group + "/vms").at("/vm/0/id").asText()).isEqualTo(vm);
        assertThat(administrator.status("POST", groups, "{\"name\":\"apart\"}")).isEqualTo(409);
        administrator.post(group + "/vmlabels", "{\"id\":\"" + label + "\"}");
        assertThat(administrator.get(group).at("/vm_labels/affinity_label/0/id").asText())
                .isEqualTo(label);
        assertThat(administrator
                        .call("PUT", group, "{\"enforcing\":\"false\",\"positive\":\"true\"}")
                        .statusCode())
                .as("as the API's first versions said it")
                .isEqualTo(200);
        assertThat(administrator.get(group).at("/vms_rule/enforcing").asText()).isEqualTo("false");
        engine.restart();
        administrator = engine.administrator();
        assertThat(administrator.names(groups, "affinity_group")).containsExactly("apart");
        assertThat(administrator.status("DELETE", group + "/vmlabels/" + label, ""))
                .isEqualTo(200);
        administrator.status("DELETE", "/vms/" + vm, "");
        org.awaitility.Awaitility.await()
                .untilAsserted(() ->
                        assertThat(administrator.get(group + "/vms").size()).isZero());
        assertThat(administrator.status("DELETE", group, "")).isEqualTo(200);
        assertThat(administrator.status("GET", group, "")).isEqualTo(404);
    }

    @Test
    void a_group_takes_machines_of_its_own_cluster_only() {
        String vm = vm("stranger", cluster("other"));
        String cluster = cluster("strict");
        String group = administrator.add("/clusters/" + cluster + "/affinitygroups", "{\"name\":\"strict\"}");
        assertThat(administrator.status(
                        "POST",
                        "/clusters/" + cluster + "/affinitygroups/" + group + "/vms",
                        "{\"id\":\"" + vm + "\"}"))
                .isEqualTo(409);
        assertThat(administrator.status("GET", "/clusters/" + cluster("third") + "/affinitygroups/" + group, ""))
                .as("it is another cluster's")
                .isEqualTo(404);
        assertThat(administrator.status("DELETE", "/clusters/" + cluster, ""))
                .as("a group does not keep its cluster")
                .isEqualTo(200);
    }

    @Test
    void clusters_have_a_policy_by_id_or_name_and_properties_that_it_knows() {
        String cluster = cluster("policed");
        assertThat(administrator
                        .get("/clusters/" + cluster)
                        .at("/scheduling_policy/id")
                        .asText())
                .isEqualTo(NONE);
        assertThat(administrator.status(
                        "PUT",
                        "/clusters/" + cluster,
                        "{\"scheduling_policy\":{\"name\":\"evenly_distributed\"},\"custom_scheduling_policy_properties\":"
                                + "{\"property\":[{\"name\":\"HighUtilization\",\"value\":\"70\"}]}}"))
                .isEqualTo(200);
        assertThat(administrator
                        .get("/clusters/" + cluster)
                        .at("/scheduling_policy/id")
                        .asText())
                .isEqualTo(EVEN);
        assertThat(
                        administrator.status(
                                "PUT",
                                "/clusters/" + cluster,
                                "{\"custom_scheduling_policy_properties\":{\"property\":[{\"name\":\"HighUtilization\",\"value\":\"much\"}]}}"))
                .isEqualTo(400);
        assertThat(administrator.status(
                        "PUT", "/clusters/" + cluster, "{\"scheduling_policy\":{\"name\":\"no such\"}}"))
                .isEqualTo(404);
    }

    @Test
    void how_machines_migrate_and_what_hosts_do_by_themselves_is_decided_for_a_cluster_and_for_a_machine() {
        String cluster = cluster("moved");
        var said = BwWords.bw(
                engine,
                "cluster",
                "update",
                "moved",
                "--migration-policy",
                "post-copy",
                "--migration-bandwidth",
                "800",
                "--encrypt",
                "--no-fencing",
                "--restart-without-engine");
        assertThat(said.code()).as(said.err()).isZero();
        var now = administrator.get("/clusters/" + cluster);
        assertThat(now.at("/migration/policy/id").asText()).isEqualTo("a7aeedb2-8d66-4e51-bb22-32595027ce71");
        assertThat(now.at("/migration/bandwidth/custom_value").asText()).isEqualTo("800");
        assertThat(now.at("/migration/encrypted").asText()).isEqualTo("true");
        assertThat(now.at("/fencing_policy/enabled").asText()).isEqualTo("false");
        assertThat(now.at("/custom_scheduling_policy_properties/property/0/value")
                        .asText())
                .isEqualTo("true");
        var shown = BwWords.bw(engine, "cluster", "show", "moved");
        assertThat(shown.out()).contains("post-copy").containsPattern("Restart without the engine: +true");
        assertThat(administrator.status(
                        "PUT",
                        "/clusters/" + cluster,
                        "{\"migration\":{\"policy\":{\"id\":\"11111111-2222-3333-4444-555555555555\"}}}"))
                .as("no such policy")
                .isEqualTo(400);

        String vm = vm("mover", cluster);
        said = BwWords.bw(
                engine,
                "vm",
                "update",
                "mover",
                "--migration-policy",
                "suspend-if-needed",
                "--migration-downtime",
                "300",
                "--cpu-pinning",
                "manual",
                "--pin",
                "0=0-1");
        assertThat(said.code()).as(said.err()).isZero();
        var machine = administrator.get("/vms/" + vm);
        assertThat(machine.at("/migration/policy/id").asText()).isEqualTo("80554327-0569-496b-bdeb-fcbbf52b827c");
        assertThat(machine.at("/migration_downtime").asText()).isEqualTo("300");
        assertThat(machine.at("/cpu/cpu_tune/vcpu_pins/vcpu_pin/0/cpu_set").asText())
                .isEqualTo("0-1");
        assertThat(BwWords.bw(engine, "vm", "update", "mover", "--migration-policy", "inherit")
                        .code())
                .isZero();
        assertThat(administrator.get("/vms/" + vm).at("/migration/policy/id").asText())
                .as("its own is taken back")
                .isEmpty();
        assertThat(administrator.status("PUT", "/vms/" + vm, "{\"migration_downtime\":\"900000\"}"))
                .isEqualTo(400);
    }

    @Test
    void policies_of_ones_own_can_be_changed_and_those_that_are_always_there_cannot() {
        assertThat(administrator.names("/schedulingpolicies", "scheduling_policy"))
                .contains("none", "evenly_distributed", "vm_evenly_distributed", "power_saving", "cluster_maintenance");
        String overloaded = "98842bc5-4094-4b83-8224-7b50f86a94c9";
        assertThat(administrator.status("GET", "/schedulingpolicies/" + EVEN + "/filters/" + overloaded, ""))
                .isEqualTo(200);
        assertThat(administrator.status("GET", "/schedulingpolicies/" + NONE + "/filters/" + overloaded, ""))
                .as("a policy that does not say what too much load is keeps no machine from a busy host")
                .isEqualTo(404);
        assertThat(administrator.status("PUT", "/schedulingpolicies/" + EVEN, "{\"description\":\"x\"}"))
                .isEqualTo(409);
        assertThat(administrator.status("POST", "/schedulingpolicies", "{\"name\":\"none\"}"))
                .isEqualTo(409);
        String own = administrator.add(
                "/schedulingpolicies",
                "{\"name\":\"own\",\"properties\":{\"property\":[{\"name\":\"HighVmCount\",\"value\":\"7\"}]}}");
        String policy = "/schedulingpolicies/" + own;
        String memory = administrator.add(
                policy + "/weights",
                "{\"factor\":\"7\",\"scheduling_policy_unit\":{\"id\":\"4134247a-9c58-4b9a-8593-530bb9e37c59\"}}");
        assertThat(administrator
                        .get(policy + "/weights/" + memory)
                        .get("factor")
                        .asText())
                .isEqualTo("7");
        String balance = administrator.add(
                policy + "/balances", "{\"scheduling_policy_unit\":{\"id\":\"d58c8e32-44e1-418f-9222-52cd887bf9e0\"}}");
        assertThat(administrator.get(policy + "/balances").at("/balance/0/id").asText())
                .isEqualTo(balance);
        String filter =
                administrator.get(policy + "/filters").at("/filter/0/id").asText();
        assertThat(administrator.status("DELETE", policy + "/filters/" + filter, ""))
                .isEqualTo(200);
        assertThat(administrator.status("GET", policy + "/filters/" + filter, ""))
                .isEqualTo(404);
        assertThat(administrator.status(
                        "POST", policy + "/filters", "{\"scheduling_policy_unit\":{\"id\":\"" + own + "\"}}"))
                .isEqualTo(400);
        String cluster = cluster("own policy");
        administrator.status("PUT", "/clusters/" + cluster, "{\"scheduling_policy\":{\"id\":\"" + own + "\"}}");
        assertThat(administrator.status("DELETE", policy, ""))
                .as("a cluster uses it")
                .isEqualTo(409);
        assertThat(administrator.status("DELETE", "/clusters/" + cluster, "")).isEqualTo(200);
        assertThat(administrator.status("DELETE", policy, "")).isEqualTo(200);
    }

    @Test
    void a_start_that_finds_no_host_is_kept_with_its_reasons_and_what_would_help() {
        String vm = vm("homeless", cluster("hostless"));
        var refused = administrator.call("POST", "/vms/" + vm + "/start", "{}");
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("Add a host to the cluster");
        var why = administrator.get("/ovirt-engine/services/placement/vms/" + vm);
        assertThat(why.at("/policy").asText()).isEqualTo("none");
        assertThat(why.at("/kept/0/occasion").asText()).isEqualTo("start");
        assertThat(why.at("/kept/0/changes/0").asText()).contains("Add a host");
        assertThat(why.at("/kept/0/chosen").isMissingNode()).isTrue();
    }
}
