package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.function;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;

/** Snapshots, checkpoints and backups. */
public final class SnapshotFunctions {
    public static final NativeFunction DOMAIN_SNAPSHOT_CREATE_XML =
            function(LIBVIRT, "virDomainSnapshotCreateXML", POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_LIST_ALL_SNAPSHOTS =
            function(LIBVIRT, "virDomainListAllSnapshots", INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_SNAPSHOT_LOOKUP_BY_NAME =
            function(LIBVIRT, "virDomainSnapshotLookupByName", POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_SNAPSHOT_GET_NAME =
            function(LIBVIRT, "virDomainSnapshotGetName", POINTER, POINTER);
    public static final NativeFunction DOMAIN_SNAPSHOT_GET_XML_DESC =
            function(LIBVIRT, "virDomainSnapshotGetXMLDesc", POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_SNAPSHOT_DELETE =
            function(LIBVIRT, "virDomainSnapshotDelete", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_REVERT_TO_SNAPSHOT =
            function(LIBVIRT, "virDomainRevertToSnapshot", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_SNAPSHOT_FREE = function(LIBVIRT, "virDomainSnapshotFree", INT, POINTER);
    public static final NativeFunction DOMAIN_CHECKPOINT_CREATE_XML =
            function(LIBVIRT, "virDomainCheckpointCreateXML", POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_LIST_ALL_CHECKPOINTS =
            function(LIBVIRT, "virDomainListAllCheckpoints", INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_CHECKPOINT_LOOKUP_BY_NAME =
            function(LIBVIRT, "virDomainCheckpointLookupByName", POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_CHECKPOINT_GET_NAME =
            function(LIBVIRT, "virDomainCheckpointGetName", POINTER, POINTER);
    public static final NativeFunction DOMAIN_CHECKPOINT_GET_XML_DESC =
            function(LIBVIRT, "virDomainCheckpointGetXMLDesc", POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_CHECKPOINT_DELETE =
            function(LIBVIRT, "virDomainCheckpointDelete", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_CHECKPOINT_FREE =
            function(LIBVIRT, "virDomainCheckpointFree", INT, POINTER);
    public static final NativeFunction DOMAIN_BACKUP_BEGIN =
            function(LIBVIRT, "virDomainBackupBegin", INT, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_BACKUP_GET_XML_DESC =
            function(LIBVIRT, "virDomainBackupGetXMLDesc", POINTER, POINTER, INT);

    private SnapshotFunctions() {}
}
