package org.bellwether.libvirt;

/** What a domain is doing. */
public enum DomainState implements Numbered {
    NOSTATE(0),
    RUNNING(1),
    BLOCKED(2),
    PAUSED(3),
    SHUTDOWN(4),
    SHUTOFF(5),
    CRASHED(6),
    PMSUSPENDED(7),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    DomainState(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static DomainState of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
