package org.bellwether.agent.host;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Bridge;
import org.bellwether.protocol.NetworkInterface;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The host's interfaces and bridges as "ip" tells them in JSON: it asks the kernel by netlink and so sees the network
 * namespace that the agent is in, which /sys need not.
 */
record Networks(List<NetworkInterface> interfaces, List<Bridge> bridges) {
    private static final Logger LOG = LoggerFactory.getLogger(Networks.class);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final long MEGABIT = 1_000_000;
    /** Kinds of interfaces that belong to machines or containers, not to the host. */
    private static final Set<String> NOT_THE_HOSTS = Set.of("tun", "ifb", "dummy");

    Networks {
        interfaces = List.copyOf(interfaces);
        bridges = List.copyOf(bridges);
    }

    static Networks read() {
        try {
            Command.Outcome outcome =
                    Command.of("ip", "-json", "-details", "address").run(DEADLINE);
            if (outcome.worked()) {
                return parse(outcome.output());
            }
            LOG.warn("the host's networks could not be read: {}", outcome.words());
        } catch (Refusal | JsonProcessingException e) {
            LOG.warn("the host's networks could not be read: {}", e.getMessage());
        }
        return new Networks(List.of(), List.of());
    }

    static Networks parse(String json) throws JsonProcessingException {
        JsonNode links = JsonMapper.builder().build().readTree(json);
        List<NetworkInterface> interfaces = new ArrayList<>();
        List<Bridge> bridges = new ArrayList<>();
        for (JsonNode link : links) {
            String kind = link.path("linkinfo").path("info_kind").asText("");
            if (kind.equals("bridge")) {
                bridges.add(bridge(link, links));
            }
            if (!link.path("link_type").asText("").equals("loopback") && !NOT_THE_HOSTS.contains(kind)) {
                interfaces.add(networkInterface(link));
            }
        }
        return new Networks(interfaces, bridges);
    }

    private static NetworkInterface networkInterface(JsonNode link) {
        String name = link.path("ifname").asText("");
        return NetworkInterface.newBuilder()
                .setName(name)
                .setMac(link.path("address").asText(""))
                .setMtu(link.path("mtu").asInt())
                .setUp(up(link))
                .setSpeedBitsPerSecond(speed(name))
                .addAllAddresses(addresses(link))
                .setBridge(
                        link.path("linkinfo").path("info_slave_kind").asText("").equals("bridge")
                                ? link.path("master").asText("")
                                : "")
                .build();
    }

    private static Bridge bridge(JsonNode link, JsonNode links) {
        String name = link.path("ifname").asText("");
        Bridge.Builder bridge = Bridge.newBuilder()
                .setName(name)
                .setUp(up(link))
                .setMtu(link.path("mtu").asInt())
                .addAllAddresses(addresses(link));
        for (JsonNode port : links) {
            if (port.path("master").asText("").equals(name)) {
                bridge.addPorts(port.path("ifname").asText(""));
            }
        }
        return bridge.build();
    }

    private static boolean up(JsonNode link) {
        for (JsonNode flag : link.path("flags")) {
            if (flag.asText().equals("UP")) {
                return !link.path("operstate").asText("").equals("DOWN");
            }
        }
        return false;
    }

    private static List<String> addresses(JsonNode link) {
        List<String> addresses = new ArrayList<>();
        for (JsonNode address : link.path("addr_info")) {
            addresses.add(address.path("local").asText("") + "/"
                    + address.path("prefixlen").asInt());
        }
        return addresses;
    }

    private static long speed(String name) {
        try {
            return Math.max(
                            0,
                            Long.parseLong(HostFiles.line(
                                    Path.of("/sys/class/net").resolve(name).resolve("speed"))))
                    * MEGABIT;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
