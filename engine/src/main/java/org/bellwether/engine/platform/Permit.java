package org.bellwether.engine.platform;

import java.util.Locale;

/** What a role can allow. Names and ids are those of the oVirt API, where clients see them under {@code roles/…/permits}. */
public enum Permit {
    CREATE_VM(1, false),
    DELETE_VM(2, false),
    EDIT_VM_PROPERTIES(3, false),
    CHANGE_VM_CD(5, false),
    MIGRATE_VM(6, false),
    CONNECT_TO_VM(7, false),
    IMPORT_EXPORT_VM(8, true),
    CONFIGURE_VM_NETWORK(9, false),
    CONFIGURE_VM_STORAGE(10, false),
    MOVE_VM(11, false),
    MANIPULATE_VM_SNAPSHOTS(12, false),
    RECONNECT_TO_VM(13, false),
    CHANGE_VM_CUSTOM_PROPERTIES(14, true),
    EDIT_ADMIN_VM_PROPERTIES(15, true),
    CREATE_INSTANCE(16, false),
    REBOOT_VM(17, false),
    STOP_VM(18, false),
    SHUT_DOWN_VM(19, false),
    HIBERNATE_VM(21, false),
    RUN_VM(22, false),
    RESET_VM(23, false),
    CREATE_HOST(100, true),
    EDIT_HOST_CONFIGURATION(101, true),
    DELETE_HOST(102, true),
    MANIPULATE_HOST(103, true),
    CONFIGURE_HOST_NETWORK(104, true),
    CREATE_TEMPLATE(200, false),
    EDIT_TEMPLATE_PROPERTIES(201, false),
    DELETE_TEMPLATE(202, false),
    COPY_TEMPLATE(203, false),
    CONFIGURE_TEMPLATE_NETWORK(204, false),
    EDIT_ADMIN_TEMPLATE_PROPERTIES(205, true),
    CREATE_VM_POOL(300, false),
    EDIT_VM_POOL_CONFIGURATION(301, false),
    DELETE_VM_POOL(302, false),
    VM_POOL_BASIC_OPERATIONS(303, false),
    CREATE_CLUSTER(400, true),
    EDIT_CLUSTER_CONFIGURATION(401, true),
    DELETE_CLUSTER(402, true),
    CONFIGURE_CLUSTER_NETWORK(403, true),
    ASSIGN_CLUSTER_NETWORK(404, true),
    MANIPULATE_USERS(500, true),
    MANIPULATE_ROLES(501, true),
    MANIPULATE_PERMISSIONS(502, false),
    ADD_USERS_AND_GROUPS_FROM_DIRECTORY(503, false),
    EDIT_PROFILE(504, false),
    CREATE_STORAGE_DOMAIN(600, true),
    EDIT_STORAGE_DOMAIN_CONFIGURATION(601, true),
    DELETE_STORAGE_DOMAIN(602, true),
    MANIPULATE_STORAGE_DOMAIN(603, true),
    CREATE_STORAGE_POOL(700, true),
    DELETE_STORAGE_POOL(701, true),
    EDIT_STORAGE_POOL_CONFIGURATION(702, true),
    CONFIGURE_STORAGE_POOL_NETWORK(703, true),
    CREATE_STORAGE_POOL_NETWORK(704, true),
    DELETE_STORAGE_POOL_NETWORK(705, true),
    CONFIGURE_ENGINE(800, true),
    CONFIGURE_QUOTA(900, true),
    CONSUME_QUOTA(901, false),
    CREATE_GLUSTER_VOLUME(1000, true),
    MANIPULATE_GLUSTER_VOLUME(1001, true),
    DELETE_GLUSTER_VOLUME(1002, true),
    MANIPULATE_GLUSTER_HOOK(1003, true),
    MANIPULATE_GLUSTER_SERVICE(1004, true),
    CREATE_DISK(1100, false),
    ATTACH_DISK(1101, false),
    EDIT_DISK_PROPERTIES(1102, false),
    CONFIGURE_DISK_STORAGE(1103, false),
    DELETE_DISK(1104, false),
    CONFIGURE_SCSI_GENERIC_IO(1105, true),
    ACCESS_IMAGE_STORAGE(1106, false),
    DISK_LIVE_STORAGE_MIGRATION(1107, false),
    SPARSIFY_DISK(1108, false),
    REDUCE_DISK(1109, true),
    BACKUP_DISK(1110, true),
    CONFIGURE_NETWORK_VNIC_PROFILE(1203, true),
    CREATE_NETWORK_VNIC_PROFILE(1204, true),
    DELETE_NETWORK_VNIC_PROFILE(1205, true),
    LOGIN(1300, false),
    TAG_MANAGEMENT(1301, true),
    BOOKMARK_MANAGEMENT(1302, true),
    EVENT_NOTIFICATION_MANAGEMENT(1303, true),
    AUDIT_LOG_MANAGEMENT(1304, true),
    INJECT_EXTERNAL_EVENTS(1400, true),
    INJECT_EXTERNAL_TASKS(1500, true),
    MANIPULATE_AFFINITY_GROUPS(1550, true),
    CONFIGURE_STORAGE_DISK_PROFILE(1560, true),
    CREATE_STORAGE_DISK_PROFILE(1561, true),
    DELETE_STORAGE_DISK_PROFILE(1562, true),
    ATTACH_DISK_PROFILE(1563, false),
    CREATE_MAC_POOL(1660, true),
    EDIT_MAC_POOL(1661, true),
    DELETE_MAC_POOL(1662, true),
    CONFIGURE_MAC_POOL(1663, true),
    CONNECT_TO_SERIAL_CONSOLE(1664, false),
    DELETE_CPU_PROFILE(1665, true),
    UPDATE_CPU_PROFILE(1666, true),
    CREATE_CPU_PROFILE(1667, true),
    ASSIGN_CPU_PROFILE(1668, true);

    private final int id;
    private final boolean administrative;

    Permit(int id, boolean administrative) {
        this.id = id;
        this.administrative = administrative;
    }

    /** The id in the API. */
    public int id() {
        return id;
    }

    /** Whether only roles of the administrator kind may carry it. */
    public boolean administrative() {
        return administrative;
    }

    /** The name in the API, for instance {@code create_vm}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
