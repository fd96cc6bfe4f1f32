package org.bellwether.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An image on this machine, as its first bytes describe it. The layout of qcow2's header is that of QEMU's
 * docs/interop/qcow2.txt: magic, version, offset of the backing file's name, its length, cluster bits, virtual size.
 *
 * @param virtualBytes what a machine sees
 * @param bytes what is sent
 */
record ImageFile(Path path, boolean qcow2, long virtualBytes, long bytes) {

    private static final int MAGIC = 'Q' << 24 | 'F' << 16 | 'I' << 8 | 0xfb;
    private static final int HEADER = 32;
    private static final int SECTOR = 512;
    private static final long ISO_NAME_AT = 16 * 2048 + 1;
    private static final String ISO_NAME = "CD001";

    static ImageFile of(Path path) {
        if (!Files.isRegularFile(path)) {
            throw CommandFailure.usage("There is no file " + path + " to upload.");
        }
        try (var channel = FileChannel.open(path)) {
            long bytes = channel.size();
            if (bytes == 0) {
                throw CommandFailure.usage("The file " + path + " is empty: there is nothing to upload.");
            }
            var header = ByteBuffer.allocate(HEADER);
            while (header.hasRemaining() && channel.read(header) >= 0) {
                // A read may bring less than asked for.
            }
            boolean qcow2 = header.position() == HEADER && header.getInt(0) == MAGIC;
            if (!qcow2) {
                return new ImageFile(path, false, Math.ceilDiv(bytes, SECTOR) * SECTOR, bytes);
            }
            if (header.getLong(8) != 0) {
                throw CommandFailure.usage("The image " + path
                        + " needs another file below it: make it whole with qemu-img convert, then upload that.");
            }
            return new ImageFile(path, true, header.getLong(24), bytes);
        } catch (IOException e) {
            throw CommandFailure.usage("The file " + path + " cannot be read: " + e.getMessage() + ".");
        }
    }

    /** A file whose bytes are what a machine sees, whatever they look like. */
    static ImageFile raw(Path path) {
        try {
            long bytes = Files.size(path);
            return new ImageFile(path, false, Math.ceilDiv(bytes, SECTOR) * SECTOR, bytes);
        } catch (IOException e) {
            throw CommandFailure.usage("The file " + path + " cannot be read: " + e.getMessage() + ".");
        }
    }

    /** Whether it is an image of a disc: ISO 9660 has its name behind the first sixteen sectors of 2048 bytes. */
    boolean iso() {
        if (qcow2 || bytes < ISO_NAME_AT + ISO_NAME.length()) {
            return false;
        }
        try (var channel = FileChannel.open(path)) {
            var name = ByteBuffer.allocate(ISO_NAME.length());
            while (name.hasRemaining() && channel.read(name, ISO_NAME_AT + name.position()) >= 0) {
                // A read may bring less than asked for.
            }
            return ISO_NAME.equals(new String(name.array(), StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw CommandFailure.usage("The file " + path + " cannot be read: " + e.getMessage() + ".");
        }
    }

    /** Without its directory and ending. */
    String name() {
        String file = String.valueOf(path.getFileName());
        int dot = file.lastIndexOf('.');
        boolean known = dot > 0
                && switch (file.substring(dot + 1).toLowerCase(Locale.ROOT)) {
                    case "qcow2", "raw", "img", "iso" -> true;
                    default -> false;
                };
        return known ? file.substring(0, dot) : file;
    }

    /** As the API calls it. */
    String format() {
        return qcow2 ? "cow" : "raw";
    }
}
