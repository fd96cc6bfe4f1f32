package org.bellwether.engine.placement;

import java.util.UUID;

/**
 * A host as placement sees it: a snapshot, no more.
 *
 * @param up whether it serves machines now
 * @param status its state, for the explanation
 * @param machines how many machines it runs
 * @param available how many of these are highly available
 */
public record Candidate(
        UUID id, String name, boolean up, String status, Room room, Reach reach, int machines, int available) {

    /** As it would be with one machine more. */
    public Candidate with(Demand machine) {
        return new Candidate(
                id,
                name,
                up,
                status,
                room.with(machine),
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
                reach,
                machines - 1,
                available - (machine.highlyAvailable() ? 1 : 0));
    }

    /** As it would be with so many hardware threads more in use, or less. */
    Candidate busier(double threads) {
        return new Candidate(id, name, up, status, room.busier(threads), reach, machines, available);
    }

    /** As it would be if it reached only that. */
    Candidate reaching(Reach less) {
        return new Candidate(id, name, up, status, room, less, machines, available);
    }
}
