package org.bellwether.libvirt.flags;

/** In which state a domain is after going back. */
public enum SnapshotRevertFlag implements Flag {
    RUNNING(1 << 0),
    PAUSED(1 << 1),
    FORCE(1 << 2),
    RESET_NVRAM(1 << 3);

    private final int bits;

    SnapshotRevertFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
