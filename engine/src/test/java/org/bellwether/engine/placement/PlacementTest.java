package org.bellwether.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.placement.Scenes.GIB;
import static org.bellwether.engine.placement.Scenes.NONE;
import static org.bellwether.engine.placement.Scenes.STORE;
import static org.bellwether.engine.placement.Scenes.demand;
import static org.bellwether.engine.placement.Scenes.having;
import static org.bellwether.engine.placement.Scenes.host;
import static org.bellwether.engine.placement.Scenes.reaching;
import static org.bellwether.engine.placement.Scenes.situation;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.placement.Demand.Bounds;
import org.junit.jupiter.api.Test;

final class PlacementTest {

    private static final Demand DEMO = demand("demo", GIB);

    @Test
    void the_least_loaded_host_that_fits_is_chosen() {
        var busy = host("busy", 8 * GIB, 90, 3);
        var idle = host("idle", 8 * GIB, 5, 3);
        var small = host("small", GIB / 2, 0, 0);
        var decision = Placement.choose(DEMO, situation(NONE, busy, idle, small));
        assertThat(decision.host()).contains(idle.id());
        assertThat(decision.refusals()).extracting(Decision.Refusal::hostName).containsExactly("small");
        assertThat(decision.reasons()).contains("512 MiB").contains("1024 MiB");
        assertThat(decision.scores().getFirst().parts())
                .as("what each weight adds is told")
                .contains(new Decision.Part("OptimalForCpuEvenDistribution", 5, 1));
    }

    @Test
    void every_host_that_is_left_out_has_all_its_reasons_and_what_would_help() {
        var down = new Candidate(
                UUID.randomUUID(),
                "down",
                false,
                "non responsive",
                new Room(64 * GIB, GIB / 2, 0, 8, 0, 0, 100, 0),
                new Reach(Set.of(STORE), Set.of(), Set.of("ovirtmgmt")),
                0,
                0);
        var blind = reaching(host("blind", 8 * GIB, 0, 0), new Reach(Set.of(), Set.of(), Set.of("ovirtmgmt")));
        var bare = reaching(host("bare", 8 * GIB, 0, 0), new Reach(Set.of(STORE), Set.of(), Set.of()));
        var decision = Placement.choose(DEMO, situation(NONE, down, blind, bare));
        assertThat(decision.host()).isEmpty();
        assertThat(decision.reasons())
                .contains("down: it is non responsive and it has 512 MiB of memory left")
                .contains("blind: it does not reach the storage domain")
                .contains("bare: it lacks the network ovirtmgmt");
        assertThat(decision.changes())
                .as("the smallest changes come first")
                .containsExactly(
                        "bare: give it the network ovirtmgmt",
                        "blind: let it reach that storage domain",
                        "down: bring it up, and free 512 MiB of memory");
    }

    @Test
    void a_host_that_is_excluded_or_not_allowed_is_never_chosen() {
        var one = host("one", 8 * GIB, 0, 0);
        var two = host("two", 8 * GIB, 50, 0);
        var both = situation(NONE, one, two);
        var leaving = demand("demo", GIB, new Bounds(Set.of(), Set.of(), Set.of(one.id()), false));
        assertThat(Placement.choose(leaving, both).host()).contains(two.id());
        var pinned = demand("demo", GIB, new Bounds(Set.of(two.id()), Set.of(), Set.of(), false));
        assertThat(Placement.choose(pinned, both).host()).contains(two.id());
        var preferring = demand("demo", GIB, new Bounds(Set.of(), Set.of(two.id()), Set.of(), false));
        assertThat(Placement.choose(preferring, both).host()).contains(two.id());
    }

    @Test
    void what_is_planned_for_a_host_is_taken_from_it() {
        var roomy = host("roomy", 3 * GIB / 2, 0, 0);
        var other = host("other", 8 * GIB, 99, 0);
        var both = situation(policyByLoad(), roomy, other);
        assertThat(Placement.choose(DEMO, both).host()).contains(roomy.id());
        assertThat(Placement.choose(DEMO, both.with(DEMO, roomy.id())).host()).contains(other.id());
        assertThat(both.with(DEMO, roomy.id()).without(DEMO, roomy.id())).isEqualTo(both);
    }

    private static Policy policyByLoad() {
        return new Policy("load", Set.of(), Map.of("OptimalForCpuEvenDistribution", 1), "None", Map.of(), 100);
    }

    @Test
    void a_machine_with_a_lease_goes_where_the_lease_can_be_taken() {
        var without = host("without", 8 * GIB, 0, 0);
        var with = reaching(host("with", 8 * GIB, 90, 9), new Reach(Set.of(STORE), Set.of(STORE), Set.of("ovirtmgmt")));
        var leased = new Demand(
                UUID.randomUUID(),
                "demo",
                GIB,
                1,
                new Reach(Set.of(STORE), Set.of(STORE), Set.of()),
                Bounds.NONE,
                true,
                0);
        var decision = Placement.choose(leased, situation(NONE, without, with));
        assertThat(decision.host()).contains(with.id());
        assertThat(decision.reasons()).contains("without: it cannot take leases on the storage domain " + STORE);
    }

    @Test
    void the_same_snapshot_gives_the_same_answer() {
        var a = host("a", 8 * GIB, 10, 1);
        var b = host("b", 8 * GIB, 10, 1);
        assertThat(Placement.choose(DEMO, situation(NONE, a, b)).host())
                .isEqualTo(Placement.choose(DEMO, situation(NONE, b, a)).host());
    }

    @Test
    void memory_is_promised_more_than_once_only_where_the_cluster_says_so() {
        var full = having(host("full", GIB, 0, 1), new Room(4 * GIB, GIB, 4 * GIB, 8, 0, 0, 100, 0));
        var machine = demand("demo", 3 * GIB / 2);
        assertThat(Placement.choose(machine, situation(NONE, full)).host()).isEmpty();
        var twice = new Policy("twice", Set.of(), Map.of(), "None", Map.of(), 200);
        assertThat(Placement.choose(machine, situation(twice, full)).host()).contains(full.id());
        var promised = having(full, new Room(4 * GIB, GIB, 7 * GIB, 8, 0, 0, 100, 0));
        assertThat(Placement.choose(machine, situation(twice, promised)).reasons())
                .contains("it can promise 1024 MiB of memory more at 200 %");
    }

    @Test
    void a_host_that_was_busy_for_long_takes_no_more_and_one_that_is_busy_now_does() {
        var peak = having(host("peak", 8 * GIB, 99, 0), new Room(64 * GIB, 8 * GIB, 0, 8, 99, 0, 100, 0));
        var busy = having(host("busy", 8 * GIB, 99, 0), new Room(64 * GIB, 8 * GIB, 0, 8, 99, 95, 100, 0));
        var decision = Placement.choose(DEMO, situation(NONE, peak, busy));
        assertThat(decision.host()).contains(peak.id());
        assertThat(decision.refusals()).extracting(Decision.Refusal::filter).containsExactly("CPUOverloaded");
    }

    @Test
    void machines_are_gathered_where_power_is_to_be_saved() {
        var saving = new Policy(
                "power_saving",
                Set.of(),
                Map.of("OptimalForCpuPowerSaving", 1, "OptimalForMemoryPowerSaving", 1),
                "OptimalForPowerSaving",
                Map.of("HighUtilization", "80"),
                100);
        var empty = host("empty", 60 * GIB, 0, 0);
        var used = host("used", 40 * GIB, 40, 4);
        var full = host("full", 40 * GIB, 85, 9);
        assertThat(Placement.choose(DEMO, situation(saving, empty, used, full)).host())
                .contains(used.id());
    }

    @Test
    void in_a_cluster_in_maintenance_only_highly_available_machines_start() {
        var maintained =
                new Policy("cluster_maintenance", Set.of("ClusterInMaintenance"), Map.of(), "None", Map.of(), 100);
        var one = situation(maintained, host("one", 8 * GIB, 0, 0));
        assertThat(Placement.choose(DEMO, one).host()).isEmpty();
        assertThat(Placement.choose(Scenes.available("ha", GIB, 0), one).host()).isPresent();
    }
}
