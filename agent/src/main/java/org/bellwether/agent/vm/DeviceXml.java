package org.bellwether.agent.vm;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.Bandwidth;
import org.bellwether.protocol.DiskBus;
import org.bellwether.protocol.FilterParameter;
import org.bellwether.protocol.GraphicsDevice;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NicDevice;
import org.bellwether.protocol.RngSource;

/** A machine's devices in libvirt's words; its disks are {@link DiskXml}'s. */
final class DeviceXml {
    private static final int BALLOON_SECONDS = 5;
    private static final int SLOTS = 16;
    /** As many as QEMU's controller has. */
    private static final int USB_PORTS = 15;

    private final MachineDefinition machine;
    private final Board board;
    private final DiskXml disks;
    private final XmlText xml;

    DeviceXml(MachineDefinition machine, Map<String, PreparedVolume> volumes, XmlText xml) {
        this.machine = machine;
        this.board = Board.of(machine);
        this.disks = new DiskXml(machine, volumes, xml);
        this.xml = xml;
    }

    /** One network interface's element, to be plugged into a machine that runs, or changed on it. */
    static String nic(MachineDefinition machine, NicDevice nic) {
        return XmlText.of(xml -> new DeviceXml(machine, Map.of(), xml).nic(nic));
    }

    void all(Optional<Leases.Place> lease) {
        xml.open("devices");
        controllers();
        disks.all();
        lease.ifPresent(this::lease);
        for (NicDevice nic : machine.getNicsList()) {
            nic(nic);
        }
        xml.open("channel", "type", "unix");
        xml.empty("target", "type", "virtio", "name", DomainXml.AGENT_CHANNEL);
        xml.close();
        if (machine.getSerialConsole()) {
            xml.open("serial", "type", "unix");
            xml.empty(
                    "source",
                    "mode",
                    "bind",
                    "path",
                    DomainXml.serialSocket(machine.getId()).toString());
            xml.empty("target", "port", "0");
            xml.close();
        }
        displays();
        if (machine.getBalloon()) {
            xml.open("memballoon", "model", "virtio");
            xml.empty("stats", "period", Integer.toString(BALLOON_SECONDS));
            xml.close();
        } else {
            xml.empty("memballoon", "model", "none");
        }
        rng();
        extras();
        xml.close();
    }

    private void extras() {
        machine.getHostDevicesList().forEach(device -> HostDeviceXml.write(xml, device));
        if (machine.getTpm()) {
            xml.open("tpm", "model", board.i440fx() ? "tpm-tis" : "tpm-crb");
            xml.empty("backend", "type", "emulator", "version", "2.0");
            xml.close();
        }
        if (machine.getSound()) {
            xml.empty("sound", "model", board.i440fx() ? "ich6" : "ich9");
        }
        if (machine.hasWatchdog()) {
            xml.empty(
                    "watchdog",
                    "model",
                    machine.getWatchdog().getModel(),
                    "action",
                    machine.getWatchdog().getAction());
        }
        // Where the guest's kernel says that it crashed: then the machine ends, and is started anew if it is highly
        // available.
        xml.empty("panic", "model", "isa");
    }

    private void lease(Leases.Place place) {
        xml.open("lease");
        xml.text("lockspace", place.lockspace());
        xml.text("key", place.key());
        xml.empty("target", "path", place.path().toString(), "offset", Long.toString(place.offset()));
        xml.close();
    }

    private void controllers() {
        if (machine.getUsb()) {
            xml.empty(
                    "controller",
                    "type",
                    "usb",
                    "index",
                    "0",
                    "model",
                    "qemu-xhci",
                    "ports",
                    Integer.toString(USB_PORTS));
        } else {
            xml.empty("controller", "type", "usb", "index", "0", "model", board.i440fx() ? "piix3-uhci" : "qemu-xhci");
        }
        if (machine.getVirtioScsi()
                || machine.getHostDevicesList().stream()
                        .anyMatch(device -> device.getCapability().equals("scsi"))
                || machine.getDisksList().stream().anyMatch(disk -> board.bus(disk) == DiskBus.VIRTIO_SCSI)) {
            xml.open("controller", "type", "scsi", "index", "0", "model", "virtio-scsi");
            if (machine.getIoThreads() > 0) {
                xml.empty("driver", "iothread", Integer.toString(machine.getIoThreads()));
            }
            xml.close();
        }
        xml.empty("controller", "type", "virtio-serial", "index", "0");
        if (!board.i440fx()) {
            // A slot of q35 takes one device; libvirt makes as many as there are devices, and none to plug more into.
            xml.empty("controller", "type", "pci", "index", "0", "model", "pcie-root");
            for (int slot = 1; slot <= SLOTS; slot++) {
                xml.empty("controller", "type", "pci", "index", Integer.toString(slot), "model", "pcie-root-port");
            }
        }
    }

    private void nic(NicDevice nic) {
        boolean connected = !nic.getNetwork().isEmpty();
        xml.open("interface", "type", connected ? "bridge" : "ethernet");
        xml.empty("mac", "address", nic.getMac().toLowerCase(Locale.ROOT));
        if (connected) {
            xml.empty("source", "bridge", nic.getNetwork());
        }
        xml.empty("model", "type", nic.getModel().isEmpty() ? "virtio" : nic.getModel());
        if (nic.getMtu() > 0) {
            xml.empty("mtu", "size", Integer.toString(nic.getMtu()));
        }
        xml.empty("link", "state", connected && nic.getLinked() ? "up" : "down");
        if (connected && !nic.getFilter().isEmpty()) {
            xml.open("filterref", "filter", nic.getFilter());
            for (FilterParameter parameter : nic.getFilterParametersList()) {
                xml.empty("parameter", "name", parameter.getName(), "value", parameter.getValue());
            }
            xml.close();
        }
        if (nic.hasInbound() || nic.hasOutbound()) {
            xml.open("bandwidth");
            bandwidth("inbound", nic.getInbound());
            bandwidth("outbound", nic.getOutbound());
            xml.close();
        }
        if (connected && nic.getIsolated()) {
            xml.empty("port", "isolated", "yes");
        }
        if (nic.getBootOrder() > 0) {
            xml.empty("boot", "order", Integer.toString(nic.getBootOrder()));
        }
        xml.empty("alias", "name", DomainXml.ALIAS_PREFIX + nic.getNicId());
        xml.close();
    }

    private void bandwidth(String direction, Bandwidth limit) {
        if (limit.getAverageKibPerSecond() > 0) {
            long peak = Math.max(limit.getPeakKibPerSecond(), limit.getAverageKibPerSecond());
            xml.empty(
                    direction,
                    "average",
                    Long.toString(limit.getAverageKibPerSecond()),
                    "peak",
                    Long.toString(peak),
                    "burst",
                    Long.toString(Math.max(1, limit.getBurstKib())));
        }
    }

    private void displays() {
        for (GraphicsDevice graphics : machine.getGraphicsList()) {
            // A socket among libvirt's own files, which it names anew on each host.
            xml.open("graphics", "type", graphics.getProtocol());
            xml.empty("listen", "type", "socket");
            xml.close();
        }
        if (machine.getGraphicsCount() > 0) {
            xml.empty("input", "type", "tablet", "bus", "usb");
        }
        String model = machine.getVideoModel();
        xml.open("video");
        xml.empty("model", "type", model.isEmpty() ? (machine.getGraphicsCount() > 0 ? "vga" : "none") : model);
        xml.close();
    }

    private void rng() {
        String source = switch (machine.getRng()) {
            case URANDOM -> "/dev/urandom";
            case HWRNG -> "/dev/hwrng";
            case RNG_NONE, UNRECOGNIZED -> "";
        };
        if (machine.getRng() != RngSource.RNG_NONE && !source.isEmpty()) {
            xml.open("rng", "model", "virtio");
            xml.text("backend", source, "model", "random");
            xml.close();
        }
    }
}
