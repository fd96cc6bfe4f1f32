package org.bellwether.libvirt.foreign;

/** This host's libvirt lacks a function, or is not installed at all; only the call that needed it fails. */
public final class MissingSymbolException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingSymbolException(String message) {
        super(message);
    }
}
