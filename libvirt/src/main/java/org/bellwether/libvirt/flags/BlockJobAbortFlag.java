package org.bellwether.libvirt.flags;

/** How a block job ends. */
public enum BlockJobAbortFlag implements Flag {
    ASYNC(1 << 0),
    /** Switch the disk to the finished copy or the commit's base. */
    PIVOT(1 << 1);

    private final int bits;

    BlockJobAbortFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
