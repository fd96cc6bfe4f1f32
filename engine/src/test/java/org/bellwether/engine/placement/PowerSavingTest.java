package org.bellwether.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.placement.Scenes.GIB;
import static org.bellwether.engine.placement.Scenes.having;
import static org.bellwether.engine.placement.Scenes.host;
import static org.bellwether.engine.placement.Scenes.id;
import static org.bellwether.engine.placement.Scenes.policy;
import static org.bellwether.engine.placement.Scenes.situation;

import java.util.Map;
import java.util.Set;
import org.bellwether.engine.placement.PowerSaving.Sleep;
import org.bellwether.engine.placement.PowerSaving.Wake;
import org.junit.jupiter.api.Test;

final class PowerSavingTest {

    private static final Policy SAVING = policy(
            "power_saving",
            "OptimalForPowerSaving",
            Map.of("EnableAutomaticHostPowerManagement", "true", "HostsInReserve", "1"));

    private static Candidate asleep(String name) {
        var up = host(name, 64 * GIB, 0, 0);
        return new Candidate(up.id(), name, false, "maintenance", up.room(), up.reach(), 0, 0);
    }

    @Test
    void empty_hosts_beyond_the_reserve_sleep_one_after_the_other() {
        var now = situation(SAVING, host("a", 8 * GIB, 20, 3), host("b", 64 * GIB, 0, 0), host("c", 64 * GIB, 0, 0));
        assertThat(PowerSaving.next(now, Set.of(id("b"), id("c")), Set.of()))
                .hasValueSatisfying(step -> assertThat(step).isInstanceOf(Sleep.class))
                .hasValueSatisfying(step -> assertThat(step.host()).isEqualTo(id("c")));
        assertThat(PowerSaving.next(now, Set.of(), Set.of()))
                .as("not empty for long enough, or not to be switched")
                .isEmpty();
        var after = situation(SAVING, host("a", 8 * GIB, 20, 3), host("b", 64 * GIB, 0, 0), asleep("c"));
        assertThat(PowerSaving.next(after, Set.of(id("b")), Set.of(id("c")))).isEmpty();
    }

    @Test
    void a_host_is_woken_when_the_reserve_is_used_or_the_others_are_too_busy() {
        var used = situation(SAVING, host("a", 8 * GIB, 20, 3), host("b", 60 * GIB, 5, 1), asleep("c"));
        assertThat(PowerSaving.next(used, Set.of(), Set.of(id("c"))))
                .hasValueSatisfying(step -> assertThat(step).isInstanceOf(Wake.class));

        var none =
                policy("power_saving", "OptimalForPowerSaving", Map.of("EnableAutomaticHostPowerManagement", "true"));
        assertThat(PowerSaving.next(situation(none, host("a", 8 * GIB, 20, 3), asleep("c")), Set.of(), Set.of(id("c"))))
                .isEmpty();
        var busy = having(host("a", 8 * GIB, 95, 3), new Room(64 * GIB, 8 * GIB, 0, 8, 95, 95, 95, 0));
        assertThat(PowerSaving.next(situation(none, busy, asleep("c")), Set.of(), Set.of(id("c"))))
                .hasValueSatisfying(step -> assertThat(step.reason()).contains("host a is too busy"));
    }

    @Test
    void one_host_stays_up_and_a_policy_that_switches_none_wakes_them() {
        var none =
                policy("power_saving", "OptimalForPowerSaving", Map.of("EnableAutomaticHostPowerManagement", "true"));
        assertThat(PowerSaving.next(
                        situation(none, host("a", 64 * GIB, 0, 0), asleep("b")), Set.of(id("a")), Set.of(id("b"))))
                .isEmpty();
        assertThat(PowerSaving.next(
                        situation(Scenes.NONE, host("a", 64 * GIB, 0, 0), asleep("b")), Set.of(), Set.of(id("b"))))
                .hasValueSatisfying(step -> assertThat(step).isInstanceOf(Wake.class));
    }
}
