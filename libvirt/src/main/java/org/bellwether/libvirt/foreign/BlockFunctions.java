package org.bellwether.libvirt.foreign;

import static org.bellwether.libvirt.foreign.NativeFunction.INT;
import static org.bellwether.libvirt.foreign.NativeFunction.LONG;
import static org.bellwether.libvirt.foreign.NativeFunction.POINTER;
import static org.bellwether.libvirt.foreign.NativeFunction.function;
import static org.bellwether.libvirt.foreign.NativeLibrary.LIBVIRT;

/** A domain's disks and their block jobs. */
public final class BlockFunctions {
    public static final NativeFunction DOMAIN_BLOCK_RESIZE =
            function(LIBVIRT, "virDomainBlockResize", INT, POINTER, POINTER, LONG, INT);
    public static final NativeFunction DOMAIN_GET_BLOCK_INFO =
            function(LIBVIRT, "virDomainGetBlockInfo", INT, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_BLOCK_COMMIT =
            function(LIBVIRT, "virDomainBlockCommit", INT, POINTER, POINTER, POINTER, POINTER, LONG, INT);
    public static final NativeFunction DOMAIN_BLOCK_REBASE =
            function(LIBVIRT, "virDomainBlockRebase", INT, POINTER, POINTER, POINTER, LONG, INT);
    public static final NativeFunction DOMAIN_BLOCK_COPY =
            function(LIBVIRT, "virDomainBlockCopy", INT, POINTER, POINTER, POINTER, POINTER, INT, INT);
    public static final NativeFunction DOMAIN_GET_BLOCK_JOB_INFO =
            function(LIBVIRT, "virDomainGetBlockJobInfo", INT, POINTER, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_BLOCK_JOB_ABORT =
            function(LIBVIRT, "virDomainBlockJobAbort", INT, POINTER, POINTER, INT);
    public static final NativeFunction DOMAIN_BLOCK_JOB_SET_SPEED =
            function(LIBVIRT, "virDomainBlockJobSetSpeed", INT, POINTER, POINTER, LONG, INT);
    public static final NativeFunction DOMAIN_SET_BLOCK_THRESHOLD =
            function(LIBVIRT, "virDomainSetBlockThreshold", INT, POINTER, POINTER, LONG, INT);

    private BlockFunctions() {}
}
