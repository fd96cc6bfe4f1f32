package org.bellwether.engine.placement;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Clusters balanced for hours of virtual time: when the loads stay, the moves end, no machine goes to and fro, and what the
 * policy wants is there. Whoever sees a failure here sees its seed.
 */
final class BalanceSimulationTest {

    /** More were tried when it was written; these are what every run has time for. */
    private static final int SEEDS = 40;

    private static final Duration UNREST = Duration.ofHours(2);
    private static final Duration SETTLING = Duration.ofHours(6);
    private static final Duration PEACE = Duration.ofHours(2);

    private static final Map<String, Integer> WEIGHTS = Map.of(
            "OptimalForCpuEvenDistribution", 1,
            "OptimalForMemoryEvenDistribution", 1,
            "VmAffinityGroups", 20);

    private static Policy policy(String name, String balance, Map<String, String> properties) {
        return new Policy(name, Set.of("CPUOverloaded"), WEIGHTS, balance, properties, 100);
    }

    @ParameterizedTest
    @ValueSource(strings = {"evenly_distributed", "power_saving", "vm_evenly_distributed", "none"})
    void the_moves_end_when_the_loads_stay(String name) {
        for (long seed = 0; seed < SEEDS; seed++) {
            var cluster = new RestlessCluster(
                    seed,
                    switch (name) {
                        case "evenly_distributed" ->
                            policy(name, "OptimalForEvenDistribution", Map.of("HighUtilization", "70"));
                        case "power_saving" ->
                            policy(
                                    name,
                                    "OptimalForPowerSaving",
                                    Map.of("HighUtilization", "70", "LowUtilization", "30"));
                        case "vm_evenly_distributed" ->
                            policy(
                                    name,
                                    "OptimalForEvenGuestDistribution",
                                    Map.of("HighVmCount", "6", "MigrationThreshold", "2"));
                        default -> policy(name, "None", Map.of());
                    });
            cluster.live(UNREST, true);
            cluster.live(SETTLING, false);
            var settled = cluster.now();
            cluster.live(PEACE, false);
            assertThat(cluster.lastMove())
                    .as(cluster.told() + ": moves after hours of the same load")
                    .isBeforeOrEqualTo(settled);
            cluster.requireBalanced();
        }
    }
}
