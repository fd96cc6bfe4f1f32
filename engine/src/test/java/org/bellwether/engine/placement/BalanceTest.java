package org.bellwether.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.placement.Scenes.GIB;
import static org.bellwether.engine.placement.Scenes.demand;
import static org.bellwether.engine.placement.Scenes.having;
import static org.bellwether.engine.placement.Scenes.host;
import static org.bellwether.engine.placement.Scenes.id;
import static org.bellwether.engine.placement.Scenes.situation;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class BalanceTest {

    private static final Restraint FREE = new Restraint(Map.of(), Set.of(), 2);

    private static final Policy EVEN = policy(
            "OptimalForEvenDistribution", Map.of("HighUtilization", "80", "MaxFreeMemoryForOverUtilized", "1024"));

    private static final Policy SAVING =
            policy("OptimalForPowerSaving", Map.of("HighUtilization", "80", "LowUtilization", "20"));

    private static final Policy GUESTS =
            policy("OptimalForEvenGuestDistribution", Map.of("HighVmCount", "5", "MigrationThreshold", "2"));

    private static Policy policy(String balance, Map<String, String> properties) {
        return new Policy(
                "policy",
                Set.of("CPUOverloaded"),
                Map.of("OptimalForCpuEvenDistribution", 1, "OptimalForMemoryEvenDistribution", 1),
                balance,
                properties,
                100);
    }

    /** Of 64 GiB and 8 threads. */
    private static Candidate loaded(String name, double load, int machines) {
        return having(host(name, 32 * GIB, load, machines), new Room(64 * GIB, 32 * GIB, 0, 8, load, load, load, 0));
    }

    private static Movable on(String host, String machine, double busy) {
        return new Movable(demand(machine, GIB), id(host), busy);
    }

    private static List<String> told(List<Move> moves) {
        return moves.stream()
                .map(move -> List.of("one", "two", "three", "four", "five", "six", "a", "b", "c", "d").stream()
                                .filter(name -> id(name).equals(move.machine()))
                                .findFirst()
                                .orElseThrow()
                        + " to "
                        + List.of("a", "b", "c").stream()
                                .filter(name -> id(name).equals(move.to()))
                                .findFirst()
                                .orElseThrow())
                .toList();
    }

    @Test
    void a_host_that_is_busy_for_long_gives_the_smallest_machine_that_is_enough() {
        var now = situation(EVEN, loaded("a", 90, 3), loaded("b", 40, 1), loaded("c", 60, 1));
        var machines = List.of(on("a", "one", 0.4), on("a", "two", 1.2), on("a", "three", 3));
        var moves = Balance.plan(machines, now, FREE);
        assertThat(told(moves)).as("0.4 of 8 threads are not enough").containsExactly("two to b");
        assertThat(moves.getFirst().reason())
                .contains("host a have been in use by more than 80 % for a while", "those of b are by 40 %");
        assertThat(Balance.plan(machines, situation(EVEN, loaded("a", 79, 3), loaded("b", 10, 1)), FREE))
                .isEmpty();
        assertThat(Balance.plan(machines, situation(EVEN, loaded("a", 90, 3), loaded("b", 69, 1)), FREE))
                .as("a host that would be nearly as busy then is no help")
                .isEmpty();
        assertThat(Balance.plan(
                        machines, situation(policy("None", Map.of()), loaded("a", 90, 3), loaded("b", 0, 0)), FREE))
                .isEmpty();
    }

    @Test
    void a_host_whose_memory_is_nearly_full_gives_some() {
        var full = having(host("a", GIB / 2, 10, 2), new Room(64 * GIB, GIB / 2, 0, 8, 10, 10, 10, 0));
        var now = situation(EVEN, full, loaded("b", 40, 1));
        assertThat(told(Balance.plan(List.of(on("a", "one", 0), on("a", "two", 0)), now, FREE)))
                .hasSize(1)
                .allMatch(move -> move.endsWith("to b"));
    }

    @Test
    void what_moved_lately_or_has_migrations_enough_is_left_in_peace() {
        var now = situation(EVEN, loaded("a", 90, 2), loaded("b", 40, 1));
        var machines = List.of(on("a", "one", 1), on("a", "two", 1));
        assertThat(told(Balance.plan(machines, now, new Restraint(Map.of(), Set.of(id("one")), 2))))
                .containsExactly("two to b");
        assertThat(Balance.plan(machines, now, new Restraint(Map.of(), Set.of(id("b")), 2)))
                .isEmpty();
        assertThat(Balance.plan(machines, now, new Restraint(Map.of(id("a"), 1), Set.of(), 2)))
                .as("its load will be another when that migration is over")
                .isEmpty();
    }

    @Test
    void a_hardly_used_host_is_emptied_when_all_of_its_machines_fit_elsewhere() {
        var machines = List.of(on("a", "one", 0.2), on("a", "two", 0.2), on("a", "three", 0.2));
        var now = situation(SAVING, loaded("a", 8, 3), loaded("b", 40, 4), loaded("c", 0, 0));
        assertThat(told(Balance.plan(machines, now, FREE)))
                .as("two at once, and none to a host that is empty")
                .containsExactly("one to b", "two to b");
        assertThat(Balance.plan(machines, situation(SAVING, loaded("a", 8, 4), loaded("b", 40, 4)), FREE))
                .as("a machine that may not be moved keeps it")
                .isEmpty();
        assertThat(Balance.plan(machines, situation(SAVING, loaded("a", 8, 3), loaded("b", 65, 4)), FREE))
                .as("not all of them fit")
                .isEmpty();
    }

    @Test
    void counts_of_machines_are_evened_until_they_differ_by_no_more_than_the_threshold() {
        var machines = List.of(
                on("a", "one", 0),
                on("a", "two", 0),
                on("a", "three", 0),
                on("a", "four", 0),
                on("a", "five", 0),
                on("a", "six", 0));
        var now = situation(GUESTS, loaded("a", 0, 6), loaded("b", 0, 1), loaded("c", 0, 3));
        var moves = Balance.plan(machines, now, FREE);
        assertThat(moves).hasSize(2).allMatch(move -> move.to().equals(id("b")));
        assertThat(moves.getFirst().reason()).isEqualTo("host a has 6 machines, host b has 1");
        assertThat(Balance.plan(machines, situation(GUESTS, loaded("a", 0, 6), loaded("b", 0, 4)), FREE))
                .isEmpty();
        assertThat(Balance.plan(machines.subList(0, 4), situation(GUESTS, loaded("a", 0, 4), loaded("b", 0, 0)), FREE))
                .as("so few are no reason")
                .isEmpty();
    }

    @Test
    void groups_that_must_hold_are_made_to_whatever_the_policy() {
        var idle = situation(policy("None", Map.of()), loaded("a", 10, 2), loaded("b", 10, 1), loaded("c", 40, 0));
        var machines = List.of(on("a", "one", 0), on("a", "two", 0), on("b", "three", 0));
        var apart = Scenes.grouped(
                idle,
                Map.of("one", "a", "two", "a", "three", "b"),
                Scenes.machines("apart", false, true, "one", "two", "three"));
        var moves = Balance.plan(machines, apart, FREE);
        assertThat(told(moves)).containsExactly("one to c");
        assertThat(moves.getFirst().reason()).isEqualTo("the affinity group apart wants it away from two");
        var together = Scenes.grouped(
                idle,
                Map.of("one", "a", "two", "a", "three", "b"),
                Scenes.machines("together", true, true, "one", "two", "three"));
        assertThat(told(Balance.plan(machines, together, FREE)))
                .as("the one goes to the many")
                .containsExactly("three to a");
        var off = Scenes.grouped(idle, Map.of("one", "a"), Scenes.hosts("off", false, true, "one", "a"));
        assertThat(told(Balance.plan(machines, off, FREE))).containsExactly("one to b");
        var wish = Scenes.grouped(
                idle, Map.of("one", "a", "two", "a"), Scenes.machines("wish", false, false, "one", "two"));
        assertThat(Balance.plan(machines, wish, FREE)).isEmpty();
        var maintained =
                new Policy("cluster_maintenance", Set.of("ClusterInMaintenance"), Map.of(), "None", Map.of(), 100);
        assertThat(Balance.plan(
                        machines, new Situation(maintained, apart.hosts(), apart.groups(), apart.where()), FREE))
                .isEmpty();
    }
}
