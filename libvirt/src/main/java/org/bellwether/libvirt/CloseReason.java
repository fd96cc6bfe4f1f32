package org.bellwether.libvirt;

/** Why a connection ended. */
public enum CloseReason implements Numbered {
    ERROR(0),
    EOF(1),
    KEEPALIVE(2),
    CLIENT(3),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    CloseReason(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static CloseReason of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
