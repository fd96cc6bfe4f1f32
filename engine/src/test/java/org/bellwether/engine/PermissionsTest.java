package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.bellwether.engine.inventory.Seeds;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Users, groups, roles and permissions through the API, and what they let people do and see. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PermissionsTest {

    private static final String CLUSTER = "/clusters/" + Seeds.CLUSTER;
    private static final String DATA_CENTER = "/datacenters/" + Seeds.DATA_CENTER;

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

    private static String vm(String name) {
        return "{\"name\":\"" + name + "\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}";
    }

    @Test
    void roles_have_the_ids_and_permits_that_clients_know() {
        var roles = administrator.get("/roles?follow=permits").get("role");
        assertThat(roles).hasSizeGreaterThanOrEqualTo(37);
        var owner = administrator.get("/roles/def00006-0000-0000-0000-def000000006");
        assertThat(owner.get("name").asText()).isEqualTo("UserVmManager");
        assertThat(owner.get("administrative").asText()).isEqualTo("false");
        assertThat(owner.get("mutable").asText()).isEqualTo("false");
        assertThat(administrator.names("/roles/def00006-0000-0000-0000-def000000006/permits", "permit"))
                .contains("run_vm", "reset_vm", "manipulate_permissions")
                .doesNotContain("migrate_vm");
        assertThat(administrator
                        .get("/roles/def00006-0000-0000-0000-def000000006/permits/22")
                        .get("name")
                        .asText())
                .isEqualTo("run_vm");
    }

    @Test
    void who_makes_a_machine_owns_it_and_nobody_else_sees_it() {
        var maker = administrator.user("maker");
        var other = administrator.user("other");
        administrator.give("maker", "VmCreator", CLUSTER);
        administrator.give("other", "VmCreator", CLUSTER);
        administrator.post("/vms", vm("not-theirs"));
        String id = maker.add("/vms", vm("makers"));
        assertThat(maker.names("/vms", "vm")).containsExactly("makers");
        assertThat(maker.names("/vms", "vm", "Filter", "true")).containsExactly("makers");
        assertThat(maker.call("GET", "/vms", "", "Filter", "false").statusCode())
                .isEqualTo(403);
        assertThat(other.get("/vms").size()).isZero();
        assertThat(other.status("GET", "/vms/" + id, "")).isEqualTo(404);
        assertThat(other.status("DELETE", "/vms/" + id, "")).isEqualTo(404);
        assertThat(other.status("GET", "/vms/" + id + "/nics", "")).isEqualTo(404);
        assertThat(maker.status("PUT", "/vms/" + id, "{\"description\":\"mine\"}"))
                .isEqualTo(200);
        assertThat(maker.status("POST", "/vms/" + id + "/migrate", "{}")).isEqualTo(403);

        // The owner shares it, and may not share what is not theirs.
        maker.give("other", "UserRole", "/vms/" + id);
        assertThat(other.names("/vms", "vm")).containsExactly("makers");
        assertThat(other.status("PUT", "/vms/" + id, "{\"description\":\"not mine\"}"))
                .isEqualTo(403);
        assertThat(other.status(
                        "POST",
                        "/vms/" + id + "/permissions",
                        "{\"role\":{\"name\":\"UserRole\"},\"group\":{\"name\":\"Everyone\"}}"))
                .isEqualTo(403);
        assertThat(maker.status(
                        "POST",
                        CLUSTER + "/permissions",
                        "{\"role\":{\"name\":\"UserRole\"},\"group\":{\"name\":\"Everyone\"}}"))
                .isEqualTo(403);
        assertThat(maker.call(
                                "POST",
                                "/vms/" + id + "/permissions",
                                "{\"role\":{\"name\":\"ClusterAdmin\"},\"user\":{\"id\":\""
                                        + administrator.userId("maker") + "\"}}")
                        .statusCode())
                .as("nobody makes themselves an administrator")
                .isEqualTo(403);

        // What lies above what one sees can be named, and no more.
        assertThat(other.names("/clusters", "cluster")).containsExactly("Default");
        assertThat(other.get("/hosts").size()).isZero();

        // Gone with the machine.
        assertThat(administrator.get("/vms/" + id + "/permissions").get("permission"))
                .hasSizeGreaterThan(2);
        assertThat(maker.status("DELETE", "/vms/" + id, "")).isEqualTo(200);
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(administrator
                                .get("/users/" + administrator.userId("other") + "/permissions")
                                .toString())
                        .doesNotContain(id));
    }

    @Test
    void a_role_on_a_data_center_holds_for_all_that_lies_in_it() {
        var admin = administrator.user("dcadmin");
        String id = administrator.add("/vms", vm("in-the-data-center"));
        assertThat(admin.status("GET", "/vms/" + id, "")).isEqualTo(403);
        String permission = administrator.give("dcadmin", "DataCenterAdmin", DATA_CENTER);
        assertThat(admin.status("PUT", "/vms/" + id, "{\"description\":\"changed\"}"))
                .isEqualTo(200);
        assertThat(admin.status("PUT", CLUSTER, "{\"description\":\"changed\"}"))
                .isEqualTo(200);
        assertThat(admin.status("POST", "/datacenters", "{\"name\":\"another\",\"local\":false}"))
                .as("a permit on one data center is none on the system")
                .isEqualTo(403);
        assertThat(admin.status("POST", "/users", "{\"user_name\":\"x@internal\",\"domain\":{\"name\":\"internal\"}}"))
                .isEqualTo(403);
        assertThat(administrator.status("DELETE", DATA_CENTER + "/permissions/" + permission, ""))
                .isEqualTo(200);
        assertThat(admin.status("PUT", "/vms/" + id, "{\"description\":\"again\"}"))
                .isEqualTo(403);
    }

    @Test
    void a_group_gives_its_users_what_it_holds() {
        String group =
                administrator.add("/groups", "{\"name\":\"operators\",\"domain\":{\"name\":\"internal-authz\"}}");
        var user = administrator.user("operator");
        String id = administrator.add("/vms", vm("for-operators"));
        administrator.post(
                "/vms/" + id + "/permissions", "{\"role\":{\"name\":\"UserRole\"},\"group\":{\"name\":\"operators\"}}");
        assertThat(user.status("GET", "/vms/" + id, "")).isEqualTo(403);
        assertThat(administrator.status(
                        "PUT",
                        "/users/" + administrator.userId("operator"),
                        "{\"groups\":{\"group\":[{\"id\":\"" + group + "\"}]}}"))
                .isEqualTo(200);
        assertThat(user.names("/vms", "vm")).containsExactly("for-operators");
        assertThat(user.names("/users/" + administrator.userId("operator") + "/groups", "group"))
                .containsExactly("operators");
        engine.restart();
        assertThat(user.names("/vms", "vm")).containsExactly("for-operators");
        assertThat(administrator.status("DELETE", "/groups/" + group, "")).isEqualTo(200);
        assertThat(user.status("GET", "/vms/" + id, "")).isEqualTo(403);
    }

    @Test
    void own_roles_are_made_changed_and_refused_while_somebody_holds_them() {
        String role = administrator.add(
                "/roles",
                "{\"name\":\"Restarter\",\"administrative\":false,\"permits\":{\"permit\":[{\"name\":\"login\"},{\"name\":\"reboot_vm\"}]}}");
        var user = administrator.user("restarter");
        String id = administrator.add("/vms", vm("to-restart"));
        administrator.give("restarter", "Restarter", "/vms/" + id);
        assertThat(user.status("POST", "/vms/" + id + "/stop", "{}")).isEqualTo(403);
        assertThat(administrator.status("POST", "/roles/" + role + "/permits", "{\"name\":\"stop_vm\"}"))
                .isEqualTo(201);
        assertThat(user.status("POST", "/vms/" + id + "/stop", "{}")).isNotEqualTo(403);
        assertThat(administrator.status("POST", "/roles/" + role + "/permits", "{\"name\":\"create_host\"}"))
                .as("a role for users takes no permit for administrators")
                .isEqualTo(400);
        assertThat(administrator.status("DELETE", "/roles/" + role, "")).isEqualTo(409);
        assertThat(administrator.status("DELETE", "/roles/00000000-0000-0000-0000-000000000001/permits/1", ""))
                .isEqualTo(409);
        assertThat(administrator.status("DELETE", "/users/" + administrator.userId("restarter"), ""))
                .isEqualTo(200);
        assertThat(user.status("GET", "/vms", ""))
                .as("signed off with the user")
                .isEqualTo(401);
        assertThat(administrator.status("DELETE", "/roles/" + role, "")).isEqualTo(200);
    }

    @Test
    void a_machine_uses_only_what_its_maker_may_use() {
        var user = administrator.user("user-of");
        administrator.give("user-of", "VmCreator", DATA_CENTER);
        String own = user.add("/vms", vm("own-machine"));
        String restricted = administrator.add(
                "/vnicprofiles", "{\"name\":\"restricted\",\"network\":{\"id\":\"" + Seeds.MANAGEMENT_NETWORK + "\"}}");
        assertThat(user.status("POST", "/vms/" + own + "/nics", nic("a", Seeds.MANAGEMENT_PROFILE.toString())))
                .as("everyone may use the first network")
                .isEqualTo(201);
        assertThat(user.status("POST", "/vms/" + own + "/nics", nic("b", restricted)))
                .isIn(403, 404);
        administrator.give("user-of", "VnicProfileUser", "/vnicprofiles/" + restricted);
        assertThat(user.status("POST", "/vms/" + own + "/nics", nic("b", restricted)))
                .isEqualTo(201);
    }

    private static String nic(String name, String profile) {
        return "{\"name\":\"" + name + "\",\"vnic_profile\":{\"id\":\"" + profile + "\"}}";
    }

    @Test
    void events_and_jobs_tell_users_of_their_own_only() {
        var user = administrator.user("watcher");
        administrator.give("watcher", "VmCreator", CLUSTER);
        administrator.add("/vms", vm("of-somebody-else"));
        String own = user.add("/vms", vm("of-the-watcher"));
        var events = user.get("/events").toString();
        assertThat(events).contains("of-the-watcher").doesNotContain("of-somebody-else");
        assertThat(user.get("/jobs").toString()).contains("of-the-watcher").doesNotContain("of-somebody-else");
        assertThat(user.get("/vms/" + own + "?follow=template,cluster,permissions")
                        .at("/template/name")
                        .asText())
                .isEqualTo("Blank");
    }

    @Test
    void the_first_administrator_cannot_be_locked_out() {
        String admin = administrator.userId("admin");
        assertThat(administrator.status("DELETE", "/users/" + admin, "")).isEqualTo(409);
        for (var permission : administrator.get("/permissions").get("permission")) {
            if (permission.at("/user/id").asText().equals(admin)) {
                assertThat(administrator.status(
                                "DELETE", "/permissions/" + permission.get("id").asText(), ""))
                        .isEqualTo(409);
            }
        }
        assertThat(administrator.status("DELETE", "/groups/eee00000-0000-0000-0000-123456789eee", ""))
                .isEqualTo(409);
        assertThat(administrator.get("/users/" + admin + "/roles").toString()).contains("SuperUser");
    }
}
