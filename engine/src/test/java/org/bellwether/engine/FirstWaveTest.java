package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bellwether.api.Route;
import org.bellwether.api.Routes;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The whole of the API's model: what is not served stands here with its reason, so that nothing is forgotten. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class FirstWaveTest {

    /** By the beginning of the names of methods. What begins so and is served all the same is an error, too. */
    private static final Map<String, String> NOT_SERVED = notServed();

    private static Map<String, String> notServed() {
        Map<String, String> reasons = new LinkedHashMap<>();
        for (String legacy : List.of(
                "gluster_",
                "cluster.refresh_gluster_heal_status",
                "katello_",
                "engine_katello_",
                "external_host",
                "external_compute_",
                "external_discovered_",
                "external_provider_",
                "openstack_",
                "images.",
                "image.",
                "system.reload_configurations",
                "storage_domain_vm.import",
                "storage_domain_vm.remove",
                "storage_domain_template.import",
                "storage_domain_template.remove",
                "disk.export",
                "storage_domain_disk.export",
                "attached_storage_domain_disk.export")) {
            reasons.put(legacy, "of systems that are not here, and of export domains, which are only read");
        }
        for (String external : List.of("cluster_external_", "external_network_")) {
            reasons.put(external, "there are no external providers of networks");
        }
        for (String hooks : List.of("host_hook", "cluster_feature", "cluster_enabled_feature")) {
            reasons.put(
                    hooks,
                    "hosts run no programs of others, and clusters have no parts to turn on: the lists are empty");
        }
        for (String later : List.of(
                "iscsi_bond",
                "link_layer_discovery_protocol",
                "virtual_function_",
                "host_nic.update_virtual_functions_configuration",
                "host_cpu_units",
                "storage_server_connection_extension",
                "template_mediated_device",
                "vm_mediated_device.",
                "instance_type_",
                "host.copy_host_networks",
                "disk_snapshot.remove",
                "storage_domain_content_disk",
                "storage_domain_vm_disk_attachment")) {
            reasons.put(later, "of the second wave");
        }
        for (String other : List.of(
                "cluster.reset_emulated_machine",
                "data_center.clean_finished_tasks",
                "data_center.set_master",
                "host.approve",
                "host.force_select_spm")) {
            reasons.put(other, "there is nothing that it would do here");
        }
        reasons.put(
                "vm_graphics_console.proxy_ticket", "the engine itself leads to screens, there is no proxy between");
        for (String vm : List.of("vm.auto_pin_cpu_and_numa_nodes", "vm.logon", "vm.maintenance")) {
            reasons.put(
                    vm, "deprecated; or for guest agents that are not here; or of the page of the engine's machine");
        }
        return reasons;
    }

    private RunningEngine engine;
    private final Set<String> served = new HashSet<>();

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        var names = engine.read(engine.administrator()
                .call("GET", "/ovirt-engine/services/served", "")
                .body());
        names.forEach(name -> served.add(name.asText()));
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    @Test
    void what_is_not_served_has_a_reason() {
        var missing = new TreeSet<String>();
        var needless = new TreeSet<>(NOT_SERVED.keySet());
        List<String> wrong = new ArrayList<>();
        for (Route route : Routes.all()) {
            String name = route.method().toString();
            var reasons = NOT_SERVED.keySet().stream().filter(name::startsWith).toList();
            needless.removeAll(reasons);
            if (!served.contains(name) && reasons.isEmpty()) {
                missing.add(name);
            }
            if (served.contains(name) && !reasons.isEmpty()) {
                wrong.add(name);
            }
        }
        assertThat(missing).as("not served, without a reason").isEmpty();
        assertThat(wrong).as("served, although the test says that it is not").isEmpty();
        assertThat(needless).as("reasons for nothing").isEmpty();
    }

    /** Clients look for what is never there, too: an empty list, not an error; and no change is pretended. */
    @Test
    void what_is_not_served_is_an_empty_list_and_refuses_changes() {
        var administrator = engine.administrator();
        for (Route route : Routes.all()) {
            boolean ofRoot = !route.path().contains("{");
            if (!served.contains(route.method().toString()) && ofRoot) {
                int status = administrator.status(
                        route.verb(), route.path(), route.verb().equals("GET") ? "" : "{}");
                assertThat(status).as(route.toString()).isEqualTo(route.verb().equals("GET") ? 200 : 501);
            }
        }
    }
}
