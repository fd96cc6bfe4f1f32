package org.bellwether.engine.placement;

import java.util.UUID;

/**
 * A machine that a host has.
 *
 * @param proof what would let it be started elsewhere if that host fell silent
 */
public record Resident(Demand demand, UUID host, Proof proof) {

    /** What shows that a machine runs on a silent host no more. */
    public enum Proof {
        /** The machine's own lease is free. */
        LEASE,
        /** The host's power is off. */
        POWER,
        /** A person says that the host was rebooted: there is nothing else that could tell. */
        PERSON
    }
}
