package org.bellwether.libvirt;

/** How far a block job came. */
public enum BlockJobStatus implements Numbered {
    COMPLETED(0),
    FAILED(1),
    CANCELED(2),
    READY(3),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    BlockJobStatus(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static BlockJobStatus of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
