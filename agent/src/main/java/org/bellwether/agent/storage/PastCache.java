package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads what storage holds now, and not what the kernel remembers of it. */
public final class PastCache {
    private PastCache() {}

    /** Reads the first block of a file or device; hangs or fails with the storage. */
    public static void read(Path file) throws IOException {
        try {
            readDirectly(file);
        } catch (IOException e) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                channel.read(ByteBuffer.allocate(DirectFile.BLOCK));
            }
        }
    }

    /** Whether the file system takes direct I/O; some, such as tmpfs before Linux 6.6, do not. */
    static boolean takesDirect(Path file) {
        try {
            readDirectly(file);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void readDirectly(Path path) throws IOException {
        try (DirectFile file = DirectFile.readable(path)) {
            file.read(DirectFile.memory(DirectFile.BLOCK), 0);
        }
    }
}
