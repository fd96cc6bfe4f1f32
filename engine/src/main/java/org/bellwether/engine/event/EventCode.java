package org.bellwether.engine.event;

/** What the API's clients know events by: numbers that are part of its contract. */
public enum EventCode {
    ENGINE_STARTED(1, Severity.NORMAL),
    ENGINE_STOPPED(2, Severity.NORMAL),
    HOST_ACTIVATED(16, Severity.NORMAL),
    HOST_MAINTENANCE(15, Severity.NORMAL),
    HOST_MAINTENANCE_FAILED(17, Severity.ERROR),
    USER_LOGGED_IN(30, Severity.NORMAL),
    USER_LOGGED_OUT(31, Severity.NORMAL),
    USER_LOGIN_FAILED(114, Severity.ERROR),
    VM_STOPPED(33, Severity.NORMAL),
    VM_ADDED(34, Severity.NORMAL),
    VM_UPDATED(35, Severity.NORMAL),
    VM_ADD_STARTED(37, Severity.NORMAL),
    VM_PAUSED_BY_USER(39, Severity.NORMAL),
    VM_RESUMED(40, Severity.NORMAL),
    HOST_ADDED(42, Severity.NORMAL),
    HOST_UPDATED(43, Severity.NORMAL),
    HOST_REMOVED(44, Severity.NORMAL),
    TEMPLATE_ADD_STARTED(29, Severity.NORMAL),
    TEMPLATE_UPDATED(49, Severity.NORMAL),
    TEMPLATE_ADDED(51, Severity.NORMAL),
    TEMPLATE_ADD_FAILED(52, Severity.ERROR),
    VM_ADD_FINISHED(53, Severity.NORMAL),
    VM_START_FAILED(54, Severity.ERROR),
    VM_STOP_FAILED(56, Severity.ERROR),
    VM_ADD_FAILED(60, Severity.ERROR),
    VM_DOWN(61, Severity.NORMAL),
    VM_MIGRATION_STARTED(62, Severity.NORMAL),
    VM_MIGRATION_DONE(63, Severity.NORMAL),
    VM_MIGRATION_FAILED(65, Severity.ERROR),
    VM_SHUTDOWN_ASKED(73, Severity.NORMAL),
    DISK_ADDED_TO_VM_STARTED(78, Severity.NORMAL),
    DISK_REMOVED_FROM_VM(80, Severity.NORMAL),
    DISK_UPDATED(86, Severity.NORMAL),
    DISK_ADDED_TO_VM(97, Severity.NORMAL),
    DISK_ADD_TO_VM_FAILED(98, Severity.ERROR),
    VM_REMOVED(113, Severity.NORMAL),
    VM_DOWN_WITH_ERROR(119, Severity.ERROR),
    HOST_WITHOUT_KVM(127, Severity.ERROR),
    VM_PAUSED_FOR_SPACE(138, Severity.ERROR),
    VM_PAUSED_FOR_ERROR(139, Severity.ERROR),
    VM_UNKNOWN(142, Severity.WARNING),
    VM_STATUS_RESTORED(163, Severity.NORMAL),
    VM_PAUSED_FOR_IO(145, Severity.ERROR),
    VM_START_ASKED(150, Severity.NORMAL),
    VM_STARTED(153, Severity.NORMAL),
    VM_REBOOTED(157, Severity.NORMAL),
    VM_MIGRATION_CANCELLED(161, Severity.NORMAL),
    VM_RESET(221, Severity.NORMAL),
    TEMPLATE_REMOVED(251, Severity.NORMAL),
    DISK_EXTEND_FAILED(370, Severity.ERROR),
    DISK_EXTENDED(371, Severity.NORMAL),
    HOST_INSTALLED(504, Severity.NORMAL),
    HOST_CPU_BELOW_CLUSTER(515, Severity.WARNING),
    HOST_NON_OPERATIONAL(517, Severity.WARNING),
    HOST_MAINTENANCE_ASKED(600, Severity.NORMAL),
    HOST_REFRESHED(606, Severity.NORMAL),
    CLUSTER_ADDED(809, Severity.NORMAL),
    CLUSTER_UPDATED(811, Severity.NORMAL),
    CLUSTER_REMOVED(813, Severity.NORMAL),
    NIC_REMOVED(930, Severity.NORMAL),
    NIC_ADDED(932, Severity.NORMAL),
    NIC_UPDATED(934, Severity.NORMAL),
    NETWORK_ADDED(942, Severity.NORMAL),
    NETWORK_REMOVED(944, Severity.NORMAL),
    NETWORK_ATTACHED(946, Severity.NORMAL),
    NETWORK_DETACHED(948, Severity.NORMAL),
    DATA_CENTER_ADDED(950, Severity.NORMAL),
    DATA_CENTER_UPDATED(952, Severity.NORMAL),
    DATA_CENTER_REMOVED(954, Severity.NORMAL),
    STORAGE_DOMAIN_ADDED(956, Severity.NORMAL),
    STORAGE_DOMAIN_ADD_FAILED(957, Severity.ERROR),
    STORAGE_DOMAIN_UPDATED(958, Severity.NORMAL),
    STORAGE_DOMAIN_REMOVED(960, Severity.NORMAL),
    STORAGE_DOMAIN_REMOVE_FAILED(961, Severity.ERROR),
    STORAGE_DOMAIN_ATTACHED(962, Severity.NORMAL),
    STORAGE_DOMAIN_ATTACH_FAILED(963, Severity.ERROR),
    STORAGE_DOMAIN_DETACHED(964, Severity.NORMAL),
    STORAGE_DOMAIN_DETACH_FAILED(965, Severity.ERROR),
    STORAGE_DOMAIN_ACTIVATED(966, Severity.NORMAL),
    STORAGE_DOMAIN_ACTIVATE_FAILED(967, Severity.ERROR),
    STORAGE_DOMAIN_DEACTIVATED(968, Severity.NORMAL),
    STORAGE_DOMAIN_LOST(970, Severity.WARNING),
    VM_PAUSED(1025, Severity.NORMAL),
    TRANSFER_STARTED(1031, Severity.NORMAL),
    TRANSFER_ENDED(1032, Severity.NORMAL),
    NETWORK_UPDATED(1114, Severity.NORMAL),
    DISK_ATTACHED(2016, Severity.NORMAL),
    DISK_DETACHED(2018, Severity.NORMAL),
    DISK_ADD_STARTED(2020, Severity.NORMAL),
    DISK_ADDED(2021, Severity.NORMAL),
    DISK_ADD_FAILED(2022, Severity.ERROR),
    DISK_REMOVED(2014, Severity.NORMAL),
    DISK_REMOVE_FAILED(2015, Severity.WARNING),
    HOST_CONNECTING(9008, Severity.WARNING),
    HOST_NOT_RESPONDING(9027, Severity.WARNING),
    HOST_RECOVERED(14, Severity.NORMAL);

    /** As the API writes it, in lower case. */
    public enum Severity {
        NORMAL,
        WARNING,
        ERROR,
        ALERT
    }

    private final int number;
    private final Severity severity;

    EventCode(int number, Severity severity) {
        this.number = number;
        this.severity = severity;
    }

    public int number() {
        return number;
    }

    public Severity severity() {
        return severity;
    }
}
