package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the header of a stranger's qcow2 file claims, held against what can be. Offsets and limits are those of QEMU's
 * docs/interop/qcow2.txt; sizes beyond QEMU's own limits for tables are refused before QEMU sees them.
 */
final class Qcow2Limits {
    private static final int HEADER_BYTES = 112;
    private static final int OLD_HEADER_BYTES = 72;
    private static final int LEAST_CLUSTER_BITS = 9;
    private static final int MOST_CLUSTER_BITS = 21;
    private static final long MOST_L1_BYTES = 32L << 20;
    private static final long MOST_REFCOUNT_TABLE_BYTES = 8L << 20;
    private static final int MOST_REFCOUNT_ORDER = 6;
    private static final long DIRTY = 1;
    private static final long CORRUPT = 2;
    private static final long EXTERNAL_DATA = 4;
    private static final long COMPRESSION = 8;
    private static final long EXTENDED_L2 = 16;
    private static final long KNOWN = DIRTY | CORRUPT | EXTERNAL_DATA | COMPRESSION | EXTENDED_L2;

    private Qcow2Limits() {}

    /** What is wrong with the header, in words; empty: nothing. The file has the magic of qcow2. */
    static List<String> trouble(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return trouble(channel, 0, channel.size());
        }
    }

    /** As {@link #trouble(Path)}, of an image of {@code bytes} that begins somewhere in a file. */
    static List<String> trouble(FileChannel channel, long start, long bytes) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        while (header.hasRemaining() && channel.read(header, start + header.position()) >= 0) {
            // A read may bring less than asked for.
        }
        return trouble(header, bytes);
    }

    static List<String> trouble(ByteBuffer header, long bytes) {
        List<String> trouble = new ArrayList<>();
        int version = header.getInt(4);
        int clusterBits = header.getInt(20);
        if (clusterBits < LEAST_CLUSTER_BITS || clusterBits > MOST_CLUSTER_BITS) {
            trouble.add("its clusters have 2^" + Integer.toUnsignedString(clusterBits) + " bytes");
            return trouble;
        }
        long cluster = 1L << clusterBits;
        if (header.getInt(32) != 0) {
            trouble.add("it is encrypted");
        }
        tables(header, bytes, cluster, trouble);
        if (header.getInt(60) != 0) {
            trouble.add("it has " + Integer.toUnsignedString(header.getInt(60)) + " snapshots inside");
        }
        if (version == 3) {
            newer(header, cluster, trouble);
        }
        return trouble;
    }

    private static void tables(ByteBuffer header, long bytes, long cluster, List<String> trouble) {
        long size = header.getLong(24);
        long l1Entries = Integer.toUnsignedLong(header.getInt(36));
        long perEntry = cluster * (cluster / Long.BYTES);
        if (l1Entries * Long.BYTES > MOST_L1_BYTES) {
            trouble.add("its L1 table would take " + l1Entries * Long.BYTES + " bytes");
        } else if (size < 0 || (size > 0 && l1Entries < Math.ceilDiv(size, perEntry))) {
            trouble.add("its L1 table of " + l1Entries + " entries is too small for " + Long.toUnsignedString(size)
                    + " bytes");
        }
        within("L1 table", header.getLong(40), l1Entries * Long.BYTES, bytes, cluster, trouble);
        long refcountBytes = Integer.toUnsignedLong(header.getInt(56)) * cluster;
        if (refcountBytes == 0 || refcountBytes > MOST_REFCOUNT_TABLE_BYTES) {
            trouble.add("its table of reference counts would take " + refcountBytes + " bytes");
        }
        within("table of reference counts", header.getLong(48), refcountBytes, bytes, cluster, trouble);
    }

    private static void within(String what, long offset, long length, long bytes, long cluster, List<String> trouble) {
        if (length == 0) {
            return;
        }
        if (offset <= 0 || offset % cluster != 0 || offset > bytes || length > bytes + cluster - offset) {
            trouble.add("its " + what + " lies outside the file, at " + Long.toUnsignedString(offset));
        }
    }

    private static void newer(ByteBuffer header, long cluster, List<String> trouble) {
        long incompatible = header.getLong(72);
        if ((incompatible & ~KNOWN) != 0) {
            trouble.add(String.format(
                    Locale.ROOT, "it needs features that are not known here (0x%x)", incompatible & ~KNOWN));
        }
        if ((incompatible & CORRUPT) != 0) {
            trouble.add("it says itself that it is corrupt");
        }
        if ((incompatible & DIRTY) != 0) {
            trouble.add("its reference counts are not written back: let qemu-img check -r all repair it first");
        }
        if (Integer.compareUnsigned(header.getInt(96), MOST_REFCOUNT_ORDER) > 0) {
            trouble.add("its reference counts have 2^" + Integer.toUnsignedString(header.getInt(96)) + " bits");
        }
        long length = Integer.toUnsignedLong(header.getInt(100));
        if (length < OLD_HEADER_BYTES + 32 || length > cluster) {
            trouble.add("its header has " + length + " bytes");
        }
        if ((incompatible & COMPRESSION) != 0 && header.get(104) != 0 && header.get(104) != 1) {
            trouble.add("it is compressed in the unknown way " + header.get(104));
        }
    }
}
