package org.bellwether.agent.storage;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.OptionalInt;

/** The index of "xleases" (leases of machines): where in the file which machine's lease is. */
final class LeaseIndex {
    /** 62 blocks of 4 KiB: a header and 3960 records. A file shorter than the index makes every lease call of oVirt fail. */
    static final int LENGTH = 62 * 4096;

    private static final int HEADER = 512;
    private static final int RECORD = 64;
    private static final int NAME = 48;
    private static final int RECORDS = (LENGTH - HEADER) / RECORD;
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

    /** Why this is no index of that domain's leases; empty when it is one. */
    static String trouble(byte[] index, String lockspace) {
        if (index.length < LENGTH || !Arrays.equals(index, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            return "it is no index";
        }
        if (!text(index, AT_LOCKSPACE, NAME).equals(lockspace)) {
            return "it is the index of \"" + text(index, AT_LOCKSPACE, NAME) + "\"";
        }
        return index[AT_UPDATING] == '-' ? "" : "it was being rebuilt when whoever did that ended";
    }

    /** The record with that name. */
    static OptionalInt find(byte[] index, String name) {
        for (int record = 0; record < RECORDS; record++) {
            int at = at(record);
            if (index[at + AT_FLAGS] == '-' && text(index, at, NAME).equals(name)) {
                return OptionalInt.of(record);
            }
        }
        return OptionalInt.empty();
    }

    /** The first record that nobody has. */
    static OptionalInt free(byte[] index) {
        for (int record = 0; record < RECORDS; record++) {
            int at = at(record);
            if (index[at] == 0 || index[at + AT_FLAGS] != '-') {
                return OptionalInt.of(record);
            }
        }
        return OptionalInt.empty();
    }

    /** Where in the file the lease of a record is: three slots, for lockspace, index and nothing, come before. */
    static long offset(int record) {
        return (3L + record) * LeaseArea.ALIGNMENT;
    }

    /** Writes a name into a record, or frees it when the name is empty; answers where the sector that changed begins. */
    static int write(byte[] index, int record, String name) {
        int at = at(record);
        Arrays.fill(index, at, at + NAME, (byte) 0);
        put(index, at, name);
        put(index, at + AT_OFFSET, String.format(Locale.ROOT, "%011d", name.isEmpty() ? 0 : offset(record)));
        index[at + AT_FLAGS] = '-';
        index[at + AT_FLAGS + 1] = '-';
        index[at + RECORD - 1] = '\n';
        return at / LeaseArea.SECTOR * LeaseArea.SECTOR;
    }

    private static int at(int record) {
        return HEADER + record * RECORD;
    }

    private static String text(byte[] index, int at, int most) {
        int end = at;
        while (end < at + most && index[end] != 0) {
            end++;
        }
        return new String(index, at, end - at, StandardCharsets.US_ASCII);
    }

    private static void put(byte[] index, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, index, at, bytes.length);
    }
}
