package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.placement.Decision;
import org.bellwether.engine.placement.WhatIf;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.storage.StorageDomains;

/**
 * Why a machine is where it is, where those of a host would go, and what would follow if a part of a cluster failed: an
 * addition to the API, described in the engine's README. Asks what decides for real, and does nothing.
 */
public final class PlacementPages implements Endpoint {

    /** Everything below this path is served here. */
    public static final String PATH = "/ovirt-engine/services/placement";

    private static final String ONLY_SIGNED_ON = "Placement is explained only to who is signed on";

    private final Vms vms;
    private final Hosts hosts;
    private final Clusters clusters;
    private final StorageDomains domains;
    private final PlaceVm place;
    private final Foresight foresight;
    private final SpareCapacity spare;
    private final ForesightDocuments documents;
    private final Gate gate;

    PlacementPages(
            Vms vms,
            Hosts hosts,
            Clusters clusters,
            StorageDomains domains,
            PlaceVm place,
            Foresight foresight,
            SpareCapacity spare,
            Gate gate) {
        this.vms = vms;
        this.hosts = hosts;
        this.clusters = clusters;
        this.domains = domains;
        this.place = place;
        this.foresight = foresight;
        this.spare = spare;
        this.documents = new ForesightDocuments(hosts);
        this.gate = gate;
    }

    @Override
    public WebReply answer(WebRequest request) {
        if (!request.method().equals("GET") && !request.method().equals("HEAD")) {
            throw Failure.badRequest("Placement can only be asked");
        }
        var path = request.plainPath().substring(PATH.length() + 1).split("/", -1);
        if (path[0].equals("clusters")) {
            return ofClusters(request, path);
        }
        if (path.length != 2) {
            throw nothingAt(request);
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
            default -> throw nothingAt(request);
        };
    }

    private static Failure nothingAt(WebRequest request) {
        return Failure.notFound("There is nothing at " + request.plainPath())
                .next("Use " + PATH + "/vms/{id}, /hosts/{id}, /clusters, /clusters/{id} or /clusters/{id}/what-if");
    }

    private WebReply ofClusters(WebRequest request, String[] path) {
        var caller = gate.caller(request, ONLY_SIGNED_ON);
        if (!caller.administrator()) {
            throw Failure.forbidden(caller.name() + " may not ask this")
                    .because("what becomes of hosts is told to administrators only");
        }
        if (path.length == 1) {
            var seen = clusters.model().all().stream()
                    .sorted(Comparator.comparing(Cluster::name))
                    .map(cluster -> documents.state(cluster, spare.of(cluster.id())))
                    .toList();
            return WebReply.json(200, Json.write(Map.of("clusters", seen)));
        }
        var cluster = clusters.get(Id.of(id(path[1])));
        if (path.length == 2) {
            return WebReply.json(200, Json.write(documents.state(cluster, spare.of(cluster.id()))));
        }
        if (path.length == 3 && path[2].equals("what-if")) {
            return WebReply.json(
                    200, Json.write(documents.fates(foresight.follows(cluster.id(), loss(request, cluster)))));
        }
        throw nothingAt(request);
    }

    private WhatIf.Loss loss(WebRequest request, Cluster cluster) {
        var lostHosts = ids(request, "hosts");
        var lostDomains = ids(request, "storage_domains");
        if (lostHosts.isEmpty() && lostDomains.isEmpty()) {
            throw Failure.badRequest("Nothing is said to fail")
                    .next("Name hosts, storage_domains or both, by their ids with commas between them");
        }
        for (var host : lostHosts) {
            var known = hosts.get(Id.of(host));
            if (!known.cluster().equals(cluster.id())) {
                throw Failure.badRequest("Host " + known.name() + " does not belong to cluster " + cluster.name());
            }
        }
        for (var domain : lostDomains) {
            var known = domains.get(Id.of(domain));
            if (!known.cluster().equals(cluster.id())) {
                throw Failure.badRequest(
                        "Storage domain " + known.name() + " does not belong to cluster " + cluster.name());
            }
        }
        return new WhatIf.Loss(lostHosts, lostDomains);
    }

    private static Set<UUID> ids(WebRequest request, String parameter) {
        return Stream.of(request.parameters().getOrDefault(parameter, "").split(","))
                .filter(text -> !text.isBlank())
                .map(text -> id(text.strip()))
                .collect(Collectors.toSet());
    }

    /** Hosts are shown to administrators only, whatever else somebody may. */
    private void require(WebRequest request, Permit permit, Target target) {
        var caller = gate.caller(request, ONLY_SIGNED_ON);
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

    static List<Map<String, Object>> shown(Decision decision) {
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
