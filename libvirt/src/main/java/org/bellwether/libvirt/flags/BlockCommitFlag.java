package org.bellwether.libvirt.flags;

/** How a layer is committed into one below it. */
public enum BlockCommitFlag implements Flag {
    SHALLOW(1 << 0),
    DELETE(1 << 1),
    ACTIVE(1 << 2),
    RELATIVE(1 << 3),
    BANDWIDTH_BYTES(1 << 4);

    private final int bits;

    BlockCommitFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
