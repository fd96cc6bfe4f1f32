package org.bellwether.agent.storage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.bellwether.agent.platform.CLibrary;

/**
 * Bytes that a file takes on storage, which Java's own attributes do not tell: statx(2), whose structure is the same
 * on every architecture.
 */
final class AllocatedSize {
    private static final int AT_FDCWD = -100;
    private static final int STATX_BLOCKS = 0x400;
    private static final int STATX_BYTES = 256;
    private static final int AT_BLOCKS = 48;
    private static final int BLOCK = 512;

    private static final MethodHandle STATX = CLibrary.function(
            "statx",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS));

    private AllocatedSize() {}

    static long of(Path file) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(STATX_BYTES, Long.BYTES);
            int status =
                    (int) STATX.invokeExact(AT_FDCWD, arena.allocateFrom(file.toString()), 0, STATX_BLOCKS, answer);
            if (status != 0) {
                if (!Files.exists(file)) {
                    throw new NoSuchFileException(file.toString());
                }
                throw new IOException("statx of " + file + " failed");
            }
            return answer.get(ValueLayout.JAVA_LONG, AT_BLOCKS) * BLOCK;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) { // what MethodHandle declares; a C function throws nothing
            throw new IllegalStateException(e);
        }
    }
}
