package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Real management controllers while nothing is wrong: who asks them, through whom, and hosts that nobody needs. */
@TestInstance(Lifecycle.PER_CLASS)
@InTurn(of = 3, on = 2)
final class HostPowerTest {
    private static final Duration LONG = Duration.ofMinutes(4);
    private static final String SAVING = "{'scheduling_policy':{'name':'power_saving'},"
            + "'custom_scheduling_policy_properties':{'property':["
            + "{'name':'EnableAutomaticHostPowerManagement','value':'true'},"
            + "{'name':'HostsInReserve','value':'%d'}]}}";
    private static final String NONE = "{'scheduling_policy':{'name':'none'}}";

    /** As nobody would have it who has no test to wait for. */
    private static final Map<String, String> OFTEN =
            Map.of("controllers-every", "PT15S", "power-saving-after", "PT15S", "host-patience", "PT15S");

    private World world;
    private List<Bmc> controllers;
    private long before;

    @BeforeAll
    void furnish() {
        org.junit.jupiter.api.Assumptions.assumeTrue(Bmc.installed(), "openipmi and fence-agents are not installed");
        world = new World(Testbed.make(2, OFTEN));
        controllers = Powered.controllers(world);
    }

    @AfterAll
    void leave() {
        if (world != null) {
            controllers.forEach(Bmc::close);
            world.close();
        }
    }

    @BeforeEach
    void begin() {
        before = world.api().list("/events?max=1").getFirst().path("id").asLong();
    }

    @AfterEach
    void switchNothing() {
        world.api().put(cluster(), NONE);
        System.err.println(events());
    }

    @Test
    void a_controller_that_dies_is_told_before_it_is_needed_and_when_it_answers_again() {
        assertThat(power("status", "host2")).contains("Host host2 is on");
        controllers.get(1).kill();
        assertThat(Await.holds(LONG, () -> events().contains("Host host2 could not be fenced now")))
                .as(events())
                .isTrue();
        assertThat(events()).contains("Look at its management controller before it is needed");
        controllers.get(1).start();
        assertThat(Await.holds(LONG, () -> events().contains("The fence agents of host host2 answer again")))
                .as(events())
                .isTrue();
        assertThat(events()).as("of the other there was nothing to tell").doesNotContain("host1 could not be fenced");
    }

    @Test
    void the_power_of_a_host_is_switched_through_hosts_where_people_want_them_looked_for() {
        power("set", "host1", "--proxies", "other_dc");
        assertThat(world.api()
                        .get("/hosts/" + id("host1"))
                        .at("/power_management/pm_proxies/pm_proxy/0/type")
                        .asText())
                .isEqualTo("other_dc");
        ApiClient.Reply refused =
                world.api().call("POST", "/hosts/" + id("host1") + "/fence", "{\"fence_type\":\"status\"}");
        assertThat(refused.status()).as(refused.text()).isEqualTo(409);
        assertThat(refused.text()).contains("another one of another data center");
        power("set", "host1", "--proxies", "other_dc,dc");
        assertThat(power("status", "host1")).contains("Host host1 is on");
    }

    @Test
    void a_host_that_nobody_needs_is_switched_off_and_on_again_when_it_is_missed() {
        for (String host : List.of("host1", "host2")) {
            power("set", host, "--automatic");
        }
        world.api().put(cluster(), SAVING.formatted(0));
        assertThat(Await.holds(LONG, () -> !world.two.poweredOn())).as(events()).isTrue();
        assertThat(events()).contains("Host host2 is switched off to save power");
        assertThat(world.one.poweredOn())
                .as("one stays up, which switches the others")
                .isTrue();
        world.api().awaitStatus("/hosts/" + id("host2"), "maintenance", World.SOON);
        world.awaitQuiet();
        world.api().put(cluster(), SAVING.formatted(2));
        assertThat(Await.holds(LONG, () -> world.two.poweredOn())).as(events()).isTrue();
        new Inventory(world.api()).awaitHost("host2");
        assertThat(events())
                .contains("Host host2 is switched on: 1 empty hosts are fewer than the 2 in reserve")
                .as("nobody takes a host for lost that was sent to sleep")
                .doesNotContain("is not responding");
    }

    private String power(String word, String host, String... more) {
        String[] words = new String[4 + more.length];
        words[0] = "host";
        words[1] = "power";
        words[2] = word;
        words[3] = host;
        System.arraycopy(more, 0, words, 4, more.length);
        return CommandLineRun.bw(world.engine, words);
    }

    private String cluster() {
        return "/clusters/"
                + world.api().named("/clusters", "Default").path("id").asText();
    }

    private String id(String host) {
        return world.api().named("/hosts", host).path("id").asText();
    }

    private String events() {
        return world.api().list("/events?max=60").stream()
                .filter(event -> event.path("id").asLong() > before)
                .map(event -> event.path("description").asText())
                .collect(Collectors.joining("\n"));
    }
}
