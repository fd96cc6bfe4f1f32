package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;
import java.util.Optional;
import org.bellwether.agent.platform.Refusal;

/**
 * What the first bytes of a qcow2 file say, read without QEMU: fast enough to look at every volume of a domain.
 *
 * @param size virtual size in bytes
 * @param backing the backing file's name as stored; empty: none
 * @param backingFormat what the header says that the backing file is; empty: QEMU guesses
 * @param incompatible feature bits that a reader must understand
 */
record Qcow2Header(int version, long size, String backing, String backingFormat, long incompatible) {
    private static final int MAGIC = 0x514649FB;
    private static final int LONGEST_BACKING = 1023;
    private static final int HEADER_BYTES = 104;
    private static final int OLD_HEADER_BYTES = 72;
    /** With what stands behind the header, as far as anybody writes it. */
    private static final int READ_BYTES = 4096;

    private static final int FORMAT_EXTENSION = 0xE2792ACA;
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
        ByteBuffer header = ByteBuffer.allocate(READ_BYTES);
        int length = fill(channel, header, start);
        if (length < OLD_HEADER_BYTES || header.getInt(0) != MAGIC) {
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
        return Optional.of(new Qcow2Header(
                version,
                header.getLong(24),
                backing,
                backingFormat(header, length, version),
                version == 2 ? 0 : header.getLong(OLD_HEADER_BYTES)));
    }

    /** Behind the header stand its extensions: each a kind, a length, and as many bytes, filled up to eight. */
    private static String backingFormat(ByteBuffer header, int length, int version) {
        long at = version == 2 ? OLD_HEADER_BYTES : Integer.toUnsignedLong(header.getInt(100));
        while (at >= OLD_HEADER_BYTES && at + 8 <= length) {
            int kind = header.getInt((int) at);
            long size = Integer.toUnsignedLong(header.getInt((int) at + 4));
            if (kind == 0 || at + 8 + size > length) {
                break;
            }
            if (kind == FORMAT_EXTENSION) {
                byte[] format = new byte[(int) size];
                header.get((int) at + 8, format);
                return new String(format, StandardCharsets.UTF_8);
            }
            at += 8 + (size + 7) / 8 * 8;
        }
        return "";
    }

    /**
     * Whether QEMU finds what this stands on nowhere but in the image's own directory, or, as in chains of old, in that of
     * another image of the domain. A path could name any file of the host, and a protocol any place at all.
     */
    boolean staysIn(Path image) {
        int colon = backing.indexOf(':');
        int slash = backing.indexOf('/');
        if (slash < 0 && colon < 0) {
            return true;
        }
        boolean protocol = colon >= 0 && (slash < 0 || colon < slash);
        if (protocol || backing.indexOf('\0') >= 0) {
            return false;
        }
        Path directory = image.resolve(backing).normalize().getParent();
        return directory != null && Objects.equals(directory.getParent(), image.getParent());
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
