package org.bellwether.agent.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.bellwether.protocol.Bridge;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.bellwether.protocol.KernelRoute;
import org.bellwether.protocol.NetworkInterface;

/** The host's networks as the engine is told of them; machines' ports and other programs' devices are left out. */
public record ObservedNetworks(List<NetworkInterface> interfaces, List<Bridge> bridges, List<String> nameServers) {
    private static final long MEGABIT = 1_000_000;
    private static final Set<String> THE_HOSTS =
            Set.of(KernelReader.NIC, KernelReader.BOND, KernelReader.VLAN, KernelReader.BRIDGE);

    public ObservedNetworks {
        interfaces = List.copyOf(interfaces);
        bridges = List.copyOf(bridges);
        nameServers = List.copyOf(nameServers);
    }

    static ObservedNetworks of(KernelNetworks found) {
        return new ObservedNetworks(
                found.getLinksList().stream()
                        .filter(link -> THE_HOSTS.contains(link.getKind()))
                        .map(link -> networkInterface(found, link))
                        .toList(),
                found.getLinksList().stream()
                        .filter(link -> link.getKind().equals(KernelReader.BRIDGE))
                        .map(link -> bridge(found, link))
                        .toList(),
                found.getNameServersList());
    }

    private static NetworkInterface networkInterface(KernelNetworks found, KernelLink link) {
        NetworkInterface.Builder told = NetworkInterface.newBuilder()
                .setName(link.getName())
                .setKind(link.getKind())
                .setMac(link.getMac())
                .setMtu(link.getMtu())
                .setUp(link.getCarrier())
                .setSpeedBitsPerSecond(speed(link.getName()))
                .addAllAddresses(link.getAddressesList())
                .addAllAddresses(link.getDynamicAddressesList())
                .setParent(link.getParent())
                .setVlan(link.getVlan())
                .setStp(link.getStp())
                .putAllBondOptions(link.getBondOptionsMap())
                .setActivePort(link.getActivePort())
                .setIpv4Method(method(link, false))
                .setIpv6Method(method(link, true))
                .setIpv4Gateway(gateway(found, link, false))
                .setIpv6Gateway(gateway(found, link, true));
        found.getLinksList().stream()
                .filter(port -> port.getMaster().equals(link.getName()) && THE_HOSTS.contains(port.getKind()))
                .forEach(port -> told.addPorts(port.getName()));
        found.getLinksList().stream()
                .filter(master -> master.getName().equals(link.getMaster()))
                .findFirst()
                .ifPresent(master -> {
                    if (master.getKind().equals(KernelReader.BRIDGE)) {
                        told.setBridge(master.getName());
                    } else if (master.getKind().equals(KernelReader.BOND)) {
                        told.setBond(master.getName());
                    }
                });
        return told.build();
    }

    private static Bridge bridge(KernelNetworks found, KernelLink link) {
        Bridge.Builder bridge = Bridge.newBuilder()
                .setName(link.getName())
                .setUp(link.getCarrier())
                .setMtu(link.getMtu())
                .addAllAddresses(link.getAddressesList())
                .addAllAddresses(link.getDynamicAddressesList());
        found.getLinksList().stream()
                .filter(port -> port.getMaster().equals(link.getName()))
                .forEach(port -> bridge.addPorts(port.getName()));
        return bridge.build();
    }

    private static String method(KernelLink link, boolean ipv6) {
        if (link.getAddressesList().stream().anyMatch(address -> address.contains(":") == ipv6)) {
            return "static";
        }
        boolean dynamic = link.getDynamicAddressesList().stream().anyMatch(address -> address.contains(":") == ipv6);
        if (ipv6) {
            return link.getDhcp6() ? "dhcp" : link.getAutoconf() && dynamic ? "autoconf" : "none";
        }
        return link.getDhcp4() || dynamic ? "dhcp" : "none";
    }

    private static String gateway(KernelNetworks found, KernelLink link, boolean ipv6) {
        return found.getRoutesList().stream()
                .filter(route -> route.getIpv6() == ipv6
                        && route.getDestination().equals("default")
                        && route.getDevice().equals(link.getName()))
                .map(KernelRoute::getGateway)
                .findFirst()
                .orElse("");
    }

    private static long speed(String name) {
        try {
            String text =
                    Files.readString(Path.of("/sys/class/net").resolve(name).resolve("speed"), StandardCharsets.UTF_8);
            return Math.max(0, Long.parseLong(text.strip())) * MEGABIT;
        } catch (IOException | NumberFormatException e) {
            return 0; // a link that is down has none
        }
    }
}
