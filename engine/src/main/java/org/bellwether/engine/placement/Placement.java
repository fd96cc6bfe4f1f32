package org.bellwether.engine.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/** Chooses a host for a machine: filters first, then what weighs least. Pure: no clock, no input, no output. */
public final class Placement {

    /** How many ways out are told when no host fits. */
    private static final int MOST_CHANGES = 3;

    // Kept, because values() copies them, and thousands of machines are placed on hundreds of hosts.
    private static final List<Filter> FILTERS = List.of(Filter.values());

    private static final List<Weight> WEIGHTS = List.of(Weight.values());

    private Placement() {}

    public static Decision choose(Demand demand, Situation cluster) {
        var situation = cluster.about(demand);
        var refusals = new ArrayList<Decision.Refusal>();
        var scores = new ArrayList<Decision.Score>();
        for (var host : situation.hosts()) {
            var refused = refuse(demand, host, situation);
            if (refused.isEmpty()) {
                scores.add(score(demand, host, situation));
            } else {
                refusals.addAll(refused);
            }
        }
        // Equal costs are decided by name, so that the same snapshot always gives the same answer.
        scores.sort(Comparator.comparingDouble(Decision.Score::cost).thenComparing(Decision.Score::hostName));
        Optional<UUID> chosen = scores.stream().findFirst().map(Decision.Score::host);
        return new Decision(
                chosen,
                situation.policy().name(),
                refusals,
                scores,
                chosen.isPresent() ? List.of() : changes(demand, refusals));
    }

    /** What {@link #choose} would choose, without the reasons: for who asks thousands of times. */
    static Optional<UUID> best(Demand demand, Situation cluster) {
        var situation = cluster.about(demand);
        Candidate best = null;
        double least = 0;
        for (var host : situation.hosts()) {
            if (fits(demand, host, situation)) {
                double cost = cost(demand, host, situation);
                if (best == null
                        || cost < least
                        || (cost == least && host.name().compareTo(best.name()) < 0)) {
                    best = host;
                    least = cost;
                }
            }
        }
        return Optional.ofNullable(best).map(Candidate::id);
    }

    /** Whether a machine could run on the host. */
    static boolean fits(Demand demand, Candidate host, Situation situation) {
        for (var filter : FILTERS) {
            if (filter.holds(situation.policy())
                    && filter.refuse(demand, host, situation).isPresent()) {
                return false;
            }
        }
        return true;
    }

    private static List<Decision.Refusal> refuse(Demand demand, Candidate host, Situation situation) {
        List<Decision.Refusal> all = new ArrayList<>();
        for (var filter : FILTERS) {
            if (filter.holds(situation.policy())) {
                filter.refuse(demand, host, situation)
                        .ifPresent(why -> all.add(new Decision.Refusal(
                                host.id(), host.name(), filter.wire(), why.reason(), why.remedy())));
            }
        }
        return all;
    }

    /** What all weights together find against the host. */
    static double cost(Demand demand, Candidate host, Situation situation) {
        double cost = 0;
        for (var weight : WEIGHTS) {
            int factor = situation.policy().weights().getOrDefault(weight.wire(), 0);
            cost += factor > 0 ? factor * weight.of(demand, host, situation) : 0;
        }
        return cost;
    }

    private static Decision.Score score(Demand demand, Candidate host, Situation situation) {
        List<Decision.Part> parts = new ArrayList<>();
        double cost = 0;
        for (var weight : WEIGHTS) {
            int factor = situation.policy().weights().getOrDefault(weight.wire(), 0);
            if (factor > 0) {
                double value = weight.of(demand, host, situation);
                cost += factor * value;
                parts.add(new Decision.Part(weight.wire(), value, factor));
            }
        }
        return new Decision.Score(host.id(), host.name(), cost, parts);
    }

    /** For the hosts that lack least, what would let the machine run there. */
    private static List<String> changes(Demand demand, List<Decision.Refusal> refusals) {
        Map<UUID, List<Decision.Refusal>> byHost = refusals.stream()
                .collect(Collectors.groupingBy(Decision.Refusal::host, LinkedHashMap::new, Collectors.toList()));
        if (byHost.isEmpty()) {
            return List.of("Add a host to the cluster of " + demand.machine());
        }
        return byHost.values().stream()
                .sorted(Comparator.<List<Decision.Refusal>>comparingInt(List::size)
                        .thenComparing(each -> each.getFirst().hostName()))
                .limit(MOST_CHANGES)
                .map(each -> each.getFirst().hostName() + ": "
                        + each.stream().map(Decision.Refusal::remedy).collect(Collectors.joining(", and ")))
                .toList();
    }
}
