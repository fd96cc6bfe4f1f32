package org.bellwether.libvirt.flags;

/** What a change of a device reaches: neither LIVE nor CONFIG means the state the domain is in now. */
public enum DeviceFlag implements Flag {
    LIVE(1 << 0),
    CONFIG(1 << 1),
    FORCE(1 << 2);

    private final int bits;

    DeviceFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
