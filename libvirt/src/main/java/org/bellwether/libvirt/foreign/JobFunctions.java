package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.LONG;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.function;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;

/** Migration and other jobs of a whole domain. */
public final class JobFunctions {
    public static final NativeFunction DOMAIN_MIGRATE3 =
            function(LIBVIRT, "virDomainMigrate3", POINTER, POINTER, POINTER, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_MIGRATE_TO_URI3 =
            function(LIBVIRT, "virDomainMigrateToURI3", INT, POINTER, POINTER, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_MIGRATE_SET_MAX_DOWNTIME =
            function(LIBVIRT, "virDomainMigrateSetMaxDowntime", INT, POINTER, LONG, INT);
    public static final NativeFunction DOMAIN_MIGRATE_GET_MAX_DOWNTIME =
            function(LIBVIRT, "virDomainMigrateGetMaxDowntime", INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_MIGRATE_SET_MAX_SPEED =
            function(LIBVIRT, "virDomainMigrateSetMaxSpeed", INT, POINTER, LONG, INT);
    public static final NativeFunction DOMAIN_MIGRATE_START_POST_COPY =
            function(LIBVIRT, "virDomainMigrateStartPostCopy", INT, POINTER, INT);
    public static final NativeFunction DOMAIN_GET_JOB_STATS =
            function(LIBVIRT, "virDomainGetJobStats", INT, POINTER, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_ABORT_JOB = function(LIBVIRT, "virDomainAbortJob", INT, POINTER);
    public static final NativeFunction DOMAIN_ABORT_JOB_FLAGS =
            function(LIBVIRT, "virDomainAbortJobFlags", INT, POINTER, INT);

    private JobFunctions() {}
}
