package org.bellwether.agent.network;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.bellwether.protocol.KernelRoute;

/**
 * The calls of "ip" that lead from what the kernel has to what it should have: links first, then addresses, then routes,
 * because a link that goes down takes its routes along. Each phase is worked out from what is found when it begins. Pure.
 */
final class NetworkSteps {
    private static final List<String> ORDER =
            List.of(KernelReader.NIC, KernelReader.BOND, KernelReader.VLAN, KernelReader.BRIDGE);
    /** What the kernel takes only while a bond is down and empty. */
    private static final Set<String> ONLY_WHEN_EMPTY = Set.of("mode");

    private final Map<String, KernelLink> now = new LinkedHashMap<>();
    private final Map<String, KernelLink> target = new LinkedHashMap<>();
    private final List<List<String>> steps = new ArrayList<>();

    private NetworkSteps(KernelNetworks now, KernelNetworks target) {
        now.getLinksList().forEach(link -> this.now.put(link.getName(), link));
        target.getLinksList().forEach(link -> this.target.put(link.getName(), link));
    }

    static List<List<String>> links(KernelNetworks now, KernelNetworks target) {
        NetworkSteps steps = new NetworkSteps(now, target);
        steps.remove();
        steps.bonds();
        steps.addVlansAndBridges();
        steps.masters();
        steps.mtus();
        steps.others();
        return steps.steps;
    }

    private void remove() {
        List<KernelLink> gone = now.values().stream()
                .filter(link -> ORDER.indexOf(link.getKind()) > 0)
                .filter(link -> {
                    KernelLink wanted = target.get(link.getName());
                    return wanted == null
                            || !wanted.getKind().equals(link.getKind())
                            || !wanted.getParent().equals(link.getParent())
                            || wanted.getVlan() != link.getVlan();
                })
                .sorted(Comparator.comparingInt((KernelLink link) -> ORDER.indexOf(link.getKind()))
                        .reversed())
                .toList();
        for (KernelLink link : gone) {
            step("link", "delete", link.getName());
            now.remove(link.getName());
        }
        // What was in or on it is free now, or gone with it.
        Set<String> names = new HashSet<>();
        gone.forEach(link -> names.add(link.getName()));
        now.values().removeIf(link -> names.contains(link.getParent()));
        now.replaceAll((name, link) -> names.contains(link.getMaster())
                ? link.toBuilder()
                        .setMaster("")
                        .setUp(link.getUp() && !wasBond(gone, link.getMaster()))
                        .build()
                : link);
    }

    /** A bond that goes takes its ports down. */
    private static boolean wasBond(Collection<KernelLink> gone, String name) {
        return gone.stream()
                .anyMatch(link -> link.getName().equals(name) && link.getKind().equals(KernelReader.BOND));
    }

    private void bonds() {
        for (KernelLink bond : target.values()) {
            if (!bond.getKind().equals(KernelReader.BOND)) {
                continue;
            }
            Map<String, String> wanted = bond.getBondOptionsMap();
            KernelLink known = now.get(bond.getName());
            if (known == null) {
                step("link", "add", bond.getName(), "type", "bond", "mode", mode(wanted));
                now.put(
                        bond.getName(),
                        KernelLink.newBuilder()
                                .setName(bond.getName())
                                .setKind(KernelReader.BOND)
                                .setMtu(1500)
                                .build());
                options(bond, Map.of("mode", mode(wanted)));
            } else if (!mode(known.getBondOptionsMap()).equals(mode(wanted))) {
                empty(bond.getName());
                step("link", "set", bond.getName(), "type", "bond", "mode", mode(wanted));
                options(bond, Map.of("mode", mode(wanted)));
            } else {
                options(bond, known.getBondOptionsMap());
            }
        }
    }

    private static String mode(Map<String, String> options) {
        return options.getOrDefault("mode", "active-backup");
    }

    /** The kernel gives options words of its own; what it does not tell is set again, which changes nothing. */
    private void options(KernelLink bond, Map<String, String> known) {
        bond.getBondOptionsMap().entrySet().stream()
                .filter(option -> !ONLY_WHEN_EMPTY.contains(option.getKey())
                        && !option.getKey().equals("primary")
                        && !option.getValue().equals(known.get(option.getKey())))
                .sorted(Map.Entry.comparingByKey())
                .forEach(option ->
                        step("link", "set", bond.getName(), "type", "bond", option.getKey(), option.getValue()));
    }

    private void empty(String bond) {
        step("link", "set", bond, "down");
        for (KernelLink port : List.copyOf(now.values())) {
            if (port.getMaster().equals(bond)) {
                step("link", "set", port.getName(), "nomaster");
                now.put(
                        port.getName(),
                        port.toBuilder().setMaster("").setUp(false).build());
            }
        }
        now.computeIfPresent(bond, (name, link) -> link.toBuilder().setUp(false).build());
    }

    private void addVlansAndBridges() {
        for (String kind : List.of(KernelReader.VLAN, KernelReader.BRIDGE)) {
            for (KernelLink link : target.values()) {
                if (!link.getKind().equals(kind) || now.containsKey(link.getName())) {
                    continue;
                }
                if (kind.equals(KernelReader.VLAN)) {
                    step(
                            "link",
                            "add",
                            "link",
                            link.getParent(),
                            "name",
                            link.getName(),
                            "type",
                            "vlan",
                            "id",
                            Integer.toString(link.getVlan()));
                } else {
                    step("link", "add", "name", link.getName(), "type", "bridge", "forward_delay", "0");
                }
                now.put(
                        link.getName(),
                        KernelLink.newBuilder()
                                .setName(link.getName())
                                .setKind(kind)
                                .setParent(link.getParent())
                                .setVlan(link.getVlan())
                                .build());
            }
        }
    }

    /** What leaves a master leaves before anything joins one, so that no two ports ever make a ring. */
    private void masters() {
        List<KernelLink> moved = target.values().stream()
                .filter(link -> now.containsKey(link.getName()))
                .filter(link -> !link.getMaster().equals(found(link.getName()).getMaster()))
                .toList();
        for (KernelLink link : moved) {
            if (!found(link.getName()).getMaster().isEmpty()) {
                step("link", "set", link.getName(), "nomaster");
            }
        }
        for (KernelLink link : moved) {
            if (!link.getMaster().isEmpty()) {
                boolean bond = kind(link.getMaster()).equals(KernelReader.BOND);
                if (bond) {
                    step("link", "set", link.getName(), "down");
                }
                step("link", "set", link.getName(), "master", link.getMaster());
            }
        }
        for (KernelLink bond : target.values()) {
            String primary = bond.getBondOptionsMap().get("primary");
            if (primary != null
                    && !primary.equals(found(bond.getName()).getBondOptionsMap().get("primary"))) {
                step("link", "set", bond.getName(), "type", "bond", "primary", primary);
            }
        }
    }

    private String kind(String name) {
        KernelLink link = target.get(name);
        return link == null ? "" : link.getKind();
    }

    /** Below before above where it grows, above before below where it shrinks. */
    private void mtus() {
        List<KernelLink> differing = target.values().stream()
                .filter(link -> now.containsKey(link.getName()) && link.getMtu() > 0)
                .filter(link -> found(link.getName()).getMtu() != link.getMtu())
                .sorted(Comparator.comparingInt(link -> ORDER.indexOf(link.getKind())))
                .toList();
        for (KernelLink link : differing) {
            if (found(link.getName()).getMtu() < link.getMtu()) {
                mtu(link);
            }
        }
        for (KernelLink link : differing.reversed()) {
            if (found(link.getName()).getMtu() > link.getMtu()) {
                mtu(link);
            }
        }
    }

    private void mtu(KernelLink link) {
        step("link", "set", link.getName(), "mtu", Integer.toString(link.getMtu()));
    }

    private void others() {
        List<KernelLink> ordered = target.values().stream()
                .filter(link -> now.containsKey(link.getName()) && ORDER.contains(link.getKind()))
                .sorted(Comparator.comparingInt(link -> ORDER.indexOf(link.getKind())))
                .toList();
        for (KernelLink link : ordered) {
            KernelLink found = found(link.getName());
            if (link.getKind().equals(KernelReader.BRIDGE) && found.getStp() != link.getStp()) {
                step("link", "set", link.getName(), "type", "bridge", "stp_state", link.getStp() ? "1" : "0");
            }
            boolean bondPort = kind(link.getMaster()).equals(KernelReader.BOND);
            boolean joined = bondPort && !found.getMaster().equals(link.getMaster());
            if (link.getUp() && (!found.getUp() || joined)) {
                step("link", "set", link.getName(), "up");
            } else if (!link.getUp() && found.getUp()) {
                step("link", "set", link.getName(), "down");
            }
        }
    }

    static List<List<String>> addresses(KernelNetworks now, KernelNetworks target) {
        NetworkSteps steps = new NetworkSteps(now, target);
        for (KernelLink link : steps.now.values()) {
            KernelLink wanted = steps.target.get(link.getName());
            for (String address : link.getAddressesList()) {
                if (wanted != null && !wanted.getAddressesList().contains(address)) {
                    steps.step("address", "del", address, "dev", link.getName());
                }
            }
        }
        for (KernelLink link : steps.target.values()) {
            KernelLink found = steps.found(link.getName());
            for (String address : link.getAddressesList()) {
                if (!found.getAddressesList().contains(address)) {
                    // nodad: an address that the kernel is still checking cannot be connected from.
                    steps.step(
                            address.contains(":")
                                    ? List.of("address", "add", address, "dev", link.getName(), "nodad")
                                    : List.of("address", "add", address, "brd", "+", "dev", link.getName()));
                }
            }
        }
        return steps.steps;
    }

    static List<List<String>> routes(KernelNetworks now, KernelNetworks target) {
        NetworkSteps steps = new NetworkSteps(now, target);
        for (KernelRoute route : now.getRoutesList()) {
            if (!target.getRoutesList().contains(route)) {
                steps.route("delete", route);
            }
        }
        for (KernelRoute route : target.getRoutesList()) {
            if (!now.getRoutesList().contains(route)) {
                steps.route("replace", route);
            }
        }
        return steps.steps;
    }

    private void route(String verb, KernelRoute route) {
        List<String> words = new ArrayList<>(List.of(
                route.getIpv6() ? "-6" : "-4",
                "route",
                verb,
                route.getDestination(),
                "via",
                route.getGateway(),
                "dev",
                route.getDevice()));
        if (route.getMetric() > 0) {
            words.addAll(List.of("metric", Integer.toString(route.getMetric())));
        }
        step(words);
    }

    private KernelLink found(String name) {
        return now.getOrDefault(name, KernelLink.getDefaultInstance());
    }

    private void step(String... words) {
        step(List.of(words));
    }

    private void step(List<String> words) {
        List<String> all = new ArrayList<>(List.of("ip"));
        all.addAll(words);
        steps.add(List.copyOf(all));
    }
}
