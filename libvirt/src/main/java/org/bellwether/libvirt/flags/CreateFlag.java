package org.bellwether.libvirt.flags;

/** How a domain is started. */
public enum CreateFlag implements Flag {
    PAUSED(1 << 0),
    AUTODESTROY(1 << 1),
    BYPASS_CACHE(1 << 2),
    FORCE_BOOT(1 << 3),
    VALIDATE(1 << 4),
    RESET_NVRAM(1 << 5);

    private final int bits;

    CreateFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
