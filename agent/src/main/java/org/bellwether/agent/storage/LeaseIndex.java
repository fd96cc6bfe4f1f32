package org.bellwether.agent.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** A fresh index of "xleases" (leases of machines): where in the file which machine's lease is. */
final class LeaseIndex {
    /** 62 blocks of 4 KiB: a header and 3960 records. A file shorter than the index makes every lease call of oVirt fail. */
    static final int LENGTH = 62 * 4096;

    private static final int HEADER = 512;
    private static final int RECORD = 64;
    private static final byte[] MAGIC = {0x12, 0x15, 0x20, 0x16};
    private static final int AT_VERSION = 5;
    private static final int AT_LOCKSPACE = 10;
    private static final int AT_TIME = 59;
    private static final int AT_UPDATING = 70;
    private static final int AT_OFFSET = 49;
    private static final int AT_FLAGS = 61;

    private LeaseIndex() {}

    /** An index without leases, made at the given second since 1970. */
    static byte[] empty(String lockspace, long seconds) {
        byte[] index = new byte[LENGTH];
        System.arraycopy(MAGIC, 0, index, 0, MAGIC.length);
        put(index, AT_VERSION, "0001");
        put(index, AT_LOCKSPACE, lockspace);
        put(index, AT_TIME, String.format(Locale.ROOT, "%010d", seconds));
        index[AT_UPDATING] = '-';
        index[HEADER - 1] = '\n';
        byte[] free = new byte[RECORD];
        Arrays.fill(free, AT_OFFSET, AT_OFFSET + 11, (byte) '0');
        free[AT_FLAGS] = '-';
        free[AT_FLAGS + 1] = '-';
        free[RECORD - 1] = '\n';
        for (int at = HEADER; at < LENGTH; at += RECORD) {
            System.arraycopy(free, 0, index, at, RECORD);
        }
        return index;
    }

    private static void put(byte[] index, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, index, at, bytes.length);
    }
}
