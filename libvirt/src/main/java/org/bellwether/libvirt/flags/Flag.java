package org.bellwether.libvirt.flags;

/** One bit of a call's {@code flags}; constants carry libvirt's own names without their common prefix. */
public interface Flag {
    /** The bit, as in libvirt's headers. */
    int bits();

    /** All bits of {@code flags} together; 0 for none. */
    static int union(Flag... flags) {
        int bits = 0;
        for (var flag : flags) {
            bits |= flag.bits();
        }
        return bits;
    }

    /** All bits of {@code flags} together; 0 for none. */
    static int union(Iterable<? extends Flag> flags) {
        int bits = 0;
        for (var flag : flags) {
            bits |= flag.bits();
        }
        return bits;
    }
}
