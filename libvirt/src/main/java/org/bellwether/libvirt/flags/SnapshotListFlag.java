package org.bellwether.libvirt.flags;

/** Which snapshots are listed. */
public enum SnapshotListFlag implements Flag {
    ROOTS(1 << 0),
    DESCENDANTS(1 << 0),
    LEAVES(1 << 2),
    NO_LEAVES(1 << 3),
    METADATA(1 << 1),
    NO_METADATA(1 << 4),
    INACTIVE(1 << 5),
    ACTIVE(1 << 6),
    DISK_ONLY(1 << 7),
    INTERNAL(1 << 8),
    EXTERNAL(1 << 9),
    TOPOLOGICAL(1 << 10);

    private final int bits;

    SnapshotListFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
