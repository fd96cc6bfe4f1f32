package org.bellwether.agent.vm;

import com.google.protobuf.InvalidProtocolBufferException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Xml;
import org.bellwether.protocol.GraphicsState;
import org.bellwether.protocol.MachineDefinition;
import org.w3c.dom.Element;

/**
 * What the agent reads out of libvirt's document of a machine.
 *
 * @param definition out of our metadata; nothing: the machine was not made by an engine
 * @param domainType "kvm" or "qemu"
 * @param agentConnected whether the guest agent has its channel open
 * @param diskTargets name inside libvirt ("vda") to disk id; only disks of ours
 * @param otherDisks names of disks and drives that are none of ours, or are empty
 * @param nicTargets name on the host ("vnet0") to MAC
 * @param files every file of a disk, and of what it stands on or is being mirrored to
 * @param lease that QEMU must hold to run it
 * @param screen the socket on which QEMU shows the screen; empty: there is none, or it is off
 * @param serial the socket of the first serial port
 */
record DomainView(
        String name,
        String title,
        Optional<MachineDefinition> definition,
        String domainType,
        List<GraphicsState> graphics,
        boolean agentConnected,
        Map<String, String> diskTargets,
        List<String> otherDisks,
        Map<String, String> nicTargets,
        List<String> files,
        Optional<Leases.Place> lease,
        String screen,
        String serial) {

    static DomainView parse(String xml) {
        Element domain = Xml.document(xml);
        Element devices = Xml.child(domain, "devices").orElse(domain);
        Map<String, String> disks = new LinkedHashMap<>();
        List<String> others = new ArrayList<>();
        List<String> files = new ArrayList<>();
        for (Element disk : Xml.children(devices, "disk")) {
            String target = Xml.attribute(disk, "target", "dev");
            String alias = Xml.attribute(disk, "alias", "name");
            if (alias.startsWith(DomainXml.ALIAS_PREFIX)) {
                disks.put(target, alias.substring(DomainXml.ALIAS_PREFIX.length()));
            } else {
                others.add(target);
            }
            addFiles(disk, files);
        }
        Map<String, String> nics = new LinkedHashMap<>();
        for (Element nic : Xml.children(devices, "interface")) {
            nics.put(Xml.attribute(nic, "target", "dev"), Xml.attribute(nic, "mac", "address"));
        }
        return new DomainView(
                Xml.text(domain, "name"),
                Xml.text(domain, "title"),
                definition(domain),
                domain.getAttribute("type"),
                graphics(devices),
                agentConnected(devices),
                disks,
                others,
                nics,
                files,
                lease(devices),
                screen(devices),
                serial(devices));
    }

    private static Optional<Leases.Place> lease(Element devices) {
        return Xml.child(devices, "lease")
                .filter(lease -> Xml.attribute(lease, "target", "offset").matches("[0-9]{1,18}"))
                .map(lease -> new Leases.Place(
                        Xml.text(lease, "lockspace"),
                        Xml.text(lease, "key"),
                        Path.of(Xml.attribute(lease, "target", "path")),
                        Long.parseLong(Xml.attribute(lease, "target", "offset"))));
    }

    private static String screen(Element devices) {
        return Xml.children(devices, "graphics").stream()
                .filter(graphics -> graphics.getAttribute("type").equals("vnc"))
                .map(graphics -> Xml.attribute(graphics, "listen", "socket"))
                .findFirst()
                .orElse("");
    }

    private static String serial(Element devices) {
        return Xml.children(devices, "serial").stream()
                .filter(serial -> serial.getAttribute("type").equals("unix"))
                .map(serial -> Xml.attribute(serial, "source", "path"))
                .findFirst()
                .orElse("");
    }

    private static void addFiles(Element layer, List<String> files) {
        String file = path(layer);
        if (!file.isEmpty()) {
            files.add(file);
        }
        Xml.child(layer, "backingStore").ifPresent(below -> addFiles(below, files));
        Xml.child(layer, "mirror").ifPresent(mirror -> addFiles(mirror, files));
    }

    /** Whether a path is that of a volume on a block domain. */
    static boolean isBlock(String path) {
        return path.contains("/blockSD/");
    }

    /** The file or the block device of a layer; empty: none. */
    static String path(Element layer) {
        String file = Xml.attribute(layer, "source", "file");
        return file.isEmpty() ? Xml.attribute(layer, "source", "dev") : file;
    }

    boolean foreign() {
        return definition.isEmpty();
    }

    private static Optional<MachineDefinition> definition(Element domain) {
        return Xml.child(domain, "metadata")
                .flatMap(metadata -> Xml.children(metadata, "machine").stream()
                        .filter(machine -> DomainXml.NAMESPACE.equals(machine.getNamespaceURI()))
                        .findFirst())
                .flatMap(machine -> Xml.child(machine, "definition"))
                .flatMap(definition -> decode(definition.getTextContent()));
    }

    private static Optional<MachineDefinition> decode(String text) {
        try {
            return Optional.of(
                    MachineDefinition.parseFrom(Base64.getMimeDecoder().decode(text.strip())));
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            return Optional.empty(); // somebody edited it: not ours any more
        }
    }

    private static List<GraphicsState> graphics(Element devices) {
        List<GraphicsState> all = new ArrayList<>();
        for (Element graphics : Xml.children(devices, "graphics")) {
            String listen = graphics.getAttribute("listen");
            all.add(GraphicsState.newBuilder()
                    .setProtocol(graphics.getAttribute("type"))
                    .setListenAddress(listen.isEmpty() ? Xml.attribute(graphics, "listen", "address") : listen)
                    .setPort(port(graphics, "port"))
                    .setTlsPort(port(graphics, "tlsPort"))
                    .build());
        }
        return all;
    }

    private static int port(Element graphics, String attribute) {
        try {
            return Math.max(0, Integer.parseInt(graphics.getAttribute(attribute)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static boolean agentConnected(Element devices) {
        return Xml.children(devices, "channel").stream()
                .filter(channel -> DomainXml.AGENT_CHANNEL.equals(Xml.attribute(channel, "target", "name")))
                .anyMatch(channel -> "connected".equals(Xml.attribute(channel, "target", "state")));
    }
}
