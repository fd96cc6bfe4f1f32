package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** The lab's management controllers: what the distribution's fence agent says to them happens to the host. */
final class BmcTest {
    @Test
    void a_fence_agent_reads_and_switches_the_power_of_a_host() {
        Assumptions.assumeTrue(Bmc.installed(), "openipmi and fence-agents are not installed");
        try (Lab lab = Lab.forTest()) {
            LabHost host = lab.host(1);
            host.powerOn();
            try (Bmc bmc = Bmc.of(lab, 1)) {
                assertThat(fence(bmc, "status").output()).contains("ON");
                assertThat(fence(bmc, "off").succeeded()).isTrue();
                assertThat(host.poweredOn()).isFalse();
                assertThat(fence(bmc, "status").output()).contains("OFF");
                assertThat(fence(bmc, "on").succeeded()).isTrue();
                assertThat(host.poweredOn()).isTrue();
                bmc.kill();
                assertThat(fence(bmc, "status").succeeded()).isFalse();
            }
        }
    }

    private static Command.Outcome fence(Bmc bmc, String action) {
        return Command.attempt(
                Duration.ofSeconds(60),
                java.util.List.of(
                        "fence_ipmilan",
                        "-P",
                        "-C",
                        Bmc.CIPHER,
                        "-a",
                        bmc.address(),
                        "-u",
                        Integer.toString(bmc.port()),
                        "-l",
                        Bmc.USER,
                        "-p",
                        Bmc.PASSWORD,
                        "-o",
                        action));
    }
}
