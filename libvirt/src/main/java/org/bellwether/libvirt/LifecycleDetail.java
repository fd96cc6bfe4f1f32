package org.bellwether.libvirt;

/** How it happened; constants begin with the event. */
public enum LifecycleDetail {
    DEFINED_ADDED(LifecycleEvent.DEFINED, 0),
    DEFINED_UPDATED(LifecycleEvent.DEFINED, 1),
    DEFINED_RENAMED(LifecycleEvent.DEFINED, 2),
    DEFINED_FROM_SNAPSHOT(LifecycleEvent.DEFINED, 3),
    UNDEFINED_REMOVED(LifecycleEvent.UNDEFINED, 0),
    UNDEFINED_RENAMED(LifecycleEvent.UNDEFINED, 1),
    STARTED_BOOTED(LifecycleEvent.STARTED, 0),
    STARTED_MIGRATED(LifecycleEvent.STARTED, 1),
    STARTED_RESTORED(LifecycleEvent.STARTED, 2),
    STARTED_FROM_SNAPSHOT(LifecycleEvent.STARTED, 3),
    STARTED_WAKEUP(LifecycleEvent.STARTED, 4),
    SUSPENDED_PAUSED(LifecycleEvent.SUSPENDED, 0),
    SUSPENDED_MIGRATED(LifecycleEvent.SUSPENDED, 1),
    SUSPENDED_IOERROR(LifecycleEvent.SUSPENDED, 2),
    SUSPENDED_WATCHDOG(LifecycleEvent.SUSPENDED, 3),
    SUSPENDED_RESTORED(LifecycleEvent.SUSPENDED, 4),
    SUSPENDED_FROM_SNAPSHOT(LifecycleEvent.SUSPENDED, 5),
    SUSPENDED_API_ERROR(LifecycleEvent.SUSPENDED, 6),
    SUSPENDED_POSTCOPY(LifecycleEvent.SUSPENDED, 7),
    SUSPENDED_POSTCOPY_FAILED(LifecycleEvent.SUSPENDED, 8),
    RESUMED_UNPAUSED(LifecycleEvent.RESUMED, 0),
    RESUMED_MIGRATED(LifecycleEvent.RESUMED, 1),
    RESUMED_FROM_SNAPSHOT(LifecycleEvent.RESUMED, 2),
    RESUMED_POSTCOPY(LifecycleEvent.RESUMED, 3),
    RESUMED_POSTCOPY_FAILED(LifecycleEvent.RESUMED, 4),
    STOPPED_SHUTDOWN(LifecycleEvent.STOPPED, 0),
    STOPPED_DESTROYED(LifecycleEvent.STOPPED, 1),
    STOPPED_CRASHED(LifecycleEvent.STOPPED, 2),
    STOPPED_MIGRATED(LifecycleEvent.STOPPED, 3),
    STOPPED_SAVED(LifecycleEvent.STOPPED, 4),
    STOPPED_FAILED(LifecycleEvent.STOPPED, 5),
    STOPPED_FROM_SNAPSHOT(LifecycleEvent.STOPPED, 6),
    SHUTDOWN_FINISHED(LifecycleEvent.SHUTDOWN, 0),
    SHUTDOWN_GUEST(LifecycleEvent.SHUTDOWN, 1),
    SHUTDOWN_HOST(LifecycleEvent.SHUTDOWN, 2),
    PMSUSPENDED_MEMORY(LifecycleEvent.PMSUSPENDED, 0),
    PMSUSPENDED_DISK(LifecycleEvent.PMSUSPENDED, 1),
    CRASHED_PANICKED(LifecycleEvent.CRASHED, 0),
    CRASHED_CRASHLOADED(LifecycleEvent.CRASHED, 1),
    /** A number that this library does not know: libvirt is newer. */
    UNRECOGNIZED(LifecycleEvent.UNRECOGNIZED, -1);

    private final LifecycleEvent event;
    private final int number;

    LifecycleDetail(LifecycleEvent event, int number) {
        this.event = event;
        this.number = number;
    }

    /** What this says more about. */
    public LifecycleEvent event() {
        return event;
    }

    /** The number in libvirt's headers, unique only within one {@link LifecycleEvent}. */
    public int number() {
        return number;
    }

    static LifecycleDetail of(LifecycleEvent event, int number) {
        for (var value : values()) {
            if (value.event == event && value.number == number) {
                return value;
            }
        }
        return UNRECOGNIZED;
    }
}
