package org.bellwether.libvirt.flags;

/** Which view of a checkpoint's XML is wanted. */
public enum CheckpointXmlFlag implements Flag {
    SECURE(1 << 0),
    NO_DOMAIN(1 << 1),
    SIZE(1 << 2);

    private final int bits;

    CheckpointXmlFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
