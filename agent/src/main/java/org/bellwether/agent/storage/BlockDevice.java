package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads and writes of a block device, or a raw volume in a file, past the page cache: other hosts write the same. */
public final class BlockDevice {
    private static final int LARGEST = 1 << 20;

    private BlockDevice() {}

    /** @param offset a multiple of 4096 */
    public static byte[] read(Path device, long offset, int length) throws IOException {
        byte[] content = new byte[length];
        try (DirectFile file = DirectFile.readable(device)) {
            ByteBuffer block = DirectFile.memory(rounded(length));
            while (block.hasRemaining() && file.read(block, offset + block.position()) > 0) {
                // A short read goes on where it ended.
            }
            block.flip().get(content, 0, Math.min(length, block.remaining()));
        }
        return content;
    }

    /** Writes and waits until it is on storage; what the last block of 4096 bytes has beyond the content becomes zero. */
    public static void write(Path device, long offset, byte[] content) throws IOException {
        try (DirectFile file = DirectFile.writable(device)) {
            for (int at = 0; at < content.length; at += LARGEST) {
                int length = Math.min(LARGEST, content.length - at);
                ByteBuffer block = DirectFile.memory(rounded(length));
                block.put(0, content, at, length);
                put(file, block, offset + at);
            }
            file.flush();
        }
    }

    static void zero(Path device, long offset, long length) throws IOException {
        try (DirectFile file = DirectFile.writable(device)) {
            for (long at = 0; at < length; at += LARGEST) {
                put(file, DirectFile.memory(rounded((int) Math.min(LARGEST, length - at))), offset + at);
            }
            file.flush();
        }
    }

    static long size(Path device) throws IOException {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
            return channel.size();
        }
    }

    private static void put(DirectFile file, ByteBuffer block, long offset) throws IOException {
        while (block.hasRemaining()) {
            file.write(block, offset + block.position());
        }
    }

    private static int rounded(int length) {
        return (length + DirectFile.BLOCK - 1) / DirectFile.BLOCK * DirectFile.BLOCK;
    }
}
