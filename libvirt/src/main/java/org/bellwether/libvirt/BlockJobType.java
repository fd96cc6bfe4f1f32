package org.bellwether.libvirt;

/** What a block job does. */
public enum BlockJobType implements Numbered {
    UNKNOWN(0),
    PULL(1),
    COPY(2),
    COMMIT(3),
    ACTIVE_COMMIT(4),
    BACKUP(5),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    BlockJobType(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static BlockJobType of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
