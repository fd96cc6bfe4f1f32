package org.bellwether.libvirt.flags;

/** How a snapshot is made. */
public enum SnapshotCreateFlag implements Flag {
    REDEFINE(1 << 0),
    CURRENT(1 << 1),
    NO_METADATA(1 << 2),
    HALT(1 << 3),
    DISK_ONLY(1 << 4),
    REUSE_EXT(1 << 5),
    QUIESCE(1 << 6),
    ATOMIC(1 << 7),
    LIVE(1 << 8),
    VALIDATE(1 << 9);

    private final int bits;

    SnapshotCreateFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
