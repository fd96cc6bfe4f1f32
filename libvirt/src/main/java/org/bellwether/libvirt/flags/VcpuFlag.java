package org.bellwether.libvirt.flags;

/** What a change of virtual CPUs reaches. */
public enum VcpuFlag implements Flag {
    LIVE(1 << 0),
    CONFIG(1 << 1),
    MAXIMUM(1 << 2),
    GUEST(1 << 3),
    HOTPLUGGABLE(1 << 4);

    private final int bits;

    VcpuFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
