package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.bellwether.protocol.Firmware;
import org.bellwether.protocol.KeptState;
import org.bellwether.protocol.MachineDefinition;
import org.junit.jupiter.api.Test;

class KeptFilesTest {
    @Test
    void variables_go_with_the_firmware_that_wrote_them() {
        MachineDefinition secure = machine(Firmware.Q35_UEFI_SECURE_BOOT);
        assertThat(KeptFiles.fit(of(Firmware.Q35_UEFI_SECURE_BOOT), secure)).isTrue();
        assertThat(KeptFiles.fit(of(Firmware.Q35_UEFI), secure)).isFalse();
        assertThat(KeptFiles.fit(of(Firmware.Q35_UEFI_SECURE_BOOT), machine(Firmware.Q35_UEFI)))
                .isFalse();
        assertThat(KeptFiles.fit(KeptState.getDefaultInstance(), secure))
                .as("what an older agent took says nothing of it")
                .isTrue();
    }

    private static KeptState of(Firmware firmware) {
        return KeptState.newBuilder().setFirmware(firmware).build();
    }

    private static MachineDefinition machine(Firmware firmware) {
        return MachineDefinition.newBuilder().setFirmware(firmware).build();
    }
}
