package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import org.bellwether.api.types.Bios;
import org.bellwether.api.types.BiosType;
import org.bellwether.api.types.Vm;
import org.junit.jupiter.api.Test;

class KeptStatesTest {
    private static Vm with(BiosType type) {
        return Vm.builder().bios(Bios.builder().type(type).build()).build();
    }

    @Test
    void a_machine_has_variables_when_it_or_its_cluster_boots_by_uefi() {
        Vm unsaid = Vm.builder().build();
        for (var uefi : new BiosType[] {BiosType.Q35_OVMF, BiosType.Q35_SECURE_BOOT}) {
            assertThat(KeptStates.has(uefi, unsaid)).isTrue();
            assertThat(KeptStates.has(uefi, with(BiosType.CLUSTER_DEFAULT))).isTrue();
            assertThat(KeptStates.has(uefi, with(BiosType.Q35_SEA_BIOS))).isFalse();
            assertThat(KeptStates.has(BiosType.Q35_SEA_BIOS, with(uefi))).isTrue();
        }
        assertThat(KeptStates.has(null, unsaid)).isFalse();
        assertThat(KeptStates.has(BiosType.Q35_SEA_BIOS, with(BiosType.CLUSTER_DEFAULT)))
                .isFalse();
        assertThat(KeptStates.has(null, Vm.builder().tpmEnabled(true).build())).isTrue();
    }
}
