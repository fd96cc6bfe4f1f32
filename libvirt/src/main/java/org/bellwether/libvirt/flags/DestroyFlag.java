package org.bellwether.libvirt.flags;

/** How a domain's power is cut. */
public enum DestroyFlag implements Flag {
    /** Only SIGTERM: fail rather than kill a QEMU that does not end. */
    GRACEFUL(1 << 0),
    REMOVE_LOGS(1 << 1);

    private final int bits;

    DestroyFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
