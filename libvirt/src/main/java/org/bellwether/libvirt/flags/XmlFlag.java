package org.bellwether.libvirt.flags;

/** Which view of a domain's XML is wanted. */
public enum XmlFlag implements Flag {
    /** With passwords; needs a read-write connection. */
    SECURE(1 << 0),
    /** As it will be at its next start. */
    INACTIVE(1 << 1),
    UPDATE_CPU(1 << 2),
    MIGRATABLE(1 << 3);

    private final int bits;

    XmlFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
