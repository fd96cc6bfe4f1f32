package org.bellwether.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.placement.Scenes.GIB;
import static org.bellwether.engine.placement.Scenes.NONE;
import static org.bellwether.engine.placement.Scenes.STORE;
import static org.bellwether.engine.placement.Scenes.available;
import static org.bellwether.engine.placement.Scenes.demand;
import static org.bellwether.engine.placement.Scenes.host;
import static org.bellwether.engine.placement.Scenes.id;
import static org.bellwether.engine.placement.Scenes.situation;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.bellwether.engine.placement.Resident.Proof;
import org.bellwether.engine.placement.WhatIf.Fate;
import org.bellwether.engine.placement.WhatIf.Loss;
import org.bellwether.engine.placement.WhatIf.Outcome;
import org.junit.jupiter.api.Test;

final class WhatIfTest {

    private static Resident on(String host, Demand demand) {
        return new Resident(demand, id(host), Proof.LEASE);
    }

    private static Loss hosts(String... names) {
        return new Loss(
                Set.copyOf(java.util.Arrays.stream(names).map(Scenes::id).toList()), Set.of());
    }

    private static List<String> told(List<Fate> fates) {
        return fates.stream()
                .map(fate -> fate.machine().demand().machine() + " " + fate.outcome())
                .toList();
    }

    @Test
    void the_more_important_machine_gets_the_last_place() {
        var now = situation(NONE, host("a", GIB, 0, 2), host("b", 5 * GIB, 0, 0));
        var fates = WhatIf.follows(
                hosts("a"),
                List.of(
                        on("a", available("common", 3 * GIB, 1)),
                        on("a", available("urgent", 4 * GIB, 100)),
                        on("a", demand("plain", GIB)),
                        on("b", available("elsewhere", GIB, 50))),
                now);
        assertThat(told(fates)).containsExactly("urgent RESTARTS", "common STRANDED", "plain STAYS_DOWN");
        assertThat(fates.getFirst().decision().orElseThrow().host()).contains(id("b"));
        assertThat(fates.get(1).decision().orElseThrow().reasons())
                .as("why it finds no place is told, and what it would need")
                .contains("b: it has 1024 MiB of memory left, 3072 MiB are needed");
        assertThat(fates.get(1).decision().orElseThrow().changes()).containsExactly("b: free 2048 MiB of memory");
    }

    @Test
    void two_hosts_at_once_are_more_than_each_alone() {
        var now = situation(NONE, host("a", GIB, 0, 1), host("b", 4 * GIB, 0, 1), host("c", 4 * GIB, 0, 0));
        var machines = List.of(on("a", available("one", 3 * GIB, 1)), on("b", available("two", 3 * GIB, 1)));
        assertThat(told(WhatIf.follows(hosts("a"), machines, now))).containsExactly("one RESTARTS");
        assertThat(told(WhatIf.follows(hosts("a", "b"), machines, now)))
                .containsExactly("one RESTARTS", "two STRANDED");
        assertThat(told(WhatIf.follows(hosts("a", "b", "c"), machines, now)))
                .containsExactly("one STRANDED", "two STRANDED");
    }

    @Test
    void machines_that_were_apart_stay_apart_and_what_the_lost_host_ran_binds_nobody() {
        var apart = Scenes.machines("apart", false, true, "one", "two");
        var together = Scenes.machines("together", true, true, "three", "four");
        var now = Scenes.grouped(
                situation(NONE, host("a", GIB, 0, 3), host("b", 9 * GIB, 0, 1), host("c", 9 * GIB, 50, 0)),
                Map.of("one", "a", "two", "b", "three", "a", "four", "a"),
                apart,
                together);
        var fates = WhatIf.follows(
                hosts("a"),
                List.of(
                        on("a", available("one", GIB, 1)),
                        on("b", available("two", GIB, 1)),
                        on("a", available("three", GIB, 1)),
                        on("a", available("four", GIB, 1))),
                now);
        assertThat(fates).allMatch(fate -> fate.outcome() == Outcome.RESTARTS);
        Map<String, UUID> places = fates.stream()
                .collect(java.util.stream.Collectors.toMap(
                        fate -> fate.machine().demand().machine(),
                        fate -> fate.decision().orElseThrow().host().orElseThrow()));
        assertThat(places).containsEntry("one", id("c"));
        assertThat(places.get("three")).isEqualTo(places.get("four"));
    }

    @Test
    void machines_on_storage_that_fails_stand_still_and_those_whose_lease_is_there_end() {
        var now = situation(NONE, host("a", GIB, 0, 2), host("b", 9 * GIB, 0, 1));
        var leased = new Demand(
                id("leased"),
                "leased",
                GIB,
                1,
                new Reach(Set.of(id("other")), Set.of(STORE), Set.of()),
                Demand.Bounds.NONE,
                true,
                1);
        var far = new Demand(
                id("far"),
                "far",
                GIB,
                1,
                new Reach(Set.of(id("other")), Set.of(), Set.of()),
                Demand.Bounds.NONE,
                true,
                1);
        var machines = List.of(
                on("b", demand("still", GIB)), on("b", leased), on("b", far), on("a", available("lost", GIB, 1)));
        assertThat(told(WhatIf.follows(new Loss(Set.of(), Set.of(STORE)), machines, now)))
                .containsExactly("leased ENDS", "lost PAUSES", "still PAUSES");
        var both = WhatIf.follows(new Loss(Set.of(id("a")), Set.of(STORE)), machines, now);
        assertThat(told(both)).containsExactly("lost STRANDED", "leased ENDS", "still PAUSES");
        assertThat(both.getFirst().decision().orElseThrow().reasons()).contains("does not reach the storage domain");
    }

    @Test
    void a_cluster_can_spare_a_host_only_while_every_highly_available_machine_of_it_finds_a_place() {
        var machines = List.of(
                on("a", available("one", 3 * GIB, 1)),
                on("b", available("two", GIB, 1)),
                on("a", demand("plain", 60 * GIB)));
        var risks = WhatIf.ofEachHost(machines, situation(NONE, host("a", GIB, 0, 1), host("b", 4 * GIB, 0, 1)));
        assertThat(risks).extracting(WhatIf.Risk::hostName).containsExactly("a", "b");
        assertThat(risks).allMatch(risk -> risk.stranded().isEmpty());
        var tight = WhatIf.ofEachHost(machines, situation(NONE, host("a", GIB, 0, 1), host("b", 2 * GIB, 0, 1)));
        assertThat(tight)
                .filteredOn(risk -> !risk.stranded().isEmpty())
                .singleElement()
                .satisfies(risk -> {
                    assertThat(risk.hostName()).isEqualTo("a");
                    assertThat(told(risk.stranded())).containsExactly("one STRANDED");
                });
    }

    @Test
    void what_is_chosen_quickly_is_what_is_chosen_with_reasons() {
        for (long seed = 0; seed < 200; seed++) {
            var chance = new Random(seed);
            var all = IntStream.range(0, 6)
                    .mapToObj(i -> host("h" + i, chance.nextLong(8) * GIB, chance.nextInt(4) * 25, chance.nextInt(3)))
                    .toArray(Candidate[]::new);
            var now = Scenes.grouped(
                    situation(NONE, all),
                    Map.of("x", "h1", "y", "h2"),
                    Scenes.machines("apart", false, chance.nextBoolean(), "x", "demo"),
                    Scenes.machines("together", true, chance.nextBoolean(), "y", "demo"),
                    Scenes.hosts("at", true, chance.nextBoolean(), "other", "h3"));
            var demand = available("demo", chance.nextLong(4) * GIB, 1);
            assertThat(Placement.best(demand, now))
                    .as("seed " + seed)
                    .isEqualTo(Placement.choose(demand, now).host());
        }
    }
}
