package org.bellwether.agent.power;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.FenceReply;
import org.bellwether.protocol.FenceRequest;
import org.bellwether.protocol.FenceRequest.Action;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The distribution's fence_ipmilan against a simulated management controller (package openipmi) on the loopback device. */
final class FenceAgentsTest {
    private final FenceAgents agents = new FenceAgents();

    private static FenceRequest request(int port, Action action, String password) {
        return FenceRequest.newBuilder()
                .setType("ipmilan")
                .setAddress("127.0.0.1")
                .setPort(port)
                .setUsername("root")
                .setPassword(password)
                .putOptions("lanplus", "")
                // Otherwise ipmitool asks first which ciphers there are, which this simulator leaves unanswered for
                // long.
                .putOptions("cipher", "3")
                .setAction(action)
                .build();
    }

    @Test
    void a_controller_switches_the_power_and_says_how_it_is(@TempDir Path folder) throws IOException {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/ipmi_sim")), "the package openipmi is not installed");
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/fence_ipmilan")), "fence_ipmilan is not installed");
        Path power = Files.writeString(folder.resolve("power"), "1");
        int port = freePort();
        Process controller = controller(folder, power, port);
        try {
            assertThat(agents.fence(request(port, Action.STATUS, "secret")).getPower())
                    .isEqualTo(FenceReply.Power.POWER_ON);
            assertThat(agents.fence(request(port, Action.OFF, "secret")).getPower())
                    .isEqualTo(FenceReply.Power.POWER_OFF);
            assertThat(power).content().isEqualToIgnoringNewLines("0");
            assertThat(agents.fence(request(port, Action.STATUS, "secret")).getPower())
                    .isEqualTo(FenceReply.Power.POWER_OFF);
            assertThat(agents.fence(request(port, Action.ON, "secret")).getPower())
                    .isEqualTo(FenceReply.Power.POWER_ON);
            assertThat(power).content().isEqualToIgnoringNewLines("1");
            var wrong = agents.fence(request(port, Action.STATUS, "wrongpassword"));
            assertThat(wrong.getPower()).isEqualTo(FenceReply.Power.POWER_UNKNOWN);
            assertThat(wrong.getWords()).isNotBlank().doesNotContain("wrongpassword", "DeprecationWarning");
            assertThatThrownBy(() -> agents.fence(request(port, Action.OFF, "wrongpassword")))
                    .as("what could not be switched off is not said to be off")
                    .isInstanceOf(Refusal.class);
            assertThat(power).content().isEqualToIgnoringNewLines("1");
        } finally {
            end(controller);
        }
    }

    @Test
    void nothing_that_is_told_can_name_a_program_or_a_file_or_add_a_line() {
        var plain = request(0, Action.STATUS, "secret").toBuilder();
        assertThat(FenceAgents.told(plain.build())).contains("action=status\nip=127.0.0.1\n", "lanplus=1\n");
        for (String option : new String[] {
            "ipmitool_path",
            "password_script",
            "passwd_script",
            "identity_file",
            "debug",
            "verbose_level",
            "action",
            "-o",
            "a b",
            ""
        }) {
            assertThatThrownBy(() -> FenceAgents.told(
                            plain.clone().putOptions(option, "x").build()))
                    .as(option)
                    .isInstanceOf(Refusal.class);
        }
        assertThatThrownBy(() -> FenceAgents.told(
                        plain.clone().setPassword("x\naction=off").build()))
                .isInstanceOf(Refusal.class);
        for (String type : new String[] {"", "../../bin/sh", "ipmilan;reboot", "no_such_type"}) {
            assertThatThrownBy(() -> agents.fence(plain.clone().setType(type).build()))
                    .as(type)
                    .isInstanceOf(Refusal.class);
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new DatagramSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static Process controller(Path folder, Path power, int port) throws IOException {
        Path chassis = Files.writeString(folder.resolve("chassis"), """
            #!/bin/sh
            op=$1; shift
            while [ $# -gt 0 ]; do
              case "$op $1" in
                "get power") echo "power:$(cat %1$s)" ;;
                "set power") shift; echo "$1" > %1$s ;;
                "set "*) shift ;;
              esac
              shift
            done
            """.formatted(power));
        Files.setPosixFilePermissions(chassis, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path lan = Files.writeString(folder.resolve("lan.conf"), """
            name "bmc"
            set_working_mc 0x20
              startlan 1
                addr 127.0.0.1 %d
                priv_limit admin
                allowed_auths_admin none md2 md5 straight
                guid a123456789abcdefa123456789abcdef
              endlan
              chassis_control "%s"
              user 1 true "" "test" user 10 none md2 md5 straight
              user 2 true "root" "secret" admin 10 none md2 md5 straight
            """.formatted(port, chassis));
        Path hardware = Files.writeString(folder.resolve("hardware"), """
            mc_setbmc 0x20
            mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
            mc_enable 0x20
            """);
        Path state = Files.createDirectory(folder.resolve("state"));
        return new ProcessBuilder(
                        "ipmi_sim", "-n", "-c", lan.toString(), "-f", hardware.toString(), "-s", state.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile())
                .start();
    }

    private static void end(Process process) {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
