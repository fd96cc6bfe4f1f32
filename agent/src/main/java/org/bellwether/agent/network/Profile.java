package org.bellwether.agent.network;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.bellwether.protocol.KernelRoute;

/**
 * What NetworkManager is told of one interface, in its own format (nm-settings-keyfile(5)). Pure.
 *
 * @param name of the interface
 */
record Profile(String name, String text) {
    private static final String PREFIX = "bellwether-";
    private static final String SUFFIX = ".nmconnection";
    /** Above those that somebody else made for the same interface. */
    private static final int PRIORITY = 50;

    static Profile of(KernelLink link, KernelNetworks target) {
        StringBuilder text = new StringBuilder();
        connection(text, link, target);
        text.append("\n[ethernet]\n");
        if (link.getMtu() > 0) {
            text.append("mtu=").append(link.getMtu()).append('\n');
        }
        switch (link.getKind()) {
            case KernelReader.BOND -> {
                text.append("\n[bond]\n");
                bondOptions(link)
                        .forEach((option, value) ->
                                text.append(option).append('=').append(value).append('\n'));
            }
            case KernelReader.VLAN ->
                text.append("\n[vlan]\nparent=")
                        .append(link.getParent())
                        .append("\nid=")
                        .append(link.getVlan())
                        .append('\n');
            case KernelReader.BRIDGE ->
                text.append("\n[bridge]\nstp=").append(link.getStp()).append('\n');
            default -> {}
        }
        if (link.getMaster().isEmpty()) {
            ipv4(text, link, target);
            ipv6(text, link, target);
        }
        return new Profile(link.getName(), text.toString());
    }

    private static void connection(StringBuilder text, KernelLink link, KernelNetworks target) {
        text.append("[connection]\nid=")
                .append(PREFIX)
                .append(link.getName())
                .append("\nuuid=")
                .append(uuid(link.getName()))
                .append("\ntype=")
                .append(link.getKind().equals(KernelReader.NIC) ? "ethernet" : link.getKind())
                .append("\ninterface-name=")
                .append(link.getName())
                .append("\nautoconnect=")
                .append(link.getUp())
                .append("\nautoconnect-priority=")
                .append(PRIORITY)
                .append("\nautoconnect-slaves=1\n");
        target.getLinksList().stream()
                .filter(master -> master.getName().equals(link.getMaster()))
                .findFirst()
                .ifPresent(master -> text.append("master=")
                        .append(master.getName())
                        .append("\nslave-type=")
                        .append(master.getKind())
                        .append('\n'));
    }

    /** Without what the kernel tells as not set. */
    private static Map<String, String> bondOptions(KernelLink bond) {
        Map<String, String> options = new TreeMap<>(bond.getBondOptionsMap());
        options.values().removeIf(String::isEmpty);
        if (options.getOrDefault("miimon", "0").equals("0")) {
            options.remove("updelay");
            options.remove("downdelay");
        }
        // The name that it has there.
        String rate = options.remove("ad_lacp_rate");
        if (rate != null) {
            options.put("lacp_rate", rate);
        }
        return options;
    }

    private static void ipv4(StringBuilder text, KernelLink link, KernelNetworks target) {
        List<String> addresses = addresses(link, false);
        text.append("\n[ipv4]\nmethod=")
                .append(link.getDhcp4() ? "auto" : addresses.isEmpty() ? "disabled" : "manual")
                .append('\n');
        if (link.getDhcp4() || !addresses.isEmpty()) {
            // As the kernel does where nobody says anything.
            text.append("route-metric=0\n");
            places(text, link, target, addresses, false);
        }
    }

    private static void ipv6(StringBuilder text, KernelLink link, KernelNetworks target) {
        List<String> addresses = addresses(link, true);
        String method =
                link.getAutoconf() ? "auto" : link.getDhcp6() ? "dhcp" : addresses.isEmpty() ? "link-local" : "manual";
        text.append("\n[ipv6]\nmethod=").append(method).append("\naddr-gen-mode=eui64\n");
        if (!method.equals("link-local")) {
            places(text, link, target, addresses, true);
        }
    }

    private static List<String> addresses(KernelLink link, boolean ipv6) {
        return link.getAddressesList().stream()
                .filter(address -> address.contains(":") == ipv6)
                .toList();
    }

    private static void places(
            StringBuilder text, KernelLink link, KernelNetworks target, List<String> addresses, boolean ipv6) {
        int number = 0;
        for (String address : addresses) {
            text.append("address").append(++number).append('=').append(address).append('\n');
        }
        List<KernelRoute> routes = target.getRoutesList().stream()
                .filter(route -> route.getIpv6() == ipv6 && route.getDevice().equals(link.getName()))
                .toList();
        number = 0;
        for (KernelRoute route : routes) {
            String destination =
                    route.getDestination().equals("default") ? ipv6 ? "::/0" : "0.0.0.0/0" : route.getDestination();
            text.append("route").append(++number).append('=').append(destination);
            text.append(',').append(route.getGateway());
            if (!ipv6 || route.getMetric() > 0) {
                text.append(',').append(route.getMetric());
            }
            text.append('\n');
        }
        boolean theWayOut =
                routes.stream().anyMatch(route -> route.getDestination().equals("default"));
        List<String> servers = target.getNameServersList().stream()
                .filter(server -> server.contains(":") == ipv6)
                .toList();
        if (theWayOut && !servers.isEmpty()) {
            text.append("dns=");
            servers.forEach(server -> text.append(server).append(';'));
            text.append('\n');
        }
    }

    /** The same for an interface of that name on every host and at all times. */
    static String uuid(String name) {
        return UUID.nameUUIDFromBytes((PREFIX + name).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    static String file(String name) {
        return PREFIX + name + SUFFIX;
    }

    static boolean isOurs(String file) {
        return file.startsWith(PREFIX) && file.endsWith(SUFFIX);
    }

    /** Whether the interface asks for addresses, as that text of a profile has it. */
    static boolean asks(String text, boolean ipv6, String method) {
        int section = text.indexOf(ipv6 ? "\n[ipv6]\n" : "\n[ipv4]\n");
        return section >= 0 && text.startsWith("method=" + method + "\n", section + "\n[ipv4]\n".length());
    }
}
