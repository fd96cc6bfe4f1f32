package org.bellwether.engine.hostnetwork;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.api.types.BootProtocol;
import org.bellwether.api.types.Ip;
import org.bellwether.api.types.IpAddressAssignment;
import org.bellwether.api.types.IpVersion;
import org.bellwether.api.types.NetworkAttachment;
import org.bellwether.engine.hostnetwork.HostNetworks.Attachment;
import org.bellwether.engine.hostnetwork.HostNetworks.Bond;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.Networks;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.NetworkInterface;

/** What a host has, read as if somebody had decided it: logical networks by the names of their bridges. Pure. */
final class FoundNetworks {

    private final HostDescription host;
    private final Map<String, NetworkInterface> links = new HashMap<>();

    FoundNetworks(HostDescription host) {
        this.host = host;
        host.getInterfacesList().forEach(each -> links.put(each.getName(), each));
    }

    Optional<NetworkInterface> link(String name) {
        return Optional.ofNullable(links.get(name));
    }

    /** NICs and bonds: what can carry networks. */
    List<NetworkInterface> carriers() {
        return host.getInterfacesList().stream()
                .filter(each -> isNic(each) || isBond(each))
                .toList();
    }

    /** What the engine decided stays; what the host has beside it is taken as decided, so that a change does not undo it. */
    HostNetworks adopted(HostNetworks decided, Collection<Network> networks) {
        var all = decided;
        for (var network : networks) {
            if (decided.attachment(network.id()).isEmpty()) {
                all = attachment(network).map(all::with).orElse(all);
            }
        }
        for (var attachment : all.attachments()) {
            if (all.bond(attachment.nic()).isEmpty()) {
                all = bond(attachment.nic()).map(all::with).orElse(all);
            }
        }
        return all;
    }

    Optional<Bond> bond(String name) {
        return link(name)
                .filter(FoundNetworks::isBond)
                .map(link -> new Bond(name, link.getPortsList(), link.getBondOptionsMap()));
    }

    /** The network's bridge and what is below it. */
    Optional<Attachment> attachment(Network network) {
        return link(network.name())
                .filter(link -> link.getKind().equals("bridge"))
                .flatMap(bridge -> bridge.getPortsList().stream()
                        .flatMap(port -> link(port).stream())
                        .map(port -> port.getKind().equals("vlan") ? port.getParent() : port.getName())
                        .findFirst()
                        .map(nic -> new Attachment(network.id(), nic, false, spec(bridge))));
    }

    /** What bears the network's addresses: its bridge, or the VLAN or NIC of one that no machine is plugged into. */
    Optional<NetworkInterface> device(Network network, String nic) {
        if (Networks.forMachines(network)) {
            return link(network.name()).filter(link -> link.getKind().equals("bridge"));
        }
        return carrier(nic, NetworkPlans.vlan(network));
    }

    /** The NIC itself, or the VLAN on it. */
    Optional<NetworkInterface> carrier(String nic, int vlan) {
        return vlan == 0
                ? link(nic)
                : links.values().stream()
                        .filter(link -> link.getKind().equals("vlan")
                                && link.getParent().equals(nic)
                                && link.getVlan() == vlan)
                        .findFirst();
    }

    static boolean isBond(NetworkInterface link) {
        return link.getKind().equals("bond");
    }

    static boolean isNic(NetworkInterface link) {
        return link.getKind().equals("nic") || link.getKind().isEmpty();
    }

    static NetworkAttachment spec(NetworkInterface device) {
        var assignments = new ArrayList<IpAddressAssignment>();
        assignments.add(assignment(device, false));
        if (!device.getIpv6Method().equals("none") && !device.getIpv6Method().isEmpty()) {
            assignments.add(assignment(device, true));
        }
        return NetworkAttachment.builder().ipAddressAssignments(assignments).build();
    }

    private static IpAddressAssignment assignment(NetworkInterface device, boolean ipv6) {
        var method = protocol(ipv6 ? device.getIpv6Method() : device.getIpv4Method());
        var ip = Ip.builder().version(ipv6 ? IpVersion.V6 : IpVersion.V4);
        var address = address(device, ipv6);
        if (method == BootProtocol.STATIC && address.isPresent()) {
            var parts = address.get().split("/", -1);
            ip.address(parts[0]);
            ip.netmask(Addresses.netmask(Integer.parseInt(parts[1]), ipv6));
            var gateway = ipv6 ? device.getIpv6Gateway() : device.getIpv4Gateway();
            if (!gateway.isEmpty()) {
                ip.gateway(gateway);
            }
        }
        return IpAddressAssignment.builder()
                .assignmentMethod(method)
                .ip(ip.build())
                .build();
    }

    static Optional<String> address(NetworkInterface device, boolean ipv6) {
        return device.getAddressesList().stream()
                .filter(each -> each.contains(":") == ipv6)
                .findFirst();
    }

    private static BootProtocol protocol(String method) {
        return switch (method) {
            case "static" -> BootProtocol.STATIC;
            case "dhcp" -> BootProtocol.DHCP;
            case "autoconf" -> BootProtocol.AUTOCONF;
            default -> BootProtocol.NONE;
        };
    }
}
