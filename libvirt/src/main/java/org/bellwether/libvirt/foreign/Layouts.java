package org.bellwether.libvirt.foreign;

import static java.lang.foreign.MemoryLayout.paddingLayout;
import static java.lang.foreign.MemoryLayout.sequenceLayout;
import static java.lang.foreign.MemoryLayout.structLayout;
import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.StructLayout;

/** libvirt's structures on 64-bit Linux; names are C's. */
public final class Layouts {
    /** Longest name of a typed parameter in bytes, with the NUL at its end. */
    public static final int TYPED_PARAMETER_NAME = 80;

    /** {@code virError}. */
    public static final StructLayout ERROR = structLayout(
                    JAVA_INT.withName("code"),
                    JAVA_INT.withName("domain"),
                    ADDRESS.withName("message"),
                    JAVA_INT.withName("level"),
                    paddingLayout(4),
                    ADDRESS.withName("conn"),
                    ADDRESS.withName("dom"),
                    ADDRESS.withName("str1"),
                    ADDRESS.withName("str2"),
                    ADDRESS.withName("str3"),
                    JAVA_INT.withName("int1"),
                    JAVA_INT.withName("int2"),
                    ADDRESS.withName("net"))
            .withName("virError");

    /** {@code virTypedParameter}; the value's union is shown by its widest members. */
    public static final StructLayout TYPED_PARAMETER = structLayout(
                    sequenceLayout(TYPED_PARAMETER_NAME, JAVA_BYTE).withName("field"),
                    JAVA_INT.withName("type"),
                    paddingLayout(4),
                    JAVA_LONG.withName("value"))
            .withName("virTypedParameter");

    /** {@code virNodeInfo}. */
    public static final StructLayout NODE_INFO = structLayout(
                    sequenceLayout(32, JAVA_BYTE).withName("model"),
                    JAVA_LONG.withName("memory"),
                    JAVA_INT.withName("cpus"),
                    JAVA_INT.withName("mhz"),
                    JAVA_INT.withName("nodes"),
                    JAVA_INT.withName("sockets"),
                    JAVA_INT.withName("cores"),
                    JAVA_INT.withName("threads"))
            .withName("virNodeInfo");

    /** {@code virDomainStatsRecord}. */
    public static final StructLayout STATS_RECORD = structLayout(
                    ADDRESS.withName("dom"), ADDRESS.withName("params"), JAVA_INT.withName("nparams"), paddingLayout(4))
            .withName("virDomainStatsRecord");

    /** {@code virDomainInterface}. */
    public static final StructLayout DOMAIN_INTERFACE = structLayout(
                    ADDRESS.withName("name"),
                    ADDRESS.withName("hwaddr"),
                    JAVA_INT.withName("naddrs"),
                    paddingLayout(4),
                    ADDRESS.withName("addrs"))
            .withName("virDomainInterface");

    /** {@code virDomainIPAddress}. */
    public static final StructLayout IP_ADDRESS = structLayout(
                    JAVA_INT.withName("type"),
                    paddingLayout(4),
                    ADDRESS.withName("addr"),
                    JAVA_INT.withName("prefix"),
                    paddingLayout(4))
            .withName("virDomainIPAddress");

    /** {@code virDomainBlockInfo}. */
    public static final StructLayout BLOCK_INFO = structLayout(
                    JAVA_LONG.withName("capacity"), JAVA_LONG.withName("allocation"), JAVA_LONG.withName("physical"))
            .withName("virDomainBlockInfo");

    /** {@code virDomainBlockJobInfo}. */
    public static final StructLayout BLOCK_JOB_INFO = structLayout(
                    JAVA_INT.withName("type"),
                    paddingLayout(4),
                    JAVA_LONG.withName("bandwidth"),
                    JAVA_LONG.withName("cur"),
                    JAVA_LONG.withName("end"))
            .withName("virDomainBlockJobInfo");

    private Layouts() {}

    /** Where a member of a structure begins, in bytes. */
    public static long offset(StructLayout layout, String member) {
        return layout.byteOffset(PathElement.groupElement(member));
    }
}
