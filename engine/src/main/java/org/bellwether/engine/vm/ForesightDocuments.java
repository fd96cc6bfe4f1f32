package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.Decision;
import org.bellwether.engine.placement.WhatIf.Fate;
import org.bellwether.engine.placement.WhatIf.Risk;
import org.bellwether.engine.platform.Id;

/** What would follow from failures, as it is sent. */
final class ForesightDocuments {

    /** Of many hosts that all refuse, those are enough to see what is wrong. */
    private static final int NAMED = 8;

    /** Of the hosts that would do, the best are enough to see why one is chosen. */
    private static final int BEST = 3;

    private final Hosts hosts;

    ForesightDocuments(Hosts hosts) {
        this.hosts = hosts;
    }

    Map<String, Object> state(Cluster cluster, SpareCapacity.State state) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("id", cluster.id().toString());
        answer.put("name", cluster.name());
        answer.put("at", state.at().toEpochMilli());
        answer.put("kept", state.kept());
        answer.put("machines", state.machines());
        answer.put("hosts", state.risks().stream().map(this::risk).toList());
        return answer;
    }

    private Map<String, Object> risk(Risk risk) {
        return Map.of(
                "id", risk.host().toString(),
                "name", risk.hostName(),
                "machines", risk.available(),
                "stranded", risk.stranded().stream().map(this::fate).toList());
    }

    Map<String, Object> fates(List<Fate> fates) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("machines", fates.stream().map(this::fate).toList());
        return answer;
    }

    private Map<String, Object> fate(Fate fate) {
        var machine = fate.machine();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("vm", machine.demand().id().toString());
        answer.put("name", machine.demand().machine());
        answer.put("host", machine.host().toString());
        hosts.model().find(Id.of(machine.host())).ifPresent(host -> answer.put("host_name", host.name()));
        answer.put("priority", machine.demand().priority());
        answer.put("outcome", fate.outcome().name().toLowerCase(Locale.ROOT));
        fate.decision().flatMap(Decision::host).ifPresent(target -> {
            answer.put("to", target.toString());
            answer.put("to_name", hosts.get(Id.of(target)).name());
            answer.put("after", machine.proof().name().toLowerCase(Locale.ROOT));
        });
        answer.put("reason", reason(fate));
        fate.decision()
                .filter(decision -> decision.host().isPresent())
                .ifPresent(decision -> answer.put(
                        "hosts",
                        PlacementPages.shown(new Decision(
                                        decision.host(), decision.policy(), List.of(), decision.scores(), List.of())
                                .best(BEST))));
        var changes = fate.decision().map(Decision::changes).orElse(List.of());
        if (!changes.isEmpty()) {
            answer.put("changes", new ArrayList<>(changes));
        }
        return answer;
    }

    private static String reason(Fate fate) {
        return switch (fate.outcome()) {
            case RESTARTS ->
                switch (fate.machine().proof()) {
                    case LEASE -> "as soon as its lease is free";
                    case POWER -> "as soon as its host's power is off";
                    case PERSON ->
                        "as soon as a person confirms that its host was rebooted: it has no lease, and the host no"
                                + " power management that another host could use";
                };
            case STRANDED ->
                fate.decision()
                        .filter(decision -> !decision.refusals().isEmpty())
                        .map(decision -> decision.reasons(NAMED))
                        .orElse("the cluster has no other host");
            case STAYS_DOWN -> "it is not highly available";
            case PAUSES -> "it stands still at its first access to the storage, and goes on when that is back";
            case ENDS -> "it loses its lease, which no host can take while the storage is away";
        };
    }
}
