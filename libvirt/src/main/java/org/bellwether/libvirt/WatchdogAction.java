package org.bellwether.libvirt;

/** What QEMU did when the guest's watchdog fired. */
public enum WatchdogAction implements Numbered {
    NONE(0),
    PAUSE(1),
    RESET(2),
    POWEROFF(3),
    SHUTDOWN(4),
    DEBUG(5),
    INJECTNMI(6),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(-1);

    private final int number;

    WatchdogAction(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }

    static WatchdogAction of(int number) {
        return Numbered.find(values(), number, UNRECOGNIZED);
    }
}
