package org.bellwether.agent.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.AddressPlan;
import org.bellwether.protocol.BondPlan;
import org.bellwether.protocol.HostNetworkPlan;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.bellwether.protocol.KernelRoute;
import org.bellwether.protocol.NetworkPlan;

/**
 * What the kernel should have after a change: what it has now, with the named networks and bonds as the plan wants them and
 * without what the plan no longer has. Everything else stays as it is found, also where it differs from the plan. Pure.
 */
final class NetworkTarget {
    private static final int USUAL_MTU = 1500;
    private static final int LONGEST_NAME = 15;

    private final NetworkPlan wanted;
    private final Map<String, KernelLink> links = new LinkedHashMap<>();
    private final List<KernelRoute> routes;
    private List<String> nameServers;

    private NetworkTarget(KernelNetworks now, NetworkPlan wanted) {
        this.wanted = wanted;
        now.getLinksList().forEach(link -> links.put(link.getName(), link));
        this.routes = new ArrayList<>(now.getRoutesList());
        this.nameServers = now.getNameServersList();
    }

    /**
     * @param before what this agent made last; what of it is not wanted any more goes
     * @param apply names of networks and bonds that are to become as the plan has them
     * @param removed links that nobody decided, to be taken away
     */
    static KernelNetworks of(
            KernelNetworks now, NetworkPlan before, NetworkPlan wanted, Set<String> apply, List<String> removed) {
        NetworkTarget target = new NetworkTarget(now, wanted);
        Set<String> networks = new LinkedHashSet<>();
        wanted.getNetworksList().forEach(network -> networks.add(network.getName()));
        Set<String> bonds = new LinkedHashSet<>();
        wanted.getBondsList().forEach(bond -> bonds.add(bond.getName()));
        for (HostNetworkPlan network : before.getNetworksList()) {
            if (!networks.contains(network.getName())) {
                target.takeAway(network);
            } else if (apply.contains(network.getName())) {
                target.leave(network);
            }
        }
        removed.forEach(target::delete);
        before.getBondsList().stream()
                .filter(bond -> !bonds.contains(bond.getName()))
                .forEach(bond -> target.delete(bond.getName()));
        wanted.getBondsList().stream()
                .filter(bond -> apply.contains(bond.getName()))
                .forEach(target::bond);
        for (HostNetworkPlan network : wanted.getNetworksList()) {
            if (apply.contains(network.getName())) {
                target.network(network);
            }
        }
        target.fitMtus();
        return target.build(now);
    }

    private KernelNetworks build(KernelNetworks now) {
        routes.removeIf(route -> !links.containsKey(route.getDevice()));
        return now.toBuilder()
                .clearLinks()
                .addAllLinks(links.values())
                .clearRoutes()
                .addAllRoutes(routes)
                .clearNameServers()
                .addAllNameServers(nameServers)
                .build();
    }

    private void bond(BondPlan bond) {
        KernelLink known = links.get(bond.getName());
        if (known != null && !known.getKind().equals(KernelReader.BOND)) {
            throw Refusal.wrongState("There is an interface " + bond.getName() + " already, and it is no bond")
                    .next("Give the bond another name.");
        }
        KernelLink.Builder link = known != null
                ? known.toBuilder()
                : KernelLink.newBuilder()
                        .setName(bond.getName())
                        .setKind(KernelReader.BOND)
                        .setMtu(USUAL_MTU);
        Map<String, String> options = new HashMap<>(bond.getOptionsMap());
        options.put("mode", BondModes.name(options.getOrDefault("mode", "1")));
        // Without a look at its links a bond never notices that one is cut.
        if (!options.containsKey("arp_interval")) {
            options.putIfAbsent("miimon", "100");
        }
        put(link.clearBondOptions().putAllBondOptions(options).setUp(true));
        for (KernelLink port : ports(bond.getName())) {
            if (!bond.getPortsList().contains(port.getName())) {
                put(port.toBuilder().setMaster(""));
            }
        }
        for (String name : bond.getPortsList()) {
            KernelLink port = nic(name, "The bond " + bond.getName());
            put(bare(port.toBuilder())
                    .setMaster(bond.getName())
                    .setMtu(link.getMtu())
                    .setUp(true));
            routes.removeIf(route -> route.getDevice().equals(name));
        }
    }

    private void network(HostNetworkPlan network) {
        KernelLink base = nic(network.getNic(), "The network " + network.getName());
        if (base.getMaster().isEmpty() || network.getVlan() == 0 || !isBond(base.getMaster())) {
            put(base.toBuilder().setUp(true));
        } else {
            throw Refusal.wrongState("The network " + network.getName() + " cannot be on " + base.getName()
                            + ", which is a port of the bond " + base.getMaster())
                    .next("Put it on the bond.");
        }
        KernelLink carrier = network.getVlan() == 0 ? get(base.getName()) : vlan(base, network.getVlan());
        int mtu = network.getMtu() == 0 ? USUAL_MTU : network.getMtu();
        if (network.getVlan() != 0) {
            carrier = carrier.toBuilder().setMtu(mtu).setUp(true).build();
        }
        if (network.getBridged()) {
            bridge(network, carrier, mtu);
        } else {
            KernelLink.Builder alone = carrier.toBuilder().setMaster("");
            if (network.getVlan() == 0) {
                alone.setMtu(Math.max(mtu, alone.getMtu()));
            }
            address(network, alone);
        }
    }

    private void bridge(HostNetworkPlan network, KernelLink carrier, int mtu) {
        KernelLink known = links.get(network.getName());
        if (known != null && !known.getKind().equals(KernelReader.BRIDGE)) {
            throw Refusal.wrongState("There is an interface " + network.getName() + " already, and it is no bridge")
                    .next("Rename the network.");
        }
        for (KernelLink port : ports(network.getName())) {
            if (!port.getKind().equals(KernelReader.MACHINE) && !port.getName().equals(carrier.getName())) {
                put(port.toBuilder().setMaster(""));
            }
        }
        routes.removeIf(route -> route.getDevice().equals(carrier.getName()));
        put(bare(carrier.toBuilder()).setMaster(network.getName()).setUp(true));
        KernelLink.Builder bridge = known != null
                ? known.toBuilder()
                : KernelLink.newBuilder().setName(network.getName()).setKind(KernelReader.BRIDGE);
        address(network, bridge.setMtu(mtu).setStp(network.getStp()));
    }

    /** Gives the device its addresses, and the host its way to everywhere else if that is this network. */
    private void address(HostNetworkPlan network, KernelLink.Builder device) {
        AddressPlan ipv4 = network.getIpv4();
        AddressPlan ipv6 = network.getIpv6();
        device.setUp(true).clearAddresses();
        for (AddressPlan plan : List.of(ipv4, ipv6)) {
            if (plan.getMethod() == AddressPlan.Method.STATIC) {
                device.addAddresses(plan.getAddress() + "/" + plan.getPrefix());
            }
        }
        device.setDhcp4(ipv4.getMethod() == AddressPlan.Method.DHCP);
        device.setDhcp6(ipv6.getMethod() == AddressPlan.Method.DHCP
                || ipv6.getMethod() == AddressPlan.Method.DHCP_AND_AUTOCONF);
        device.setAutoconf(ipv6.getMethod() == AddressPlan.Method.AUTOCONF
                || ipv6.getMethod() == AddressPlan.Method.DHCP_AND_AUTOCONF);
        put(device);
        String name = device.getName();
        routes.removeIf(route -> route.getDevice().equals(name));
        if (network.getDefaultRoute()) {
            way(name, ipv4, false);
            way(name, ipv6, true);
            if (network.getNameServersCount() > 0) {
                nameServers = network.getNameServersList();
            }
        }
    }

    private void way(String device, AddressPlan plan, boolean ipv6) {
        if (!plan.getGateway().isEmpty()) {
            routes.removeIf(
                    route -> route.getIpv6() == ipv6 && route.getDestination().equals("default"));
            routes.add(KernelRoute.newBuilder()
                    .setDestination("default")
                    .setGateway(plan.getGateway())
                    .setDevice(device)
                    .setIpv6(ipv6)
                    .build());
        }
    }

    private KernelLink vlan(KernelLink base, int id) {
        return links.values().stream()
                .filter(link -> link.getKind().equals(KernelReader.VLAN)
                        && link.getParent().equals(base.getName())
                        && link.getVlan() == id)
                .findFirst()
                .orElseGet(() -> KernelLink.newBuilder()
                        .setName(vlanName(base.getName(), id))
                        .setKind(KernelReader.VLAN)
                        .setParent(base.getName())
                        .setVlan(id)
                        .build());
    }

    /** NIC and number as everybody writes them, or the number alone with a trace of the NIC where that is too long. */
    static String vlanName(String nic, int id) {
        String usual = nic + "." + id;
        return usual.length() <= LONGEST_NAME ? usual : "v%06x.%d".formatted(nic.hashCode() & 0xff_ffff, id);
    }

    /** A network of this agent's that nobody wants any more. */
    private void takeAway(HostNetworkPlan network) {
        if (network.getBridged()) {
            delete(network.getName());
        }
        leave(network);
    }

    /** Frees where a network was: its VLAN goes, its NIC is bare again. */
    private void leave(HostNetworkPlan network) {
        Optional<HostNetworkPlan> now = wanted.getNetworksList().stream()
                .filter(each -> each.getName().equals(network.getName()))
                .findFirst();
        boolean same = now.filter(each -> each.getNic().equals(network.getNic())
                        && each.getVlan() == network.getVlan()
                        && each.getBridged() == network.getBridged())
                .isPresent();
        if (same) {
            return;
        }
        if (now.isPresent() && network.getBridged() && !now.get().getBridged()) {
            delete(network.getName());
        }
        if (network.getVlan() != 0) {
            links.values().stream()
                    .filter(link -> link.getKind().equals(KernelReader.VLAN)
                            && link.getParent().equals(network.getNic())
                            && link.getVlan() == network.getVlan())
                    .map(KernelLink::getName)
                    .findFirst()
                    .ifPresent(this::delete);
        } else if (links.containsKey(network.getNic())) {
            KernelLink nic = get(network.getNic());
            boolean bridgesPort = nic.getMaster().equals(network.getName());
            if (bridgesPort || (!network.getBridged() && nic.getMaster().isEmpty())) {
                put(bare(nic.toBuilder()).setMaster(""));
                routes.removeIf(route -> route.getDevice().equals(network.getNic()));
            }
        }
    }

    private void delete(String name) {
        KernelLink link = links.get(name);
        if (link == null || link.getKind().equals(KernelReader.NIC)) {
            return;
        }
        List<String> machines = ports(name).stream()
                .filter(port -> port.getKind().equals(KernelReader.MACHINE))
                .map(KernelLink::getName)
                .toList();
        if (!machines.isEmpty()) {
            throw Refusal.of(
                            org.bellwether.protocol.Error.Code.IN_USE,
                            "The network " + name + " cannot be taken off this host")
                    .because("machines are plugged into it (" + String.join(", ", machines) + ")")
                    .next("Migrate or stop these machines, or unplug them from it.");
        }
        for (KernelLink port : ports(name)) {
            put(port.toBuilder().setMaster(""));
        }
        links.values().stream()
                .filter(each -> each.getParent().equals(name))
                .map(KernelLink::getName)
                .toList()
                .forEach(this::delete);
        links.remove(name);
    }

    /** A NIC or bond lets through what the largest of its networks needs. */
    private void fitMtus() {
        Map<String, Integer> needed = new HashMap<>();
        for (KernelLink link : links.values()) {
            int mtu = link.getMtu();
            if (link.getKind().equals(KernelReader.VLAN)) {
                needed.merge(link.getParent(), mtu, Math::max);
            }
            KernelLink bridge = links.get(link.getMaster());
            if (bridge != null
                    && bridge.getKind().equals(KernelReader.BRIDGE)
                    && !link.getKind().equals(KernelReader.MACHINE)) {
                needed.merge(link.getName(), bridge.getMtu(), Math::max);
            }
        }
        Map<String, KernelLink> fitted = new LinkedHashMap<>();
        for (KernelLink link : links.values()) {
            boolean carries =
                    link.getKind().equals(KernelReader.NIC) || link.getKind().equals(KernelReader.BOND);
            Integer mtu = needed.get(link.getName());
            if (carries && mtu != null && link.getMtu() < mtu) {
                fitted.put(link.getName(), link.toBuilder().setMtu(mtu).build());
            }
        }
        links.putAll(fitted);
        for (KernelLink link : List.copyOf(links.values())) {
            if (isBond(link.getMaster())) {
                put(link.toBuilder().setMtu(get(link.getMaster()).getMtu()));
            }
        }
    }

    private KernelLink nic(String name, String who) {
        KernelLink link = links.get(name);
        if (link == null
                || (!link.getKind().equals(KernelReader.NIC) && !link.getKind().equals(KernelReader.BOND))) {
            throw Refusal.notFound(who + " is to be on " + name + ", and this host has no such NIC or bond");
        }
        return link;
    }

    private boolean isBond(String name) {
        KernelLink link = links.get(name);
        return link != null && link.getKind().equals(KernelReader.BOND);
    }

    private KernelLink get(String name) {
        return links.getOrDefault(name, KernelLink.getDefaultInstance());
    }

    private void put(KernelLink.Builder link) {
        links.put(link.getName(), link.build());
    }

    private List<KernelLink> ports(String master) {
        return links.values().stream()
                .filter(link -> link.getMaster().equals(master))
                .toList();
    }

    /** Without addresses of its own. */
    private static KernelLink.Builder bare(KernelLink.Builder link) {
        return link.clearAddresses().setDhcp4(false).setDhcp6(false).setAutoconf(false);
    }
}
