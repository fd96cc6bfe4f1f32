package org.bellwether.cli;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a file has data and where holes: lseek(2) with SEEK_DATA and SEEK_HOLE, which Java does not have. Where a system
 * cannot tell, all of it is data.
 */
final class SparseFile {

    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;
    private static final int CLOSE_ON_EXEC = 0x80000;
    private static final int MOST_RUNS = 100_000;

    private SparseFile() {}

    /** A run of it. */
    record Run(long start, long length, boolean hole) {}

    /** In order and without gaps. */
    static List<Run> runs(Path file) throws IOException {
        long size = Files.size(file);
        return seek(file, size).orElseGet(() -> List.of(new Run(0, size, false)));
    }

    private static Optional<List<Run>> seek(Path file, long size) {
        var linker = Linker.nativeLinker();
        try (var arena = Arena.ofConfined()) {
            var open = bind(
                    linker,
                    "open",
                    FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
                    Linker.Option.firstVariadicArg(2));
            var close = bind(linker, "close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
            var lseek = bind(
                    linker,
                    "lseek",
                    FunctionDescriptor.of(
                            ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT));
            MemorySegment name = arena.allocateFrom(file.toString());
            int descriptor = (int) open.invokeExact(name, CLOSE_ON_EXEC);
            if (descriptor < 0) {
                return Optional.empty();
            }
            try {
                return Optional.of(runs(lseek, descriptor, size));
            } finally {
                var _ = (int) close.invokeExact(descriptor);
            }
        } catch (Throwable cannot) { // what MethodHandle declares; a system without these functions is no failure
            return Optional.empty();
        }
    }

    private static List<Run> runs(MethodHandle lseek, int descriptor, long size) throws Throwable {
        var runs = new ArrayList<Run>();
        long at = 0;
        while (at < size && runs.size() < MOST_RUNS) {
            long data = (long) lseek.invokeExact(descriptor, at, SEEK_DATA);
            if (data < 0 || data > size) {
                data = size; // nothing but a hole is left
            }
            if (data > at) {
                runs.add(new Run(at, data - at, true));
            }
            if (data < size) {
                long hole = (long) lseek.invokeExact(descriptor, data, SEEK_HOLE);
                long end = hole <= data || hole > size ? size : hole;
                runs.add(new Run(data, end - data, false));
                at = end;
            } else {
                at = size;
            }
        }
        if (at < size) {
            runs.add(new Run(at, size - at, false));
        }
        return runs;
    }

    private static MethodHandle bind(Linker linker, String name, FunctionDescriptor type, Linker.Option... options) {
        return linker.downcallHandle(linker.defaultLookup().find(name).orElseThrow(), type, options);
    }
}
