package org.bellwether.agent.storage;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.bellwether.agent.platform.Refusal;

/** Plain tars of small flat files, as POSIX 1003.1-1988 has them: what OVF_STORE disks hold. */
final class Tar {
    private static final int BLOCK = 512;
    private static final int RECORD = 20 * BLOCK;
    private static final int LONGEST_NAME = 100;
    private static final int AT_SIZE = 124;
    private static final int SIZE_LENGTH = 12;
    private static final int AT_CHECKSUM = 148;
    private static final int CHECKSUM_LENGTH = 8;
    private static final int AT_TYPE = 156;
    private static final int AT_MAGIC = 257;

    private Tar() {}

    static byte[] write(Map<String, byte[]> files, Instant time) {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        files.forEach((name, content) -> {
            tar.writeBytes(header(name, content.length, time));
            tar.writeBytes(content);
            tar.writeBytes(new byte[padding(content.length, BLOCK)]);
        });
        tar.writeBytes(new byte[2 * BLOCK]);
        tar.writeBytes(new byte[padding(tar.size(), RECORD)]);
        return tar.toByteArray();
    }

    /**
     * The plain files by name; what else is in it is passed over.
     *
     * @throws Refusal BROKEN when it ends in the middle, or is no tar
     */
    static Map<String, byte[]> read(InputStream tar) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        while (true) {
            byte[] header = tar.readNBytes(BLOCK);
            boolean end = header.length == BLOCK && allZero(header);
            if (header.length == 0 || end) {
                return files;
            }
            if (header.length < BLOCK || octal(header, AT_CHECKSUM, CHECKSUM_LENGTH) != checksum(header)) {
                throw Refusal.broken("It is no tar: a header of it is wrong");
            }
            long size = octal(header, AT_SIZE, SIZE_LENGTH);
            if (size < 0 || size > Integer.MAX_VALUE / 2) {
                throw Refusal.broken("A file in the tar would have " + size + " bytes");
            }
            byte[] content = tar.readNBytes((int) size);
            if (content.length < size || tar.readNBytes(padding(size, BLOCK)).length < padding(size, BLOCK)) {
                throw Refusal.broken("The tar ends in the middle of a file");
            }
            if (header[AT_TYPE] == '0' || header[AT_TYPE] == 0) {
                files.put(text(header, 0, LONGEST_NAME), content);
            }
        }
    }

    private static byte[] header(String name, int size, Instant time) {
        byte[] header = new byte[BLOCK];
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > LONGEST_NAME) {
            throw new IllegalArgumentException("too long for a tar: " + name);
        }
        System.arraycopy(bytes, 0, header, 0, bytes.length);
        put(header, 100, "0000644\0");
        put(header, 108, "0000044\0"); // 36, vdsm's user, as all that lies on a domain
        put(header, 116, "0000044\0");
        put(header, AT_SIZE, String.format(Locale.ROOT, "%011o\0", size));
        put(header, 136, String.format(Locale.ROOT, "%011o\0", time.getEpochSecond()));
        header[AT_TYPE] = '0';
        put(header, AT_MAGIC, "ustar\00000");
        put(header, AT_CHECKSUM, String.format(Locale.ROOT, "%06o\0 ", checksum(header)));
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    /** The sum of all bytes, those of the checksum itself taken as blanks. */
    private static long checksum(byte[] header) {
        long sum = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean own = i >= AT_CHECKSUM && i < AT_CHECKSUM + CHECKSUM_LENGTH;
            sum += own ? ' ' : header[i] & 0xFF;
        }
        return sum;
    }

    private static long octal(byte[] header, int at, int length) {
        String digits = text(header, at, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static String text(byte[] header, int at, int length) {
        int end = at;
        while (end < at + length && header[end] != 0) {
            end++;
        }
        return new String(header, at, end - at, StandardCharsets.US_ASCII);
    }

    private static int padding(long size, int unit) {
        return (int) ((unit - size % unit) % unit);
    }

    private static boolean allZero(byte[] block) {
        return Arrays.equals(block, new byte[block.length]);
    }
}
