package org.bellwether.libvirt.flags;

/** How a domain is saved to, or restored from, a file. */
public enum SaveFlag implements Flag {
    BYPASS_CACHE(1 << 0),
    RUNNING(1 << 1),
    PAUSED(1 << 2),
    RESET_NVRAM(1 << 3);

    private final int bits;

    SaveFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
