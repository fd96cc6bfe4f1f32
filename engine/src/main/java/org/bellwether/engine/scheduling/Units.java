package org.bellwether.engine.scheduling;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bellwether.api.types.PolicyUnitType;
import org.bellwether.api.types.Property;
import org.bellwether.api.types.SchedulingPolicyUnit;
import org.bellwether.engine.inventory.CatalogApi;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/** What scheduling policies are made of, under the ids by which the API's clients know it. */
final class Units {

    private final List<SchedulingPolicyUnit> all = CatalogApi.schedulingPolicyUnits();
    private final Map<UUID, SchedulingPolicyUnit> byId =
            all.stream().collect(Collectors.toMap(Units::id, Function.identity()));

    static UUID id(SchedulingPolicyUnit unit) {
        return UUID.fromString(unit.id());
    }

    List<SchedulingPolicyUnit> all() {
        return all;
    }

    String name(UUID id) {
        return Optional.ofNullable(byId.get(id)).map(SchedulingPolicyUnit::name).orElse("");
    }

    /** The unit of a kind that a document refers to, by id or by name. */
    UUID referred(PolicyUnitType type, @Nullable SchedulingPolicyUnit reference) {
        var wanted = reference == null
                ? ""
                : Optional.ofNullable(reference.id())
                        .orElse(Optional.ofNullable(reference.name()).orElse(""));
        return all.stream()
                .filter(unit -> unit.type() == type && (wanted.equals(unit.id()) || wanted.equals(unit.name())))
                .findFirst()
                .map(Units::id)
                .orElseThrow(() -> Failure.badRequest("There is no "
                                + type.wire().replace('_', ' ') + " of scheduling policies called '" + wanted + "'")
                        .next("Look at schedulingpolicyunits"));
    }

    UUID named(PolicyUnitType type, String name) {
        return referred(type, SchedulingPolicyUnit.builder().name(name).build());
    }

    List<UUID> ofType(PolicyUnitType type) {
        return all.stream().filter(unit -> unit.type() == type).map(Units::id).toList();
    }

    /** Refuses what no unit knows, or would not understand. */
    Map<String, String> checked(List<Property> properties) {
        return properties.stream()
                .collect(Collectors.toMap(
                        property -> Optional.ofNullable(property.name()).orElse(""), this::checked, (_, last) -> last));
    }

    private String checked(Property property) {
        var value = Optional.ofNullable(property.value_()).orElse("");
        var patterns = all.stream()
                .flatMap(unit -> Optional.ofNullable(unit.properties()).orElse(List.of()).stream())
                .filter(known -> known.name() != null && known.name().equals(property.name()))
                .flatMap(known -> Optional.ofNullable(known.value_()).stream())
                .toList();
        if (patterns.isEmpty()) {
            throw Failure.badRequest("Scheduling policies have no property called '" + property.name() + "'");
        }
        if (patterns.stream()
                .noneMatch(pattern -> Pattern.compile(pattern).matcher(value).matches())) {
            throw Failure.badRequest("'" + value + "' cannot be the value of " + property.name())
                    .because("it must match " + patterns.getFirst());
        }
        return value;
    }
}
