package org.bellwether.engine.vm;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.placement.CpuPlan;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.jspecify.annotations.Nullable;

/**
 * Where operations are bringing machines. Without it two that are placed at once would both take the last room, or two that
 * must be apart would meet. It is in memory only: an operation that goes on after the engine's restart says it again.
 */
final class Underway {

    private final Map<Id<Vm>, Place> places = new ConcurrentHashMap<>();

    /** @param cpus where on the host its processors will run; null: anywhere */
    private record Place(Id<Host> host, @Nullable CpuPlan cpus) {}

    Underway(Operations operations) {
        operations.whenFree(object -> places.remove(Id.<Vm>of(object)));
    }

    void put(Id<Vm> vm, Id<Host> host, @Nullable CpuPlan cpus) {
        places.put(vm, new Place(host, cpus));
    }

    Optional<Id<Host>> of(Id<Vm> vm) {
        return Optional.ofNullable(places.get(vm)).map(Place::host);
    }

    /** What a machine that is on its way gets of its host's processors. */
    Optional<CpuPlan> cpus(Id<Vm> vm) {
        return Optional.ofNullable(places.get(vm)).flatMap(place -> Optional.ofNullable(place.cpus()));
    }

    /** The machines that are on their way to a host. */
    Collection<Id<Vm>> to(Id<Host> host) {
        return places.entrySet().stream()
                .filter(each -> each.getValue().host().equals(host))
                .map(Map.Entry::getKey)
                .toList();
    }
}
