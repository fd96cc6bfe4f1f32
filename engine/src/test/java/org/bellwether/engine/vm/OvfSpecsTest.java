package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bellwether.api.types.Boot;
import org.bellwether.api.types.BootDevice;
import org.bellwether.api.types.CustomProperty;
import org.bellwether.api.types.Initialization;
import org.bellwether.api.types.OperatingSystem;
import org.bellwether.api.types.TimeZone;
import org.bellwether.api.types.Watchdog;
import org.bellwether.api.types.WatchdogAction;
import org.bellwether.engine.ovf.OvfEquipment;
import org.bellwether.engine.ovf.OvfMachine;
import org.bellwether.engine.ovf.OvfReader;
import org.bellwether.engine.ovf.OvfWriter;
import org.junit.jupiter.api.Test;

/** What machines have that leave with a document and come back, and what a stranger's document cannot bring. */
class OvfSpecsTest {

    private static final OvfSpecs SPECS =
            new OvfSpecs(new CustomProperties(Map.of("sap_agent", Pattern.compile("true|false"))));

    @Test
    void a_machine_that_left_comes_back_with_all_it_had() {
        var left = VmSpecs.over(
                VmSpecs.defaults(),
                org.bellwether.api.types.Vm.builder()
                        .tpmEnabled(true)
                        .soundcardEnabled(true)
                        .os(OperatingSystem.builder()
                                .type("other_linux")
                                .boot(Boot.builder()
                                        .devices(List.of(BootDevice.CDROM, BootDevice.HD))
                                        .build())
                                .build())
                        .customProperties(List.of(property("sap_agent", "true"), property("hugepages", "2048")))
                        .initialization(Initialization.builder()
                                .hostName("web")
                                .userName("anna")
                                .rootPassword("secret")
                                .build())
                        .build());
        left = left.toBuilder()
                .watchdogs(
                        List.of(Watchdog.builder().action(WatchdogAction.PAUSE).build()))
                .build();
        var arrived = SPECS.of(OvfReader.read(
                OvfWriter.write(machine(OvfDocuments.equipment(left), "other_linux"), UUID.randomUUID())));
        assertThat(arrived.lost()).isEmpty();
        assertThat(arrived.without()).isEmpty();
        var back = arrived.spec();
        assertThat(back.tpmEnabled()).isTrue();
        assertThat(back.soundcardEnabled()).isTrue();
        assertThat(back.os()).isEqualTo(left.os());
        assertThat(CustomProperties.of(back)).isEqualTo(CustomProperties.of(left));
        assertThat(back.initialization()).isEqualTo(left.initialization());
        assertThat(init(back).rootPassword()).startsWith("$6$");
        assertThat(Watchdogs.of(back.watchdogs()).getFirst().action()).isEqualTo(WatchdogAction.PAUSE);
        assertThat(Watchdogs.of(back.watchdogs()).getFirst().id()).isNotBlank();
    }

    @Test
    void what_hooks_would_be_given_is_only_what_this_engine_allows_and_the_rest_is_named() {
        var arrived = SPECS.of(machine(
                equipment(
                        Map.of("sap_agent", "$(reboot)", "evil", "x", "hugepages", "17"),
                        Initialization.builder().build()),
                "other_linux"));
        assertThat(CustomProperties.of(arrived.spec())).isEmpty();
        assertThat(arrived.without()).contains("sap_agent").contains("evil").contains("hugepages");
    }

    @Test
    void a_password_in_clear_becomes_a_hash_or_is_left_out() {
        var init = Initialization.builder().rootPassword("secret").hostName("h").build();
        var linux = SPECS.of(machine(equipment(Map.of(), init), "other_linux"));
        assertThat(init(linux.spec()).rootPassword()).startsWith("$6$");
        assertThat(linux.without()).isEmpty();
        var windows = SPECS.of(machine(equipment(Map.of(), init), "windows_2022"));
        assertThat(init(windows.spec()).rootPassword()).isNull();
        assertThat(init(windows.spec()).hostName()).isEqualTo("h");
        assertThat(windows.without()).contains("password");
    }

    @Test
    void what_was_set_comes_along_and_what_cannot_be_here_is_named() {
        var told = org.bellwether.api.types.Vm.builder()
                .deleteProtected(true)
                .timeZone(TimeZone.builder().name("Mars Standard Time").build())
                .customEmulatedMachine("pc <script>")
                .customCpuModel("Opteron_G4")
                .build();
        var arrived = SPECS.of(machine(
                new OvfEquipment(Optional.empty(), false, false, List.of(), Map.of(), Optional.empty(), told),
                "other_linux"));
        assertThat(arrived.spec().deleteProtected()).isTrue();
        assertThat(arrived.spec().customCpuModel()).isEqualTo("Opteron_G4");
        assertThat(arrived.spec().customEmulatedMachine()).isNull();
        assertThat(Objects.requireNonNull(arrived.spec().timeZone()).name()).isEqualTo("Etc/GMT");
        assertThat(arrived.without())
                .contains("time zone")
                .contains("kind of machine")
                .doesNotContain("CPU");
    }

    private static Initialization init(org.bellwether.api.types.Vm spec) {
        return Objects.requireNonNull(spec.initialization());
    }

    private static CustomProperty property(String name, String value) {
        return CustomProperty.builder().name(name).value_(value).build();
    }

    private static OvfEquipment equipment(Map<String, String> properties, Initialization init) {
        return new OvfEquipment(
                Optional.empty(),
                false,
                false,
                List.of(),
                properties,
                Optional.of(init),
                org.bellwether.api.types.Vm.builder().build());
    }

    private static OvfMachine machine(OvfEquipment equipment, String osType) {
        return new OvfMachine(
                UUID.randomUUID(),
                "web",
                "",
                false,
                Instant.EPOCH,
                192,
                96,
                768,
                1,
                1,
                1,
                osType,
                1,
                1,
                false,
                0,
                true,
                "Default",
                new UUID(0, 0),
                "Blank",
                equipment,
                List.of(),
                List.of());
    }
}
