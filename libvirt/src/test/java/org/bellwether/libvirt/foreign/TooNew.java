package org.bellwether.libvirt.foreign;

/** Functions of libraries that no host has. */
public final class TooNew {
    public static final NativeFunction FUNCTION =
            NativeFunction.function(NativeLibrary.LIBVIRT, "virDomainTeleport", NativeFunction.INT);

    private TooNew() {}
}
