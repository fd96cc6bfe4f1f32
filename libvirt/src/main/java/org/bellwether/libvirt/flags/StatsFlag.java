package org.bellwether.libvirt.flags;

/** Of which domains, and how, statistics are gathered. */
public enum StatsFlag implements Flag {
    ACTIVE(1 << 0),
    INACTIVE(1 << 1),
    PERSISTENT(1 << 2),
    TRANSIENT(1 << 3),
    RUNNING(1 << 4),
    PAUSED(1 << 5),
    SHUTOFF(1 << 6),
    OTHER(1 << 7),
    /** Leave out what another job on the domain would make us wait for. */
    NOWAIT(1 << 29),
    /** Every layer of a disk's chain, not its top alone. */
    BACKING(1 << 30),
    /** Fail when the driver does not know a wanted group. */
    ENFORCE_STATS(1 << 31);

    private final int bits;

    StatsFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
