package org.bellwether.engine.platform.pki;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import org.bellwether.engine.platform.Failure;

/**
 * Small files that are either wholly there or not at all, whenever the process dies: written beside their place, forced to
 * the disk, renamed, and the folder forced too. Secret ones have mode 600 from their first byte.
 */
public final class PrivateFile {
    private static final String UNFINISHED = ".unfinished";
    private static final Set<PosixFilePermission> OWNER = PosixFilePermissions.fromString("rw-------");
    private static final Set<PosixFilePermission> EVERYONE = PosixFilePermissions.fromString("rw-r--r--");
    private static final int MAXIMUM_LENGTH = 1024 * 1024;

    private PrivateFile() {}

    /** Writes text that only the engine's user may read. */
    public static void write(Path file, String text) {
        write(file, text, OWNER);
    }

    /** Writes text that everyone on this machine may read, for instance the authority's certificate. */
    public static void writePublic(Path file, String text) {
        write(file, text, EVERYONE);
    }

    /** The text of a file, or nothing if there is no such file. */
    public static Optional<String> read(Path file) {
        try {
            if (Files.size(file) > MAXIMUM_LENGTH) {
                throw Failure.internal("The file " + file + " is far too large for what it should hold")
                        .next("Move it away if it is not yours, and start the engine again");
            }
            return Optional.of(Files.readString(file));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw Failure.internal("Cannot read " + file)
                    .because(String.valueOf(unreadable.getMessage()))
                    .next("Give the engine's user the right to read it")
                    .from(unreadable);
        }
    }

    /** Makes the folder, mode 700, and removes what a killed process left half written in it. */
    public static void prepareFolder(Path folder) {
        try {
            Files.createDirectories(
                    folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            try (DirectoryStream<Path> leftovers = Files.newDirectoryStream(folder, "*" + UNFINISHED)) {
                for (Path leftover : leftovers) {
                    Files.deleteIfExists(leftover);
                }
            }
        } catch (IOException unwritable) {
            throw Failure.internal("Cannot prepare the folder " + folder)
                    .because(String.valueOf(unwritable.getMessage()))
                    .next("Give the engine's user the right to write there, and space on the disk")
                    .from(unwritable);
        }
    }

    private static void write(Path file, String text, Set<PosixFilePermission> mode) {
        Path folder = file.toAbsolutePath().getParent();
        Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
        try {
            Files.deleteIfExists(unfinished);
            // The mode is given at creation, so that there is no instant at which others could open it.
            try (FileChannel channel = FileChannel.open(
                    unfinished,
                    Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                    PosixFilePermissions.asFileAttribute(OWNER))) {
                ByteBuffer content = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
                while (content.hasRemaining()) {
                    channel.write(content);
                }
                channel.force(true);
            }
            Files.setPosixFilePermissions(unfinished, mode);
            Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            if (folder != null) {
                try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                    channel.force(true);
                }
            }
        } catch (IOException unwritable) {
            throw Failure.internal("Cannot write " + file)
                    .because(String.valueOf(unwritable.getMessage()))
                    .undone("What was there before is unchanged")
                    .next("Check the space on the disk and the rights of the engine's user")
                    .from(unwritable);
        }
    }
}
