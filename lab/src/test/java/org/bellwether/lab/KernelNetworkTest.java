package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * VLANs and bonds, on a host with a kernel that has them. Its NICs lead to a switch in a namespace of that host, and other
 * namespaces, plugged into its bridges, stand for machines: nested guests take minutes each, so whoever names the test has them too.
 */
@ExtendWith(World.Extension.class)
@InTurn(of = 6, on = 2)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class KernelNetworkTest {
    private static final Duration SLOW = Duration.ofMinutes(3);
    private static final String SWITCH = """
            set -e
            ip netns add far
            for n in 1 2; do
                ip link add eth$n type veth peer name p$n netns far
                ip link set eth$n up
            done
            ip -n far link add sw type bridge
            ip -n far link set sw up
            for n in 1 2; do ip -n far link set p$n master sw up; done
            for v in 10 20; do
                ip -n far link add link sw name sw.$v type vlan id $v
                ip -n far address add 10.77.$v.2/24 dev sw.$v
                ip -n far link set sw.$v up
            done
            """;
    private static final String MACHINE = """
            set -e
            ip netns add $1
            ip link add $1 type veth peer name eth0 netns $1
            ip link set $1 master $2 up
            ip -n $1 address add 10.99.0.$3/24 dev eth0
            ip -n $1 link set eth0 up
            """;

    /** As an administrator makes it: the bridge with the host's own address, which NetworkManager rules from then on. */
    private static final String MANAGED = """
            set -e
            systemctl start NetworkManager
            address=$(ip -4 -o address show dev ovirtmgmt | awk '{ print $4 }')
            gateway=$(ip -4 route show default dev ovirtmgmt | awk '{ print $3 }')
            nmcli connection add type bridge con-name host ifname ovirtmgmt bridge.stp no ipv4.method manual \\
                ipv4.addresses "$address" ${gateway:+ipv4.gateway "$gateway"} ipv6.method link-local
            nmcli connection add type ethernet con-name host-nic ifname eth0 master ovirtmgmt slave-type bridge
            nmcli connection up host
            nmcli connection up host-nic
            """;

    /** Ends the agent as soon as its change has cut the host off. */
    private static final String KILLED_AGENT = """
            systemd-run --quiet sh -c '
                until ip -4 -o address show | grep -q 10.78.0.1; do sleep 0.1; done
                systemctl kill --signal=KILL bellwether-agent
                touch /run/agent-was-killed'
            """;

    private static final Duration SHORT = Duration.ofSeconds(10);

    private static final String PROFILES = "/etc/NetworkManager/system-connections";

    private final World world;

    KernelNetworkTest(World world) {
        this.world = world;
    }

    @Test
    @Order(1)
    void vlans_on_a_bond_go_on_when_one_of_its_links_is_cut() {
        VmHost host = world.vmHost();
        host.run("sh", "-c", SWITCH);
        assertThat(Await.holds(SLOW, () -> nic(host, "eth2").has("id"))).isTrue();
        vlansOnABond(host, network("red", 10), network("blue", 20));
    }

    private void vlansOnABond(VmHost host, String red, String blue) {
        ObjectNode change = change();
        bond(change, "bond0", "1", "eth1", "eth2");
        attach(change, red, "bond0", "10.77.10.1");
        attach(change, blue, "bond0", "10.77.20.1");
        setUp(host, change);

        assertThat(host.run("cat", "/proc/net/bonding/bond0")).contains("active-backup", "eth1", "eth2");
        assertThat(pings(host, "10.77.10.2")).isTrue();
        assertThat(pings(host, "10.77.20.2")).isTrue();
        JsonNode bond = nic(host, "bond0");
        assertThat(bond.path("bonding").path("slaves").path("host_nic")).hasSize(2);
        for (JsonNode attachment : world.api().list(path(host) + "/networkattachments")) {
            assertThat(attachment.path("in_sync").asText()).as("%s", attachment).isEqualTo("true");
        }

        host.run("ip", "-n", "far", "link", "set", "p1", "down");
        assertThat(Await.holds(SLOW, () -> pings(host, "10.77.10.2"))).isTrue();
        assertThat(Await.holds(
                        SLOW,
                        () -> nic(host, "eth1").path("status").asText().equals("down")
                                && nic(host, "bond0")
                                        .path("bonding")
                                        .path("active_slave")
                                        .path("id")
                                        .asText()
                                        .equals(nic(host, "eth2").path("id").asText())))
                .as("the API says which link is cut, and which one carries")
                .isTrue();
        host.run("ip", "-n", "far", "link", "set", "p1", "up");
    }

    @Test
    @Order(2)
    void machines_reach_those_of_their_own_vlan_and_nobody_else() {
        machinesOfVlans(world.vmHost());
    }

    private void machinesOfVlans(VmHost host) {
        host.run("sh", "-c", MACHINE, "machine", "one", "red", "1");
        host.run("sh", "-c", MACHINE, "machine", "two", "red", "2");
        host.run("sh", "-c", MACHINE, "machine", "three", "blue", "3");
        host.run("sh", "-c", "ip -n far address replace 10.99.0.20/24 dev sw.20");
        assertThat(pingsFrom(host, "one", "10.99.0.2")).isTrue();
        assertThat(pingsFrom(host, "one", "10.99.0.3")).isFalse();
        assertThat(pingsFrom(host, "three", "10.99.0.20"))
                .as("over the cable, VLAN 20")
                .isTrue();
        assertThat(pingsFrom(host, "one", "10.99.0.20"))
                .as("over the cable, VLAN 10")
                .isFalse();
    }

    @Test
    @Order(3)
    @EnabledIfSystemProperty(
            named = "test",
            matches = ".+",
            disabledReason = "two guests in a guest take a quarter of an hour: ./bw test KernelNetworkTest runs it")
    void guests_reach_those_of_their_own_vlan_and_follow_their_profile() {
        new VlanGuests(world).reachTheirOwnVlanOnly(networkId("red"), networkId("blue"), "10.99.0.1", "10.99.0.3");
    }

    @Test
    @Order(4)
    void every_mode_of_the_api_is_a_mode_of_the_kernel() {
        everyMode(world.vmHost());
    }

    private void everyMode(VmHost host) {
        String[] modes = {
            "load balancing (round-robin)",
            "fault-tolerance (active-backup)",
            "load balancing (xor)",
            "fault-tolerance (broadcast)",
            "IEEE 802.3ad",
            "transmit load balancing",
            "adaptive load balancing"
        };
        for (int mode = 0; mode < modes.length; mode++) {
            ObjectNode change = change();
            bond(change, "bond0", Integer.toString(mode), "eth1", "eth2");
            setUp(host, change);
            assertThat(host.run("cat", "/proc/net/bonding/bond0")).contains(modes[mode]);
            assertThat(host.run("ip", "-o", "link", "show", "bond0.10")).contains("master red");
        }
    }

    @Test
    @Order(5)
    void a_bond_is_taken_apart_and_its_networks_go() {
        takeApart(world.vmHost());
    }

    private void takeApart(VmHost host) {
        for (String name : new String[] {"one", "two", "three"}) {
            host.run("ip", "netns", "delete", name);
        }
        ObjectNode change = change();
        change.putObject("removed_bonds").putArray("host_nic").addObject().put("name", "bond0");
        ArrayNode removed = change.putObject("removed_network_attachments").putArray("network_attachment");
        for (JsonNode attachment : world.api().list(path(host) + "/networkattachments")) {
            if (!attachment.path("network").path("name").asText().equals("ovirtmgmt")) {
                removed.addObject().put("id", attachment.path("id").asText());
            }
        }
        setUp(host, change);
        assertThat(host.run("ip", "-o", "link", "show")).doesNotContain("bond0", "red", "blue");
    }

    @Test
    @Order(6)
    void the_same_holds_where_NetworkManager_rules_and_it_brings_the_networks_back_itself() {
        VmHost host = world.vmHost();
        ObjectNode before = change();
        bond(before, "bond0", "0", "eth1", "eth2");
        setUp(host, before);
        host.run("sh", "-c", MANAGED);
        assertThat(Await.holds(SLOW, () -> nic(host, "eth2").has("id"))).isTrue();
        String red = networkId("red");
        String blue = networkId("blue");
        vlansOnABond(host, red, blue);
        assertThat(host.run("nmcli", "-t", "-f", "DEVICE,CONNECTION", "device").lines())
                .contains("bond0:bellwether-bond0", "red:bellwether-red", "bond0.20:bellwether-bond0.20");
        assertThat(host.run("ls", PROFILES)).contains("bellwether-red.nmconnection");
        machinesOfVlans(host);
        everyMode(host);
        assertThat(host.run("ip", "-o", "link", "show", "one"))
                .as("a machine stays plugged in when what it is plugged into changes")
                .contains("master red");

        // What cuts the host off comes back: once by the agent, and by NetworkManager alone where that is dead.
        ObjectNode cut = change().put("connectivity_timeout", 10);
        attach(cut, networkId("ovirtmgmt"), "eth0", "10.78.0.1");
        assertThat(world.api()
                        .call("POST", path(host) + "/setupnetworks", cut.toString())
                        .status())
                .isGreaterThanOrEqualTo(400);
        assertThat(Await.holds(
                        SLOW,
                        () -> host.attempt(SHORT, "nmcli", "-t", "-f", "DEVICE,CONNECTION", "device")
                                .output()
                                .lines()
                                .toList()
                                .containsAll(List.of("ovirtmgmt:host", "eth0:host-nic"))))
                .as(
                        () -> host.run(
                                "sh",
                                "-c",
                                "nmcli device; tail -n40 /var/log/bellwether-agent.log; journalctl -u NetworkManager -n 80 -o cat"))
                .isTrue();
        assertThat(host.run("ip", "-4", "-o", "address", "show", "dev", "ovirtmgmt"))
                .contains(host.address());
        assertThat(Await.holds(
                        SLOW,
                        () -> world.api()
                                .get(path(host))
                                .path("status")
                                .asText()
                                .equals("up")))
                .isTrue();

        host.run("sh", "-c", KILLED_AGENT);
        world.api().call("POST", path(host) + "/setupnetworks", cut.toString());
        assertThat(Await.holds(
                        SLOW,
                        () -> host.attempt(SHORT, "test", "-e", "/run/agent-was-killed")
                                .succeeded()))
                .as("the host is reached again")
                .isTrue();
        assertThat(host.agentRuns()).as("without its agent").isFalse();
        world.vmHost();

        host.run("systemctl", "restart", "NetworkManager");
        assertThat(Await.holds(SLOW, () -> pings(host, "10.77.10.2"))).isTrue();
        takeApart(host);
        assertThat(host.run("ls", PROFILES)).doesNotContain("bellwether-red", "bellwether-bond0");
        host.run("systemctl", "stop", "NetworkManager");
    }

    private String networkId(String name) {
        return world.api().list("/networks").stream()
                .filter(each -> each.path("name").asText().equals(name)
                        && each.path("data_center")
                                .path("id")
                                .asText()
                                .equals(world.api()
                                        .named("/datacenters", World.KERNEL)
                                        .path("id")
                                        .asText()))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
    }

    private static boolean pings(VmHost host, String address) {
        return host.attempt(Duration.ofSeconds(20), "ping", "-c1", "-W3", address)
                .succeeded();
    }

    private static boolean pingsFrom(VmHost host, String namespace, String address) {
        return host.attempt(Duration.ofSeconds(30), "ip", "netns", "exec", namespace, "ping", "-c1", "-W3", address)
                .succeeded();
    }

    private String network(String name, int vlan) {
        ObjectNode network = Inventory.object().put("name", name);
        network.putObject("data_center").put("name", World.KERNEL);
        network.putObject("vlan").put("id", vlan);
        String id = world.api().post("/networks", network).path("id").asText();
        String cluster = world.api().named("/clusters", World.KERNEL).path("id").asText();
        world.api()
                .post(
                        "/clusters/" + cluster + "/networks",
                        Inventory.object().put("id", id).put("required", false));
        return id;
    }

    private static ObjectNode change() {
        return Inventory.object()
                .put("check_connectivity", true)
                .put("connectivity_timeout", 25)
                .put("commit_on_success", true);
    }

    private static void bond(ObjectNode change, String name, String mode, String... nics) {
        ObjectNode bond = change.putObject("modified_bonds")
                .putArray("host_nic")
                .addObject()
                .put("name", name);
        ObjectNode bonding = bond.putObject("bonding");
        ArrayNode options = bonding.putObject("options").putArray("option");
        options.addObject().put("name", "mode").put("value", mode);
        options.addObject().put("name", "miimon").put("value", "100");
        ArrayNode slaves = bonding.putObject("slaves").putArray("host_nic");
        for (String nic : nics) {
            slaves.addObject().put("name", nic);
        }
    }

    private static void attach(ObjectNode change, String network, String nic, String address) {
        ObjectNode attachment = change.withObject("modified_network_attachments")
                .withArray("network_attachment")
                .addObject();
        attachment.putObject("network").put("id", network);
        attachment.putObject("host_nic").put("name", nic);
        ObjectNode assignment = attachment
                .putObject("ip_address_assignments")
                .putArray("ip_address_assignment")
                .addObject()
                .put("assignment_method", "static");
        assignment.putObject("ip").put("version", "v4").put("address", address).put("netmask", "255.255.255.0");
    }

    private void setUp(VmHost host, ObjectNode change) {
        world.api().post(path(host) + "/setupnetworks", change);
    }

    private JsonNode nic(VmHost host, String name) {
        return world.api().list(path(host) + "/nics").stream()
                .filter(each -> each.path("name").asText().equals(name))
                .findFirst()
                .orElse(Inventory.object());
    }

    private String path(VmHost host) {
        return "/hosts/" + world.api().named("/hosts", host.name()).path("id").asText();
    }
}
