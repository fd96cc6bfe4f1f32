package org.bellwether.engine.hostnetwork;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bellwether.api.types.DnsResolverConfiguration;
import org.bellwether.api.types.IpVersion;
import org.bellwether.api.types.NetworkUsage;
import org.bellwether.engine.hostnetwork.HostNetworks.Attachment;
import org.bellwether.engine.hostnetwork.HostNetworks.Bond;
import org.bellwether.engine.network.ClusterNetwork;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.BondPlan;
import org.bellwether.protocol.HostNetworkPlan;
import org.bellwether.protocol.NetworkPlan;

/** What is decided, in the words that a host's agent takes. */
final class NetworkPlans {

    private final Networks networks;

    NetworkPlans(Networks networks) {
        this.networks = networks;
    }

    /** @param roles what the networks are to the host's cluster */
    NetworkPlan of(HostNetworks decided, Roles roles) {
        var plan = NetworkPlan.newBuilder();
        decided.bonds().forEach(bond -> plan.addBonds(bond(bond)));
        for (var attachment : decided.attachments()) {
            networks.model()
                    .find(attachment.network())
                    .ifPresent(network -> plan.addNetworks(network(network, attachment, roles)));
        }
        return plan.build();
    }

    private static BondPlan bond(Bond bond) {
        return BondPlan.newBuilder()
                .setName(bond.name())
                .addAllPorts(bond.ports())
                .putAllOptions(bond.options())
                .build();
    }

    HostNetworkPlan network(Network network, Attachment attachment, Roles roles) {
        var spec = network.spec();
        return HostNetworkPlan.newBuilder()
                .setName(network.name())
                .setNic(attachment.nic())
                .setVlan(vlan(network))
                .setMtu((int) mtu(network))
                .setBridged(Networks.forMachines(network))
                .setStp(Boolean.TRUE.equals(spec.stp()))
                .setIpv4(Addresses.plan(attachment.spec(), IpVersion.V4))
                .setIpv6(Addresses.plan(attachment.spec(), IpVersion.V6))
                .addAllNameServers(nameServers(network, attachment))
                .setDefaultRoute(roles.defaultRoute().contains(network.id()))
                .build();
    }

    /** The attachment's own, or else the network's. */
    static List<String> nameServers(Network network, Attachment attachment) {
        return Optional.ofNullable(attachment.spec().dnsResolverConfiguration())
                .or(() -> Optional.ofNullable(network.spec().dnsResolverConfiguration()))
                .map(DnsResolverConfiguration::nameServers)
                .orElse(List.of());
    }

    static int vlan(Network network) {
        return Optional.ofNullable(network.spec().vlan())
                .map(vlan -> vlan.id())
                .map(Long::intValue)
                .orElse(0);
    }

    static long mtu(Network network) {
        var mtu = network.spec().mtu();
        return mtu == null || mtu == 0 ? 1500 : mtu;
    }

    /** The networks of a cluster by what they are for. */
    record Roles(Set<Id<Network>> defaultRoute, Set<Id<Network>> migration, Set<Id<Network>> display) {

        static Roles of(Iterable<ClusterNetwork> attached) {
            var defaultRoute = new java.util.HashSet<Id<Network>>();
            var migration = new java.util.HashSet<Id<Network>>();
            var display = new java.util.HashSet<Id<Network>>();
            for (var each : attached) {
                var usages = Optional.ofNullable(each.spec().usages()).orElse(List.of());
                if (usages.contains(NetworkUsage.DEFAULT_ROUTE)) {
                    defaultRoute.add(each.network());
                }
                if (usages.contains(NetworkUsage.MIGRATION)) {
                    migration.add(each.network());
                }
                if (usages.contains(NetworkUsage.DISPLAY)
                        || Boolean.TRUE.equals(each.spec().display())) {
                    display.add(each.network());
                }
            }
            return new Roles(defaultRoute, migration, display);
        }
    }
}
