package org.bellwether.engine.ovf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.Bios;
import org.bellwether.api.types.BootDevice;
import org.bellwether.api.types.BootMenu;
import org.bellwether.api.types.BootProtocol;
import org.bellwether.api.types.Initialization;
import org.bellwether.api.types.Io;
import org.bellwether.api.types.Ip;
import org.bellwether.api.types.NicConfiguration;
import org.bellwether.api.types.RngDevice;
import org.bellwether.api.types.RngSource;
import org.bellwether.api.types.SerialNumber;
import org.bellwether.api.types.SerialNumberPolicy;
import org.bellwether.api.types.StorageDomain;
import org.bellwether.api.types.StorageDomainLease;
import org.bellwether.api.types.TimeZone;
import org.bellwether.api.types.Usb;
import org.bellwether.api.types.Vm;
import org.bellwether.api.types.VmStorageErrorResumeBehaviour;
import org.bellwether.api.types.WatchdogAction;
import org.bellwether.engine.platform.Failure;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watchdogs, TPMs, sound, boot order, custom properties and first-boot settings: there and back, and from others. */
class OvfEquipmentTest {

    static final Vm SET = Vm.builder()
            .deleteProtected(true)
            .stateless(true)
            .bios(Bios.builder()
                    .bootMenu(BootMenu.builder().enabled(true).build())
                    .build())
            .io(Io.builder().threads(3L).build())
            .timeZone(TimeZone.builder().name("W. Europe Standard Time").build())
            .storageErrorResumeBehaviour(VmStorageErrorResumeBehaviour.LEAVE_PAUSED)
            .serialNumber(SerialNumber.builder()
                    .policy(SerialNumberPolicy.CUSTOM)
                    .value_("SN <7>")
                    .build())
            .lease(StorageDomainLease.builder()
                    .storageDomain(StorageDomain.builder()
                            .id("3f2b1c4d-0a11-4e5f-9b7c-112233445566")
                            .build())
                    .build())
            .customEmulatedMachine("pc-q35-7.2")
            .customCpuModel("EPYC-Milan")
            .rngDevice(RngDevice.builder().source(RngSource.HWRNG).build())
            .usb(Usb.builder().enabled(true).build())
            .build();

    private static final OvfEquipment ALL = new OvfEquipment(
            Optional.of(WatchdogAction.POWEROFF),
            true,
            true,
            List.of(BootDevice.NETWORK, BootDevice.HD),
            Map.of("hugepages", "2048", "sap_agent", "true", "odd", "a;b=c & <d> \"e\""),
            Optional.of(Initialization.builder()
                    .hostName("web.example.org")
                    .userName("anna")
                    .rootPassword("$6$salt$0123456789abcdef")
                    .authorizedSshKeys("ssh-ed25519 A one\nssh-rsa B two\n")
                    .customScript("#!/bin/sh\nprintf 'a\\nb\\tc &#10; <x>'\n\techo \u001b[1m\n")
                    .timezone("Europe/Vienna")
                    .regenerateSshKeys(true)
                    .orgName("Größe & Söhne")
                    .nicConfigurations(List.of(NicConfiguration.builder()
                            .name("eth0")
                            .onBoot(true)
                            .bootProtocol(BootProtocol.STATIC)
                            .ip(Ip.builder()
                                    .address("192.0.2.9")
                                    .netmask("255.255.255.0")
                                    .build())
                            .build()))
                    .build()),
            SET);

    @Test
    void it_comes_back_from_storage_and_from_an_archive_as_it_was() {
        assertThat(OvfReader.read(stored(ALL)).equipment()).isEqualTo(ALL);
        assertThat(OvaReader.read(archived(ALL)).equipment()).isEqualTo(ALL);
        assertThat(OvfReader.read(stored(OvfEquipment.NONE)).equipment().boot())
                .as("who says nothing boots from the disk")
                .containsExactly(BootDevice.HD);
    }

    @Test
    void every_order_that_ovirts_numbers_can_tell_comes_back() {
        for (int number = 0; number < 15; number++) {
            assertThat(OvfEquipment.sequence(OvfEquipment.devices(number))).isEqualTo(number);
        }
        assertThat(OvfEquipment.devices(-1)).isEmpty();
        assertThat(OvfEquipment.devices(15)).isEmpty();
    }

    @Test
    void ovirt_finds_what_it_reads() {
        assertThat(stored(ALL))
                .contains("<Item ovf:required=\"false\"><rasd:Caption>watchdog<")
                .contains("<Type>watchdog</Type><Device>watchdog</Device>")
                .contains("<SpecParams><model>i6300esb</model><action>poweroff</action></SpecParams>")
                .contains("<Type>tpm</Type>")
                .contains("<Type>sound</Type><Device>ich9</Device>")
                .contains("<Type>rng</Type><Device>virtio</Device>")
                .contains("<rasd:ResourceType>23</rasd:ResourceType><rasd:UsbPolicy>ENABLED_NATIVE<")
                .contains("<DeleteProtected>true<", "<IsStateless>true<", "<NumOfIoThreads>3<")
                .contains("<TimeZone>W. Europe Standard Time<", "<ResumeBehavior>LEAVE_PAUSED<")
                .contains("<LeaseDomainId>3f2b1c4d-0a11-4e5f-9b7c-112233445566<")
                .contains("<SerialNumberPolicy>2<", "<CustomSerialNumber>SN &lt;7&gt;<")
                .contains("<default_boot_sequence>13<")
                .contains("<PredefinedProperties>hugepages=2048<")
                .contains("<UserDefinedProperties>sap_agent=true<")
                .contains("ovf:hostname=\"web.example.org\"")
                .contains("ovf:authorizedKeys=\"ssh-ed25519 A one&amp;#10;ssh-rsa B two&amp;#10;\"");
    }

    @Test
    void those_who_may_only_look_get_no_password() {
        assertThat(stored(ALL)).contains("$6$salt");
        assertThat(stored(ALL.withoutPassword())).doesNotContain("$6$salt").contains("anna");
    }

    @Test
    void what_ovirt_itself_writes_is_understood() {
        var read = OvfReader.read(
                        stored(OvfEquipment.NONE)
                                .replace("<default_boot_sequence>0<", "<default_boot_sequence>10<")
                                .replace(
                                        "<UserDefinedProperties></UserDefinedProperties>",
                                        "<UserDefinedProperties>a=1;b=x=y</UserDefinedProperties>"
                                                + "<VmInit ovf:hostname=\"h\" ovf:rootPassword=\"plain\" ovf:regenerateKeys=\"false\""
                                                + " ovf:authorizedKeys=\"one\\ntwo&amp;#10;three\" ovf:networks=\"[ [ &quot;org.VmInitNetwork&quot;, {"
                                                + "&quot;startOnBoot&quot;:true,&quot;name&quot;:&quot;eth0&quot;,&quot;bootProtocol&quot;:&quot;STATIC_IP&quot;,"
                                                + "&quot;ip&quot;:&quot;192.0.2.9&quot;,&quot;netmask&quot;:&quot;255.255.255.0&quot;,&quot;gateway&quot;:null,"
                                                + "&quot;ipv6BootProtocol&quot;:[&quot;org.Ipv6BootProtocol&quot;,&quot;AUTOCONF&quot;]} ] ]\"/>"))
                .equipment();
        assertThat(read.boot()).containsExactly(BootDevice.CDROM);
        assertThat(read.properties()).isEqualTo(Map.of("a", "1", "b", "x=y"));
        var init = read.firstBoot().orElseThrow();
        assertThat(init.hostName()).isEqualTo("h");
        assertThat(init.rootPassword()).isEqualTo("plain");
        assertThat(init.regenerateSshKeys()).isFalse();
        assertThat(init.authorizedSshKeys()).isEqualTo("one\ntwo\nthree");
        assertThat(init.nicConfigurations())
                .containsExactly(NicConfiguration.builder()
                        .name("eth0")
                        .onBoot(true)
                        .bootProtocol(BootProtocol.STATIC)
                        .ip(Ip.builder()
                                .address("192.0.2.9")
                                .netmask("255.255.255.0")
                                .build())
                        .ipv6BootProtocol(BootProtocol.AUTOCONF)
                        .build());
    }

    @Test
    void an_unknown_action_is_a_reset_and_an_unplugged_watchdog_none() {
        var strange = stored(ALL).replace("<action>poweroff<", "<action>rm -rf /<");
        assertThat(OvfReader.read(strange).equipment().watchdog()).contains(WatchdogAction.RESET);
        var unplugged = stored(ALL).replace("<IsPlugged>true<", "<IsPlugged>false<");
        assertThat(OvfReader.read(unplugged).equipment().watchdog()).isEmpty();
        assertThat(OvfReader.read(unplugged).equipment().tpm()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ovf:initialization=\"[\"",
                "ovf:initialization=\"{&quot;host_name&quot;:[{}]}\"",
                "ovf:networks=\"[{\""
            })
    void first_boot_settings_that_make_no_sense_are_refused(String attribute) {
        assertThatThrownBy(() -> OvfReader.read(withInit(attribute))).isInstanceOf(Failure.class);
    }

    @Test
    void more_than_anybody_has_is_refused() {
        var nics = "[" + "{&quot;bootProtocol&quot;:&quot;DHCP&quot;},".repeat(65) + "0]";
        assertThatThrownBy(() -> OvfReader.read(withInit("ovf:networks=\"" + nics + "\"")))
                .hasMessageContaining("more than 64");
        var properties = new StringBuilder();
        for (int i = 0; i < 65; i++) {
            properties.append("p").append(i).append("=1;");
        }
        assertThatThrownBy(() -> OvfReader.read(stored(OvfEquipment.NONE)
                        .replace("<UserDefinedProperties>", "<UserDefinedProperties>" + properties)))
                .hasMessageContaining("more than 64");
    }

    @Test
    void characters_that_xml_cannot_have_break_no_document() {
        var read = OvfReader.read(OvfWriter.write(machine("w\u0001eb\uD800 \uD83D\uDC11", ALL), UUID.randomUUID()));
        assertThat(read.name()).isEqualTo("web \uD83D\uDC11");
    }

    @Test
    void a_machine_of_libvirt_keeps_its_watchdog_tpm_and_sound() {
        var read = LibvirtReader.read("<domain><name>x</name><devices><watchdog model='ib700' action='pause'/>"
                + "<tpm model='tpm-crb'/><sound model='ac97'/></devices></domain>");
        assertThat(read.equipment())
                .isEqualTo(new OvfEquipment(
                        Optional.of(WatchdogAction.PAUSE),
                        true,
                        true,
                        List.of(),
                        Map.of(),
                        Optional.empty(),
                        Vm.builder().build()));
    }

    private static String withInit(String attribute) {
        return stored(OvfEquipment.NONE).replace("<Origin>", "<VmInit " + attribute + "/><Origin>");
    }

    private static String stored(OvfEquipment equipment) {
        return OvfWriter.write(machine("web", equipment), UUID.randomUUID());
    }

    private static String archived(OvfEquipment equipment) {
        return OvaWriter.write(machine("web", equipment), List.of());
    }

    private static OvfMachine machine(String name, OvfEquipment equipment) {
        return new OvfMachine(
                UUID.randomUUID(),
                name,
                "",
                false,
                Instant.EPOCH,
                192,
                96,
                768,
                1,
                1,
                1,
                "other_linux",
                2,
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
