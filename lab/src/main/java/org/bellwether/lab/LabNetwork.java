package org.bellwether.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

    /**
     * Takes the network it had before, because hosts are known by their addresses, or else the first free /24 from
     * 192.168.177 upwards; callers hold the labs' common lock.
     *
     * @param memory file that keeps which one it is
     */
    static LabNetwork create(String bridge, Path memory) throws IOException {
        if (Command.attempt("ip", "link", "show", bridge).succeeded()) {
            throw new LabFailure("a network interface named %s is already there: remove it with `ip link del %s` "
                            .formatted(bridge, bridge)
                    + "if it is left over, or give the machine's own bridge another name");
        }
        String taken = Command.run("ip", "-o", "-4", "address", "show") + Command.run("ip", "-4", "route", "show");
        List<String> prefixes = new ArrayList<>();
        if (Files.exists(memory)) {
            prefixes.add(Files.readString(memory).strip());
        }
        for (int third = 177; third < 255; third++) {
            prefixes.add("192.168." + third + ".");
        }
        for (String prefix : prefixes) {
            if (!taken.contains(prefix)) {
                Files.writeString(memory, prefix + "\n");
                LabNetwork network = new LabNetwork(bridge, prefix);
                Command.run(
                        "ip",
                        "link",
                        "add",
                        bridge,
                        "address",
                        mac(network.gateway()),
                        "type",
                        "bridge",
                        "forward_delay",
                        "0");
                Command.run("ip", "address", "add", network.gateway() + "/24", "dev", bridge);
                Command.run("ip", "link", "set", bridge, "up");
                return network;
            }
        }
        throw new LabFailure("every network from 192.168.177.0/24 to 192.168.254.0/24 is in use on this machine; "
                + "take a lab down with `./bw down`");
    }

    /**
     * The MAC address of a bridge with that IP address. Without one of its own a bridge has the lowest of its ports', which
     * now and then is a guest's: then no two hosts reach each other while it migrates between them.
     */
    static String mac(String address) {
        StringBuilder mac = new StringBuilder("02:b3");
        for (String part : address.split("\\.")) {
            mac.append(":%02x".formatted(Integer.parseInt(part)));
        }
        return mac.toString();
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
