package org.bellwether.agent.network;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.bellwether.protocol.KernelRoute;

/**
 * Reads what the kernel has, as "ip" tells it in JSON: it asks by netlink and so sees the network namespace that the agent
 * is in, which /sys need not.
 */
final class KernelReader {
    static final String NIC = "nic";
    static final String BOND = "bond";
    static final String VLAN = "vlan";
    static final String BRIDGE = "bridge";
    static final String MACHINE = "machine";

    private static final Duration DEADLINE = Duration.ofSeconds(10);
    /** Options of a bond that people choose; the kernel tells more, most of it what it made of these. */
    private static final Set<String> BOND_OPTIONS = Set.of(
            "miimon",
            "updelay",
            "downdelay",
            "xmit_hash_policy",
            "ad_lacp_rate",
            "ad_select",
            "primary",
            "primary_reselect",
            "fail_over_mac",
            "arp_interval",
            "resend_igmp",
            "num_peer_notif",
            "min_links",
            "all_slaves_active",
            "packets_per_slave",
            "lp_interval",
            "tlb_dynamic_lb");
    /** Routes of these makers are not anybody's decision. */
    private static final Set<String> MADE_BY_THEMSELVES = Set.of("kernel", "ra", "dhcp");

    private KernelReader() {}

    /** @throws Refusal when the kernel cannot be asked */
    static KernelNetworks read(Dhcp dhcp) {
        try {
            KernelNetworks links = parse(
                    run("ip", "-json", "-details", "address", "show"),
                    run("ip", "-4", "-json", "route", "show"),
                    run("ip", "-6", "-json", "route", "show"));
            KernelNetworks.Builder all = links.toBuilder().clearLinks().addAllNameServers(NameServers.read());
            boolean present = NetworkManager.present();
            for (KernelLink link : links.getLinksList()) {
                String name = link.getName();
                boolean managed = present && !link.getKind().equals(MACHINE);
                all.addLinks(link.toBuilder()
                        .setAutoconf(
                                Sysctl.acceptsRouters(name) || (managed && NetworkManager.asks(name, true, "auto")))
                        .setDhcp4(dhcp.runs(name, false) || (managed && NetworkManager.asks(name, false, "auto")))
                        .setDhcp6(dhcp.runs(name, true) || (managed && NetworkManager.asks(name, true, "dhcp"))));
            }
            return all.build();
        } catch (JsonProcessingException e) {
            throw Refusal.broken("The host's networks cannot be read").because(e.getOriginalMessage());
        }
    }

    static KernelNetworks parse(String links, String routes4, String routes6) throws JsonProcessingException {
        KernelNetworks.Builder networks = KernelNetworks.newBuilder();
        for (JsonNode link : json(links)) {
            if (!link.path("link_type").asText("").equals("loopback")) {
                networks.addLinks(link(link));
            }
        }
        addRoutes(networks, json(routes4), false);
        addRoutes(networks, json(routes6), true);
        return networks.build();
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return JsonMapper.builder().build().readTree(text.isBlank() ? "[]" : text);
    }

    private static KernelLink link(JsonNode told) {
        JsonNode info = told.path("linkinfo");
        JsonNode data = info.path("info_data");
        String kind = kind(info.path("info_kind").asText(""));
        KernelLink.Builder link = KernelLink.newBuilder()
                .setName(told.path("ifname").asText(""))
                .setKind(kind)
                .setMac(told.path("address").asText(""))
                .setMtu(told.path("mtu").asInt())
                .setUp(flags(told, "UP"))
                .setCarrier(flags(told, "UP")
                        && !List.of("DOWN", "LOWERLAYERDOWN")
                                .contains(told.path("operstate").asText("")))
                .setMaster(told.path("master").asText(""));
        if (kind.equals(VLAN)) {
            link.setParent(told.path("link").asText("")).setVlan(data.path("id").asInt());
        }
        if (kind.equals(BRIDGE)) {
            link.setStp(data.path("stp_state").asInt() != 0);
        }
        if (kind.equals(BOND)) {
            link.setActivePort(data.path("active_slave").asText(""));
            link.putBondOptions("mode", data.path("mode").asText(""));
            for (Map.Entry<String, JsonNode> field : data.properties()) {
                if (BOND_OPTIONS.contains(field.getKey())) {
                    link.putBondOptions(field.getKey(), field.getValue().asText());
                }
            }
        }
        for (JsonNode address : told.path("addr_info")) {
            String text = address.path("local").asText("") + "/"
                    + address.path("prefixlen").asInt();
            if (address.path("dynamic").asBoolean()) {
                link.addDynamicAddresses(text);
            } else if (address.path("scope").asText("").equals("global")) {
                link.addAddresses(text);
            }
        }
        return link.build();
    }

    private static String kind(String kernels) {
        return switch (kernels) {
            case "", "veth" -> NIC;
            case "tun" -> MACHINE;
            default -> kernels;
        };
    }

    private static boolean flags(JsonNode link, String wanted) {
        for (JsonNode flag : link.path("flags")) {
            if (flag.asText().equals(wanted)) {
                return true;
            }
        }
        return false;
    }

    private static void addRoutes(KernelNetworks.Builder networks, JsonNode routes, boolean ipv6) {
        for (JsonNode route : routes) {
            String gateway = route.path("gateway").asText("");
            if (!MADE_BY_THEMSELVES.contains(route.path("protocol").asText("")) && !gateway.isEmpty()) {
                networks.addRoutes(KernelRoute.newBuilder()
                        .setDestination(route.path("dst").asText(""))
                        .setGateway(gateway)
                        .setDevice(route.path("dev").asText(""))
                        .setMetric(route.path("metric").asInt())
                        .setIpv6(ipv6));
            }
        }
    }

    private static String run(String... words) {
        Command.Outcome outcome = Command.of(words).run(DEADLINE);
        if (!outcome.worked()) {
            throw Refusal.of(Error.Code.REFUSED, "The host's networks cannot be read")
                    .because(outcome.words());
        }
        return outcome.output();
    }
}
