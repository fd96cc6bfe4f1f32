package org.bellwether.lab;

import java.time.Duration;
import java.util.List;

/**
 * The lab's bridge on this machine, with an address of its own and DHCP for the guests. Hosts get fixed addresses below
 * 100, guests get 100 to 250.
 */
public final class LabNetwork {
    private final String bridge;
    private final String prefix;

    LabNetwork(String bridge, String prefix) {
        this.bridge = bridge;
        this.prefix = prefix;
    }

    /** Takes the first free /24 from 192.168.177 upwards; callers hold the labs' common lock. */
    static LabNetwork create(String bridge) {
        if (Command.attempt("ip", "link", "show", bridge).succeeded()) {
            throw new LabFailure("a network interface named %s is already there: remove it with `ip link del %s` "
                            .formatted(bridge, bridge)
                    + "if it is left over, or give the machine's own bridge another name");
        }
        String taken = Command.run("ip", "-o", "-4", "address", "show") + Command.run("ip", "-4", "route", "show");
        for (int third = 177; third < 255; third++) {
            String prefix = "192.168." + third + ".";
            if (!taken.contains(prefix)) {
                LabNetwork network = new LabNetwork(bridge, prefix);
                Command.run("ip", "link", "add", bridge, "type", "bridge", "forward_delay", "0");
                Command.run("ip", "address", "add", network.gateway() + "/24", "dev", bridge);
                Command.run("ip", "link", "set", bridge, "up");
                return network;
            }
        }
        throw new LabFailure("every network from 192.168.177.0/24 to 192.168.254.0/24 is in use on this machine; "
                + "take a lab down with `./bw down`");
    }

    public String bridge() {
        return bridge;
    }

    String prefix() {
        return prefix;
    }

    /** This machine's own address on the bridge. */
    public String gateway() {
        return prefix + "1";
    }

    String address(int number) {
        return prefix + number;
    }

    /** The words that serve DHCP on the bridge, and on nothing else. */
    List<String> dhcpServer(String leases) {
        return List.of(
                "dnsmasq",
                "--keep-in-foreground",
                "--conf-file=/dev/null",
                "--no-resolv",
                "--no-hosts",
                "--no-ping",
                "--port=0",
                "--interface=" + bridge,
                "--except-interface=lo",
                "--bind-interfaces",
                "--dhcp-authoritative",
                "--dhcp-leasefile=" + leases,
                "--dhcp-range=" + address(100) + "," + address(250) + ",12h",
                "--user=root");
    }

    static void remove(String bridge) {
        if (!Await.holds(Duration.ofSeconds(10), () -> {
            Command.attempt("ip", "link", "del", bridge);
            return !Command.attempt("ip", "link", "show", bridge).succeeded();
        })) {
            throw new LabFailure("the bridge " + bridge + " cannot be removed; try `ip link del " + bridge + "`");
        }
    }
}
