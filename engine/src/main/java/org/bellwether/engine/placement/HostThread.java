package org.bellwether.engine.placement;

import java.util.Collection;

/**
 * One hardware thread of a host.
 *
 * @param core the core that it is a part of, named by the lowest number among its threads
 * @param node the node of memory that it is near to
 */
public record HostThread(int number, int socket, int core, int node) {

    /** How many sockets, cores and threads some threads are or lie in. */
    public record Extent(int sockets, int cores, int threads) {
        public static Extent of(Collection<HostThread> threads) {
            return new Extent(
                    (int) threads.stream()
                            .mapToInt(HostThread::socket)
                            .distinct()
                            .count(),
                    (int) threads.stream().mapToInt(HostThread::core).distinct().count(),
                    threads.size());
        }

        @Override
        public String toString() {
            return counted(sockets, "socket") + ", " + counted(cores, "core") + ", " + counted(threads, "thread");
        }

        private static String counted(int count, String what) {
            return count + " " + what + (count == 1 ? "" : "s");
        }
    }
}
