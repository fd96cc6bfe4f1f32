package org.bellwether.engine.placement;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Where on a host a machine's threads run, as it was decided when it was placed there.
 *
 * @param allowed the only hardware threads that any thread of it may use, those of its emulator and its I/O among them; null: any
 * @param pins by processor of the guest, where it runs
 * @param exclusive those that no other machine may use
 * @param zone the licence zone that it is bound to
 * @param shape how its processors and its memory lie together, where that follows from the host; null: as people decided
 */
public record CpuPlan(
        @Nullable String allowed,
        Map<Integer, String> pins,
        Set<Integer> exclusive,
        @Nullable String zone,
        @Nullable Shape shape) {

    public static final CpuPlan ANYWHERE = new CpuPlan(null, Map.of(), Set.of(), null);

    /**
     * A guest that is like its host.
     *
     * @param cores of each socket
     * @param threads of each core
     */
    public record Shape(int sockets, int cores, int threads, List<Cell> cells) {
        public Shape {
            cells = List.copyOf(cells);
        }
    }

    /**
     * Processors and memory of the guest that lie together, as those of a node of the host do. All cells have as much memory.
     *
     * @param cpus of the guest
     * @param node the host's, that their memory comes from
     */
    public record Cell(List<Integer> cpus, int node) {
        public Cell {
            cpus = List.copyOf(cpus);
        }
    }

    public CpuPlan {
        pins = Map.copyOf(pins);
        exclusive = Set.copyOf(exclusive);
    }

    /** A machine that is as people decided. */
    public CpuPlan(@Nullable String allowed, Map<Integer, String> pins, Set<Integer> exclusive, @Nullable String zone) {
        this(allowed, pins, exclusive, zone, null);
    }

    /** Whether a machine could be said to run nowhere in particular. */
    public boolean anywhere() {
        return equals(ANYWHERE);
    }
}
