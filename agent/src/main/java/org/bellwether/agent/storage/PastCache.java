package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads what storage holds now, and not what the kernel remembers of it. */
public final class PastCache {
    private static final int BLOCK = 4096;

    private PastCache() {}

    /** Reads the first block of a file or device; hangs or fails with the storage. */
    public static void read(Path file) throws IOException {
        try {
            readOnce(file, BlockDevice.DIRECT);
        } catch (IOException | UnsupportedOperationException e) {
            readOnce(file, StandardOpenOption.READ);
        }
    }

    /** Whether the file system takes direct I/O; some, such as tmpfs, do not. */
    static boolean takesDirect(Path file) {
        try {
            readOnce(file, BlockDevice.DIRECT);
            return true;
        } catch (IOException | UnsupportedOperationException e) {
            return false;
        }
    }

    private static void readOnce(Path file, OpenOption option) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, option)) {
            ByteBuffer block =
                    ByteBuffer.allocateDirect(2 * BLOCK).alignedSlice(BLOCK).limit(BLOCK);
            channel.read(block);
        }
    }
}
