package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.bellwether.api.types.BootProtocol;
import org.bellwether.api.types.Initialization;
import org.bellwether.api.types.Ip;
import org.bellwether.api.types.NicConfiguration;
import org.bellwether.api.types.OperatingSystem;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.template.FirstBootSettings;
import org.bellwether.protocol.DriveFile;
import org.junit.jupiter.api.Test;

class FirstBootTest {
    @Test
    void names_and_keys_cannot_break_out_of_the_documents() {
        var files = files(
                Initialization.builder()
                        .hostName("x\"\nruncmd: [evil]\n")
                        .userName("a'b\"c")
                        .authorizedSshKeys("ssh-ed25519 A \"quoted\"\nssh-rsa B\n")
                        .build(),
                "other_linux");
        assertThat(files.get("meta-data")).hasLineCount(1);
        assertThat(files.get("user-data")).hasLineCount(2);
        assertThat(files.get("user-data")).contains("\"ssh-rsa B\"").startsWith("#cloud-config\n{");
    }

    @Test
    void a_password_is_kept_as_its_hash_and_not_shown() {
        var said =
                Initialization.builder().rootPassword("secret").userName("anna").build();
        var kept = Objects.requireNonNull(FirstBootSettings.over(null, said, false));
        assertThat(kept.rootPassword()).startsWith("$6$").doesNotContain("secret");
        assertThat(FirstBootSettings.over(null, kept, false)).isEqualTo(kept);
        assertThat(Objects.requireNonNull(FirstBootSettings.shown(kept)).rootPassword())
                .isNull();
        assertThat(files(kept, "rhel_9x64").get("user-data"))
                .as("as every cloud-init reads it, also for a user that exists already")
                .contains("\"hashed_passwd\":\"" + kept.rootPassword() + "\"", "\"ssh_pwauth\":true");
        assertThatThrownBy(() -> FirstBootSettings.over(null, said, true)).hasMessageContaining("custom script");
    }

    @Test
    void an_empty_setting_takes_that_one_away_and_no_settings_all() {
        var before = changed(
                VmSpecs.defaults(),
                Initialization.builder()
                        .hostName("h")
                        .dnsServers("192.0.2.1")
                        .rootPassword("secret")
                        .nicConfigurations(
                                List.of(NicConfiguration.builder().name("eth0").build()))
                        .build());
        var after = changed(
                before,
                Initialization.builder()
                        .dnsServers("")
                        .nicConfigurations(List.of())
                        .build());
        var left = Objects.requireNonNull(after.initialization());
        assertThat(left.hostName()).isEqualTo("h");
        assertThat(left.rootPassword()).startsWith("$6$");
        assertThat(left.dnsServers()).isNull();
        assertThat(left.nicConfigurations()).isNull();
        assertThat(changed(
                                after,
                                Initialization.builder()
                                        .hostName("")
                                        .rootPassword("")
                                        .build())
                        .initialization())
                .as("the last ones")
                .isNull();
        assertThat(changed(after, Initialization.builder().build()).initialization())
                .as("all at once")
                .isNull();
        assertThat(VmSpecs.over(after, org.bellwether.api.types.Vm.builder().build())
                        .initialization())
                .as("nothing is said of them")
                .isEqualTo(left);
    }

    private static org.bellwether.api.types.Vm changed(org.bellwether.api.types.Vm before, Initialization said) {
        return VmSpecs.over(
                before,
                org.bellwether.api.types.Vm.builder().initialization(said).build());
    }

    @Test
    void networks_are_said_as_cloud_init_reads_them() {
        var files = files(
                Initialization.builder()
                        .dnsServers("192.0.2.1 192.0.2.2")
                        .dnsSearch("example.org")
                        .nicConfigurations(List.of(NicConfiguration.builder()
                                .name("eth0")
                                .bootProtocol(BootProtocol.STATIC)
                                .ip(Ip.builder()
                                        .address("192.0.2.9")
                                        .netmask("255.255.255.0")
                                        .gateway("192.0.2.254")
                                        .build())
                                .build()))
                        .build(),
                "other_linux");
        assertThat(files.get("network-config"))
                .contains("\"type\":\"static\"")
                .contains("\"address\":\"192.0.2.9\"")
                .contains("\"192.0.2.2\"")
                .contains("\"example.org\"");
    }

    @Test
    void a_script_of_ones_own_is_a_part_beside_ours() {
        var files = files(
                Initialization.builder()
                        .hostName("h")
                        .customScript("#!/bin/sh\necho hello\n")
                        .build(),
                "other_linux");
        assertThat(files.get("user-data"))
                .startsWith("Content-Type: multipart/mixed")
                .contains("text/x-shellscript");
    }

    @Test
    void windows_finds_an_answer_file() {
        var files = files(
                Initialization.builder()
                        .hostName("a-very-long-computer-name")
                        .orgName("<&>")
                        .build(),
                "windows_2022");
        assertThat(files.get("Unattend.xml"))
                .contains("<ComputerName>a-very-long-com</ComputerName>")
                .contains("&lt;&amp;");
    }

    private static Map<String, String> files(Initialization init, String os) {
        var spec = org.bellwether.api.types.Vm.builder()
                .os(OperatingSystem.builder().type(os).build())
                .initialization(init)
                .build();
        var vm = new Vm(Id.random(), "vm", Id.random(), Id.random(), null, 1, Instant.EPOCH, null, null, null, spec);
        return FirstBoot.of(vm, spec).orElseThrow().getFilesList().stream()
                .collect(Collectors.toMap(
                        DriveFile::getPath, file -> file.getContent().toStringUtf8()));
    }
}
