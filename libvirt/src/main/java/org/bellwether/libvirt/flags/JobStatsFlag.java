package org.bellwether.libvirt.flags;

/** Of which job statistics are wanted. */
public enum JobStatsFlag implements Flag {
    /** Of the newest finished job instead of the running one; reading forgets them. */
    COMPLETED(1 << 0),
    /** With COMPLETED: do not forget them. */
    KEEP_COMPLETED(1 << 1);

    private final int bits;

    JobStatsFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
