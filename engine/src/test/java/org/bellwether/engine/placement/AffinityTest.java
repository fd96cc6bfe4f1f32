package org.bellwether.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.placement.Scenes.GIB;
import static org.bellwether.engine.placement.Scenes.NONE;
import static org.bellwether.engine.placement.Scenes.demand;
import static org.bellwether.engine.placement.Scenes.grouped;
import static org.bellwether.engine.placement.Scenes.host;
import static org.bellwether.engine.placement.Scenes.hosts;
import static org.bellwether.engine.placement.Scenes.id;
import static org.bellwether.engine.placement.Scenes.machines;
import static org.bellwether.engine.placement.Scenes.situation;

import java.util.Map;
import java.util.Set;
import org.bellwether.engine.placement.Demand.Bounds;
import org.junit.jupiter.api.Test;

final class AffinityTest {

    private static final Situation THREE =
            situation(NONE, host("h1", 8 * GIB, 0, 0), host("h2", 8 * GIB, 20, 0), host("h3", 8 * GIB, 40, 0));

    @Test
    void machines_that_must_be_apart_never_share_a_host() {
        var apart = grouped(THREE, Map.of("a", "h1"), machines("apart", false, true, "a", "b", "c"));
        var decision = Placement.choose(demand("b", GIB), apart);
        assertThat(decision.host()).contains(id("h2"));
        assertThat(decision.reasons())
                .isEqualTo("h1: the affinity group apart wants the machine away from a, which runs here");
        var third = Placement.choose(demand("c", GIB), apart.with(demand("b", GIB), id("h2")));
        assertThat(third.host()).contains(id("h3"));
        assertThat(Placement.choose(demand("stranger", GIB), apart).host()).contains(id("h1"));
    }

    @Test
    void machines_that_must_be_together_go_where_the_others_are_or_nowhere() {
        var together = grouped(THREE, Map.of("a", "h3"), machines("together", true, true, "a", "b"));
        assertThat(Placement.choose(demand("b", GIB), together).host()).contains(id("h3"));
        var nowhere = Placement.choose(demand("b", 9 * GIB), together);
        assertThat(nowhere.host()).isEmpty();
        assertThat(nowhere.changes()).first().asString().startsWith("h3: free");
        assertThat(Placement.choose(demand("b", GIB), grouped(THREE, Map.of(), machines("t", true, true, "a", "b")))
                        .host())
                .as("the first of them may go anywhere")
                .contains(id("h1"));
    }

    @Test
    void wishes_weigh_but_do_not_forbid() {
        var wish = grouped(THREE, Map.of("a", "h1"), machines("apart", false, false, "a", "b"));
        assertThat(Placement.choose(demand("b", GIB), wish).host()).contains(id("h2"));
        var only = grouped(
                situation(NONE, host("h1", 8 * GIB, 0, 0)),
                Map.of("a", "h1"),
                machines("apart", false, false, "a", "b"));
        assertThat(Placement.choose(demand("b", GIB), only).host()).contains(id("h1"));
        var near = grouped(THREE, Map.of("a", "h3"), machines("near", true, false, "a", "b"));
        assertThat(Placement.choose(demand("b", GIB), near).host()).contains(id("h3"));
    }

    @Test
    void of_two_wishes_the_one_of_higher_priority_wins() {
        var weak = new Affinity(
                id("weak"),
                "weak",
                1,
                Scenes.named("a"),
                Scenes.named("h1"),
                Affinity.Rule.OFF,
                new Affinity.Rule(true, true, false));
        var strong = new Affinity(
                id("strong"),
                "strong",
                5,
                Scenes.named("a"),
                Scenes.named("h3"),
                Affinity.Rule.OFF,
                new Affinity.Rule(true, true, false));
        assertThat(Placement.choose(demand("a", GIB), grouped(THREE, Map.of(), weak, strong))
                        .host())
                .contains(id("h3"));
    }

    @Test
    void machines_are_bound_to_hosts_or_kept_off_them() {
        var bound = grouped(THREE, Map.of(), hosts("bound", true, true, "a", "h2", "h3"));
        assertThat(Placement.choose(demand("a", GIB), bound).host()).contains(id("h2"));
        var off = grouped(THREE, Map.of(), hosts("off", false, true, "a", "h1"));
        assertThat(Placement.choose(demand("a", GIB), off).host()).contains(id("h2"));
        var wished = grouped(THREE, Map.of(), hosts("wished", true, false, "a", "h3"));
        assertThat(Placement.choose(demand("a", GIB), wished).host()).contains(id("h3"));
    }

    @Test
    void machines_that_must_be_together_leave_a_host_that_is_emptied_together() {
        var together = grouped(THREE, Map.of("a", "h1", "b", "h1"), machines("together", true, true, "a", "b"));
        var alone = demand("a", GIB, new Bounds(Set.of(), Set.of(), Set.of(id("h1")), false));
        assertThat(Placement.choose(alone, together).host())
                .as("one alone may not leave")
                .isEmpty();
        var first = demand("a", GIB, new Bounds(Set.of(), Set.of(), Set.of(id("h1")), true));
        assertThat(Placement.choose(first, together).host()).contains(id("h2"));
        var second = demand("b", GIB, new Bounds(Set.of(), Set.of(), Set.of(id("h1")), true));
        assertThat(Placement.choose(second, together.with(first, id("h2"))).host())
                .contains(id("h2"));
    }

    @Test
    void a_group_is_broken_as_long_as_a_rule_does_not_hold() {
        var apart = machines("apart", false, true, "a", "b");
        assertThat(apart.broken(grouped(THREE, Map.of("a", "h1", "b", "h1")).where()))
                .isTrue();
        assertThat(apart.broken(grouped(THREE, Map.of("a", "h1", "b", "h2")).where()))
                .isFalse();
        assertThat(apart.broken(grouped(THREE, Map.of("a", "h1")).where())).isFalse();
        var together = machines("together", true, false, "a", "b");
        assertThat(together.broken(grouped(THREE, Map.of("a", "h1", "b", "h2")).where()))
                .isTrue();
        var bound = hosts("bound", true, true, "a", "h2");
        assertThat(bound.broken(grouped(THREE, Map.of("a", "h1")).where())).isTrue();
    }
}
