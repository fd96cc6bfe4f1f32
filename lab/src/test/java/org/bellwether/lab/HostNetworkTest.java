package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Logical networks on real hosts, through the API: what is set up works, and what cuts a host off heals by itself. */
@InTurn(of = 4, on = 0)
@ExtendWith(World.Extension.class)
final class HostNetworkTest {
    private static final Duration HEALED = Duration.ofSeconds(30);

    private final World world;
    private final NetworkSetup setup;

    HostNetworkTest(World world) {
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
    void a_network_on_two_hosts_joins_them_and_comes_back_after_a_power_cycle() {
        String red = setup.network("red");
        setup.setUp(world.one, NetworkSetup.attachment(red, "eth1", "10.77.1.1"));
        setup.setUp(world.two, NetworkSetup.attachment(red, "eth1", "10.77.1.2"));
        assertReaches(world.one, "10.77.1.2");
        assertThat(setup.attachment(world.one, red).path("in_sync").asText()).isEqualTo("true");
        JsonNode nic = setup.nic(world.one, "eth1");
        assertThat(nic.path("network").path("id").asText()).isEqualTo(red);
        assertThat(nic.path("ip").path("address").asText()).isEqualTo("10.77.1.1");

        world.one.powerOff();
        world.one.powerOn();
        world.one.cable("eth1", world.two);
        world.one.startLibvirt();
        world.one.startAgent();
        new Inventory(world.api()).awaitHost("host1");
        assertThat(Await.holds(
                        World.SOON,
                        () -> setup.attachment(world.two, red)
                                .path("in_sync")
                                .asText()
                                .equals("false")))
                .as("the other end's NIC is a new one")
                .isTrue();
        world.api().post(setup.path(world.two) + "/syncallnetworks", "{}");
        assertThat(world.one.run("ip", "-4", "address", "show", "red")).contains("10.77.1.1/24");
        assertReaches(world.one, "10.77.1.2");
    }

    @Test
    void drift_is_shown_by_field_blocks_nothing_and_is_repaired_when_asked() {
        String red = setup.network("red");
        String blue = setup.network("blue");
        setup.setUp(world.one, NetworkSetup.attachment(red, "eth1", "10.77.1.1"));
        world.one.run("ip", "address", "add", "10.77.9.9/24", "dev", "red");
        world.one.run("ip", "address", "del", "10.77.1.1/24", "dev", "red");
        assertThat(Await.holds(
                        World.SOON,
                        () -> setup.attachment(world.one, red)
                                .path("in_sync")
                                .asText()
                                .equals("false")))
                .isTrue();
        assertThat(field(setup.attachment(world.one, red), "ipv4_address")
                        .path("actual_value")
                        .asText())
                .isEqualTo("10.77.9.9");
        assertThat(field(setup.attachment(world.one, red), "mtu")
                        .path("in_sync")
                        .asText())
                .isEqualTo("true");

        setup.setUp(world.one, NetworkSetup.attachment(blue, "eth2", "10.77.2.1"));
        assertThat(world.one.run("ip", "-4", "address", "show", "red"))
                .as("still as found")
                .contains("10.77.9.9");
        world.api().post(setup.path(world.one) + "/syncallnetworks", "{}");
        assertThat(world.one.run("ip", "-4", "address", "show", "red"))
                .contains("10.77.1.1/24")
                .doesNotContain("10.77.9.9");
        assertThat(setup.attachment(world.one, red).path("in_sync").asText()).isEqualTo("true");
    }

    @Test
    void a_change_that_cuts_the_host_off_heals_by_itself() {
        long begin = System.nanoTime();
        ApiClient.Reply reply = world.api()
                .call(
                        "POST",
                        setup.path(world.one) + "/setupnetworks",
                        cuttingOff().toString());
        assertThat(reply.succeeded()).isFalse();
        assertThat(reply.text()).contains("took the change back");
        assertThat(Await.holds(HEALED, () -> managementIsBack(world.one))).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(HEALED.plusSeconds(10));
        new Inventory(world.api()).awaitHost("host1");
    }

    @Test
    void the_agent_killed_in_the_middle_takes_the_change_back_when_it_starts() {
        ObjectNode change = cuttingOff().put("async", true);
        world.api().post(setup.path(world.one) + "/setupnetworks", change);
        assertThat(Await.holds(World.SOON, () -> !managementIsBack(world.one))).isTrue();
        world.one.killAgent();
        assertThat(managementIsBack(world.one)).isFalse();
        world.one.startAgent();
        assertThat(Await.holds(HEALED, () -> managementIsBack(world.one))).isTrue();
        new Inventory(world.api()).awaitHost("host1");
        world.awaitQuiet();
    }

    @Test
    void a_host_without_a_required_network_is_not_operational_and_says_why() {
        String red = setup.network("red");
        setup.setUp(world.one, NetworkSetup.attachment(red, "eth1", "10.77.1.1"));
        world.api().call("PUT", setup.clusterNetworks() + "/" + red, "{\"required\":true}");
        world.api().awaitStatus(setup.path(world.two), "non_operational", World.SOON);
        assertThat(world.api().get(setup.path(world.two)).path("status_detail").asText())
                .contains("red");
        assertThat(world.api().get(setup.path(world.one)).path("status").asText())
                .isEqualTo("up");
        assertThat(world.api()
                        .get(setup.clusterNetworks() + "/" + red)
                        .path("status")
                        .asText())
                .isEqualTo("non_operational");
        world.two.run("ip", "link", "set", "eth1", "down");
        world.api().awaitStatus(setup.path(world.one), "non_operational", World.SOON);
        world.two.run("ip", "link", "set", "eth1", "up");
        setup.setUp(world.two, NetworkSetup.attachment(red, "eth1", "10.77.1.2"));
        world.api().awaitStatus(setup.path(world.two), "up", World.SOON);
        world.api().awaitStatus(setup.path(world.one), "up", World.SOON);
    }

    @Test
    void a_machine_migrates_over_the_migration_network() {
        String red = setup.network("red");
        setup.setUp(world.one, NetworkSetup.attachment(red, "eth1", "10.77.1.1"));
        setup.setUp(world.two, NetworkSetup.attachment(red, "eth1", "10.77.1.2"));
        world.api().call("PUT", setup.clusterNetworks() + "/" + red, "{\"usages\":{\"usage\":[\"vm\",\"migration\"]}}");
        String vm = world.runningMachine("over-red", world.one);
        long before = received(world.two, "eth1");
        world.migrate(vm, world.two);
        world.awaitStatus(vm, "up", World.SOON);
        assertThat(Await.holds(World.SOON, () -> world.hostOf(vm).equals("host2")))
                .isTrue();
        assertThat(received(world.two, "eth1") - before).isGreaterThan(10L << 20);
        world.stop(vm);
    }

    /** The management network goes to a cable at whose other end nobody is. */
    private ObjectNode cuttingOff() {
        ObjectNode action = Inventory.object().put("check_connectivity", true).put("connectivity_timeout", 10);
        ObjectNode attachment = action.putObject("modified_network_attachments")
                .putArray("network_attachment")
                .addObject();
        attachment.putObject("network").put("name", "ovirtmgmt");
        attachment.putObject("host_nic").put("name", "eth2");
        return action;
    }

    private static boolean managementIsBack(LabHost host) {
        return host.run("ip", "-o", "link", "show", "eth0").contains("master ovirtmgmt");
    }

    private static void assertReaches(LabHost from, String address) {
        assertThat(Await.holds(
                        World.SOON,
                        () -> from.attempt(Duration.ofSeconds(5), "busybox", "ping", "-c1", "-W2", address)
                                .succeeded()))
                .as("%s reaches %s", from.name(), address)
                .isTrue();
    }

    private static JsonNode field(JsonNode attachment, String name) {
        for (JsonNode field : attachment.path("reported_configurations").path("reported_configuration")) {
            if (field.path("name").asText().equals(name)) {
                return field;
            }
        }
        throw new AssertionError("no field " + name + " in " + attachment);
    }

    private static long received(LabHost host, String nic) {
        return Long.parseLong(host.run("cat", "/sys/class/net/" + nic + "/statistics/rx_bytes")
                .strip());
    }
}
