package org.bellwether.libvirt.flags;

/** What a change of memory reaches. */
public enum MemoryFlag implements Flag {
    LIVE(1 << 0),
    CONFIG(1 << 1),
    MAXIMUM(1 << 2);

    private final int bits;

    MemoryFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
