package org.bellwether.engine.placement;

import java.util.Comparator;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Which host of a cluster that saves power is switched off or on next. One at a time: what follows is seen first. */
public final class PowerSaving {

    private static final String SAVING = "OptimalForPowerSaving";

    private PowerSaving() {}

    /** What is to be done. */
    public sealed interface Step {
        UUID host();

        String reason();
    }

    public record Sleep(UUID host, String reason) implements Step {}

    public record Wake(UUID host, String reason) implements Step {}

    /**
     * The two never follow on each other without a change: a host is woken when there are fewer empty ones than the reserve, and
     * sent to sleep when there are more without it.
     *
     * @param idle the hosts that have been empty for long enough, and that people allow to be switched
     * @param asleep the hosts that were switched off for this
     */
    public static Optional<Step> next(Situation now, Set<UUID> idle, Set<UUID> asleep) {
        var policy = now.policy();
        if (!policy.balance().equals(SAVING)
                || !Boolean.parseBoolean(
                        policy.properties().getOrDefault("EnableAutomaticHostPowerManagement", "false"))) {
            return wake(now, asleep, "the cluster's scheduling policy switches no hosts any more");
        }
        int reserve = (int) policy.number("HostsInReserve", 0);
        var up = now.hosts().stream().filter(Candidate::up).toList();
        long empty = up.stream().filter(host -> host.machines() == 0).count();
        if (empty < reserve) {
            return wake(now, asleep, empty + " empty hosts are fewer than the " + reserve + " in reserve");
        }
        if (empty == 0) {
            var busy = up.stream().filter(host -> isFull(host, policy)).findFirst();
            return busy.flatMap(host ->
                    wake(now, asleep, "host " + host.name() + " is too busy or too full and no other is empty"));
        }
        // Whoever is left acts as the proxy by which the others are woken.
        if (empty <= reserve || up.size() < 2) {
            return Optional.empty();
        }
        return up.stream()
                .filter(host -> host.machines() == 0 && idle.contains(host.id()))
                .max(Comparator.comparing(Candidate::name))
                .map(host -> new Sleep(
                        host.id(),
                        "it has been empty for a while, and " + (empty - 1) + " empty hosts are left for the " + reserve
                                + " in reserve"));
    }

    private static boolean isFull(Candidate host, Policy policy) {
        return host.room().sustainedPercent() > policy.number("HighUtilization", Filter.DEFAULT_HIGH_UTILIZATION)
                || host.room().freeBytes() < (long) policy.number("MaxFreeMemoryForOverUtilized", 0) << 20;
    }

    private static Optional<Step> wake(Situation now, Set<UUID> asleep, String reason) {
        return now.hosts().stream()
                .filter(host -> asleep.contains(host.id()))
                .min(Comparator.comparing(Candidate::name))
                .map(host -> new Wake(host.id(), reason));
    }
}
