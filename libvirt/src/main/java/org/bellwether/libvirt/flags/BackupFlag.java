package org.bellwether.libvirt.flags;

/** How a backup begins. */
public enum BackupFlag implements Flag {
    REUSE_EXTERNAL(1 << 0);

    private final int bits;

    BackupFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
