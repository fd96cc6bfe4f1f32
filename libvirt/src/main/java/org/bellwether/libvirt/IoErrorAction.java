package org.bellwether.libvirt;

/** What QEMU did with the guest on an I/O error. */
public enum IoErrorAction implements Numbered {
    NONE(0),
    PAUSE(1),
    REPORT(2),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    IoErrorAction(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static IoErrorAction of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
