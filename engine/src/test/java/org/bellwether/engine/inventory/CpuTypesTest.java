package org.bellwether.engine.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bellwether.protocol.CpuDescription;
import org.bellwether.protocol.HostDescription;
import org.junit.jupiter.api.Test;

final class CpuTypesTest {

    private final CpuTypes types = CpuTypes.load();

    private static HostDescription host(String vendor, boolean kvm, List<String> flags, List<String> models) {
        return HostDescription.newBuilder()
                .setHardwareVirtualisation(kvm)
                .setCpu(CpuDescription.newBuilder()
                        .setVendor(vendor)
                        .addAllFlags(flags)
                        .addAllUsableModels(models))
                .build();
    }

    @Test
    void all_types_of_the_level_are_known_with_their_vendor() {
        assertThat(types.all()).hasSize(38);
        assertThat(types.named("Secure Intel Haswell Family").orElseThrow().vendor())
                .isEqualTo("Intel");
        assertThat(types.named("AMD EPYC").orElseThrow().vendor()).isEqualTo("AMD");
    }

    @Test
    void the_newest_type_a_host_can_serve_is_found() {
        var haswell = host("Intel", true, List.of("vmx", "nx", "aes"), List.of("Nehalem", "Westmere", "Haswell-noTSX"));
        assertThat(types.detect(haswell).orElseThrow().name()).isEqualTo("Intel Haswell Family");
    }

    @Test
    void a_host_of_another_vendor_lacks_the_processor_itself() {
        var type = types.named("Intel Haswell Family").orElseThrow();
        assertThat(types.missing(type, host("AMD", true, List.of("svm"), List.of("EPYC"))))
                .singleElement()
                .asString()
                .contains("Intel")
                .contains("AMD");
    }

    @Test
    void missing_flags_are_named() {
        var type = types.named("Intel Westmere Family").orElseThrow();
        assertThat(types.missing(type, host("Intel", true, List.of("vmx", "nx"), List.of("Westmere"))))
                .containsExactly("aes");
    }

    @Test
    void an_emulating_host_gets_a_type_of_its_vendor() {
        var emulating = host("AMD", false, List.of(), List.of());
        assertThat(types.detect(emulating).orElseThrow().vendor()).isEqualTo("AMD");
    }
}
