package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who reaches whom: real guests on networks of their hosts, and what vNIC profiles let them do. */
@InTurn(of = 6, on = 3)
@ExtendWith(World.Extension.class)
final class GuestNetworkTest {
    private final World world;
    private final NetworkSetup setup;

    GuestNetworkTest(World world) {
        this.world = world;
        this.setup = new NetworkSetup(world);
    }

    @BeforeEach
    void plug_cables() {
        setup.plug();
    }

    @AfterEach
    void take_networks_away() {
        setup.close();
    }

    @Test
    void guests_reach_those_of_their_own_network_on_any_host_and_nobody_else() {
        String red = setup.network("red");
        String blue = setup.network("blue");
        for (LabHost host : world.hosts()) {
            setup.setUp(host, NetworkSetup.attachment(red, "eth1", "10.77.1." + (host == world.one ? 1 : 2)));
            setup.setUp(host, NetworkSetup.attachment(blue, "eth2", "10.77.2." + (host == world.one ? 1 : 2)));
        }
        String one = guest("red-one", world.one, profileOf(red));
        String two = guest("red-two", world.two, profileOf(red));
        String three = guest("blue-three", world.two, profileOf(blue));
        address(one, "10.99.0.1");
        address(two, "10.99.0.2");
        address(three, "10.99.0.3");
        try (GuestShell shell = GuestShell.open(world, one)) {
            assertThat(pings(shell, "10.99.0.2"))
                    .as("the same network on another host")
                    .isTrue();
            assertThat(pings(shell, "10.99.0.3")).as("another network").isFalse();
        }
    }

    @Test
    void profiles_isolate_and_filter() {
        ObjectNode isolated = Inventory.object().put("name", "isolated").put("port_isolation", true);
        String network = setup.network(isolated);
        setup.setUp(world.one, NetworkSetup.attachment(network, "eth1", "10.99.0.101"));
        setup.setUp(world.two, NetworkSetup.attachment(network, "eth1", "10.99.0.102"));
        String profile = profileOf(network);
        String filter = world.api().list("/networkfilters").stream()
                .filter(each -> each.path("name").asText().equals("vdsm-no-mac-spoofing"))
                .findFirst()
                .orElseThrow()
                .path("id")
                .asText();
        ObjectNode filtered = Inventory.object();
        filtered.putObject("network_filter").put("id", filter);
        assertThat(world.api()
                        .call("PUT", "/vnicprofiles/" + profile, filtered.toString())
                        .succeeded())
                .isTrue();
        String one = guest("isolated-one", world.one, profile);
        String two = guest("isolated-two", world.one, profile);
        address(one, "10.99.0.1");
        address(two, "10.99.0.2");
        String xml = world.one.virsh("dumpxml", one);
        assertThat(xml).contains("<port isolated='yes'/>", "filter='vdsm-no-mac-spoofing'");
        try (GuestShell shell = GuestShell.open(world, one)) {
            assertThat(pings(shell, "10.99.0.102")).as("the way out").isTrue();
            assertThat(pings(shell, "10.99.0.2"))
                    .as("another isolated guest of the host")
                    .isFalse();
            shell.ask("ip link set eth1 down; ip link set eth1 address 02:00:00:00:00:77; ip link set eth1 up;"
                    + " ip address add 10.99.0.1/24 dev eth1");
            assertThat(pings(shell, "10.99.0.102"))
                    .as("with a MAC address that is not its own")
                    .isFalse();
        }
    }

    @Test
    void a_mirror_sees_what_passes_between_others() {
        String red = setup.network("red");
        setup.setUp(world.one, NetworkSetup.attachment(red, "eth1", "10.99.0.101"));
        setup.setUp(world.two, NetworkSetup.attachment(red, "eth1", "10.99.0.102"));
        ObjectNode mirror = Inventory.object().put("name", "mirror").put("port_mirroring", true);
        mirror.putObject("network").put("id", red);
        String profile = world.api().post("/vnicprofiles", mirror).path("id").asText();
        String watcher = guest("watcher", world.one, profile);
        try (GuestShell shell = GuestShell.open(world, watcher)) {
            // As whoever listens there does: else the interface itself drops what is meant for others.
            shell.ask("ip link set eth1 promisc on up");
            // The mirror is made when the host next looks at its machines.
            assertThat(Await.holds(Duration.ofMinutes(2), () -> seenOfTwelve(shell) >= 12))
                    .as("the watcher sees twelve answers that were meant for its host")
                    .isTrue();
        }
    }

    private long seenOfTwelve(GuestShell shell) {
        String received = "cat /sys/class/net/eth1/statistics/rx_packets";
        long before = Long.parseLong(shell.ask(received));
        world.one.attempt(Duration.ofSeconds(60), "busybox", "ping", "-c", "12", "-i", "0.2", "10.99.0.102");
        return Long.parseLong(shell.ask(received)) - before;
    }

    private String profileOf(String network) {
        return world.api()
                .list("/networks/" + network + "/vnicprofiles")
                .getFirst()
                .path("id")
                .asText();
    }

    /** A machine with a second interface of that profile, running on that host. */
    private String guest(String name, LabHost host, String profile) {
        String vm = world.machine(name);
        ObjectNode nic = Inventory.object().put("name", "nic9").put("interface", "virtio");
        nic.putObject("vnic_profile").put("id", profile);
        world.api().post("/vms/" + vm + "/nics", nic);
        ObjectNode on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", host.name());
        world.api().post("/vms/" + vm + "/start", on);
        world.awaitStatus(vm, "up", World.BOOT);
        world.guestAddress(vm);
        return vm;
    }

    private void address(String vm, String address) {
        try (GuestShell shell = GuestShell.open(world, vm)) {
            shell.ask("ip link set eth1 up; ip address add " + address + "/24 dev eth1");
            shell.await("ip -4 address show eth1 | grep -c " + address, "1");
        }
    }

    private static boolean pings(GuestShell shell, String address) {
        for (int tried = 0; tried < 3; tried++) {
            if (shell.ask("ping -c1 -W2 " + address + " >/dev/null 2>&1; echo $?")
                    .equals("0")) {
                return true;
            }
        }
        return false;
    }
}
