package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is decided of machines and templates that are off, which needs no host. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MachineSettingsTest {

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
    void numa_nodes_come_change_and_go_and_never_have_more_than_the_machine() {
        String vm = machine("numa", ",\"memory\":\"268435456\",\"cpu\":{\"topology\":{\"sockets\":\"2\"}}");
        String nodes = "/vms/" + vm + "/numanodes";
        assertThat(administrator.status("POST", nodes, node(0, 64, 9))).isEqualTo(400);
        assertThat(administrator.status("POST", nodes, node(0, 512, 0))).isEqualTo(400);
        String first = administrator.add(nodes, node(0, 128, 0));
        assertThat(administrator.status("POST", nodes, node(0, 64, 1)))
                .as("a number is there once")
                .isEqualTo(400);
        assertThat(administrator.status("POST", nodes, node(1, 64, 0)))
                .as("a CPU is in one node")
                .isEqualTo(400);
        String second = administrator.add(nodes, node(1, 64, 1));
        administrator.call("PUT", nodes + "/" + second, "{\"memory\":\"96\",\"numa_tune_mode\":\"strict\"}");
        JsonNode changed = administrator.get(nodes + "/" + second);
        assertThat(changed.path("memory").asText()).isEqualTo("96");
        assertThat(changed.path("numa_tune_mode").asText()).isEqualTo("strict");
        assertThat(changed.at("/numa_node_pins/numa_node_pin/0/index").asText()).isEqualTo("1");
        assertThat(administrator.status("PUT", "/vms/" + vm, "{\"memory\":\"134217728\"}"))
                .as("less memory than its nodes have")
                .isEqualTo(400);
        assertThat(administrator.status("DELETE", nodes + "/" + first, "")).isEqualTo(200);
        List<String> left = new ArrayList<>();
        administrator
                .get(nodes)
                .path("vm_numa_node")
                .forEach(each -> left.add(each.path("id").asText()));
        assertThat(left).containsExactly(second);
        assertThat(
                        administrator.status(
                                "PUT",
                                "/vms/" + vm,
                                "{\"cpu\":{\"cpu_tune\":{\"vcpu_pins\":{\"vcpu_pin\":[{\"vcpu\":\"0\",\"cpu_set\":\"1;rm\"}]}}}}"))
                .isEqualTo(400);
    }

    private static String node(int index, int memory, int cpu) {
        return "{\"index\":\"%d\",\"memory\":\"%d\",\"cpu\":{\"cores\":{\"core\":[{\"index\":\"%d\"}]}},\"numa_node_pins\":{\"numa_node_pin\":[{\"index\":\"%d\"}]}}"
                .formatted(index, memory, cpu, index);
    }

    @Test
    void machines_begin_with_the_first_boot_of_their_template_and_nobody_reads_its_password() {
        String vm = machine("booted", ",\"initialization\":{\"host_name\":\"its-own\"}");
        String template = template(
                vm,
                "booting",
                ",\"initialization\":{\"user_name\":\"anna\",\"root_password\":\"secret\",\"timezone\":\"UTC\"}");
        JsonNode shown = administrator.get("/templates/" + template).path("initialization");
        assertThat(shown.path("user_name").asText()).isEqualTo("anna");
        assertThat(shown.has("root_password")).isFalse();
        assertThat(shown.has("host_name")).as("which only one can have").isFalse();
        administrator.call("PUT", "/templates/" + template, "{\"initialization\":{\"timezone\":\"\"}}");
        String made = administrator.add(
                "/vms",
                "{\"name\":\"boots\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"id\":\"" + template
                        + "\"},\"initialization\":{\"host_name\":\"boots\"}}");
        JsonNode begins = administrator.get("/vms/" + made).path("initialization");
        assertThat(begins.path("user_name").asText()).isEqualTo("anna");
        assertThat(begins.path("host_name").asText()).isEqualTo("boots");
        assertThat(begins.has("timezone")).isFalse();
        assertThat(begins.has("root_password")).isFalse();
        assertThat(stored("vms", made)).contains("$6$").doesNotContain("secret");
        assertThat(stored("templates", template)).contains("$6$").doesNotContain("secret");
        administrator.call("PUT", "/templates/" + template, "{\"initialization\":{}}");
        assertThat(administrator.get("/templates/" + template).has("initialization"))
                .isFalse();
    }

    private String stored(String table, String id) {
        Object body = engine.inside()
                .ground()
                .database
                .transaction(tx -> tx.sql()
                        .fetchValue(
                                "select body::text from " + table + " where id = ?", java.util.UUID.fromString(id)));
        return String.valueOf(body);
    }

    private String template(String vm, String name, String more) {
        String template = administrator.add(
                "/templates", "{\"name\":\"" + name + "\",\"vm\":{\"id\":\"" + vm + "\"}" + more + "}");
        await("the template is there")
                .atMost(Duration.ofSeconds(60))
                .until(() -> administrator
                        .get("/templates/" + template)
                        .path("status")
                        .asText()
                        .equals("ok"));
        return template;
    }

    @Test
    void a_templates_network_interfaces_are_changed_and_have_no_addresses() {
        String vm = machine("pattern", "");
        administrator.add("/vms/" + vm + "/nics", "{\"name\":\"nic1\"}");
        String template = template(vm, "pattern", "");
        String nics = "/templates/" + template + "/nics";
        assertThat(administrator.names(nics, "nic")).containsExactly("nic1");
        String extra = administrator.add(nics, "{\"name\":\"extra\"}");
        assertThat(administrator.status("POST", nics, "{\"name\":\"extra\"}")).isEqualTo(409);
        assertThat(administrator.status(
                        "POST", nics, "{\"name\":\"mine\",\"mac\":{\"address\":\"56:6f:00:00:00:01\"}}"))
                .isEqualTo(400);
        administrator.call("PUT", nics + "/" + extra, "{\"name\":\"other\"}");
        assertThat(administrator.get(nics + "/" + extra).has("mac")).isFalse();
        String made = administrator.add(
                "/vms", "{\"name\":\"made\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"pattern\"}}");
        assertThat(administrator.names("/vms/" + made + "/nics", "nic")).containsExactly("nic1", "other");
        assertThat(administrator.status("DELETE", nics + "/" + extra, "")).isEqualTo(200);
        assertThat(administrator.names(nics, "nic")).containsExactly("nic1");
        assertThat(administrator
                        .get("/templates/" + template + "/cdroms")
                        .at("/cdrom/0/id")
                        .asText())
                .isEqualTo("00000000-0000-0000-0000-000000000000");
        assertThat(administrator.status(
                        "POST", "/templates/00000000-0000-0000-0000-000000000000/nics", "{\"name\":\"nic1\"}"))
                .as("Blank stays so")
                .isEqualTo(409);
    }

    @Test
    void a_machine_that_is_off_has_no_file_for_remote_viewer() {
        String vm = machine("dark", "");
        String console = "/vms/" + vm + "/graphicsconsoles/766e63";
        assertThat(administrator.status("POST", console + "/remoteviewerconnectionfile", "{}"))
                .isEqualTo(409);
        assertThat(engine.send(engine.request("/ovirt-engine/api" + console)
                                .header("Authorization", administrator.authorization())
                                .header("Accept", "application/x-virt-viewer")
                                .GET())
                        .statusCode())
                .isEqualTo(409);
    }

    @Test
    void a_machine_that_is_made_of_nothing_has_the_firmware_of_its_cluster() {
        administrator.add(
                "/clusters", "{\"name\":\"uefi\",\"data_center\":{\"name\":\"Default\"},\"bios_type\":\"q35_ovmf\"}");
        String made = administrator.add(
                "/vms", "{\"name\":\"of-uefi\",\"cluster\":{\"name\":\"uefi\"},\"template\":{\"name\":\"Blank\"}}");
        assertThat(administrator.get("/vms/" + made).at("/bios/type").asText()).isEqualTo("q35_ovmf");
        String own = administrator.add(
                "/vms",
                "{\"name\":\"of-its-own\",\"cluster\":{\"name\":\"uefi\"},\"template\":{\"name\":\"Blank\"},"
                        + "\"bios\":{\"type\":\"i440fx_sea_bios\"}}");
        assertThat(administrator.get("/vms/" + own).at("/bios/type").asText()).isEqualTo("i440fx_sea_bios");
    }

    @Test
    void where_an_archive_lies_decides_and_not_who_made_it() {
        String place = ",\"cluster\":{\"name\":\"Default\"},\"storage_domain\":{\"name\":\"nowhere\"}}";
        for (String url : List.of("ova:///var/tmp/x.ova", "file:///var/tmp/x.ova", "/var/tmp/x.ova")) {
            var archive = administrator.call(
                    "POST", "/externalvmimports", "{\"provider\":\"kvm\",\"url\":\"" + url + "\"" + place);
            assertThat(archive.body()).as(url).contains("nowhere").doesNotContain("libvirt");
        }
        var machine = administrator.call(
                "POST", "/externalvmimports", "{\"provider\":\"kvm\",\"url\":\"qemu:///system\"" + place);
        assertThat(machine.statusCode()).isEqualTo(400);
        assertThat(machine.body()).contains("from which libvirt");
    }

    @Test
    void a_template_of_a_machine_without_disks_cannot_be_sealed() {
        String vm = administrator.machine("diskless");
        String wish = "{\"name\":\"of-nothing\",\"vm\":{\"id\":\"" + vm + "\"}}";
        var refused = administrator.call("POST", "/templates?seal=true", wish);
        assertThat(refused.statusCode()).isEqualTo(409);
        assertThat(refused.body()).contains("of-nothing cannot be sealed", "no disk");
        assertThat(administrator.names("/templates", "template")).doesNotContain("of-nothing");
    }

    @Test
    void settings_for_the_first_boot_are_added_to_each_other_and_taken_away_by_an_empty_one() {
        String vm = machine("told", ",\"initialization\":{\"host_name\":\"told\",\"root_password\":\"secret\"}");
        administrator.call("PUT", "/vms/" + vm, "{\"initialization\":{\"timezone\":\"Europe/Berlin\"}}");
        JsonNode both = administrator.get("/vms/" + vm).path("initialization");
        assertThat(both.path("host_name").asText()).isEqualTo("told");
        assertThat(both.path("timezone").asText()).isEqualTo("Europe/Berlin");
        administrator.call("PUT", "/vms/" + vm, "{\"initialization\":{}}");
        assertThat(administrator.get("/vms/" + vm).path("initialization").has("host_name"))
                .isFalse();
    }

    @Test
    void custom_properties_are_those_of_the_configuration_and_values_match_it() {
        String vm = machine("custom", property("color", "red"));
        assertThat(administrator
                        .get("/vms/" + vm)
                        .at("/custom_properties/custom_property/0/value")
                        .asText())
                .isEqualTo("red");
        assertThat(administrator.status(
                        "PUT", "/vms/" + vm, "{" + property("color", "green").substring(1) + "}"))
                .isEqualTo(200);
        assertThat(administrator
                        .call(
                                "PUT",
                                "/vms/" + vm,
                                "{" + property("color", "blue").substring(1) + "}")
                        .body())
                .contains("red|green");
        assertThat(administrator
                        .call("PUT", "/vms/" + vm, "{" + property("size", "1").substring(1) + "}")
                        .body())
                .contains("hugepages, color");
        assertThat(administrator.status(
                        "PUT", "/vms/" + vm, "{" + property("hugepages", "3").substring(1) + "}"))
                .isEqualTo(400);
        assertThat(administrator.status("PUT", "/vms/" + vm, "{\"usb\":{\"enabled\":\"true\",\"type\":\"legacy\"}}"))
                .isEqualTo(400);
        assertThat(administrator.status("PUT", "/vms/" + vm, "{\"usb\":{\"enabled\":\"true\",\"type\":\"native\"}}"))
                .isEqualTo(200);
    }

    private static String property(String name, String value) {
        return ",\"custom_properties\":{\"custom_property\":[{\"name\":\"" + name + "\",\"value\":\"" + value + "\"}]}";
    }

    @Test
    void a_machine_is_given_devices_of_a_host_that_is_known_only() {
        String vm = machine("given", "");
        assertThat(administrator
                        .call("POST", "/vms/" + vm + "/hostdevices", "{\"name\":\"pci_0000_00_1f_2\"}")
                        .body())
                .contains("pin the machine");
        assertThat(administrator.status("POST", "/vms/" + vm + "/hostdevices", "{}"))
                .isEqualTo(400);
        assertThat(administrator
                        .get("/vms/" + vm + "/hostdevices")
                        .path("host_device")
                        .size())
                .isZero();
        assertThat(administrator.status("GET", "/vms/" + vm + "/mediateddevices", ""))
                .isEqualTo(200);
        assertThat(administrator
                        .call("POST", "/vms/" + vm + "/mediateddevices", "{}")
                        .body())
                .contains("does not divide devices", "bw vm device add");
        assertThat(administrator.status("DELETE", "/vms/" + vm + "/hostdevices/7063", ""))
                .isEqualTo(404);
    }

    private String machine(String name, String more) {
        return administrator.add(
                "/vms",
                "{\"name\":\"" + name + "\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}" + more
                        + "}");
    }
}
