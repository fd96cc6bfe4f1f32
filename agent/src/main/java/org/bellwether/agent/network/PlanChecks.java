package org.bellwether.agent.network;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.AddressPlan;
import org.bellwether.protocol.BondPlan;
import org.bellwether.protocol.HostNetworkPlan;
import org.bellwether.protocol.NetworkPlan;

/** Whether a plan makes sense by itself. Names and numbers go to "ip" as arguments, so nothing odd is let through. */
final class PlanChecks {
    private static final Pattern DEVICE = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,14}");
    private static final Pattern OPTION = Pattern.compile("[a-z0-9_]{1,32}");
    private static final Pattern VALUE = Pattern.compile("[A-Za-z0-9_.+,-]{1,64}");
    private static final Pattern IPV4 = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
    private static final Pattern IPV6 = Pattern.compile("[0-9A-Fa-f:.]{2,45}");
    private static final int LAST_VLAN = 4094;
    private static final int LARGEST_MTU = 65_535;
    private static final int SMALLEST_MTU = 68;

    private PlanChecks() {}

    /** @throws Refusal BAD_REQUEST with what is wrong */
    static void check(NetworkPlan plan) {
        Map<String, String> ports = new HashMap<>();
        Set<String> bonds = new HashSet<>();
        for (BondPlan bond : plan.getBondsList()) {
            requireDevice(bond.getName());
            require(bonds.add(bond.getName()), "The bond " + bond.getName() + " is there twice");
            require(bond.getPortsCount() > 0, "The bond " + bond.getName() + " has no NIC");
            for (String port : bond.getPortsList()) {
                requireDevice(port);
                String other = ports.put(port, bond.getName());
                require(other == null, "The NIC " + port + " cannot be in " + other + " and in " + bond.getName());
            }
            bond.getOptionsMap()
                    .forEach((name, value) -> require(
                            OPTION.matcher(name).matches()
                                    && VALUE.matcher(value).matches(),
                            "\"" + name + "=" + value + "\" is no option of a bond"));
        }
        Set<String> names = new HashSet<>();
        Set<String> places = new HashSet<>();
        for (HostNetworkPlan network : plan.getNetworksList()) {
            requireDevice(network.getName());
            requireDevice(network.getNic());
            String called = "The network " + network.getName();
            require(names.add(network.getName()), called + " is there twice");
            require(
                    !ports.containsKey(network.getNic()),
                    called + " cannot be on " + network.getNic() + ", which is a port of the bond "
                            + ports.get(network.getNic()));
            require(network.getVlan() <= LAST_VLAN, called + " has the VLAN " + network.getVlan() + ", which is none");
            require(
                    places.add(network.getNic() + "/" + network.getVlan()),
                    called + " and another one want to be "
                            + (network.getVlan() == 0 ? "untagged" : "VLAN " + network.getVlan()) + " on "
                            + network.getNic());
            require(
                    network.getMtu() == 0 || (network.getMtu() >= SMALLEST_MTU && network.getMtu() <= LARGEST_MTU),
                    called + " has the MTU " + network.getMtu() + ", which is none");
            checkAddress(called, network.getIpv4(), IPV4, 32);
            checkAddress(called, network.getIpv6(), IPV6, 128);
            network.getNameServersList()
                    .forEach(server -> require(
                            IPV4.matcher(server).matches()
                                    || IPV6.matcher(server).matches(),
                            "\"" + server + "\" is no address of a name server"));
        }
    }

    static void requireDevice(String name) {
        require(DEVICE.matcher(name).matches(), "\"" + name + "\" cannot be the name of an interface");
    }

    private static void checkAddress(String called, AddressPlan plan, Pattern form, int longest) {
        if (plan.getMethod() == AddressPlan.Method.STATIC) {
            require(
                    form.matcher(plan.getAddress()).matches(),
                    called + " has the address \"" + plan.getAddress() + "\", which is none");
            require(
                    plan.getPrefix() > 0 && plan.getPrefix() <= longest,
                    called + " has the prefix length " + plan.getPrefix() + ", which is none");
        }
        require(
                plan.getGateway().isEmpty() || form.matcher(plan.getGateway()).matches(),
                called + " has the gateway \"" + plan.getGateway() + "\", which is no address");
    }

    private static void require(boolean right, String otherwise) {
        if (!right) {
            throw Refusal.badRequest(otherwise);
        }
    }
}
