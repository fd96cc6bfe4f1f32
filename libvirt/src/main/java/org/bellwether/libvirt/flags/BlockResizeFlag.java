package org.bellwether.libvirt.flags;

/** How a disk is resized. */
public enum BlockResizeFlag implements Flag {
    /** The size is in bytes; always given by this library. */
    BYTES(1 << 0);

    private final int bits;

    BlockResizeFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
