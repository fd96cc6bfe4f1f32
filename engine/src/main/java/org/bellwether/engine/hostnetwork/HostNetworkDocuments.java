package org.bellwether.engine.hostnetwork;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.Bonding;
import org.bellwether.api.types.BootProtocol;
import org.bellwether.api.types.HostNic;
import org.bellwether.api.types.Ip;
import org.bellwether.api.types.IpVersion;
import org.bellwether.api.types.Mac;
import org.bellwether.api.types.NetworkAttachment;
import org.bellwether.api.types.NicStatus;
import org.bellwether.api.types.Option;
import org.bellwether.api.types.ReportedConfiguration;
import org.bellwether.api.types.Statistic;
import org.bellwether.api.types.StatisticUnit;
import org.bellwether.api.types.UnmanagedNetwork;
import org.bellwether.api.types.Vlan;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.hostnetwork.HostNetworks.Attachment;
import org.bellwether.engine.inventory.StatisticsApi;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.Networks;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.InterfaceStatistics;
import org.bellwether.protocol.NetworkInterface;

/** NICs, attachments and unmanaged networks of hosts, as the API shows them. */
final class HostNetworkDocuments {

    private static final List<String> BOND_MODES =
            List.of("balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb");

    private final Hosts hosts;
    private final Networks networks;
    private final Decisions decisions;

    HostNetworkDocuments(Hosts hosts, Networks networks, Decisions decisions) {
        this.hosts = hosts;
        this.networks = networks;
        this.decisions = decisions;
    }

    Collection<Network> known(Host host) {
        return networks.ofCluster(host.cluster()).stream()
                .flatMap(each -> networks.model().find(each.network()).stream())
                .toList();
    }

    HostNetworks decided(Host host) {
        return decisions.find(host.id()).orElse(HostNetworks.none(host));
    }

    /** Of a host that was never heard of, nothing is known. */
    HostDescription description(Host host) {
        return hosts.observed(host.id()).description().orElse(HostDescription.getDefaultInstance());
    }

    /** What is decided, and what the host has of the cluster's networks beside it. */
    HostNetworks all(Host host) {
        return new FoundNetworks(description(host)).adopted(decided(host), known(host));
    }

    List<HostNic> nics(Host host) {
        var description = description(host);
        return description.getInterfacesList().stream()
                .filter(link -> !link.getKind().equals("bridge"))
                .map(link -> nic(host, description, link))
                .toList();
    }

    private HostNic nic(Host host, HostDescription description, NetworkInterface link) {
        var found = new FoundNetworks(description);
        var base = link.getKind().equals("vlan") ? link.getParent() : link.getName();
        var network = all(host).attachments().stream()
                .filter(each -> each.nic().equals(base))
                .flatMap(each -> networks.model().find(each.network()).stream())
                .filter(each -> NetworkPlans.vlan(each) == link.getVlan())
                .findFirst();
        // A port of a bridge shows the bridge's addresses as its own, as clients expect it.
        var device = network.flatMap(each -> found.device(each, base))
                .or(() -> found.link(link.getBridge()))
                .orElse(link);
        var document = HostNic.builder()
                .id(NicNames.id(host.id(), link.getName()))
                .name(link.getName())
                .mac(Mac.builder().address(link.getMac()).build())
                .mtu((long) link.getMtu())
                .status(link.getUp() ? NicStatus.UP : NicStatus.DOWN)
                .bridged(!link.getBridge().isEmpty())
                .bootProtocol(protocol(device.getIpv4Method()))
                .ipv6BootProtocol(protocol(device.getIpv6Method()))
                .host(reference(host));
        if (link.getSpeedBitsPerSecond() > 0) {
            document.speed(link.getSpeedBitsPerSecond());
        }
        ip(device, false).ifPresent(document::ip);
        ip(device, true).ifPresent(document::ipv6);
        if (link.getKind().equals("vlan")) {
            document.baseInterface(link.getParent())
                    .vlan(Vlan.builder().id((long) link.getVlan()).build());
        }
        if (FoundNetworks.isBond(link)) {
            document.bonding(bonding(host, link));
        }
        network.ifPresent(each -> document.network(org.bellwether.api.types.Network.builder()
                .id(each.id().toString())
                .name(each.name())
                .build()));
        return document.build();
    }

    private static Bonding bonding(Host host, NetworkInterface link) {
        var options = new ArrayList<Option>();
        link.getBondOptionsMap().entrySet().stream()
                .sorted(java.util.Map.Entry.comparingByKey())
                .forEach(option -> options.add(Option.builder()
                        .name(option.getKey())
                        .value_(
                                option.getKey().equals("mode")
                                        ? Integer.toString(BOND_MODES.indexOf(option.getValue()))
                                        : option.getValue())
                        .build()));
        var bonding = Bonding.builder()
                .options(options)
                .slaves(link.getPortsList().stream()
                        .map(port -> nicReference(host, port))
                        .toList());
        if (!link.getActivePort().isEmpty()) {
            bonding.activeSlave(nicReference(host, link.getActivePort()));
        }
        return bonding.build();
    }

    private static HostNic nicReference(Host host, String name) {
        return HostNic.builder()
                .id(NicNames.id(host.id(), name))
                .name(name)
                .host(reference(host))
                .build();
    }

    private static org.bellwether.api.types.Host reference(Host host) {
        return org.bellwether.api.types.Host.builder().id(host.id().toString()).build();
    }

    private static Optional<Ip> ip(NetworkInterface device, boolean ipv6) {
        return FoundNetworks.address(device, ipv6).map(address -> {
            var parts = address.split("/", -1);
            var ip = Ip.builder()
                    .version(ipv6 ? IpVersion.V6 : IpVersion.V4)
                    .address(parts[0])
                    .netmask(Addresses.netmask(Integer.parseInt(parts[1]), ipv6));
            var gateway = ipv6 ? device.getIpv6Gateway() : device.getIpv4Gateway();
            if (!gateway.isEmpty()) {
                ip.gateway(gateway);
            }
            return ip.build();
        });
    }

    private static BootProtocol protocol(String method) {
        return switch (method) {
            case "static" -> BootProtocol.STATIC;
            case "dhcp" -> BootProtocol.DHCP;
            case "autoconf" -> BootProtocol.AUTOCONF;
            default -> BootProtocol.NONE;
        };
    }

    List<NetworkAttachment> attachments(Host host) {
        var found = new FoundNetworks(description(host));
        return all(host).attachments().stream()
                .flatMap(each -> networks.model().find(each.network()).stream()
                        .map(network -> attachment(host, network, each, found)))
                .toList();
    }

    private NetworkAttachment attachment(Host host, Network network, Attachment attachment, FoundNetworks found) {
        var differences = differences(host, network, attachment, found);
        return attachment.spec().toBuilder()
                .id(NicNames.attachmentId(host.id(), network.id()))
                .network(org.bellwether.api.types.Network.builder()
                        .id(network.id().toString())
                        .name(network.name())
                        .build())
                .hostNic(nicReference(host, attachment.nic()))
                .host(reference(host))
                .inSync(differences.stream().allMatch(each -> Boolean.TRUE.equals(each.inSync())))
                .reportedConfigurations(differences)
                .build();
    }

    private List<ReportedConfiguration> differences(
            Host host, Network network, Attachment attachment, FoundNetworks found) {
        var roles = NetworkPlans.Roles.of(networks.ofCluster(host.cluster()));
        return Differences.of(network, new NetworkPlans(networks).network(network, attachment, roles), found);
    }

    /** Bridges that are no network of the cluster. */
    List<UnmanagedNetwork> unmanaged(Host host) {
        var names = known(host).stream().map(Network::name).toList();
        return description(host).getInterfacesList().stream()
                .filter(link -> link.getKind().equals("bridge") && !names.contains(link.getName()))
                .map(link -> UnmanagedNetwork.builder()
                        .id(link.getName())
                        .name(link.getName())
                        .host(reference(host))
                        .hostNic(link.getPortsList().stream()
                                .findFirst()
                                .map(port -> nicReference(host, port))
                                .orElse(null))
                        .build())
                .toList();
    }

    /** The numbers below {@code hosts/{id}/nics/{id}/statistics}. */
    List<Statistic> statistics(Host host, String nic) {
        return hosts.observed(host.id()).statistics().stream()
                .flatMap(all -> all.getInterfacesList().stream())
                .filter(each -> each.getName().equals(nic))
                .findFirst()
                .map(HostNetworkDocuments::numbers)
                .orElse(List.of());
    }

    private static List<Statistic> numbers(InterfaceStatistics now) {
        return List.of(
                StatisticsApi.counter(
                        "data.total.rx", "Total received data", StatisticUnit.BYTES, (double) now.getRxBytes()),
                StatisticsApi.counter(
                        "data.total.tx", "Total transmitted data", StatisticUnit.BYTES, (double) now.getTxBytes()),
                StatisticsApi.counter(
                        "errors.total.rx", "Total receive errors", StatisticUnit.NONE, (double) now.getRxErrors()),
                StatisticsApi.counter(
                        "errors.total.tx", "Total transmit errors", StatisticUnit.NONE, (double) now.getTxErrors()),
                StatisticsApi.counter("drops.total.rx", "Total received packets dropped", StatisticUnit.NONE, (double)
                        now.getRxDropped()),
                StatisticsApi.counter(
                        "drops.total.tx", "Total transmitted packets dropped", StatisticUnit.NONE, (double)
                                now.getTxDropped()));
    }
}
