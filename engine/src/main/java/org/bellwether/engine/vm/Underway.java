package org.bellwether.engine.vm;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;

/**
 * Where operations are bringing machines. Without it two that are placed at once would both take the last room, or two that
 * must be apart would meet. It is in memory only: an operation that goes on after the engine's restart says it again.
 */
final class Underway {

    private final Map<Id<Vm>, Id<Host>> destinations = new ConcurrentHashMap<>();

    Underway(Operations operations) {
        operations.whenFree(object -> destinations.remove(Id.<Vm>of(object)));
    }

    void put(Id<Vm> vm, Id<Host> host) {
        destinations.put(vm, host);
    }

    Optional<Id<Host>> of(Id<Vm> vm) {
        return Optional.ofNullable(destinations.get(vm));
    }

    /** The machines that are on their way to a host. */
    Collection<Id<Vm>> to(Id<Host> host) {
        return destinations.entrySet().stream()
                .filter(each -> each.getValue().equals(host))
                .map(Map.Entry::getKey)
                .toList();
    }
}
