package org.bellwether.agent.storage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import org.bellwether.agent.platform.CLibrary;

/** Zeroes in a file without writing them: fallocate(2), which Java does not have. The flags are those of linux/falloc.h. */
public final class FileHoles {
    private static final int O_WRONLY_CLOEXEC = 1 | 0x80000;
    private static final int KEEP_SIZE = 0x01;
    private static final int PUNCH_HOLE = 0x02;
    private static final int ZERO_RANGE = 0x10;

    private static final MethodHandle OPEN = CLibrary.function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2));
    private static final MethodHandle CLOSE =
            CLibrary.function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle FALLOCATE = CLibrary.function(
            "fallocate",
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG));

    private FileHoles() {}

    /**
     * Has a run of the file read as zeroes.
     *
     * @param hole give its space back; else keep it
     * @return false when the file system cannot do it: then they are to be written
     */
    public static boolean zero(Path file, long offset, long length, boolean hole) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(file.toString());
            int descriptor = (int) OPEN.invokeExact(name, O_WRONLY_CLOEXEC);
            if (descriptor < 0) {
                return false; // whoever writes the zeroes learns why
            }
            try {
                int how = KEEP_SIZE | (hole ? PUNCH_HOLE : ZERO_RANGE);
                return (int) FALLOCATE.invokeExact(descriptor, how, offset, length) == 0;
            } finally {
                var _ = (int) CLOSE.invokeExact(descriptor);
            }
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) { // what MethodHandle declares; a C function throws nothing
            throw new IllegalStateException(e);
        }
    }
}
