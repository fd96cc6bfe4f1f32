package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.bellwether.agent.platform.Refusal;

/**
 * What the first bytes of a qcow2 file say, read without QEMU: fast enough to look at every volume of a domain.
 *
 * @param size virtual size in bytes
 * @param backing the backing file's name as stored; empty: none
 * @param incompatible feature bits that a reader must understand
 */
record Qcow2Header(int version, long size, String backing, long incompatible) {
    private static final int MAGIC = 0x514649FB;
    private static final int LONGEST_BACKING = 1023;
    private static final int HEADER_BYTES = 104;
    private static final long CORRUPT = 2;
    private static final long EXTERNAL_DATA = 4;

    /**
     * The header, or nothing when the file is no qcow2.
     *
     * @throws IOException when it cannot be read
     * @throws Refusal BROKEN when it is a qcow2 file whose header makes no sense
     */
    static Optional<Qcow2Header> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(channel, 0, file.getFileName().toString());
        }
    }

    /**
     * As {@link #read(Path)}, of an image that lies in a file.
     *
     * @param start where it begins
     * @param words what it is called in a message
     */
    static Optional<Qcow2Header> read(FileChannel channel, long start, String words) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        int length = fill(channel, header, start);
        if (length < 72 || header.getInt(0) != MAGIC) {
            return Optional.empty();
        }
        int version = header.getInt(4);
        if (version != 2 && (version != 3 || length < HEADER_BYTES)) {
            throw Refusal.broken("The qcow2 header of " + words + " has the unknown version " + version);
        }
        long backingOffset = header.getLong(8);
        int backingLength = header.getInt(16);
        String backing = "";
        if (backingOffset != 0) {
            if (backingLength < 0 || backingLength > LONGEST_BACKING || backingOffset < 0) {
                throw Refusal.broken("The qcow2 header of " + words + " names a backing file that cannot be");
            }
            ByteBuffer name = ByteBuffer.allocate(backingLength);
            if (fill(channel, name, start + backingOffset) < backingLength) {
                throw Refusal.broken("The qcow2 header of " + words + " is cut short");
            }
            backing = new String(name.array(), StandardCharsets.UTF_8);
        }
        return Optional.of(
                new Qcow2Header(version, header.getLong(24), backing, version == 2 ? 0 : header.getLong(72)));
    }

    /** The bare name of the backing file: old chains of oVirt store it with a directory in front. */
    String backingName() {
        return backing.substring(backing.lastIndexOf('/') + 1);
    }

    /** Its guest-visible bytes are in another file: an upload must never bring that, it could name any file of the host. */
    boolean externalData() {
        return (incompatible & EXTERNAL_DATA) != 0;
    }

    boolean corrupt() {
        return (incompatible & CORRUPT) != 0;
    }

    private static int fill(FileChannel channel, ByteBuffer buffer, long offset) throws IOException {
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                break;
            }
        }
        return buffer.position();
    }
}
