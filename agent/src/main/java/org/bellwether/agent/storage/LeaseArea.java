package org.bellwether.agent.storage;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Fresh sanlock areas for 512-byte sectors and 1 MiB alignment, written without sanlock, so that a domain can be laid
 * out on a host where it is not installed. Bytes as "sanlock direct init" of 3.8 writes them; a test compares them.
 */
final class LeaseArea {
    static final int ALIGNMENT = 1 << 20;
    static final int SECTOR = 512;
    private static final int MOST_HOSTS = 2000;

    private static final int LOCKSPACE_MAGIC = 0x12212010;
    private static final int LOCKSPACE_VERSION = 0x00030004;
    private static final int RESOURCE_MAGIC = 0x06152010;
    private static final int RESOURCE_VERSION = 0x00060004;
    private static final int REQUEST_MAGIC = 0x08292011;
    private static final int REQUEST_VERSION = 0x00010001;
    private static final int FLAG_ALIGNMENT_1M = 0x10;

    private static final int NAME_LENGTH = 48;
    private static final int AT_SPACE_NAME = 56;
    private static final int AT_RESOURCE_NAME = 104;
    private static final int AT_CHECKSUM = 168;
    private static final int AT_IO_TIMEOUT = 174;

    private static final int CRC_POLYNOMIAL = 0x82F63B78;

    private LeaseArea() {}

    /**
     * The content of "ids": a free record for each host id.
     *
     * @param ioTimeout seconds in which storage must answer; whoever joins first waits twice as long
     */
    static byte[] lockspace(String name, int ioTimeout) {
        ByteBuffer area = ByteBuffer.allocate(ALIGNMENT).order(ByteOrder.LITTLE_ENDIAN);
        byte[] record = leader(LOCKSPACE_MAGIC, LOCKSPACE_VERSION, 0, 1, name, "", ioTimeout);
        for (int host = 0; host < MOST_HOSTS; host++) {
            area.put(host * SECTOR, record);
        }
        return area.array();
    }

    /** One slot of 1 MiB with a free resource. */
    static byte[] resource(String lockspace, String name) {
        ByteBuffer area = ByteBuffer.allocate(ALIGNMENT).order(ByteOrder.LITTLE_ENDIAN);
        area.put(0, leader(RESOURCE_MAGIC, RESOURCE_VERSION, MOST_HOSTS, MOST_HOSTS, lockspace, name, 0));
        area.putInt(SECTOR, REQUEST_MAGIC);
        area.putInt(SECTOR + Integer.BYTES, REQUEST_VERSION);
        return area.array();
    }

    private static byte[] leader(
            int magic, int version, long hosts, long mostHosts, String space, String resource, int ioTimeout) {
        ByteBuffer leader = ByteBuffer.allocate(SECTOR).order(ByteOrder.LITTLE_ENDIAN);
        leader.putInt(magic).putInt(version).putInt(FLAG_ALIGNMENT_1M).putInt(SECTOR);
        leader.putLong(hosts).putLong(mostHosts);
        leader.put(AT_SPACE_NAME, name(space));
        leader.put(AT_RESOURCE_NAME, name(resource));
        leader.putInt(AT_CHECKSUM, checksum(leader.array()));
        leader.putShort(AT_IO_TIMEOUT, (short) ioTimeout);
        return leader.array();
    }

    private static byte[] name(String name) {
        byte[] bytes = name.getBytes(StandardCharsets.US_ASCII);
        if (bytes.length > NAME_LENGTH) {
            throw new IllegalArgumentException("a lease name has at most 48 bytes: " + name);
        }
        return bytes;
    }

    /** CRC-32C as sanlock computes it: begun at ~1 and not complemented at the end, which java.util.zip cannot. */
    private static int checksum(byte[] leader) {
        int crc = ~1;
        for (int i = 0; i < AT_CHECKSUM; i++) {
            crc ^= leader[i] & 0xFF;
            for (int bit = 0; bit < Byte.SIZE; bit++) {
                crc = (crc & 1) == 0 ? crc >>> 1 : (crc >>> 1) ^ CRC_POLYNOMIAL;
            }
        }
        return crc;
    }
}
