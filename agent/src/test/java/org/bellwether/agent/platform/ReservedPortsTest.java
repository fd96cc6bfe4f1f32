package org.bellwether.agent.platform;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ReservedPortsTest {
    @Test
    void ports_come_beside_those_that_are_reserved_already() {
        assertThat(ReservedPorts.merged("", 54321, 54322)).isEqualTo("54321,54322");
        assertThat(ReservedPorts.merged("8080,9000-9100", 54321, 9050)).isEqualTo("54321,8080,9000-9100");
        assertThat(ReservedPorts.merged("54000-55000", 54321, 54322)).isEqualTo("54000-55000");
        assertThat(ReservedPorts.merged("", 0)).isEmpty();
    }
}
