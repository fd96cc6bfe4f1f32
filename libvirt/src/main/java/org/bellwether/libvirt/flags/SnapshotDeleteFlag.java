package org.bellwether.libvirt.flags;

/** What is deleted with a snapshot. */
public enum SnapshotDeleteFlag implements Flag {
    CHILDREN(1 << 0),
    METADATA_ONLY(1 << 1),
    CHILDREN_ONLY(1 << 2);

    private final int bits;

    SnapshotDeleteFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
