package org.bellwether.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

final class PlacementTest {

    private static final UUID STORE = UUID.randomUUID();
    private static final long GIB = 1L << 30;

    private static Candidate host(String name, long free, double load, int machines) {
        return new Candidate(
                UUID.randomUUID(),
                name,
                true,
                "up",
                free,
                8,
                load,
                Set.of(STORE),
                Set.of(),
                Set.of("ovirtmgmt"),
                machines);
    }

    private static Demand demand(long memory) {
        return new Demand("demo", memory, 2, Set.of(STORE), Set.of(), Set.of("ovirtmgmt"), Set.of(), Set.of());
    }

    @Test
    void the_least_loaded_host_that_fits_is_chosen() {
        var busy = host("busy", 8 * GIB, 90, 3);
        var idle = host("idle", 8 * GIB, 5, 3);
        var small = host("small", GIB / 2, 0, 0);
        var decision = Placement.choose(demand(GIB), List.of(busy, idle, small));
        assertThat(decision.host()).contains(idle.id());
        assertThat(decision.refusals()).extracting(Decision.Refusal::hostName).containsExactly("small");
        assertThat(decision.reasons()).contains("512 MiB").contains("1024 MiB");
    }

    @Test
    void every_host_that_is_left_out_has_its_reason() {
        var down = new Candidate(
                UUID.randomUUID(),
                "down",
                false,
                "non responsive",
                8 * GIB,
                8,
                0,
                Set.of(STORE),
                Set.of(),
                Set.of(),
                0);
        var blind =
                new Candidate(UUID.randomUUID(), "blind", true, "up", 8 * GIB, 8, 0, Set.of(), Set.of(), Set.of(), 0);
        var bare = new Candidate(
                UUID.randomUUID(), "bare", true, "up", 8 * GIB, 8, 0, Set.of(STORE), Set.of(), Set.of(), 0);
        var decision = Placement.choose(demand(GIB), List.of(down, blind, bare));
        assertThat(decision.host()).isEmpty();
        assertThat(decision.reasons())
                .contains("down: it is non responsive")
                .contains("blind: it does not reach the storage domain")
                .contains("bare: it lacks the network ovirtmgmt");
    }

    @Test
    void a_host_that_is_excluded_or_not_allowed_is_never_chosen() {
        var one = host("one", 8 * GIB, 0, 0);
        var two = host("two", 8 * GIB, 50, 0);
        var leaving = new Demand("demo", GIB, 1, Set.of(), Set.of(), Set.of(), Set.of(), Set.of(one.id()));
        assertThat(Placement.choose(leaving, List.of(one, two)).host()).contains(two.id());
        var pinned = new Demand("demo", GIB, 1, Set.of(), Set.of(), Set.of(), Set.of(two.id()), Set.of());
        assertThat(Placement.choose(pinned, List.of(one, two)).host()).contains(two.id());
    }

    @Test
    void what_is_planned_for_a_host_is_taken_from_it() {
        var roomy = host("roomy", 3 * GIB / 2, 0, 0);
        var other = host("other", 8 * GIB, 50, 0);
        var machine = demand(GIB);
        assertThat(Placement.choose(machine, List.of(roomy, other)).host()).contains(roomy.id());
        assertThat(Placement.choose(machine, List.of(roomy.with(machine), other))
                        .host())
                .contains(other.id());
        assertThat(roomy.with(machine).without(machine)).isEqualTo(roomy);
    }

    @Test
    void a_machine_with_a_lease_goes_where_the_lease_can_be_taken() {
        var without = host("without", 8 * GIB, 0, 0);
        var with = new Candidate(
                UUID.randomUUID(), "with", true, "up", 8 * GIB, 8, 90, Set.of(STORE), Set.of(STORE), Set.of(), 9);
        var leased = new Demand("demo", GIB, 1, Set.of(STORE), Set.of(STORE), Set.of(), Set.of(), Set.of());
        var decision = Placement.choose(leased, List.of(without, with));
        assertThat(decision.host()).contains(with.id());
        assertThat(decision.reasons()).contains("without: it cannot take leases on the storage domain " + STORE);
    }

    @Test
    void the_same_snapshot_gives_the_same_answer() {
        var a = host("a", 8 * GIB, 10, 1);
        var b = host("b", 8 * GIB, 10, 1);
        assertThat(Placement.choose(demand(GIB), List.of(a, b)).host())
                .isEqualTo(Placement.choose(demand(GIB), List.of(b, a)).host());
    }
}
