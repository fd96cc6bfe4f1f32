package org.bellwether.libvirt.flags;

/** How a job is aborted. */
public enum AbortJobFlag implements Flag {
    POSTCOPY(1 << 0);

    private final int bits;

    AbortJobFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
