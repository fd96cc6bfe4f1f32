package org.bellwether.engine.placement;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A host's hardware threads, and which of them machines have for themselves.
 *
 * @param threads in the order of their numbers; empty: the host does not tell
 * @param exclusive by machine
 * @param pinned those to which people or licences bind machines that do not have them alone: nobody gets them alone
 */
public record Processors(List<HostThread> threads, Map<UUID, Set<Integer>> exclusive, Set<Integer> pinned) {

    public static final Processors UNKNOWN = new Processors(List.of(), Map.of(), Set.of());

    public Processors {
        threads = List.copyOf(threads);
        exclusive = Map.copyOf(exclusive);
        pinned = Set.copyOf(pinned);
    }

    Processors with(UUID machine, Set<Integer> taken) {
        if (taken.isEmpty()) {
            return this;
        }
        Map<UUID, Set<Integer>> more = new HashMap<>(exclusive);
        more.put(machine, Set.copyOf(taken));
        return new Processors(threads, more, pinned);
    }

    Processors without(UUID machine) {
        if (!exclusive.containsKey(machine)) {
            return this;
        }
        Map<UUID, Set<Integer>> less = new HashMap<>(exclusive);
        less.remove(machine);
        return new Processors(threads, less, pinned);
    }

    Set<Integer> numbers() {
        return threads.stream().map(HostThread::number).collect(Collectors.toSet());
    }

    /** What other machines have for themselves. */
    Set<Integer> takenFrom(UUID machine) {
        if (exclusive.isEmpty()) {
            return Set.of();
        }
        Set<Integer> taken = new HashSet<>();
        exclusive.forEach((owner, numbers) -> {
            if (!owner.equals(machine)) {
                taken.addAll(numbers);
            }
        });
        return taken;
    }
}
