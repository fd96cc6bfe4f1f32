package org.bellwether.engine.placement;

/**
 * What a host has, and what of it is left.
 *
 * @param memoryBytes all of its memory
 * @param freeBytes what is available, less what machines placed there a moment ago will take
 * @param promisedBytes memory guaranteed to the machines that it has
 * @param cpus its hardware threads
 * @param loadPercent use of all of them now, 0 to 100
 * @param sustainedPercent what the use has not fallen below for as long as the policy looks back; 0 when that is not known
 * @param peakPercent what the use has not exceeded for as long; 100 when that is not known
 * @param swapPercent use of its swap space
 */
public record Room(
        long memoryBytes,
        long freeBytes,
        long promisedBytes,
        int cpus,
        double loadPercent,
        double sustainedPercent,
        double peakPercent,
        double swapPercent) {

    Room with(Demand machine) {
        return changed(machine.memoryBytes());
    }

    Room without(Demand machine) {
        return changed(-machine.memoryBytes());
    }

    private Room changed(long taken) {
        return new Room(
                memoryBytes,
                freeBytes - taken,
                promisedBytes + taken,
                cpus,
                loadPercent,
                sustainedPercent,
                peakPercent,
                swapPercent);
    }

    /** With so many hardware threads more in use, or less. */
    Room busier(double threads) {
        return new Room(
                memoryBytes,
                freeBytes,
                promisedBytes,
                cpus,
                Math.clamp(loadPercent + 100 * threads / Math.max(1, cpus), 0, 100),
                sustainedPercent,
                peakPercent,
                swapPercent);
    }

    /** How much of the memory is in use, 0 to 100. */
    double usedPercent() {
        return memoryBytes <= 0 ? 100 : Math.clamp(100.0 * (memoryBytes - freeBytes) / memoryBytes, 0, 100);
    }
}
