package org.bellwether.libvirt.flags;

/** Which domains are listed; none: all of them. */
public enum ListFlag implements Flag {
    ACTIVE(1 << 0),
    INACTIVE(1 << 1),
    PERSISTENT(1 << 2),
    TRANSIENT(1 << 3),
    RUNNING(1 << 4),
    PAUSED(1 << 5),
    SHUTOFF(1 << 6),
    OTHER(1 << 7),
    MANAGEDSAVE(1 << 8),
    NO_MANAGEDSAVE(1 << 9),
    AUTOSTART(1 << 10),
    NO_AUTOSTART(1 << 11),
    HAS_SNAPSHOT(1 << 12),
    NO_SNAPSHOT(1 << 13),
    HAS_CHECKPOINT(1 << 14),
    NO_CHECKPOINT(1 << 15);

    private final int bits;

    ListFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
