package org.bellwether.engine.placement;

import java.util.UUID;

/**
 * A host as placement sees it: a snapshot, no more.
 *
 * @param up whether it serves machines now
 * @param status its state, for the explanation
 * @param processors its hardware threads, and who has them
 * @param machines how many machines it runs
 * @param available how many of these are highly available
 */
public record Candidate(
        UUID id,
        String name,
        boolean up,
        String status,
        Room room,
        Processors processors,
        Reach reach,
        int machines,
        int available) {

    /** A host of whose processors nothing more is known than how many there are. */
    public Candidate(
            UUID id, String name, boolean up, String status, Room room, Reach reach, int machines, int available) {
        this(id, name, up, status, room, Processors.UNKNOWN, reach, machines, available);
    }

    /** As it would be with one machine more. */
    public Candidate with(Demand machine) {
        return new Candidate(
                id,
                name,
                up,
                status,
                room.with(machine),
                machine.cpu().kind().exclusive()
                        ? processors.with(
                                machine.id(), CpuAllocation.on(machine, this).exclusive())
                        : processors,
                reach,
                machines + 1,
                available + (machine.highlyAvailable() ? 1 : 0));
    }

    /** As it would be without a machine that it runs. */
    public Candidate without(Demand machine) {
        return new Candidate(
                id,
                name,
                up,
                status,
                room.without(machine),
                processors.without(machine.id()),
                reach,
                machines - 1,
                available - (machine.highlyAvailable() ? 1 : 0));
    }

    /** As it would be with so many hardware threads more in use, or less. */
    Candidate busier(double threads) {
        return new Candidate(id, name, up, status, room.busier(threads), processors, reach, machines, available);
    }

    /** As it would be if it reached only that. */
    Candidate reaching(Reach less) {
        return new Candidate(id, name, up, status, room, processors, less, machines, available);
    }
}
