package org.bellwether.agent.vm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.HostDevice;

/** A device of the host that is given to a machine, in libvirt's words. */
final class HostDeviceXml {
    private static final Pattern PCI = Pattern.compile("pci_([0-9a-f]{4})_([0-9a-f]{2})_([0-9a-f]{2})_([0-7])");
    private static final Pattern SCSI = Pattern.compile("scsi_([0-9]+)_([0-9]+)_([0-9]+)_([0-9]+)");

    private HostDeviceXml() {}

    static void write(XmlText xml, HostDevice device) {
        switch (device.getCapability()) {
            case "pci" -> {
                Matcher place = place(PCI, device);
                // libvirt takes it from the host's driver before the start, and gives it back after the end.
                xml.open("hostdev", "mode", "subsystem", "type", "pci", "managed", "yes");
                xml.open("source");
                xml.empty(
                        "address",
                        "domain",
                        "0x" + place.group(1),
                        "bus",
                        "0x" + place.group(2),
                        "slot",
                        "0x" + place.group(3),
                        "function",
                        "0x" + place.group(4));
                xml.close();
                xml.close();
            }
            case "usb_device" -> {
                xml.open("hostdev", "mode", "subsystem", "type", "usb", "managed", "yes");
                xml.open("source");
                xml.empty(
                        "address",
                        "bus",
                        Integer.toString(device.getBus()),
                        "device",
                        Integer.toString(device.getDevice()));
                xml.close();
                xml.close();
            }
            case "scsi" -> {
                Matcher place = place(SCSI, device);
                xml.open("hostdev", "mode", "subsystem", "type", "scsi", "managed", "no");
                xml.open("source");
                xml.empty("adapter", "name", "scsi_host" + place.group(1));
                xml.empty("address", "bus", place.group(2), "target", place.group(3), "unit", place.group(4));
                xml.close();
                xml.close();
            }
            default -> throw unknown(device);
        }
    }

    private static Matcher place(Pattern pattern, HostDevice device) {
        Matcher matcher = pattern.matcher(device.getName());
        if (!matcher.matches()) {
            throw unknown(device);
        }
        return matcher;
    }

    private static Refusal unknown(HostDevice device) {
        return Refusal.badRequest(
                "The host's device '" + device.getName() + "' is of no kind that machines can be given");
    }
}
