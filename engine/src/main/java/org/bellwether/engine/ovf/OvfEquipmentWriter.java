package org.bellwether.engine.ovf;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import javax.xml.stream.XMLStreamException;
import org.bellwether.api.Codec;
import org.bellwether.api.Format;
import org.bellwether.api.Hrefs;
import org.bellwether.api.types.Initialization;
import org.jspecify.annotations.Nullable;

/** Writes a machine's equipment as oVirt reads it, into its description for storage or for an archive. */
final class OvfEquipmentWriter {

    private static final int OTHER = 0;
    /** What oVirt knows of its own accord; it keeps these apart from what its site adds. */
    private static final String PREDEFINED = "hugepages";

    private final OvfMachine machine;
    private final OvfElements xml;

    OvfEquipmentWriter(OvfMachine machine, OvfElements xml) {
        this.machine = machine;
        this.xml = xml;
    }

    /** What is said of the machine as a whole. */
    void settings() throws XMLStreamException {
        var equipment = machine.equipment();
        OvfSettings.write(equipment.settings(), xml::text);
        xml.text("default_boot_sequence", Integer.toString(OvfEquipment.sequence(equipment.boot())));
        xml.text("PredefinedProperties", joined(true));
        xml.text("UserDefinedProperties", joined(false));
        for (var property : equipment.properties().entrySet()) {
            if (!fits(property.getValue())) {
                xml.empty("CustomProperty");
                attribute("name", property.getKey());
                attribute("value", property.getValue());
            }
        }
        if (equipment.firstBoot().isPresent()) {
            firstBoot(equipment.firstBoot().get());
        }
    }

    private String joined(boolean predefined) {
        return machine.equipment().properties().entrySet().stream()
                .filter(each -> each.getKey().equals(PREDEFINED) == predefined && fits(each.getValue()))
                .map(each -> each.getKey() + "=" + each.getValue())
                .reduce((one, other) -> one + ";" + other)
                .orElse("");
    }

    /** oVirt has no way to tell a semicolon within a value from one between two properties. */
    private static boolean fits(String value) {
        return !value.contains(";");
    }

    /** The attributes that oVirt knows, and all of it in one of our own: oVirt's have no room for the rest. */
    private void firstBoot(Initialization init) throws XMLStreamException {
        xml.empty("VmInit");
        optional("hostname", init.hostName());
        optional("domain", init.domain());
        optional("timeZone", init.timezone());
        optional("authorizedKeys", lines(init.authorizedSshKeys()));
        optional("regenerateKeys", init.regenerateSshKeys() == null ? null : String.valueOf(init.regenerateSshKeys()));
        optional("dnsServers", init.dnsServers());
        optional("dnsSearch", init.dnsSearch());
        optional("winKey", init.windowsLicenseKey());
        optional("rootPassword", init.rootPassword());
        optional("customScript", lines(init.customScript()));
        attribute("initialization", new String(Codec.write(Format.JSON, init, Hrefs.none()), StandardCharsets.UTF_8));
    }

    /** XML makes a blank of a line's end in an attribute, so oVirt writes one out. */
    private static @Nullable String lines(@Nullable String text) {
        return text == null ? null : text.replace("\n", "&#10;");
    }

    /** What is among the machine's devices. */
    void devices() throws XMLStreamException {
        var equipment = machine.equipment();
        if (equipment.watchdog().isPresent()) {
            device(
                    "watchdog",
                    "watchdog",
                    List.of(
                            "model",
                            "i6300esb",
                            "action",
                            equipment.watchdog().get().wire()));
        }
        if (equipment.tpm()) {
            device("tpm", "tpm", List.of());
        }
        if (equipment.sound()) {
            device("sound", machine.biosType() == 0 ? "ich6" : "ich9", List.of());
        }
        var random = equipment.settings().rngDevice();
        if (random != null && random.source() != null) {
            device("rng", "virtio", List.of("source", random.source().wire()));
        }
        var usb = equipment.settings().usb();
        if (usb != null && Boolean.TRUE.equals(usb.enabled())) {
            usb();
        }
    }

    private void usb() throws XMLStreamException {
        xml.optionalItem(OvfSettings.USB, "3", "USB Controller");
        xml.rasd("UsbPolicy", OvfSettings.USB_NATIVE);
        xml.close();
    }

    private void device(String type, String device, List<String> parameters) throws XMLStreamException {
        xml.optionalItem(
                OTHER,
                UUID.nameUUIDFromBytes((type + " " + machine.id()).getBytes(StandardCharsets.UTF_8))
                        .toString(),
                type);
        xml.text("Type", type);
        xml.text("Device", device);
        xml.rasd("Address", "");
        xml.text("BootOrder", "0");
        xml.text("IsPlugged", "true");
        xml.text("IsReadOnly", "false");
        xml.text("Alias", "");
        xml.open("SpecParams");
        for (int i = 0; i < parameters.size(); i += 2) {
            xml.text(parameters.get(i), parameters.get(i + 1));
        }
        xml.close();
        xml.close();
    }

    private void optional(String name, @Nullable String value) throws XMLStreamException {
        if (value != null && !value.isEmpty()) {
            attribute(name, value);
        }
    }

    private void attribute(String name, String value) throws XMLStreamException {
        xml.attributes("ovf:" + name, value);
    }
}
