package org.bellwether.libvirt.flags;

/** What a change reaches: neither flag means the state the domain is in now. */
public enum ModifyFlag implements Flag {
    LIVE(1 << 0),
    CONFIG(1 << 1);

    private final int bits;

    ModifyFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
