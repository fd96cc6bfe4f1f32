package org.bellwether.engine.placement;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Machines that belong together or apart, on hosts or off them.
 *
 * @param priority how much it weighs against other groups that are not enforced
 * @param machines its machines by id, each with its name
 * @param hosts its hosts by id, each with its name
 */
public record Affinity(
        UUID id,
        String name,
        double priority,
        Map<UUID, String> machines,
        Map<UUID, String> hosts,
        Rule machineRule,
        Rule hostRule) {

    /**
     * @param positive together, or on the hosts; otherwise apart, or off the hosts
     * @param enforcing whether it must hold; otherwise it is a wish
     */
    public record Rule(boolean enabled, boolean positive, boolean enforcing) {
        public static final Rule OFF = new Rule(false, true, true);
    }

    /** Why a machine on a host would break the rule for hosts. */
    Optional<String> brokenByHost(UUID machine, UUID host) {
        if (!hostRule.enabled() || !machines.containsKey(machine) || hosts.isEmpty()) {
            return Optional.empty();
        }
        boolean among = hosts.containsKey(host);
        if (among == hostRule.positive()) {
            return Optional.empty();
        }
        return Optional.of(
                hostRule.positive()
                        ? "the affinity group " + name + " wants the machine on "
                                + hosts.values().stream().sorted().collect(Collectors.joining(" or "))
                        : "the affinity group " + name + " wants the machine off it");
    }

    /**
     * Why a machine on a host would break the rule for machines.
     *
     * @param where the host of each machine that runs
     * @param demand tells which of these places do not count, because they are being emptied
     */
    Optional<String> brokenByMachines(Demand demand, UUID host, Map<UUID, UUID> where) {
        if (!machineRule.enabled() || !machines.containsKey(demand.id())) {
            return Optional.empty();
        }
        String there = null;
        String elsewhere = null;
        for (var member : machines.entrySet()) {
            var place = where.get(member.getKey());
            if (place == null
                    || member.getKey().equals(demand.id())
                    || (demand.bounds().emptied() && demand.bounds().excluded().contains(place))) {
                continue;
            }
            if (place.equals(host)) {
                there = least(there, member.getValue());
            } else {
                elsewhere = least(elsewhere, member.getValue());
            }
        }
        if (machineRule.positive()) {
            return there == null && elsewhere != null
                    ? Optional.of("the affinity group " + name + " wants the machine where " + elsewhere
                            + " runs, which is not here")
                    : Optional.empty();
        }
        return there == null
                ? Optional.empty()
                : Optional.of(
                        "the affinity group " + name + " wants the machine away from " + there + ", which runs here");
    }

    private static String least(@Nullable String known, String name) {
        return known == null || name.compareTo(known) < 0 ? name : known;
    }

    /** Whether a rule does not hold for what runs now. */
    public boolean broken(Map<UUID, UUID> where) {
        return where.entrySet().stream()
                .filter(each -> machines.containsKey(each.getKey()))
                .anyMatch(each -> brokenByHost(each.getKey(), each.getValue()).isPresent()
                        || brokenByAnother(each.getKey(), each.getValue(), where));
    }

    private boolean brokenByAnother(UUID machine, UUID here, Map<UUID, UUID> where) {
        return machineRule.enabled()
                && where.entrySet().stream()
                        .filter(other -> machines.containsKey(other.getKey())
                                && !other.getKey().equals(machine))
                        .anyMatch(other -> here.equals(other.getValue()) != machineRule.positive());
    }
}
