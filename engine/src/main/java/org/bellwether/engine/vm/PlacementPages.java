package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.placement.Decision;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.store.Json;

/**
 * Why a machine is where it is, and where those of a host would go: an addition to the API, described in the engine's
 * README. Asks what decides for real, and does nothing.
 */
public final class PlacementPages implements Endpoint {

    /** Everything below this path is served here. */
    public static final String PATH = "/ovirt-engine/services/placement";

    private final Vms vms;
    private final Hosts hosts;
    private final PlaceVm place;
    private final Gate gate;

    PlacementPages(Vms vms, Hosts hosts, PlaceVm place, Gate gate) {
        this.vms = vms;
        this.hosts = hosts;
        this.place = place;
        this.gate = gate;
    }

    @Override
    public WebReply answer(WebRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw Failure.badRequest("Placement can only be asked");
        }
        var path = request.plainPath().substring(PATH.length() + 1).split("/", -1);
        if (path.length != 2) {
            throw Failure.notFound("There is nothing at " + request.plainPath())
                    .next("Use " + PATH + "/vms/{id} or " + PATH + "/hosts/{id}");
        }
        var id = id(path[1]);
        return switch (path[0]) {
            case "vms" -> {
                require(request, Permit.MIGRATE_VM, new Target("vm", id.toString()));
                yield WebReply.json(200, Json.write(explained(vms.get(Id.of(id)))));
            }
            case "hosts" -> {
                require(request, Permit.MANIPULATE_HOST, new Target("host", id.toString()));
                yield WebReply.json(200, Json.write(plan(hosts.get(Id.of(id)))));
            }
            default -> throw Failure.notFound("There is nothing at " + request.plainPath());
        };
    }

    /** Hosts are shown to administrators only, whatever else somebody may. */
    private void require(WebRequest request, Permit permit, Target target) {
        var caller = gate.caller(request, "Placement is explained only to who is signed on");
        if (!caller.administrator() || !gate.allows(caller, permit, List.of(target))) {
            throw Failure.forbidden(caller.name() + " may not ask this")
                    .because("the permit " + permit.wireName() + " of an administrator is needed");
        }
    }

    private Map<String, Object> explained(Vm vm) {
        var decision = place.explain(vm);
        Map<String, Object> answer = new LinkedHashMap<>();
        vm.hostId().ifPresent(host -> answer.put("here", host.toString()));
        decision.host().ifPresent(host -> answer.put("best", host.toString()));
        answer.put("policy", decision.policy());
        answer.put("hosts", shown(decision));
        answer.put("changes", decision.changes());
        answer.put(
                "kept", place.kept(vm.id()).stream().map(PlacementPages::shown).toList());
        return answer;
    }

    private static Map<String, Object> shown(KeptPlacement kept) {
        var decision = kept.decision();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("at", kept.at().toEpochMilli());
        answer.put("occasion", kept.occasion());
        answer.put("policy", decision.policy());
        decision.host().ifPresent(host -> answer.put("chosen", host.toString()));
        answer.put("hosts", shown(decision));
        answer.put("changes", decision.changes());
        return answer;
    }

    private static List<Map<String, Object>> shown(Decision decision) {
        List<Map<String, Object>> all = new ArrayList<>();
        decision.scores()
                .forEach(score -> all.add(Map.of(
                        "id",
                        score.host().toString(),
                        "name",
                        score.hostName(),
                        "fits",
                        true,
                        "cost",
                        rounded(score.cost()),
                        "weights",
                        score.parts().stream()
                                .map(part -> Map.of(
                                        "name", part.weight(), "value", rounded(part.value()), "factor", part.factor()))
                                .toList())));
        decision.refusals()
                .forEach(refusal -> all.add(Map.of(
                        "id", refusal.host().toString(),
                        "name", refusal.hostName(),
                        "fits", false,
                        "filter", refusal.filter(),
                        "reason", refusal.reason(),
                        "remedy", refusal.remedy())));
        return all;
    }

    private static double rounded(double number) {
        return Math.rint(number * 10) / 10;
    }

    private Map<String, Object> plan(Host host) {
        List<Map<String, Object>> moves = new ArrayList<>();
        place.plan(host).forEach((vm, decision) -> {
            Map<String, Object> move = new LinkedHashMap<>();
            move.put("vm", vm.id().toString());
            move.put("name", vm.name());
            decision.host().ifPresent(target -> {
                move.put("to", target.toString());
                move.put("to_name", hosts.get(Id.of(target)).name());
            });
            if (decision.host().isEmpty()) {
                move.put("reason", decision.reasons());
            }
            moves.add(move);
        });
        return Map.of("moves", moves);
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException noId) {
            throw Failure.notFound("There is no object with such an id");
        }
    }
}
