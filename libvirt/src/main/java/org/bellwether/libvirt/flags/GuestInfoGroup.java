package org.bellwether.libvirt.flags;

/** What the guest agent is asked for. */
public enum GuestInfoGroup implements Flag {
    USERS(1 << 0),
    OS(1 << 1),
    TIMEZONE(1 << 2),
    HOSTNAME(1 << 3),
    FILESYSTEM(1 << 4),
    DISKS(1 << 5),
    INTERFACES(1 << 6);

    private final int bits;

    GuestInfoGroup(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
