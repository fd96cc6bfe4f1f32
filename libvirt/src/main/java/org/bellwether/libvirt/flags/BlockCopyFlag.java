package org.bellwether.libvirt.flags;

/** How a disk is mirrored. */
public enum BlockCopyFlag implements Flag {
    SHALLOW(1 << 0),
    REUSE_EXT(1 << 1),
    TRANSIENT_JOB(1 << 2),
    SYNCHRONOUS_WRITES(1 << 3);

    private final int bits;

    BlockCopyFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
