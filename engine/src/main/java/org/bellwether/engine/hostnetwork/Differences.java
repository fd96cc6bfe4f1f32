package org.bellwether.engine.hostnetwork;

import java.util.ArrayList;
import java.util.List;
import org.bellwether.api.types.ReportedConfiguration;
import org.bellwether.engine.network.Network;
import org.bellwether.protocol.AddressPlan;
import org.bellwether.protocol.HostNetworkPlan;
import org.bellwether.protocol.NetworkInterface;

/** What was wanted of a network on a host beside what the host has, field by field. Pure. */
final class Differences {

    private final List<ReportedConfiguration> fields = new ArrayList<>();

    private Differences() {}

    static List<ReportedConfiguration> of(Network network, HostNetworkPlan wanted, FoundNetworks found) {
        var differences = new Differences();
        var device = found.device(network, wanted.getNic());
        var carrier = found.carrier(wanted.getNic(), wanted.getVlan());
        differences.field("bridged", wanted.getBridged(), device.isPresent() && isBridge(device.get()));
        differences.field(
                "vlan",
                wanted.getVlan() == 0 ? "" : wanted.getVlan(),
                carrier.map(each -> each.getVlan() == 0 ? "" : Integer.toString(each.getVlan()))
                        .orElse("missing"));
        if (wanted.getBridged()) {
            differences.field(
                    "host_nic",
                    wanted.getNic(),
                    carrier.filter(each -> each.getBridge().equals(network.name()))
                            .map(_ -> wanted.getNic())
                            .orElse(device.map(each -> String.join(" ", each.getPortsList()))
                                    .orElse("")));
        }
        var shown = device.orElse(NetworkInterface.getDefaultInstance());
        differences.field("mtu", wanted.getMtu() == 0 ? 1500 : wanted.getMtu(), shown.getMtu());
        if (wanted.getBridged()) {
            differences.field("stp", wanted.getStp(), shown.getStp());
        }
        differences.address(wanted.getIpv4(), shown, false, wanted.getDefaultRoute());
        if (wanted.getIpv6().getMethod() != AddressPlan.Method.NONE
                || !shown.getIpv6Method().equals("none")) {
            differences.address(wanted.getIpv6(), shown, true, wanted.getDefaultRoute());
        }
        return differences.fields;
    }

    private static boolean isBridge(NetworkInterface link) {
        return link.getKind().equals("bridge");
    }

    private void address(AddressPlan wanted, NetworkInterface shown, boolean ipv6, boolean defaultRoute) {
        var version = ipv6 ? "ipv6_" : "ipv4_";
        var method = ipv6 ? shown.getIpv6Method() : shown.getIpv4Method();
        field(version + "boot_protocol", word(wanted.getMethod()), method.isEmpty() ? "none" : method);
        if (wanted.getMethod() != AddressPlan.Method.STATIC) {
            return;
        }
        var address = FoundNetworks.address(shown, ipv6).orElse("/0").split("/", -1);
        field(version + "address", wanted.getAddress(), address[0]);
        field(
                version + "netmask",
                Addresses.netmask(wanted.getPrefix(), ipv6),
                Addresses.netmask(Integer.parseInt(address[1]), ipv6));
        if (defaultRoute) {
            field(version + "gateway", wanted.getGateway(), ipv6 ? shown.getIpv6Gateway() : shown.getIpv4Gateway());
        }
    }

    private static String word(AddressPlan.Method method) {
        return switch (method) {
            case STATIC -> "static";
            case DHCP -> "dhcp";
            case AUTOCONF, DHCP_AND_AUTOCONF -> "autoconf";
            case NONE, UNRECOGNIZED -> "none";
        };
    }

    private void field(String name, Object wanted, Object has) {
        var expected = wanted.toString();
        var actual = has.toString();
        fields.add(ReportedConfiguration.builder()
                .name(name)
                .expectedValue(expected)
                .actualValue(actual)
                .inSync(expected.equals(actual))
                .build());
    }
}
