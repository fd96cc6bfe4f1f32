package org.bellwether.engine.platform.lifecycle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/**
 * That one engine works on a data directory and not two: a lock that the kernel takes away when the process ends, however it
 * ends. The file says which process has it.
 */
public final class EngineLock {

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** Held here, because a channel that nobody refers to is closed by the collector, and closing gives the lock back. */
    private static volatile @Nullable FileChannel held;

    private EngineLock() {}

    private static Path file(Path data) {
        return data.resolve("engine.lock");
    }

    /**
     * Takes it until the process ends.
     *
     * @throws Failure when another process has it
     */
    public static void take(Path data) {
        if (held != null) {
            throw new IllegalStateException("this process works on a data directory already");
        }
        try {
            Files.createDirectories(data);
            var channel = FileChannel.open(file(data), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            // Whoever only looks holds it for an instant.
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            while (channel.tryLock() == null) {
                if (System.nanoTime() > deadline) {
                    throw Failure.conflict("Another engine works on " + data + " already")
                            .because("the process "
                                    + holder(data).map(String::valueOf).orElse("of another user") + " has its lock")
                            .next("Stop that one first, or give this one a data-dir of its own");
                }
                pause();
            }
            held = channel;
            channel.truncate(0);
            channel.write(ByteBuffer.wrap((ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            throw Failure.internal("The lock of " + data + " cannot be taken")
                    .because(String.valueOf(e.getMessage()))
                    .next("Check the space on the disk and the rights of the engine's user")
                    .from(e);
        }
    }

    /** The process that works on a data directory now. */
    public static Optional<Long> holder(Path data) {
        var file = file(data);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try (var channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            var lock = channel.tryLock();
            if (lock != null) {
                lock.release();
                return Optional.empty();
            }
            return Optional.of(Long.parseLong(Files.readString(file).strip()));
        } catch (NumberFormatException notYetWritten) {
            return Optional.empty();
        } catch (IOException e) {
            throw Failure.internal("Whether an engine works on " + data + " cannot be seen")
                    .because(String.valueOf(e.getMessage()))
                    .next("Say it again as root or as the engine's user")
                    .from(e);
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
