package org.bellwether.engine.scheduling;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.api.types.PolicyUnitType;
import org.bellwether.api.types.Property;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.placement.Policy;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** All scheduling policies: those that are always there, and those that people made. */
public final class SchedulingPolicies {

    static final Id<SchedulingPolicy> NONE = Id.of(Seeds.SCHEDULING_POLICY);

    private static final String IN_MAINTENANCE = "ClusterInMaintenance";
    private static final String OVERLOADED = "CPUOverloaded";
    private static final int ALL_MEMORY_ONCE = 100;

    /** What always speaks for a host, beside what makes the policies differ. */
    private static final Map<String, Integer> WEIGHTS = Map.of(
            "OptimalForHaReservation", 1, "PreferredHosts", 100, "VmAffinityGroups", 20, "VmToHostsAffinityGroups", 20);

    private static final Map<String, Integer> EVEN =
            Map.of("OptimalForCpuEvenDistribution", 1, "OptimalForMemoryEvenDistribution", 1);

    private final Units units;
    private final Map<Id<SchedulingPolicy>, SchedulingPolicy> predefined = new LinkedHashMap<>();
    private final ObjectTable<SchedulingPolicy> table =
            new ObjectTable<>("scheduling_policies", "scheduling policy", SchedulingPolicy.class, _ -> Map.of());

    public SchedulingPolicies() {
        this.units = new Units();
        predefine(
                NONE,
                "none",
                "Places machines where there is most room; moves none",
                Map.of(
                        "OptimalForCpuEvenDistribution",
                        1,
                        "OptimalForMemoryEvenDistribution",
                        1,
                        "OptimalForEvenGuestDistribution",
                        1),
                null,
                Map.of());
        predefine(
                Id.of("20d25257-b4bd-4589-92a6-c4c5c5d3fd1a"),
                "evenly_distributed",
                "Spreads load and memory evenly over the hosts",
                EVEN,
                "OptimalForEvenDistribution",
                Map.of("CpuOverCommitDurationMinutes", "2", "HighUtilization", "80"));
        predefine(
                Id.of("8d5d7bec-68de-4a67-b53e-0ac54686d579"),
                "vm_evenly_distributed",
                "Spreads the number of machines evenly over the hosts",
                Map.of("OptimalForEvenGuestDistribution", 10, "OptimalForMemoryEvenDistribution", 1),
                "OptimalForEvenGuestDistribution",
                Map.of("HighVmCount", "10", "MigrationThreshold", "5", "SpmVmGrace", "5"));
        predefine(
                Id.of("5a2b0939-7d46-4b73-a469-e9c2c7fc6a53"),
                "power_saving",
                "Gathers machines on few hosts, so that the others may be switched off",
                Map.of("OptimalForCpuPowerSaving", 1, "OptimalForMemoryPowerSaving", 1),
                "OptimalForPowerSaving",
                Map.of("CpuOverCommitDurationMinutes", "2", "HighUtilization", "80", "LowUtilization", "20"));
        predefine(
                Id.of("7677771e-5eab-422e-83fa-dc04080d21b7"),
                "cluster_maintenance",
                "Starts highly available machines only; moves none",
                EVEN,
                null,
                Map.of());
    }

    private void predefine(
            Id<SchedulingPolicy> id,
            String name,
            String description,
            Map<String, Integer> own,
            @Nullable String balance,
            Map<String, String> properties) {
        Map<UUID, Integer> weights = new HashMap<>();
        Stream.of(WEIGHTS, own)
                .forEach(some ->
                        some.forEach((unit, factor) -> weights.put(units.named(PolicyUnitType.WEIGHT, unit), factor)));
        var filters = units.ofType(PolicyUnitType.FILTER).stream()
                .filter(unit -> switch (units.name(unit)) {
                    case IN_MAINTENANCE -> name.equals("cluster_maintenance");
                    // Where a policy does not say what too much is, busy hosts weigh more and serve nevertheless: in a
                    // small cluster whose every host is busy, a machine would not be started at all.
                    case OVERLOADED -> properties.containsKey("HighUtilization");
                    default -> true;
                })
                .toList();
        predefined.put(
                id,
                new SchedulingPolicy(
                        id,
                        name,
                        description,
                        true,
                        filters,
                        weights,
                        units.named(PolicyUnitType.LOAD_BALANCING, balance == null ? "None" : balance),
                        properties));
    }

    public void load(Database database) {
        table.load(database);
    }

    Units units() {
        return units;
    }

    List<SchedulingPolicy> all() {
        List<SchedulingPolicy> all = new ArrayList<>(predefined.values());
        all.addAll(table.model().all());
        return all;
    }

    SchedulingPolicy get(Id<SchedulingPolicy> id) {
        var known = predefined.get(id);
        return known != null ? known : table.get(id);
    }

    /** The one that a document refers to, by id or by name. */
    private SchedulingPolicy referred(org.bellwether.api.types.SchedulingPolicy reference) {
        return all().stream()
                .filter(each -> reference.id() != null
                        ? each.id().toString().equals(reference.id())
                        : each.name().equals(reference.name()))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("Entity not found: Scheduling policy "
                        + Optional.ofNullable(reference.id())
                                .or(() -> Optional.ofNullable(reference.name()))
                                .orElse("without id and name")));
    }

    /** A cluster's document with the policy by its id, and with properties that policies understand. */
    public org.bellwether.api.types.Cluster known(org.bellwether.api.types.Cluster sent) {
        if (sent.customSchedulingPolicyProperties() != null) {
            units.checked(sent.customSchedulingPolicyProperties());
        }
        var policy = sent.schedulingPolicy();
        return policy == null
                ? sent
                : sent.toBuilder()
                        .schedulingPolicy(org.bellwether.api.types.SchedulingPolicy.builder()
                                .id(referred(policy).id().toString())
                                .build())
                        .build();
    }

    /** By what machines of a cluster are placed: its policy, and what it sets otherwise. */
    public Policy of(Cluster cluster) {
        var chosen = cluster.spec().schedulingPolicy();
        var policy = Optional.ofNullable(chosen)
                .flatMap(link -> Optional.ofNullable(link.id()))
                .flatMap(id -> all().stream()
                        .filter(each -> each.id().toString().equals(id))
                        .findFirst())
                .orElseGet(() -> get(NONE));
        Map<String, String> properties = new HashMap<>(policy.properties());
        var own = cluster.spec().customSchedulingPolicyProperties();
        if (own != null) {
            own.stream()
                    .filter(each -> each.name() != null && each.value_() != null)
                    .forEach(each -> properties.put(each.name(), each.value_()));
        }
        var memory = cluster.spec().memoryPolicy();
        var overCommit = memory == null ? null : memory.overCommit();
        var percent = overCommit == null ? null : overCommit.percent();
        return new Policy(
                policy.name(),
                policy.filters().stream().map(units::name).collect(Collectors.toSet()),
                policy.weights().entrySet().stream()
                        .collect(Collectors.toMap(each -> units.name(each.getKey()), Map.Entry::getValue)),
                policy.balance() == null ? "None" : units.name(policy.balance()),
                properties,
                percent == null ? ALL_MEMORY_ONCE : Math.toIntExact(Math.clamp(percent, 1, 1000)));
    }

    Map<String, String> checked(@Nullable List<Property> properties, Map<String, String> otherwise) {
        return properties == null ? otherwise : units.checked(properties);
    }

    void insert(Transaction tx, SchedulingPolicy policy) {
        requireName(policy);
        table.insert(tx, policy);
    }

    SchedulingPolicy update(Transaction tx, Id<SchedulingPolicy> id, UnaryOperator<SchedulingPolicy> change) {
        var locked = predefined.get(id);
        if (locked != null) {
            throw Failure.conflict("The scheduling policy " + locked.name() + " cannot be changed")
                    .because("it is one of those that are always there")
                    .next("Make one of your own, or set the properties of the cluster");
        }
        return table.update(tx, id, before -> {
            var changed = change.apply(before);
            requireName(changed);
            return changed;
        });
    }

    private void requireName(SchedulingPolicy policy) {
        if (predefined.values().stream().anyMatch(each -> each.name().equals(policy.name()))) {
            throw Failure.conflict("There is a scheduling policy of that name already");
        }
    }

    void delete(Transaction tx, Id<SchedulingPolicy> id) {
        if (predefined.containsKey(id)) {
            throw Failure.conflict("The scheduling policy " + predefined.get(id).name() + " cannot be removed")
                    .because("it is one of those that are always there");
        }
        table.delete(tx, id);
    }
}
