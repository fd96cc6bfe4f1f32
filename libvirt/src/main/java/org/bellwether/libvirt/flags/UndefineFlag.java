package org.bellwether.libvirt.flags;

/** What goes away, or stays, with a domain's definition. */
public enum UndefineFlag implements Flag {
    MANAGED_SAVE(1 << 0),
    SNAPSHOTS_METADATA(1 << 1),
    NVRAM(1 << 2),
    KEEP_NVRAM(1 << 3),
    CHECKPOINTS_METADATA(1 << 4),
    TPM(1 << 5),
    KEEP_TPM(1 << 6);

    private final int bits;

    UndefineFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
