package org.bellwether.engine.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A guest that is like a host: as many sockets, in each all cores but the first, which is left to the host, and as many
 * threads in each core. Where sockets or cores differ it has of each as many as the smallest.
 *
 * @param pins by processor of the guest, where it runs
 */
record HostShape(CpuPlan.Shape shape, Map<Integer, String> pins) {

    /** Empty: nothing would be left for the host. */
    static Optional<HostShape> of(List<HostThread> threads) {
        List<List<List<HostThread>>> sockets =
                by(threads, HostThread::socket).stream().map(HostShape::cores).toList();
        int cores = sockets.stream().mapToInt(List::size).min().orElse(0) - 1;
        int perCore = sockets.stream()
                .flatMap(List::stream)
                .mapToInt(List::size)
                .min()
                .orElse(0);
        if (cores < 1 || perCore < 1) {
            return Optional.empty();
        }
        Map<Integer, String> pins = new HashMap<>();
        Map<Integer, List<Integer>> cells = new TreeMap<>();
        int cpu = 0;
        for (var socket : sockets) {
            for (var core : socket.subList(1, cores + 1)) {
                for (var thread : core.subList(0, perCore)) {
                    pins.put(cpu, String.valueOf(thread.number()));
                    cells.computeIfAbsent(thread.node(), _ -> new ArrayList<>()).add(cpu);
                    cpu++;
                }
            }
        }
        var shape = new CpuPlan.Shape(
                sockets.size(),
                cores,
                perCore,
                cells.entrySet().stream()
                        .map(cell -> new CpuPlan.Cell(cell.getValue(), cell.getKey()))
                        .toList());
        return Optional.of(new HostShape(shape, pins));
    }

    Set<Integer> threads() {
        return pins.values().stream().map(Integer::valueOf).collect(Collectors.toSet());
    }

    private static List<List<HostThread>> cores(Collection<HostThread> socket) {
        return by(socket, HostThread::core);
    }

    private static List<List<HostThread>> by(
            Collection<HostThread> threads, java.util.function.Function<HostThread, Integer> what) {
        return List.copyOf(threads.stream()
                .sorted(Comparator.comparingInt(HostThread::number))
                .collect(Collectors.groupingBy(what, TreeMap::new, Collectors.toList()))
                .values());
    }
}
