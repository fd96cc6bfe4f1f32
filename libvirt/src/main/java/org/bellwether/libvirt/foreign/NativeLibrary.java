package org.bellwether.libvirt.foreign;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import org.jspecify.annotations.Nullable;

/** A shared library, opened at its first use and kept for the life of the process. */
final class NativeLibrary {
    static final NativeLibrary LIBVIRT = new NativeLibrary("libvirt.so.0");
    static final NativeLibrary LIBVIRT_QEMU = new NativeLibrary("libvirt-qemu.so.0");
    /** What the linker knows without being asked: the C library. */
    static final NativeLibrary C = new NativeLibrary(null);

    private final @Nullable String file;
    private @Nullable SymbolLookup lookup;

    private NativeLibrary(@Nullable String file) {
        this.file = file;
    }

    MemorySegment symbol(String name) {
        return lookup().find(name)
                .orElseThrow(() -> new MissingSymbolException("This host's " + fileName() + " has no function " + name
                        + ": its libvirt is older than this call needs. Update libvirt on the host."));
    }

    private String fileName() {
        return file == null ? "C library" : file;
    }

    private synchronized SymbolLookup lookup() {
        var found = lookup;
        if (found == null) {
            found = open();
            lookup = found;
        }
        return found;
    }

    private SymbolLookup open() {
        if (file == null) {
            return Linker.nativeLinker().defaultLookup();
        }
        try {
            return SymbolLookup.libraryLookup(file, Arena.global());
        } catch (IllegalArgumentException e) {
            throw new MissingSymbolException("libvirt's client library " + file
                    + " is not on this host. Install the package libvirt0 (Debian) or libvirt-libs (Fedora, RHEL).");
        }
    }
}
