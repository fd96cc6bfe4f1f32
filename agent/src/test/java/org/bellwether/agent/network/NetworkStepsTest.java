package org.bellwether.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.AddressPlan;
import org.bellwether.protocol.BondPlan;
import org.bellwether.protocol.HostNetworkPlan;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.bellwether.protocol.KernelRoute;
import org.bellwether.protocol.NetworkPlan;
import org.junit.jupiter.api.Test;

/** From what the kernel has to what is wanted, without a kernel. */
final class NetworkStepsTest {
    private static final NetworkPlan NOTHING = NetworkPlan.getDefaultInstance();
    private static final KernelNetworks BEGIN = KernelNetworks.newBuilder()
            .addLinks(nic("eth0").setMaster("ovirtmgmt"))
            .addLinks(nic("eth1"))
            .addLinks(nic("eth2"))
            .addLinks(KernelLink.newBuilder()
                    .setName("ovirtmgmt")
                    .setKind("bridge")
                    .setMtu(1500)
                    .setUp(true)
                    .addAddresses("10.0.0.5/24"))
            .addRoutes(KernelRoute.newBuilder()
                    .setDestination("default")
                    .setGateway("10.0.0.1")
                    .setDevice("ovirtmgmt"))
            .build();

    @Test
    void the_management_network_as_it_is_takes_no_step() {
        KernelNetworks target = target(plan(management("eth0")), Set.of("ovirtmgmt"));
        assertThat(NetworkSteps.links(BEGIN, target)).isEmpty();
        assertThat(NetworkSteps.addresses(BEGIN, target)).isEmpty();
        assertThat(NetworkSteps.routes(BEGIN, target)).isEmpty();
    }

    @Test
    void a_vlan_gets_its_device_and_its_bridge_in_that_order() {
        HostNetworkPlan red =
                network("red", "eth1").setVlan(10).setMtu(9000).setBridged(true).build();
        assertThat(words(NetworkSteps.links(BEGIN, target(plan(red), Set.of("red")))))
                .containsExactly(
                        "ip link add link eth1 name eth1.10 type vlan id 10",
                        "ip link add name red type bridge forward_delay 0",
                        "ip link set eth1.10 master red",
                        "ip link set eth1 mtu 9000",
                        "ip link set eth1.10 mtu 9000",
                        "ip link set red mtu 9000",
                        "ip link set eth1.10 up",
                        "ip link set red up");
    }

    @Test
    void the_management_network_moves_onto_a_bond_of_its_nic_and_another() {
        NetworkPlan wanted = plan(management("bond0")).toBuilder()
                .addBonds(BondPlan.newBuilder()
                        .setName("bond0")
                        .addPorts("eth0")
                        .addPorts("eth1")
                        .putOptions("mode", "1"))
                .build();
        KernelNetworks target = target(wanted, Set.of("bond0", "ovirtmgmt"));
        assertThat(words(NetworkSteps.links(BEGIN, target)))
                .containsExactly(
                        "ip link add bond0 type bond mode active-backup",
                        "ip link set bond0 type bond miimon 100",
                        "ip link set eth0 nomaster",
                        "ip link set eth0 down",
                        "ip link set eth0 master bond0",
                        "ip link set eth1 down",
                        "ip link set eth1 master bond0",
                        "ip link set bond0 master ovirtmgmt",
                        "ip link set eth0 up",
                        "ip link set eth1 up",
                        "ip link set bond0 up");
        assertThat(words(NetworkSteps.links(target, BEGIN)))
                .as("and back")
                .containsExactly(
                        "ip link delete bond0",
                        "ip link set eth0 master ovirtmgmt",
                        "ip link set eth0 up",
                        "ip link set eth1 up");
    }

    @Test
    void what_differs_elsewhere_is_left_alone() {
        NetworkPlan wanted = plan(
                management("eth0").toBuilder().setMtu(9000).build(),
                network("red", "eth1").setBridged(true).build());
        assertThat(words(NetworkSteps.links(BEGIN, target(wanted, Set.of("red")))))
                .containsExactly(
                        "ip link add name red type bridge forward_delay 0",
                        "ip link set eth1 master red",
                        "ip link set red mtu 1500",
                        "ip link set red up");
    }

    @Test
    void a_network_that_goes_takes_its_vlan_along_and_leaves_the_nic() {
        HostNetworkPlan red =
                network("red", "eth1").setVlan(10).setBridged(true).build();
        KernelNetworks with = target(plan(red), Set.of("red"));
        KernelNetworks without = NetworkTarget.of(with, plan(red), NOTHING, Set.of(), List.of());
        assertThat(words(NetworkSteps.links(with, without)))
                .containsExactly("ip link delete red", "ip link delete eth1.10");
    }

    @Test
    void a_network_that_machines_use_is_not_taken_away() {
        KernelNetworks found = target(
                        plan(network("red", "eth1").setBridged(true).build()), Set.of("red"))
                .toBuilder()
                .addLinks(KernelLink.newBuilder()
                        .setName("vnet3")
                        .setKind("machine")
                        .setMaster("red"))
                .build();
        assertThatThrownBy(() -> NetworkTarget.of(
                        found, plan(network("red", "eth1").setBridged(true).build()), NOTHING, Set.of(), List.of()))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("vnet3");
    }

    @Test
    void two_untagged_networks_on_one_nic_are_refused() {
        assertThatThrownBy(() -> PlanChecks.check(plan(
                        management("eth0"),
                        network("red", "eth0").setBridged(true).build())))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("untagged on eth0");
    }

    @Test
    void names_that_are_more_than_names_are_refused() {
        for (String name : List.of("-help", "a b", "x;y", "averyveryverylongname", "")) {
            assertThatThrownBy(() -> PlanChecks.check(plan(network(name, "eth0").build())))
                    .isInstanceOf(Refusal.class);
        }
    }

    @Test
    void networks_are_read_from_the_kernels_own_telling() throws IOException {
        KernelNetworks found = KernelReader.parse("""
                [{"ifname":"lo","link_type":"loopback","flags":["UP"],"addr_info":[]},
                 {"ifname":"eth0","link_type":"ether","address":"aa:bb:cc:dd:ee:ff","mtu":1500,"operstate":"UP",
                  "flags":["UP"],"master":"ovirtmgmt","linkinfo":{"info_slave_kind":"bridge"},"addr_info":[]},
                 {"ifname":"eth1.5","link":"eth1","link_type":"ether","mtu":1500,"operstate":"DOWN","flags":[],
                  "linkinfo":{"info_kind":"vlan","info_data":{"id":5}},"addr_info":[]},
                 {"ifname":"vnet0","link_type":"ether","flags":["UP"],"linkinfo":{"info_kind":"tun"},
                  "master":"ovirtmgmt","addr_info":[]},
                 {"ifname":"ovirtmgmt","link_type":"ether","mtu":1500,"operstate":"UP","flags":["UP"],
                  "linkinfo":{"info_kind":"bridge"},
                  "addr_info":[{"local":"10.1.2.3","prefixlen":24,"scope":"global"}]}]
                """, """
                [{"dst":"default","gateway":"10.1.2.1","dev":"ovirtmgmt"},
                 {"dst":"10.1.2.0/24","dev":"ovirtmgmt","protocol":"kernel"}]
                """, "");
        assertThat(found.getRoutesList())
                .singleElement()
                .satisfies(route -> assertThat(route.getGateway()).isEqualTo("10.1.2.1"));
        ObservedNetworks networks = ObservedNetworks.of(found);
        assertThat(networks.interfaces()).extracting("name").containsExactly("eth0", "eth1.5", "ovirtmgmt");
        assertThat(networks.interfaces().getFirst().getBridge()).isEqualTo("ovirtmgmt");
        assertThat(networks.interfaces().get(1).getParent()).isEqualTo("eth1");
        assertThat(networks.interfaces().getLast().getIpv4Gateway()).isEqualTo("10.1.2.1");
        assertThat(networks.bridges()).singleElement().satisfies(bridge -> {
            assertThat(bridge.getPortsList()).containsExactly("eth0", "vnet0");
            assertThat(bridge.getAddressesList()).containsExactly("10.1.2.3/24");
        });
    }

    private static KernelNetworks target(NetworkPlan wanted, Set<String> apply) {
        return NetworkTarget.of(BEGIN, NOTHING, wanted, apply, List.of());
    }

    private static List<String> words(List<List<String>> steps) {
        return steps.stream().map(step -> String.join(" ", step)).toList();
    }

    private static KernelLink.Builder nic(String name) {
        return KernelLink.newBuilder().setName(name).setKind("nic").setMtu(1500).setUp(true);
    }

    private static NetworkPlan plan(HostNetworkPlan... networks) {
        return NetworkPlan.newBuilder().addAllNetworks(List.of(networks)).build();
    }

    private static HostNetworkPlan.Builder network(String name, String nic) {
        return HostNetworkPlan.newBuilder().setName(name).setNic(nic);
    }

    private static HostNetworkPlan management(String nic) {
        return network("ovirtmgmt", nic)
                .setBridged(true)
                .setDefaultRoute(true)
                .setIpv4(AddressPlan.newBuilder()
                        .setMethod(AddressPlan.Method.STATIC)
                        .setAddress("10.0.0.5")
                        .setPrefix(24)
                        .setGateway("10.0.0.1"))
                .build();
    }
}
