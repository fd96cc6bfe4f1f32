package org.bellwether.libvirt.flags;

/** What is deleted with a checkpoint. */
public enum CheckpointDeleteFlag implements Flag {
    CHILDREN(1 << 0),
    METADATA_ONLY(1 << 1),
    CHILDREN_ONLY(1 << 2);

    private final int bits;

    CheckpointDeleteFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
