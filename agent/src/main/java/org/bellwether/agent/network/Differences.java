package org.bellwether.agent.network;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.bellwether.protocol.KernelRoute;

/**
 * In what the kernel is not as it should be, told by what it tells in the same words that it is told in. Pure.
 *
 * @param gone bonds, VLANs and bridges that should not be, or should be others
 * @param links that are to be made or changed, by name
 * @param loose machines' ports that are to be plugged in again, by name
 */
record Differences(List<KernelLink> gone, Map<String, KernelLink> links, Map<String, KernelLink> loose) {
    private static final Set<String> VIRTUAL = Set.of(KernelReader.BOND, KernelReader.VLAN, KernelReader.BRIDGE);

    static Differences of(KernelNetworks found, KernelNetworks target) {
        Map<String, KernelLink> now = byName(found);
        Map<String, KernelLink> wanted = byName(target);
        List<KernelLink> gone = now.values().stream()
                .filter(link -> VIRTUAL.contains(link.getKind()))
                .filter(link -> !wanted.containsKey(link.getName()) || isAnother(link, wanted.get(link.getName())))
                .toList();
        Map<String, KernelLink> links = new LinkedHashMap<>();
        Map<String, KernelLink> loose = new LinkedHashMap<>();
        for (KernelLink link : wanted.values()) {
            KernelLink known = now.getOrDefault(link.getName(), KernelLink.getDefaultInstance());
            if (link.getKind().equals(KernelReader.MACHINE)) {
                if (now.containsKey(link.getName()) && !known.getMaster().equals(link.getMaster())) {
                    loose.put(link.getName(), link);
                }
            } else if (link.getKind().equals(KernelReader.NIC) || VIRTUAL.contains(link.getKind())) {
                if (differs(known, link) || !routes(found, link).equals(routes(target, link))) {
                    links.put(link.getName(), link);
                }
            }
        }
        if (!Set.copyOf(found.getNameServersList()).containsAll(target.getNameServersList())) {
            target.getRoutesList().stream()
                    .filter(route -> route.getDestination().equals("default") && wanted.containsKey(route.getDevice()))
                    .map(route -> wanted.get(route.getDevice()))
                    .forEach(link -> links.put(link.getName(), link));
        }
        return new Differences(gone, links, loose);
    }

    boolean none() {
        return gone.isEmpty() && links.isEmpty() && loose.isEmpty();
    }

    String words() {
        Set<String> names = new HashSet<>(links.keySet());
        names.addAll(loose.keySet());
        gone.forEach(link -> names.add(link.getName()));
        return names.stream().sorted().collect(Collectors.joining(", "));
    }

    private static boolean isAnother(KernelLink known, KernelLink link) {
        return !known.getKind().equals(link.getKind())
                || !known.getParent().equals(link.getParent())
                || known.getVlan() != link.getVlan();
    }

    private static boolean differs(KernelLink known, KernelLink link) {
        return isAnother(known, link)
                || !known.getMaster().equals(link.getMaster())
                || known.getUp() != link.getUp()
                || known.getStp() != link.getStp()
                || (link.getMtu() > 0 && known.getMtu() != link.getMtu())
                || !Set.copyOf(known.getAddressesList()).equals(Set.copyOf(link.getAddressesList()))
                || known.getDhcp4() != link.getDhcp4()
                || known.getDhcp6() != link.getDhcp6()
                || !mode(known).equals(mode(link));
    }

    private static String mode(KernelLink bond) {
        return bond.getBondOptionsOrDefault("mode", "");
    }

    private static Set<KernelRoute> routes(KernelNetworks networks, KernelLink link) {
        return networks.getRoutesList().stream()
                .filter(route -> route.getDevice().equals(link.getName()))
                // The kernel's own word for IPv6 where none is given.
                .map(route -> route.getIpv6() && route.getMetric() == 1024
                        ? route.toBuilder().clearMetric().build()
                        : route)
                .collect(Collectors.toSet());
    }

    private static Map<String, KernelLink> byName(KernelNetworks networks) {
        Map<String, KernelLink> links = new LinkedHashMap<>();
        networks.getLinksList().forEach(link -> links.putIfAbsent(link.getName(), link));
        return links;
    }
}
