package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads and writes of a block device, or a raw volume in a file, past the page cache: other hosts write the same. */
public final class BlockDevice {
    private static final int BLOCK = 4096;
    private static final int LARGEST = 1 << 20;
    /** O_DIRECT. */
    static final OpenOption DIRECT = direct();

    private BlockDevice() {}

    /** @param offset a multiple of 4096 */
    public static byte[] read(Path device, long offset, int length) throws IOException {
        byte[] content = new byte[length];
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ, DIRECT)) {
            ByteBuffer block = aligned(rounded(length));
            while (block.hasRemaining() && channel.read(block, offset + block.position()) > 0) {
                // A short read goes on where it ended.
            }
            block.flip().get(content, 0, Math.min(length, block.remaining()));
        }
        return content;
    }

    /** Writes and waits until it is on storage; what the last block of 4096 bytes has beyond the content becomes zero. */
    public static void write(Path device, long offset, byte[] content) throws IOException {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE, DIRECT)) {
            for (int at = 0; at < content.length; at += LARGEST) {
                int length = Math.min(LARGEST, content.length - at);
                ByteBuffer block = aligned(rounded(length));
                block.put(0, content, at, length);
                put(channel, block, offset + at);
            }
            channel.force(false);
        }
    }

    static void zero(Path device, long offset, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.WRITE, DIRECT)) {
            for (long at = 0; at < length; at += LARGEST) {
                put(channel, aligned(rounded((int) Math.min(LARGEST, length - at))), offset + at);
            }
            channel.force(false);
        }
    }

    static long size(Path device) throws IOException {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
            return channel.size();
        }
    }

    private static void put(FileChannel channel, ByteBuffer block, long offset) throws IOException {
        while (block.hasRemaining()) {
            channel.write(block, offset + block.position());
        }
    }

    private static int rounded(int length) {
        return (length + BLOCK - 1) / BLOCK * BLOCK;
    }

    private static ByteBuffer aligned(int length) {
        return ByteBuffer.allocateDirect(length + BLOCK)
                .alignedSlice(BLOCK)
                .limit(length)
                .slice();
    }

    /** Found by name: it is in jdk.unsupported, which the compiler warns of. */
    private static OpenOption direct() {
        try {
            for (Object option :
                    Class.forName("com.sun.nio.file.ExtendedOpenOption").getEnumConstants()) {
                if (option instanceof OpenOption found && option.toString().equals("DIRECT")) {
                    return found;
                }
            }
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("this Java cannot read past the page cache", e);
        }
        throw new IllegalStateException("this Java cannot read past the page cache");
    }
}
