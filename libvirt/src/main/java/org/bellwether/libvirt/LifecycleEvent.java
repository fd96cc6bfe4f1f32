package org.bellwether.libvirt;

/** What happened in a domain's life. */
public enum LifecycleEvent implements Numbered {
    DEFINED(0),
    UNDEFINED(1),
    STARTED(2),
    SUSPENDED(3),
    RESUMED(4),
    STOPPED(5),
    SHUTDOWN(6),
    PMSUSPENDED(7),
    CRASHED(8),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    LifecycleEvent(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static LifecycleEvent of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
