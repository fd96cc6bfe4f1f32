package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Machines of real hosts move as the cluster's policy says, and what would follow a host's failure is foretold. */
@InTurn(of = 4, on = 1)
@ExtendWith(World.Extension.class)
final class BalancingTest {
    private static final String EVEN = "{'scheduling_policy':{'name':'vm_evenly_distributed'},"
            + "'custom_scheduling_policy_properties':{'property':[{'name':'HighVmCount','value':'2'},"
            + "{'name':'MigrationThreshold','value':'2'}]}}";
    private static final String NONE = "{'scheduling_policy':{'name':'none'}}";
    /** The engine looks once a minute, and not before its hosts have been there for a while. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final World world;

    BalancingTest(World world) {
        this.world = world;
    }

    @Test
    void machines_that_crowd_on_one_host_are_evened_out_and_what_would_follow_its_failure_is_foretold() {
        List<String> vms = Stream.of("even1", "even2", "even3")
                .map(name -> world.runningMachine(name, world.one))
                .toList();
        world.api().put("/vms/" + vms.getFirst(), "{'high_availability':{'enabled':'true','priority':'50'}}");
        String foretold = CommandLineRun.bw(world.engine, "cluster", "what-if", "Default", "--host", world.one.name());
        assertThat(foretold.lines().filter(line -> line.contains("even1")))
                .singleElement()
                .asString()
                .contains(world.two.name());
        assertThat(foretold.lines().filter(line -> line.contains("even2")))
                .singleElement()
                .asString()
                .doesNotContain(world.two.name());

        String cluster = "/clusters/"
                + world.api().named("/clusters", "Default").path("id").asText();
        world.api().put(cluster, EVEN);
        try {
            assertThat(Await.holds(PATIENCE, () -> on(vms, world.two) == 1 && on(vms, world.one) == 2))
                    .as("one machine has moved, so that the hosts differ by no more than the threshold")
                    .isTrue();
            assertThat(world.api().list("/events?max=200"))
                    .anyMatch(event ->
                            event.path("description").asText().contains("balancing, because host " + world.one.name()));
            assertThat(vms).allMatch(vm -> world.running(vm) == 1);
        } finally {
            world.api().put(cluster, NONE);
        }
        world.awaitQuiet();
    }

    private long on(List<String> vms, LabHost host) {
        return vms.stream()
                .filter(vm -> world.status(vm).equals("up") && world.hostOf(vm).equals(host.name()))
                .count();
    }
}
