package org.bellwether.libvirt;

/** Kinds of events that can be subscribed to. */
public enum DomainEventType implements Numbered {
    LIFECYCLE(0),
    REBOOT(1),
    RTC_CHANGE(2),
    WATCHDOG(3),
    IO_ERROR_REASON(6),
    CONTROL_ERROR(7),
    TRAY_CHANGE(10),
    BALLOON_CHANGE(13),
    DEVICE_REMOVED(15),
    /** Block jobs, by the disk's target in the guest. */
    BLOCK_JOB_2(16),
    AGENT_LIFECYCLE(18),
    DEVICE_ADDED(19),
    MIGRATION_ITERATION(20),
    JOB_COMPLETED(21),
    DEVICE_REMOVAL_FAILED(22),
    METADATA_CHANGE(23),
    BLOCK_THRESHOLD(24);

    private final int number;

    DomainEventType(int number) {
        this.number = number;
    }

    @Override
    public int number() {
        return number;
    }
}
