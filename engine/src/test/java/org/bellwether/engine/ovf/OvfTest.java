package org.bellwether.engine.ovf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.BootDevice;
import org.bellwether.api.types.WatchdogAction;
import org.bellwether.engine.ovf.OvfMachine.OvfDisk;
import org.bellwether.engine.ovf.OvfMachine.OvfLayer;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;
import org.bellwether.engine.platform.Failure;
import org.junit.jupiter.api.Test;

class OvfTest {

    private static final UUID BASE = UUID.randomUUID();
    private static final UUID TOP = UUID.randomUUID();
    private static final UUID DOMAIN = UUID.randomUUID();

    @Test
    void what_is_written_is_read_again() {
        var machine = machine(false, "größer & <kleiner>");
        assertThat(OvfReader.read(OvfWriter.write(machine, UUID.randomUUID()))).isEqualTo(machine);
        var template = machine(true, "template");
        assertThat(OvfReader.read(OvfWriter.write(template, UUID.randomUUID()))).isEqualTo(template);
    }

    @Test
    void what_ovirts_reader_needs_is_there() {
        var text = OvfWriter.write(machine(false, "web"), UUID.randomUUID());
        // It looks for the first element of that name, and for these attributes and elements even when they are empty.
        assertThat(text.indexOf("<Name>web</Name>")).isEqualTo(text.indexOf("<Name>"));
        assertThat(text)
                .contains("xmlns:ovf=\"http://schemas.dmtf.org/ovf/envelope/1/\"")
                .contains("ovf:description=\"\"")
                .contains("<rasd:Parent>00000000-0000-0000-0000-000000000000</rasd:Parent>")
                .contains("<rasd:Connection>vlan10</rasd:Connection>")
                .contains("<Type>ACTIVE</Type>")
                .doesNotContain("TemplateType");
        assertThat(OvfWriter.write(machine(true, "web"), UUID.randomUUID())).contains("<TemplateType>TEMPLATE");
    }

    @Test
    void layers_are_ordered_by_their_parents_wherever_they_stand() {
        var machine = machine(false, "web");
        var disk = machine.disks().getFirst();
        assertThat(disk.layers()).extracting(OvfLayer::volume).containsExactly(BASE, TOP);
        var text = OvfWriter.write(machine, UUID.randomUUID());
        int first = text.indexOf("<Disk ");
        int second = text.indexOf("<Disk ", first + 1);
        int end = text.indexOf("</Section>", second);
        var swapped = text.substring(0, first)
                + text.substring(second, end)
                + text.substring(first, second)
                + text.substring(end);
        assertThat(OvfReader.read(swapped).disks().getFirst().top().volume()).isEqualTo(TOP);
    }

    @Test
    void hostile_documents_are_refused() {
        for (var text : List.of(
                "",
                "<a/>",
                "<!DOCTYPE a [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><a>&x;</a>",
                "<Envelope><Content/></Envelope>")) {
            assertThatThrownBy(() -> OvfReader.read(text)).as(text).isInstanceOf(Failure.class);
        }
        var circle = OvfWriter.write(machine(false, "web"), UUID.randomUUID())
                .replace("<rasd:Parent>00000000-0000-0000-0000-000000000000", "<rasd:Parent>" + TOP);
        assertThatThrownBy(() -> OvfReader.read(circle)).hasMessageContaining("circle");
    }

    private static OvfMachine machine(boolean template, String name) {
        var id = UUID.randomUUID();
        return new OvfMachine(
                id,
                name,
                "with a description",
                template,
                Instant.parse("2026-11-01T08:00:00Z"),
                4096,
                2048,
                16384,
                1,
                2,
                1,
                "rhel_9x64",
                2,
                1,
                true,
                50,
                true,
                "Default",
                template ? id : new UUID(0, 0),
                template ? name : "Blank",
                new OvfEquipment(
                        Optional.of(WatchdogAction.DUMP),
                        true,
                        true,
                        List.of(BootDevice.HD),
                        Map.of("hugepages", "2048"),
                        Optional.empty(),
                        OvfEquipmentTest.SET),
                List.of(new OvfDisk(
                        UUID.randomUUID(),
                        "web_Disk1",
                        "root",
                        "virtio_scsi",
                        true,
                        false,
                        false,
                        true,
                        true,
                        false,
                        true,
                        Optional.of(DOMAIN),
                        List.of(
                                new OvfLayer(BASE, Optional.empty(), false, true, 20L << 30, 3L << 30),
                                new OvfLayer(TOP, Optional.of(BASE), true, true, 20L << 30, 200_000)))),
                List.of(new OvfNic(
                        UUID.randomUUID(), "nic1", "56:6f:aa:bb:00:01", "vlan10", "gold", "virtio", true, false)));
    }
}
