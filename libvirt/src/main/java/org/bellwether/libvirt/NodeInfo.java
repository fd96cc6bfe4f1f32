package org.bellwether.libvirt;

/**
 * A host's processors and memory.
 *
 * @param model of the processor, as the kernel names its architecture
 * @param memoryKibibytes all of it
 * @param cpus active processors
 * @param mhz expected frequency; 0 when not known
 * @param nodes NUMA cells; 1 for an unusual topology
 * @param sockets for each cell
 * @param cores for each socket
 * @param threads for each core
 */
public record NodeInfo(
        String model, long memoryKibibytes, int cpus, int mhz, int nodes, int sockets, int cores, int threads) {}
