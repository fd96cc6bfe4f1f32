package org.bellwether.libvirt.flags;

/** Groups of statistics. */
public enum StatsGroup implements Flag {
    STATE(1 << 0),
    CPU_TOTAL(1 << 1),
    BALLOON(1 << 2),
    VCPU(1 << 3),
    INTERFACE(1 << 4),
    BLOCK(1 << 5),
    PERF(1 << 6),
    IOTHREAD(1 << 7),
    MEMORY(1 << 8),
    DIRTYRATE(1 << 9),
    VM(1 << 10);

    private final int bits;

    StatsGroup(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
