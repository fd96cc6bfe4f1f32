package org.bellwether.cli;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** What the engine's machine finds at its first boot: an archive with its settings and the engine's backup, as a disk's image. */
final class Seed {
    private static final String DIRECTORY = "bellwether-seed";
    private static final long MIB = 1 << 20;
    /** For the settings, the archive's own blocks, and what the engine writes between two backups. */
    private static final long ROOM = 16 * MIB;

    private static final int TAR_MINUTES = 5;

    private Seed() {}

    /**
     * Packs it.
     *
     * @param directory where it is made, with a file {@code backup} in {@code bellwether-seed}
     * @param bytes how large its disk is
     */
    static Path pack(Path directory, Map<String, String> settings, long bytes) {
        try {
            var lines = new StringBuilder();
            settings.forEach((key, value) ->
                    lines.append(key).append(" = ").append(value).append('\n'));
            Files.writeString(members(directory).resolve("settings"), lines.toString());
            Path image = directory.resolve("seed.img");
            var tar = new ProcessBuilder(List.of(
                            "tar",
                            "--format=ustar",
                            "--owner=0",
                            "--group=0",
                            "-C",
                            directory.toString(),
                            "-cf",
                            image.toString(),
                            DIRECTORY + "/settings",
                            DIRECTORY + "/backup"))
                    .redirectErrorStream(true)
                    .start();
            String words = new String(tar.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
            if (!tar.waitFor(TAR_MINUTES, TimeUnit.MINUTES) || tar.exitValue() != 0) {
                throw CommandFailure.refused(
                        0, "The seed of the engine's machine could not be packed: " + words.strip());
            }
            try (var file = new RandomAccessFile(image.toFile(), "rw")) {
                if (file.length() > bytes) {
                    throw CommandFailure.refused(
                            0, "The engine's backup grew while it was made. Say deploy again; nothing was moved.");
                }
                file.setLength(bytes);
            }
            return image;
        } catch (IOException e) {
            throw CommandFailure.refused(
                    0, "The seed of the engine's machine could not be packed in " + directory + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.inVain("Interrupted while the seed was packed.");
        }
    }

    /** How large the disk of a seed must be for a backup that was so large a moment ago. */
    static long bytesFor(long backup) {
        return (backup + backup / 4 + ROOM) / MIB * MIB;
    }

    static Path members(Path directory) throws IOException {
        return Files.createDirectories(directory.resolve(DIRECTORY));
    }
}
