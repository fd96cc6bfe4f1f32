package org.bellwether.engine.placement;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Where a machine goes, and why.
 *
 * @param host the chosen one; empty when none fits
 * @param policy the name of the policy that it was decided by
 * @param refusals for each host that was left out, all reasons
 * @param scores for each host that fits, how well: less is better
 * @param changes when none fits: what would let one fit, the smallest changes first
 */
public record Decision(
        Optional<UUID> host, String policy, List<Refusal> refusals, List<Score> scores, List<String> changes) {

    /**
     * Why a host was left out.
     *
     * @param remedy what would have to change
     */
    public record Refusal(UUID host, String hostName, String filter, String reason, String remedy) {}

    /** How well a host fits. */
    public record Score(UUID host, String hostName, double cost, List<Part> parts) {}

    /** What one weight adds: what it finds, 0 to 100, and how much that counts. */
    public record Part(String weight, double value, int factor) {}

    /** All refusals in one sentence. */
    public String reasons() {
        return reasons(Integer.MAX_VALUE);
    }

    /** The refusals of so many hosts in one sentence, and how many hosts more there are. */
    public String reasons(int most) {
        if (refusals.isEmpty()) {
            return "there is no host in the cluster";
        }
        Map<String, String> byHost = new LinkedHashMap<>();
        refusals.forEach(refusal ->
                byHost.merge(refusal.hostName(), refusal.reason(), (before, more) -> before + " and " + more));
        return byHost.entrySet().stream()
                        .limit(most)
                        .map(each -> each.getKey() + ": " + each.getValue())
                        .collect(Collectors.joining("; "))
                + (byHost.size() > most ? "; and " + (byHost.size() - most) + " hosts more" : "");
    }

    /** With no more than the best scores, for keeping. */
    public Decision best(int most) {
        return new Decision(host, policy, refusals, scores.stream().limit(most).toList(), changes);
    }
}
