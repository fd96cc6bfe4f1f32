package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the words for a machine's settings and for its first boot send to the engine. */
final class VmSettingsTest {

    private static final String ID = "53786b73-17fd-469c-af72-33017e82eefe";

    private final ScriptedEngine engine = new ScriptedEngine();

    @AfterEach
    void stop() {
        engine.close();
    }

    @Test
    void only_what_is_said_is_sent_and_properties_that_nobody_speaks_of_stay() {
        known("{'custom_property':[{'name':'color','value':'red'},{'name':'hugepages','value':'2048'}]}");

        var said = Said.to(
                engine,
                "vm",
                "update",
                "demo",
                "--memory",
                "2G",
                "--cpus",
                "2:2:1",
                "--no-tpm",
                "--usb",
                "--boot",
                "cdrom,hd",
                "--huge-pages",
                "0",
                "--property",
                "size=big",
                "--firmware",
                "q35_ovmf");

        assertThat(said.err()).isEmpty();
        assertThat(said.out()).contains("demo is changed; some of it waits for its next start");
        var sent = sent("PUT");
        assertThat(sent.path("memory").asText()).isEqualTo("2147483648");
        assertThat(Json.text(sent.path("cpu").path("topology")))
                .isEqualTo("{\"sockets\":\"2\",\"cores\":\"2\",\"threads\":\"1\"}");
        assertThat(sent.path("tpm_enabled").asText()).isEqualTo("false");
        assertThat(Json.text(sent.path("usb"))).isEqualTo("{\"enabled\":\"true\",\"type\":\"native\"}");
        assertThat(Json.text(sent.path("os").path("boot").path("devices").path("device")))
                .isEqualTo("[\"cdrom\",\"hd\"]");
        assertThat(Json.text(sent.path("custom_properties").path("custom_property")))
                .isEqualTo("[{\"name\":\"color\",\"value\":\"red\"},{\"name\":\"size\",\"value\":\"big\"}]");
        assertThat(sent.path("bios").path("type").asText()).isEqualTo("q35_ovmf");
        assertThat(sent.has("soundcard_enabled")).isFalse();
        assertThat(sent.has("initialization")).isFalse();
    }

    @Test
    void a_run_with_other_settings_says_all_of_them_and_nothing_else(@TempDir Path folder) throws IOException {
        known("{}");
        engine.on("POST /api/vms/" + ID + "/start", 200, "{}");
        Path password = Files.writeString(folder.resolve("password"), "let-me-in\n");
        Path script = Files.writeString(folder.resolve("script"), "#!/bin/sh\ntrue\n");

        var said = Said.to(
                engine,
                "vm",
                "start",
                "demo",
                "--no-wait",
                "--paused",
                "--boot",
                "network",
                "--host-name",
                "once",
                "--guest-password-file",
                password.toString(),
                "--script-file",
                script.toString(),
                "--guest-nic",
                "eth0=192.0.2.7/25,192.0.2.1",
                "--dns",
                "192.0.2.2,192.0.2.3");

        assertThat(said.err()).isEmpty();
        var sent = sent("POST");
        assertThat(sent.path("pause").asText()).isEqualTo("true");
        assertThat(sent.path("use_cloud_init").asText()).isEqualTo("true");
        var init = sent.path("vm").path("initialization");
        assertThat(init.path("host_name").asText()).isEqualTo("once");
        assertThat(init.path("root_password").asText()).isEqualTo("let-me-in");
        assertThat(init.path("custom_script").asText()).isEqualTo("#!/bin/sh\ntrue\n");
        assertThat(init.path("dns_servers").asText()).isEqualTo("192.0.2.2 192.0.2.3");
        assertThat(Json.text(init.path("nic_configurations")
                        .path("nic_configuration")
                        .path(0)))
                .isEqualTo(
                        "{\"name\":\"eth0\",\"on_boot\":\"true\",\"boot_protocol\":\"static\",\"ip\":{\"version\":\"v4\","
                                + "\"address\":\"192.0.2.7\",\"netmask\":\"255.255.255.128\",\"gateway\":\"192.0.2.1\"}}");
    }

    @Test
    void what_configures_no_interface_is_refused_in_words() {
        for (String wrong : new String[] {"eth0", "=dhcp", "eth0=", "eth0=192.0.2.7", "eth0=192.0.2.7/33"}) {
            assertThatThrownBy(() -> FirstBootOptions.configured(wrong))
                    .as(wrong)
                    .isInstanceOf(CommandFailure.class)
                    .hasMessageContaining("NIC=dhcp");
        }
        assertThat(FirstBootOptions.configured("eth1=2001:db8::7/64")
                        .path("ipv6_boot_protocol")
                        .asText())
                .isEqualTo("static");
    }

    private void known(String properties) {
        String vm = "{'id':'" + ID + "','name':'demo','status':'down','next_run_configuration_exists':'true',"
                + "'custom_properties':" + properties + "}";
        engine.get("/vms?search=name%3Ddemo", "{'vm':[" + vm + "]}")
                .get("/vms/" + ID, vm)
                .on("PUT /api/vms/" + ID, 200, vm.replace('\'', '"'));
    }

    private JsonNode sent(String method) {
        return Json.parse(engine.requests(method).getFirst().body()).orElseThrow();
    }
}
