package org.bellwether.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bellwether.protocol.KernelLink;
import org.bellwether.protocol.KernelNetworks;
import org.bellwether.protocol.KernelRoute;
import org.junit.jupiter.api.Test;

/** What NetworkManager is told, and when, without one; KernelNetworkTest has a real one. */
final class ProfileTest {
    private static final KernelLink NIC = KernelLink.newBuilder()
            .setName("eth1")
            .setKind("nic")
            .setMtu(1500)
            .setUp(true)
            .build();
    private static final KernelLink BRIDGE = KernelLink.newBuilder()
            .setName("red")
            .setKind("bridge")
            .setMtu(9000)
            .setUp(true)
            .addAddresses("10.0.0.5/24")
            .addAddresses("fd00::5/64")
            .build();
    private static final KernelLink VLAN = KernelLink.newBuilder()
            .setName("eth1.10")
            .setKind("vlan")
            .setParent("eth1")
            .setVlan(10)
            .setMtu(9000)
            .setUp(true)
            .setMaster("red")
            .build();
    private static final KernelRoute WAY_OUT = KernelRoute.newBuilder()
            .setDestination("default")
            .setGateway("10.0.0.1")
            .setDevice("red")
            .build();
    private static final KernelNetworks TARGET = KernelNetworks.newBuilder()
            .addAllLinks(List.of(NIC, BRIDGE, VLAN))
            .addRoutes(WAY_OUT)
            .addNameServers("10.0.0.2")
            .addNameServers("fd00::2")
            .build();

    @Test
    void a_bridge_has_addresses_the_way_out_and_the_name_servers() {
        assertThat(Profile.of(BRIDGE, TARGET).text())
                .startsWith("[connection]\nid=bellwether-red\nuuid=")
                .contains(
                        "\ntype=bridge\ninterface-name=red\n",
                        "\n[ethernet]\nmtu=9000\n",
                        "\n[bridge]\nstp=false\n",
                        "\n[ipv4]\nmethod=manual\nroute-metric=0\naddress1=10.0.0.5/24\nroute1=0.0.0.0/0,10.0.0.1,0\ndns=10.0.0.2;\n",
                        "\n[ipv6]\nmethod=manual\naddr-gen-mode=eui64\naddress1=fd00::5/64\n")
                .doesNotContain("fd00::2");
    }

    @Test
    void a_port_has_a_master_and_no_addresses() {
        assertThat(Profile.of(VLAN, TARGET).text())
                .contains("\nmaster=red\nslave-type=bridge\n", "\n[vlan]\nparent=eth1\nid=10\n")
                .doesNotContain("[ipv4]", "[ipv6]");
    }

    @Test
    void a_bond_gets_its_options_in_NetworkManagers_words_and_none_that_mean_nothing() {
        KernelLink bond = KernelLink.newBuilder()
                .setName("bond0")
                .setKind("bond")
                .putBondOptions("mode", "802.3ad")
                .putBondOptions("miimon", "0")
                .putBondOptions("updelay", "0")
                .putBondOptions("primary", "")
                .putBondOptions("ad_lacp_rate", "fast")
                .build();
        assertThat(Profile.of(bond, TARGET).text())
                .contains("\n[bond]\nlacp_rate=fast\nmiimon=0\nmode=802.3ad\n\n")
                .doesNotContain("mtu=");
    }

    @Test
    void who_asks_for_addresses_is_read_back() {
        String text = Profile.of(
                        BRIDGE.toBuilder()
                                .clearAddresses()
                                .setDhcp4(true)
                                .setAutoconf(true)
                                .build(),
                        TARGET)
                .text();
        assertThat(Profile.asks(text, false, "auto")).isTrue();
        assertThat(Profile.asks(text, true, "auto")).isTrue();
        assertThat(Profile.asks(text, true, "dhcp")).isFalse();
        assertThat(Profile.asks(Profile.of(NIC, TARGET).text(), false, "auto")).isFalse();
        assertThat(Profile.asks(Profile.of(VLAN, TARGET).text(), false, "auto")).isFalse();
    }

    @Test
    void what_is_as_it_should_be_takes_no_step_and_what_is_not_is_named() {
        assertThat(Differences.of(TARGET, TARGET).none()).isTrue();
        KernelNetworks found = KernelNetworks.newBuilder()
                .addLinks(NIC)
                .addLinks(VLAN.toBuilder().setVlan(20))
                .addLinks(KernelLink.newBuilder().setName("old").setKind("bridge"))
                .addLinks(KernelLink.newBuilder().setName("vnet0").setKind("machine"))
                .build();
        KernelNetworks target = TARGET.toBuilder()
                .addLinks(KernelLink.newBuilder()
                        .setName("vnet0")
                        .setKind("machine")
                        .setMaster("red"))
                .build();
        Differences differences = Differences.of(found, target);
        assertThat(differences.gone()).extracting(KernelLink::getName).containsExactly("eth1.10", "old");
        assertThat(differences.links()).containsOnlyKeys("red", "eth1.10");
        assertThat(differences.loose()).containsOnlyKeys("vnet0");
        assertThat(differences.words()).isEqualTo("eth1.10, old, red, vnet0");
    }

    @Test
    void another_route_or_name_server_is_a_difference_of_its_interface() {
        assertThat(Differences.of(TARGET.toBuilder().clearRoutes().build(), TARGET)
                        .links())
                .containsOnlyKeys("red");
        assertThat(Differences.of(TARGET.toBuilder().clearNameServers().build(), TARGET)
                        .links())
                .containsOnlyKeys("red");
    }
}
