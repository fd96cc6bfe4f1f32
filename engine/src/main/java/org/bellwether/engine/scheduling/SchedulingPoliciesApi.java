package org.bellwether.engine.scheduling;

import static org.bellwether.engine.platform.Permit.EDIT_CLUSTER_CONFIGURATION;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bellwether.api.types.Balance;
import org.bellwether.api.types.Filter;
import org.bellwether.api.types.PolicyUnitType;
import org.bellwether.api.types.Property;
import org.bellwether.api.types.SchedulingPolicyUnit;
import org.bellwether.api.types.Weight;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** Scheduling policies and what they are made of, on the wire. */
public final class SchedulingPoliciesApi {

    private static final int MOST_FACTOR = 1000;

    private final Database database;
    private final SchedulingPolicies policies;
    private final Clusters clusters;
    private final Events events;

    public SchedulingPoliciesApi(Database database, SchedulingPolicies policies, Clusters clusters, Events events) {
        this.database = database;
        this.policies = policies;
        this.clusters = clusters;
        this.events = events;
    }

    public void serve(ApiRoutes routes) {
        routes.read(
                "scheduling_policies",
                "list",
                request -> Reply.list(request.limited(policies.all()).stream().map(this::document)));
        routes.on("scheduling_policies", "add", EDIT_CLUSTER_CONFIGURATION, this::add);
        routes.read("scheduling_policy", "get", request -> Reply.of(document(policies.get(request.id()))));
        routes.on("scheduling_policy", "update", EDIT_CLUSTER_CONFIGURATION, this::update);
        routes.on("scheduling_policy", "remove", EDIT_CLUSTER_CONFIGURATION, this::remove);
        filters(routes);
        weights(routes);
        balances(routes);
        routes.read(
                "scheduling_policy_units",
                "list",
                request -> Reply.list(request.limited(policies.units().all())));
        routes.read("scheduling_policy_unit", "get", request -> Reply.of(unit(request)));
        routes.on("scheduling_policy_unit", "remove", EDIT_CLUSTER_CONFIGURATION, request -> {
            throw Failure.conflict("The unit " + unit(request).name() + " cannot be removed")
                    .because("it is a part of the engine");
        });
    }

    private SchedulingPolicyUnit unit(ApiRequest request) {
        return policies.units().all().stream()
                .filter(unit -> request.pathId().equals(unit.id()))
                .findFirst()
                .orElseThrow(
                        () -> Failure.notFound("There is no scheduling policy unit with the id " + request.pathId()));
    }

    private void filters(ApiRoutes routes) {
        routes.read("filters", "list", request -> Reply.list(filters(policies.get(request.id(0)))));
        routes.on("filters", "add", EDIT_CLUSTER_CONFIGURATION, request -> {
            var unit = policies.units()
                    .referred(PolicyUnitType.FILTER, request.body(Filter.class).schedulingPolicyUnit());
            var changed = change(request, request.id(0), before -> before.filtering(unit, true));
            return Reply.created(part(filters(changed), Filter::id, unit.toString()));
        });
        routes.read(
                "filter",
                "get",
                request -> Reply.of(part(filters(policies.get(request.id(0))), Filter::id, request.pathId(1))));
        routes.on("filter", "remove", EDIT_CLUSTER_CONFIGURATION, request -> {
            part(filters(policies.get(request.id(0))), Filter::id, request.pathId(1));
            change(request, request.id(0), before -> before.filtering(UUID.fromString(request.pathId(1)), false));
            return Reply.done();
        });
    }

    private void weights(ApiRoutes routes) {
        routes.read("weights", "list", request -> Reply.list(weights(policies.get(request.id(0)))));
        routes.on("weights", "add", EDIT_CLUSTER_CONFIGURATION, request -> {
            var sent = request.body(Weight.class);
            var unit = policies.units().referred(PolicyUnitType.WEIGHT, sent.schedulingPolicyUnit());
            var changed = change(request, request.id(0), before -> before.weighing(unit, factor(sent)));
            return Reply.created(part(weights(changed), Weight::id, unit.toString()));
        });
        routes.read(
                "weight",
                "get",
                request -> Reply.of(part(weights(policies.get(request.id(0))), Weight::id, request.pathId(1))));
        routes.on("weight", "remove", EDIT_CLUSTER_CONFIGURATION, request -> {
            part(weights(policies.get(request.id(0))), Weight::id, request.pathId(1));
            change(request, request.id(0), before -> before.weighing(UUID.fromString(request.pathId(1)), 0));
            return Reply.done();
        });
    }

    private static int factor(Weight sent) {
        long factor = Optional.ofNullable(sent.factor()).orElse(1L);
        if (factor < 1 || factor > MOST_FACTOR) {
            throw Failure.badRequest("A factor is a number from 1 to " + MOST_FACTOR);
        }
        return (int) factor;
    }

    private void balances(ApiRoutes routes) {
        routes.read("balances", "list", request -> Reply.list(balances(policies.get(request.id(0)))));
        routes.on("balances", "add", EDIT_CLUSTER_CONFIGURATION, request -> {
            var unit = policies.units()
                    .referred(
                            PolicyUnitType.LOAD_BALANCING,
                            request.body(Balance.class).schedulingPolicyUnit());
            var changed = change(request, request.id(0), before -> before.balancing(unit));
            return Reply.created(part(balances(changed), Balance::id, unit.toString()));
        });
        routes.read(
                "balance",
                "get",
                request -> Reply.of(part(balances(policies.get(request.id(0))), Balance::id, request.pathId(1))));
        routes.on("balance", "remove", EDIT_CLUSTER_CONFIGURATION, request -> {
            part(balances(policies.get(request.id(0))), Balance::id, request.pathId(1));
            change(request, request.id(0), before -> before.balancing(null));
            return Reply.done();
        });
    }

    private static <T> T part(List<T> parts, Function<T, @Nullable String> id, String wanted) {
        return parts.stream()
                .filter(each -> wanted.equals(id.apply(each)))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The scheduling policy has no part with the id " + wanted));
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.SchedulingPolicy.class);
        var none = policies.get(SchedulingPolicies.NONE);
        var made = over(
                new SchedulingPolicy(
                        Id.random(),
                        Names.checked(sent.name(), "a scheduling policy"),
                        "",
                        false,
                        none.filters(),
                        none.weights(),
                        none.balance(),
                        Map.of()),
                sent);
        database.change(tx -> {
            policies.insert(tx, made);
            tell(tx, EventCode.SCHEDULING_POLICY_ADDED, made, request, "added");
        });
        return Reply.created(document(made));
    }

    private Reply update(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.SchedulingPolicy.class);
        return Reply.of(document(change(request, request.id(), before -> over(before, sent))));
    }

    private SchedulingPolicy over(SchedulingPolicy before, org.bellwether.api.types.SchedulingPolicy sent) {
        var changed = new SchedulingPolicy(
                before.id(),
                sent.name() == null ? before.name() : Names.checked(sent.name(), "a scheduling policy"),
                Optional.ofNullable(sent.description()).orElse(before.description()),
                false,
                before.filters(),
                before.weights(),
                before.balance(),
                policies.checked(sent.properties(), before.properties()));
        if (sent.filters() != null) {
            for (var unit : before.filters()) {
                changed = changed.filtering(unit, false);
            }
            for (var filter : sent.filters()) {
                changed = changed.filtering(
                        policies.units().referred(PolicyUnitType.FILTER, filter.schedulingPolicyUnit()), true);
            }
        }
        if (sent.weight() != null) {
            for (var unit : before.weights().keySet()) {
                changed = changed.weighing(unit, 0);
            }
            for (var weight : sent.weight()) {
                changed = changed.weighing(
                        policies.units().referred(PolicyUnitType.WEIGHT, weight.schedulingPolicyUnit()),
                        factor(weight));
            }
        }
        if (sent.balances() != null) {
            changed = changed.balancing(
                    sent.balances().isEmpty()
                            ? null
                            : policies.units()
                                    .referred(
                                            PolicyUnitType.LOAD_BALANCING,
                                            sent.balances().getFirst().schedulingPolicyUnit()));
        }
        return changed;
    }

    private SchedulingPolicy change(
            ApiRequest request, Id<SchedulingPolicy> id, UnaryOperator<SchedulingPolicy> change) {
        return database.transaction(tx -> {
            var changed = policies.update(tx, id, change);
            tell(tx, EventCode.SCHEDULING_POLICY_UPDATED, changed, request, "changed");
            return changed;
        });
    }

    private Reply remove(ApiRequest request) {
        var policy = policies.get(request.<SchedulingPolicy>id());
        var users = clusters.model().all().stream()
                .filter(cluster -> Optional.ofNullable(cluster.spec().schedulingPolicy())
                        .filter(link -> policy.id().toString().equals(link.id()))
                        .isPresent())
                .map(Cluster::name)
                .sorted()
                .toList();
        if (!users.isEmpty()) {
            throw Failure.conflict("The scheduling policy " + policy.name() + " cannot be removed")
                    .because("clusters use it: " + String.join(", ", users))
                    .next("Give these clusters another one first");
        }
        database.change(tx -> {
            policies.delete(tx, policy.id());
            tell(tx, EventCode.SCHEDULING_POLICY_REMOVED, policy, request, "removed");
        });
        return Reply.done();
    }

    private void tell(Transaction tx, EventCode code, SchedulingPolicy policy, ApiRequest request, String what) {
        events.add(tx, code, Asker.of(request), Concerns.NOTHING, "The scheduling policy " + policy.name(), what);
    }

    private static List<Filter> filters(SchedulingPolicy policy) {
        return policy.filters().stream()
                .map(unit -> Filter.builder()
                        .id(unit.toString())
                        .position(0L)
                        .schedulingPolicyUnit(link(unit))
                        .build())
                .toList();
    }

    private static List<Weight> weights(SchedulingPolicy policy) {
        return policy.weights().entrySet().stream()
                .sorted(Map.Entry.comparingByKey())
                .map(each -> Weight.builder()
                        .id(each.getKey().toString())
                        .factor((long) each.getValue())
                        .schedulingPolicyUnit(link(each.getKey()))
                        .build())
                .toList();
    }

    private static List<Balance> balances(SchedulingPolicy policy) {
        return Stream.ofNullable(policy.balance())
                .map(unit -> Balance.builder()
                        .id(unit.toString())
                        .schedulingPolicyUnit(link(unit))
                        .build())
                .toList();
    }

    private static SchedulingPolicyUnit link(UUID unit) {
        return SchedulingPolicyUnit.builder().id(unit.toString()).build();
    }

    private org.bellwether.api.types.SchedulingPolicy document(SchedulingPolicy policy) {
        return org.bellwether.api.types.SchedulingPolicy.builder()
                .id(policy.id().toString())
                .name(policy.name())
                .description(policy.description())
                .locked(policy.locked())
                .defaultPolicy(policy.id().equals(SchedulingPolicies.NONE))
                .properties(policy.properties().entrySet().stream()
                        .sorted(Map.Entry.comparingByKey())
                        .map(each -> Property.builder()
                                .name(each.getKey())
                                .value_(each.getValue())
                                .build())
                        .toList())
                .build();
    }
}
