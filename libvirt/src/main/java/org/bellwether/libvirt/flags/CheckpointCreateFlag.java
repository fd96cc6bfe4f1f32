package org.bellwether.libvirt.flags;

/** How a checkpoint is made. */
public enum CheckpointCreateFlag implements Flag {
    REDEFINE(1 << 0),
    QUIESCE(1 << 1),
    REDEFINE_VALIDATE(1 << 2);

    private final int bits;

    CheckpointCreateFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
