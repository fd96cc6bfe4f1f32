package org.bellwether.libvirt.flags;

/** By which way the guest is asked to shut down; several: libvirt tries them in its own order. */
public enum ShutdownFlag implements Flag {
    ACPI_POWER_BTN(1 << 0),
    GUEST_AGENT(1 << 1),
    INITCTL(1 << 2),
    SIGNAL(1 << 3),
    PARAVIRT(1 << 4);

    private final int bits;

    ShutdownFlag(int bits) {
        this.bits = bits;
    }

    @Override
    public int bits() {
        return bits;
    }
}
