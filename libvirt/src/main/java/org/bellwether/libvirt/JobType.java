package org.bellwether.libvirt;

/** Whether a domain has a job, and how it ended. */
public enum JobType implements Numbered {
    NONE(0),
    BOUNDED(1),
    UNBOUNDED(2),
    COMPLETED(3),
    FAILED(4),
    CANCELLED(5),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    JobType(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static JobType of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
