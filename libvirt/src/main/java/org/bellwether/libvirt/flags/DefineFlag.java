package org.bellwether.libvirt.flags;

/** How a domain's XML is taken on. */
public enum DefineFlag implements Flag {
    VALIDATE(1 << 0);

    private final int bits;

    DefineFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
