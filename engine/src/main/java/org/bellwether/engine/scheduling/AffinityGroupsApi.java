package org.bellwether.engine.scheduling;

import static org.bellwether.engine.platform.Permit.MANIPULATE_AFFINITY_GROUPS;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.bellwether.api.Struct;
import org.bellwether.api.types.AffinityLabel;
import org.bellwether.api.types.AffinityRule;
import org.bellwether.api.types.Host;
import org.bellwether.api.types.Vm;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.placement.Affinity.Rule;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.scheduling.AffinityGroup.Side;
import org.jspecify.annotations.Nullable;

/** Affinity groups on the wire. Where the path goes through a data center, the cluster is its last but one object. */
public final class AffinityGroupsApi {

    private final Database database;
    private final AffinityGroups groups;
    private final Clusters clusters;
    private final Map<Side, BiFunction<Struct, Id<Cluster>, UUID>> referred;
    private final Predicate<AffinityGroup> broken;
    private final Events events;

    /**
     * @param vms the machine of the cluster that a document refers to; refuses those of other clusters
     * @param hosts the same of hosts
     * @param labels the affinity label that a document refers to
     * @param broken whether a rule of the group does not hold for what runs now
     */
    public AffinityGroupsApi(
            Database database,
            AffinityGroups groups,
            Clusters clusters,
            BiFunction<Struct, Id<Cluster>, UUID> vms,
            BiFunction<Struct, Id<Cluster>, UUID> hosts,
            BiFunction<Struct, Id<Cluster>, UUID> labels,
            Predicate<AffinityGroup> broken,
            Events events) {
        this.database = database;
        this.groups = groups;
        this.clusters = clusters;
        this.referred = Map.of(Side.VM, vms, Side.HOST, hosts, Side.VM_LABEL, labels, Side.HOST_LABEL, labels);
        this.broken = broken;
        this.events = events;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "affinity_groups",
                "list",
                request -> Reply.list(
                        request.limited(groups.ofCluster(cluster(request, 0).id())).stream()
                                .sorted(java.util.Comparator.comparing(AffinityGroup::name))
                                .map(this::document)));
        routes.on("affinity_groups", "add", MANIPULATE_AFFINITY_GROUPS, this::add);
        routes.read("affinity_group", "get", request -> Reply.of(document(group(request, 0))));
        routes.on("affinity_group", "update", MANIPULATE_AFFINITY_GROUPS, this::update);
        routes.on("affinity_group", "remove", MANIPULATE_AFFINITY_GROUPS, this::remove);
        serveSide(routes, Side.VM, "affinity_group_vms", "affinity_group_vm");
        serveSide(routes, Side.HOST, "affinity_group_hosts", "affinity_group_host");
        serveSide(routes, Side.VM_LABEL, "affinity_group_vm_labels", "affinity_group_vm_label");
        serveSide(routes, Side.HOST_LABEL, "affinity_group_host_labels", "affinity_group_host_label");
    }

    private void serveSide(ApiRoutes routes, Side side, String many, String one) {
        routes.read(
                many,
                "list",
                request -> Reply.list(group(request, 0).on(side).stream()
                        .sorted()
                        .limit(most(request))
                        .map(id -> member(side, id))));
        routes.on(many, "add", MANIPULATE_AFFINITY_GROUPS, request -> {
            var group = group(request, 0);
            var member = referred(side, request.body(Struct.class), group.cluster());
            change(request, group, now -> now.with(side, member));
            return Reply.created(member(side, member));
        });
        routes.on(one, "remove", MANIPULATE_AFFINITY_GROUPS, request -> {
            var group = group(request, 1);
            var member = present(request, side, group);
            change(request, group, now -> now.without(side, member));
            return Reply.done();
        });
    }

    private static int most(ApiRequest request) {
        return request.maximum().orElse(Integer.MAX_VALUE);
    }

    /** By its id; a host also by its name. */
    private UUID present(ApiRequest request, Side side, AffinityGroup group) {
        var text = request.pathId();
        try {
            var id = UUID.fromString(text);
            if (group.on(side).contains(id)) {
                return id;
            }
        } catch (IllegalArgumentException name) {
            if (side == Side.HOST) {
                var id = referred(side, Host.builder().name(text).build(), group.cluster());
                if (group.on(side).contains(id)) {
                    return id;
                }
            }
        }
        throw Failure.notFound("The affinity group " + group.name() + " does not have " + text);
    }

    private UUID referred(Side side, Struct reference, Id<Cluster> cluster) {
        return Objects.requireNonNull(referred.get(side)).apply(reference, cluster);
    }

    /** @param below how many objects of the path stand below the wanted one */
    private Cluster cluster(ApiRequest request, int below) {
        return clusters.get(request.id(request.targets().size() - 1 - below));
    }

    private AffinityGroup group(ApiRequest request, int below) {
        Id<AffinityGroup> id = request.id(request.targets().size() - 1 - below);
        var group = groups.get(id);
        if (!group.cluster().equals(cluster(request, below + 1).id())) {
            throw Failure.notFound("The cluster has no affinity group with the id " + id);
        }
        return group;
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.AffinityGroup.class);
        var cluster = cluster(request, 0);
        var made = over(
                new AffinityGroup(
                        Id.random(),
                        Names.checked(sent.name(), "an affinity group"),
                        cluster.id(),
                        "",
                        1,
                        Rule.OFF,
                        Rule.OFF,
                        Set.of(),
                        Set.of(),
                        Set.of(),
                        Set.of()),
                sent);
        database.change(tx -> {
            groups.insert(tx, made);
            tell(tx, EventCode.AFFINITY_GROUP_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.AffinityGroup.class);
        return Reply.of(document(change(request, group(request, 0), now -> over(now, sent))));
    }

    private Reply remove(ApiRequest request) {
        var group = group(request, 0);
        database.change(tx -> {
            groups.delete(tx, group.id());
            tell(tx, EventCode.AFFINITY_GROUP_REMOVED, group, request, "removed");
        });
        return Reply.done();
    }

    private AffinityGroup change(ApiRequest request, AffinityGroup group, UnaryOperator<AffinityGroup> change) {
        return database.transaction(tx -> {
            var changed = groups.update(tx, group.id(), change);
            tell(tx, EventCode.AFFINITY_GROUP_UPDATED, changed, request, "changed");
            return changed;
        });
    }

    private AffinityGroup over(AffinityGroup before, org.bellwether.api.types.AffinityGroup sent) {
        var changed = new AffinityGroup(
                before.id(),
                sent.name() == null ? before.name() : Names.checked(sent.name(), "an affinity group"),
                before.cluster(),
                Optional.ofNullable(sent.description()).orElse(before.description()),
                Optional.ofNullable(sent.priority()).orElse(before.priority()),
                rule(before.machineRule(), machineRule(sent)),
                rule(before.hostRule(), sent.hostsRule()),
                members(Side.VM, sent.vms(), before),
                members(Side.HOST, sent.hosts(), before),
                members(Side.VM_LABEL, sent.vmLabels(), before),
                members(Side.HOST_LABEL, sent.hostLabels(), before));
        if (!(changed.priority() >= 0 && changed.priority() <= 1_000_000)) {
            throw Failure.badRequest("The priority of an affinity group is a number from 0 to 1000000");
        }
        return changed;
    }

    /** The rule as it is sent today, or as the API's first versions sent it. */
    private static @Nullable AffinityRule machineRule(org.bellwether.api.types.AffinityGroup sent) {
        if (sent.vmsRule() != null || (sent.positive() == null && sent.enforcing() == null)) {
            return sent.vmsRule();
        }
        return AffinityRule.builder()
                .enabled(true)
                .positive(sent.positive())
                .enforcing(sent.enforcing())
                .build();
    }

    /** Who tells a rule wants it to hold, unless it says that it does not. */
    private static Rule rule(Rule before, @Nullable AffinityRule sent) {
        return sent == null
                ? before
                : new Rule(
                        Optional.ofNullable(sent.enabled()).orElse(true),
                        Optional.ofNullable(sent.positive()).orElse(before.positive()),
                        Optional.ofNullable(sent.enforcing()).orElse(before.enforcing()));
    }

    private Set<UUID> members(Side side, @Nullable List<? extends Struct> sent, AffinityGroup before) {
        return sent == null
                ? before.on(side)
                : sent.stream()
                        .map(each -> referred(side, each, before.cluster()))
                        .collect(Collectors.toUnmodifiableSet());
    }

    private void tell(Transaction tx, EventCode code, AffinityGroup group, ApiRequest request, String what) {
        events.add(
                tx,
                code,
                Asker.of(request),
                Concerns.NOTHING.withCluster(group.cluster()),
                "The affinity group " + group.name(),
                what);
    }

    private static Struct member(Side side, UUID id) {
        return switch (side) {
            case VM -> Vm.builder().id(id.toString()).build();
            case HOST -> Host.builder().id(id.toString()).build();
            case VM_LABEL, HOST_LABEL ->
                AffinityLabel.builder().id(id.toString()).build();
        };
    }

    private org.bellwether.api.types.AffinityGroup document(AffinityGroup group) {
        return org.bellwether.api.types.AffinityGroup.builder()
                .id(group.id().toString())
                .name(group.name())
                .description(group.description())
                .cluster(org.bellwether.api.types.Cluster.builder()
                        .id(group.cluster().toString())
                        .build())
                .priority(group.priority())
                .broken(broken.test(group))
                .enforcing(group.machineRule().enforcing())
                .positive(group.machineRule().enabled() ? group.machineRule().positive() : null)
                .vmsRule(wire(group.machineRule()))
                .hostsRule(wire(group.hostRule()))
                .vms(members(group, Side.VM, Vm.class))
                .hosts(members(group, Side.HOST, Host.class))
                .vmLabels(members(group, Side.VM_LABEL, AffinityLabel.class))
                .hostLabels(members(group, Side.HOST_LABEL, AffinityLabel.class))
                .build();
    }

    private static <T extends Struct> List<T> members(AffinityGroup group, Side side, Class<T> type) {
        return group.on(side).stream()
                .sorted()
                .map(id -> type.cast(member(side, id)))
                .toList();
    }

    private static AffinityRule wire(Rule rule) {
        return AffinityRule.builder()
                .enabled(rule.enabled())
                .positive(rule.positive())
                .enforcing(rule.enforcing())
                .build();
    }
}
