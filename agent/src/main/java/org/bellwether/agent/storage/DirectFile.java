package org.bellwether.agent.storage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import org.bellwether.agent.platform.CLibrary;

/**
 * A file or device past the page cache, by open(2) with O_DIRECT and what follows from it. Java can do that too, but only in
 * pieces of the block size that statvfs(2) tells, and NFS tells its largest piece there: a mebibyte, and more than most files
 * of a domain have.
 */
final class DirectFile implements AutoCloseable {
    /** What every kind of storage takes offsets, lengths and memory in multiples of. */
    static final int BLOCK = 4096;

    private static final int O_RDONLY = 0;
    private static final int O_WRONLY = 1;
    /** Of x86-64's fcntl.h. */
    private static final int O_DIRECT = 0x4000;

    private static final int O_CLOEXEC = 0x80000;

    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final Linker.Option TELLING = Linker.Option.captureCallState("errno");

    private static final MethodHandle OPEN = CLibrary.function(
            "open",
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            TELLING,
            Linker.Option.firstVariadicArg(2));
    private static final FunctionDescriptor AT = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);
    private static final MethodHandle PREAD = CLibrary.function("pread", AT, TELLING);
    private static final MethodHandle PWRITE = CLibrary.function("pwrite", AT, TELLING);
    private static final FunctionDescriptor OF_DESCRIPTOR =
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);
    private static final MethodHandle FDATASYNC = CLibrary.function("fdatasync", OF_DESCRIPTOR, TELLING);
    private static final MethodHandle CLOSE = CLibrary.function("close", OF_DESCRIPTOR);
    private static final MethodHandle STRERROR =
            CLibrary.function("strerror", FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    private final Path file;
    private final int descriptor;

    private DirectFile(Path file, int descriptor) {
        this.file = file;
        this.descriptor = descriptor;
    }

    static DirectFile readable(Path file) throws IOException {
        return open(file, O_RDONLY);
    }

    static DirectFile writable(Path file) throws IOException {
        return open(file, O_WRONLY);
    }

    /** Memory that may be read to and written from, of a multiple of {@link #BLOCK}. */
    static ByteBuffer memory(int length) {
        return ByteBuffer.allocateDirect(length + BLOCK)
                .alignedSlice(BLOCK)
                .limit(length)
                .slice();
    }

    private static DirectFile open(Path file, int how) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int flags = how | O_DIRECT | O_CLOEXEC;
            int descriptor = (int) OPEN.invokeExact(state, arena.allocateFrom(file.toString()), flags);
            if (descriptor < 0) {
                throw failure(file, state);
            }
            return new DirectFile(file, descriptor);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) { // what MethodHandle declares; a C function throws nothing
            throw new IllegalStateException(e);
        }
    }

    /** Fills what it can of the rest of the memory; 0 at the end of the file. */
    int read(ByteBuffer memory, long offset) throws IOException {
        return move(PREAD, memory, offset);
    }

    /** Writes some of the rest of the memory. */
    int write(ByteBuffer memory, long offset) throws IOException {
        return move(PWRITE, memory, offset);
    }

    private int move(MethodHandle how, ByteBuffer memory, long offset) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment rest = MemorySegment.ofBuffer(memory);
            long moved = (long) how.invokeExact(state, descriptor, rest, rest.byteSize(), offset);
            if (moved < 0) {
                throw failure(file, state);
            }
            memory.position(memory.position() + (int) moved);
            return (int) moved;
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) { // as above
            throw new IllegalStateException(e);
        }
    }

    /** Waits until what was written is on storage. */
    void flush() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            if ((int) FDATASYNC.invokeExact(state, descriptor) != 0) {
                throw failure(file, state);
            }
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (Throwable e) { // as above
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            var _ = (int) CLOSE.invokeExact(descriptor);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) { // as above
            throw new IllegalStateException(e);
        }
    }

    private static IOException failure(Path file, MemorySegment state) throws Throwable {
        MemorySegment words = (MemorySegment) STRERROR.invokeExact((int) ERRNO.get(state, 0L));
        return new IOException(
                file + ": " + words.reinterpret(Integer.MAX_VALUE).getString(0));
    }
}
