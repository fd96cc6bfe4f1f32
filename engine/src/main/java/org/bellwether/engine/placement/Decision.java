package org.bellwether.engine.placement;

import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * Where a machine goes, and why.
 *
 * @param host the chosen one; null when none fits
 * @param refusals for each host that was left out, the first reason
 * @param scores for each host that fits, how well: less is better
 */
public record Decision(Optional<UUID> host, List<Refusal> refusals, List<Score> scores) {

    /** Why a host was left out. */
    public record Refusal(UUID host, String hostName, String filter, String reason) {}

    /** How well a host fits. */
    public record Score(UUID host, String hostName, double cost) {}

    /** All refusals in one sentence. */
    public String reasons() {
        return refusals.isEmpty()
                ? "there is no host in the cluster"
                : String.join(
                        "; ",
                        refusals.stream()
                                .map(refusal -> refusal.hostName() + ": " + refusal.reason())
                                .toList());
    }
}
